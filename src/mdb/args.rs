//! Arguments and options, in the manner of `mdb_getopts`.
//!
//! The debugger's own parser leaves by `longjmp` on a bad number, so the
//! module parses for itself.

use alloc::string::String;
use alloc::vec::Vec;

/// An argument as the debugger hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// A word.
    Text(String),
    /// A number, from `$[expression]`.
    Number(u64),
}

impl Arg {
    /// The argument as text; numbers in hexadecimal.
    pub fn to_text(&self) -> String {
        match self {
            Arg::Text(text) => text.clone(),
            Arg::Number(number) => alloc::format!("0x{number:x}"),
        }
    }

    /// The argument as a number in this radix.
    pub fn to_number(&self, radix: u32) -> Result<u64, String> {
        match self {
            Arg::Number(number) => Ok(*number),
            Arg::Text(text) => parse_number(text, radix),
        }
    }
}

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A number, in the debugger's radix.
    Number(&'static str),
    /// Text.
    Text(&'static str),
}

/// What there is to choose from for a word of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Anything.
    Free,
    /// One of these.
    Words(&'static [&'static str]),
    /// A constructor's name.
    Constructor,
    /// A property's name.
    Property,
    /// A function's name.
    Function,
    /// A class of V8's C++.
    Class,
    /// A canned configuration.
    Configuration,
}

/// One option of a command.
pub struct Opt {
    /// Its letter.
    pub letter: char,
    /// What it takes.
    pub takes: Takes,
    /// What to choose its value from.
    pub choice: Choice,
    /// What it does.
    pub help: &'static str,
}

impl Opt {
    /// An option without a value.
    pub const fn flag(letter: char, help: &'static str) -> Opt {
        Opt { letter, takes: Takes::Nothing, choice: Choice::Free, help }
    }

    /// An option with a number.
    pub const fn number(letter: char, name: &'static str, help: &'static str) -> Opt {
        Opt { letter, takes: Takes::Number(name), choice: Choice::Free, help }
    }

    /// An option with text.
    pub const fn text(letter: char, name: &'static str, help: &'static str) -> Opt {
        Opt { letter, takes: Takes::Text(name), choice: Choice::Free, help }
    }

    /// An option whose value is one of these.
    pub const fn of(mut self, choice: Choice) -> Opt {
        self.choice = choice;
        self
    }
}

/// Options given.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    given: Vec<(char, Option<Arg>)>,
    radix: u32,
}

impl Options {
    /// Whether an option was given.
    pub fn has(&self, letter: char) -> bool {
        self.given.iter().any(|(given, _)| *given == letter)
    }

    fn value(&self, letter: char) -> Option<&Arg> {
        self.given.iter().rev().find(|(given, _)| *given == letter)?.1.as_ref()
    }

    /// Text given with an option.
    pub fn text(&self, letter: char) -> Option<String> {
        self.value(letter).map(Arg::to_text)
    }

    /// The radix of numbers without a prefix.
    pub fn radix(&self) -> u32 {
        self.radix
    }

    /// Number given with an option; checked when it was parsed.
    pub fn number(&self, letter: char) -> Option<u64> {
        self.value(letter).and_then(|arg| arg.to_number(self.radix).ok())
    }
}

/// Splits arguments into options and operands. The error is a message in the
/// words of `mdb_getopts`.
pub fn parse(args: Vec<Arg>, known: &[Opt], radix: u32) -> Result<(Options, Vec<Arg>), String> {
    let mut options = Options { given: Vec::new(), radix };
    let mut operands = Vec::new();
    let mut args = args.into_iter().peekable();
    while let Some(arg) = args.next() {
        let cluster = match &arg {
            // Options come first: the first word that is none ends them.
            Arg::Text(text) if operands.is_empty() && text.len() > 1 && text.starts_with('-') => {
                text[1..].into()
            }
            _ => {
                operands.push(arg);
                operands.extend(args);
                break;
            }
        };
        if cluster == "-" {
            operands.extend(args);
            break;
        }
        parse_cluster(cluster, known, radix, &mut args, &mut options.given)?;
    }
    Ok((options, operands))
}

