//! The command language: from text to statements ([`parser`]), from expressions
//! to numbers ([`expr`]), and from statements to effects ([`exec`], [`run`]).

pub mod ast;
pub mod exec;
pub mod expr;
pub mod lexer;
pub mod number;
pub mod parser;
pub mod pipe;
pub mod run;
#[cfg(test)]
mod tests;

/// Why text could not be understood or evaluated. The text goes to standard
/// error after `mdb: `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LangError {
    /// The message.
    pub text: String,
    /// Token to show as `near "..."`; none when place adds nothing.
    pub near: Option<String>,
}

impl LangError {
    /// An error that shows where it happened.
    pub fn at(text: impl Into<String>, near: impl Into<String>) -> LangError {
        LangError { text: text.into(), near: Some(near.into()) }
    }

    /// An error whose text says all.
    pub fn plain(text: impl Into<String>) -> LangError {
        LangError { text: text.into(), near: None }
    }
}
