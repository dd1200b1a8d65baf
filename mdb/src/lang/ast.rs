//! What the parser makes of a line.

/// An expression over 64-bit unsigned numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// A number or character constant.
    Number(u64),
    /// A symbol, perhaps qualified with an object.
    Symbol(String),
    /// A word that is a symbol if there is one of that name, and a number otherwise.
    Word(String, u64),
    /// `<name`: a variable or register.
    Variable(String),
    /// `.`
    Dot,
    /// `+`: dot plus the increment.
    Next,
    /// `^`: dot minus the increment.
    Previous,
    /// `&`: address of the last command.
    LastAddress,
    /// An operator with one operand.
    Unary(Unary, Box<Expr>),
    /// An operator with two operands.
    Binary(Binary, Box<Expr>, Box<Expr>),
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unary {
    /// `-`
    Negate,
    /// `~`
    Complement,
    /// `#`: 1 for zero, 0 for anything else.
    Not,
    /// `*` and `%`: load this many bytes, the target's word when 0.
    Load(Space, u8),
}

/// Where `*` and `%` load from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// The target's memory.
    Memory,
    /// The executable file.
    File,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// `%%`: unsigned remainder.
    Modulus,
    /// `*`
    Multiply,
    /// `%`: signed quotient.
    Divide,
    /// `#`: round up to a multiple.
    RoundUp,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `&`
    And,
    /// `^`
    Xor,
    /// `|`
    Or,
}

/// One argument of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A word or quoted string.
    Text(Vec<u8>),
    /// `$[expression]`.
    Value(Expr),
    /// A repeat count in a format.
    Count(u64),
    /// A format letter.
    Letter(u8),
}

/// One stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Name without the colons: `status`, `$c`, `/`, `v8`jsstack`.
    pub name: String,
    /// As written, for messages: `::status`.
    pub written: String,
    /// Arguments.
    pub words: Vec<Word>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Address before the pipeline.
    pub address: Option<Expr>,
    /// Count after a comma.
    pub count: Option<Expr>,
    /// The stages. Empty: repeat the last command, or only a shell command.
    pub stages: Vec<Command>,
    /// Text after `!`.
    pub shell: Option<Vec<u8>>,
}

impl Statement {
    /// Whether nothing was written before the terminator.
    pub fn is_empty(&self) -> bool {
        self.address.is_none()
            && self.count.is_none()
            && self.stages.is_empty()
            && self.shell.is_none()
    }
}
