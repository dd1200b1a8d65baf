//! Evaluation of expressions.

use super::ast::{Binary, Expr, Space, Unary};
use super::LangError;

/// What an expression can ask about the world.
pub trait Environment {
    /// Value of a symbol; none if there is no such symbol.
    fn symbol(&self, name: &str) -> Option<u64>;
    /// Value of a variable or register.
    fn variable(&self, name: &str) -> Option<u64>;
    /// `.`
    fn dot(&self) -> u64;
    /// Bytes the last format command went over.
    fn increment(&self) -> u64;
    /// `&`
    fn last_address(&self) -> u64;
    /// Loads an unsigned number of `size` bytes, of a word when 0. The error
    /// is the text after the colon.
    fn load(&self, space: Space, addr: u64, size: u8) -> Result<u64, String>;
}

/// Value of an expression.
pub fn eval(expr: &Expr, env: &dyn Environment) -> Result<u64, LangError> {
    Ok(match expr {
        Expr::Number(value) => *value,
        Expr::Word(name, value) => env.symbol(name).unwrap_or(*value),
        Expr::Symbol(name) => match env.symbol(name) {
            Some(value) => value,
            None => {
                let text = "failed to dereference symbol: unknown symbol name";
                return Err(LangError::plain(text));
            }
        },
        Expr::Variable(name) => match env.variable(name) {
            Some(value) => value,
            None => {
                let text = format!("variable '{name}' is not defined");
                return Err(LangError::at(text, format!("<{name}")));
            }
        },
        Expr::Dot => env.dot(),
        Expr::Next => env.dot().wrapping_add(env.increment()),
        Expr::Previous => env.dot().wrapping_sub(env.increment()),
        Expr::LastAddress => env.last_address(),
        Expr::Unary(operator, operand) => {
            let value = eval(operand, env)?;
            match *operator {
                Unary::Negate => value.wrapping_neg(),
                Unary::Complement => !value,
                Unary::Not => u64::from(value == 0),
                Unary::Load(space, size) => env.load(space, value, size).map_err(|why| {
                    LangError::plain(format!("failed to read from address {value:x}: {why}"))
                })?,
            }
        }
        Expr::Binary(operator, left, right) => {
            let left = eval(left, env)?;
            let right = eval(right, env)?;
            binary(*operator, left, right)?
        }
    })
}

fn binary(operator: Binary, left: u64, right: u64) -> Result<u64, LangError> {
    let by_zero = |sign: &str| LangError::at("attempted to divide by zero", sign);
    Ok(match operator {
        Binary::Modulus => left.checked_rem(right).ok_or_else(|| by_zero("%%"))?,
        Binary::Multiply => left.wrapping_mul(right),
        Binary::Divide if right == 0 => return Err(by_zero("%")),
        Binary::Divide => (left as i64).wrapping_div(right as i64) as u64,
        Binary::RoundUp if right == 0 => return Err(by_zero("#")),
        Binary::RoundUp => match left % right {
            0 => left,
            rest => left.wrapping_add(right - rest),
        },
        Binary::Add => left.wrapping_add(right),
        Binary::Subtract => left.wrapping_sub(right),
        Binary::ShiftLeft => {
            u32::try_from(right).ok().and_then(|n| left.checked_shl(n)).unwrap_or(0)
        }
        Binary::ShiftRight => {
            u32::try_from(right).ok().and_then(|n| left.checked_shr(n)).unwrap_or(0)
        }
        Binary::Equal => u64::from(left == right),
        Binary::NotEqual => u64::from(left != right),
        Binary::And => left & right,
        Binary::Xor => left ^ right,
        Binary::Or => left | right,
    })
}