fn parse_cluster(
    cluster: String,
    known: &[Opt],
    radix: u32,
    rest: &mut impl Iterator<Item = Arg>,
    given: &mut Vec<(char, Option<Arg>)>,
) -> Result<(), String> {
    let mut letters = cluster.chars();
    while let Some(letter) = letters.next() {
        let Some(opt) = known.iter().find(|opt| opt.letter == letter) else {
            return Err(alloc::format!("illegal option -- {letter}"));
        };
        if opt.takes == Takes::Nothing {
            given.push((letter, None));
            continue;
        }
        let attached = letters.as_str();
        let value = if attached.is_empty() {
            rest.next().ok_or_else(|| alloc::format!("option requires an argument -- {letter}"))?
        } else {
            Arg::Text(attached.into())
        };
        match (opt.takes, &value) {
            (Takes::Number(_), value) => {
                value.to_number(radix)?;
            }
            (Takes::Text(_), Arg::Number(_)) => {
                return Err(alloc::format!("string argument required for -{letter}"));
            }
            _ => {}
        }
        given.push((letter, Some(value)));
        break;
    }
    Ok(())
}

/// A number as the debugger reads it: `0t` decimal, `0x` hexadecimal, `0o`
/// octal, `0i` binary, else the current radix.
pub fn parse_number(text: &str, radix: u32) -> Result<u64, String> {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.get(..2) {
        Some("0t") => (&text[2..], 10),
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0i") => (&text[2..], 2),
        _ => (text, radix),
    };
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let mut number: u64 = 0;
    for digit in digits.chars() {
        let Some(value) = digit.to_digit(radix) else {
            return Err(alloc::format!("digit '{digit}' is invalid in current base"));
        };
        number = number
            .checked_mul(radix.into())
            .and_then(|n| n.checked_add(value.into()))
            .ok_or("specified value exceeds maximum immediate value")?;
    }
    Ok(if negative { number.wrapping_neg() } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    const KNOWN: &[Opt] = &[
        Opt::flag('a', ""),
        Opt::flag('v', ""),
        Opt::number('n', "lines", ""),
        Opt::text('p', "property", ""),
    ];

    fn words(words: &[&str]) -> Vec<Arg> {
        words.iter().map(|w| Arg::Text(w.to_string())).collect()
    }

    fn given(args: &[&str]) -> Result<(Options, Vec<Arg>), String> {
        parse(words(args), KNOWN, 16)
    }

    #[test]
    fn letters_cluster_and_take_attached_values() {
        let (options, operands) = given(&["-vn0", "-p", "this", "x", "-a"]).unwrap();
        assert!(options.has('v') && !options.has('a'));
        assert_eq!(options.number('n'), Some(0));
        assert_eq!(options.text('p').as_deref(), Some("this"));
        assert_eq!(operands, words(&["x", "-a"]));
    }

    #[test]
    fn messages_are_those_of_getopts() {
        assert_eq!(given(&["-z"]).unwrap_err(), "illegal option -- z");
        assert_eq!(given(&["-n"]).unwrap_err(), "option requires an argument -- n");
        assert_eq!(given(&["-n", "1g"]).unwrap_err(), "digit 'g' is invalid in current base");
        let number = vec![Arg::Text("-p".into()), Arg::Number(1)];
        assert_eq!(parse(number, KNOWN, 16).unwrap_err(), "string argument required for -p");
    }

    #[test]
    fn numbers_follow_the_radix_and_prefixes() {
        assert_eq!(parse_number("10", 16), Ok(16));
        assert_eq!(parse_number("0t10", 16), Ok(10));
        assert_eq!(parse_number("0I101", 10), Ok(5));
        assert_eq!(parse_number("", 16), Ok(0));
        assert!(parse_number("10000000000000000", 16).is_err());
        assert!(parse_number("\u{e9}1", 16).is_err());
    }
}
