//! Recursive descent from tokens to statements.

use super::ast::{Binary, Command, Expr, Space, Statement, Unary, Word};
use super::lexer::{FormatPiece, Lexer, Token};
use super::LangError;

/// How deep an expression may nest. Bounds the recursion of parser and evaluator.
const MAX_DEPTH: usize = 200;
/// How many operators one expression may hold, which bounds the tree's depth.
const MAX_OPERATORS: usize = 1000;

/// Operators by precedence, lowest first.
const LEVELS: [&[(&str, Binary)]; 8] = [
    &[("|", Binary::Or)],
    &[("^", Binary::Xor)],
    &[("&", Binary::And)],
    &[("==", Binary::Equal), ("!=", Binary::NotEqual)],
    &[("<<", Binary::ShiftLeft), (">>", Binary::ShiftRight)],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[("*", Binary::Multiply), ("%", Binary::Divide), ("#", Binary::RoundUp)],
    &[("%%", Binary::Modulus)],
];

/// Parses text statement by statement, so that one statement can change what
/// the next one means.
#[derive(Debug)]
pub struct Parser<'a> {
    lexer: Lexer<'a>,
    depth: usize,
    operators: usize,
}

impl<'a> Parser<'a> {
    /// A parser over text with the given default radix.
    pub fn new(text: &'a [u8], radix: u32) -> Parser<'a> {
        Parser { lexer: Lexer::new(text, radix), depth: 0, operators: 0 }
    }

    /// Changes the radix of the statements to come.
    pub fn set_radix(&mut self, radix: u32) {
        self.lexer.set_radix(radix);
    }

    /// Line of the latest token, from 1.
    pub fn line(&self) -> usize {
        self.lexer.line()
    }

    /// Text of the latest token.
    pub fn near(&self) -> String {
        self.lexer.near()
    }

    /// Gives up the rest of the line.
    pub fn skip_line(&mut self) {
        self.lexer.skip_line();
    }

    /// Next statement; none at the end of the text.
    pub fn statement(&mut self) -> Result<Option<Statement>, LangError> {
        self.depth = 0;
        self.operators = 0;
        let mut statement =
            Statement { address: None, count: None, stages: Vec::new(), shell: None };
        match self.lexer.peek_token()? {
            Token::End => {
                self.lexer.token()?;
                return Ok(None);
            }
            Token::Newline | Token::Punct(";") => {
                self.lexer.token()?;
                return Ok(Some(statement));
            }
            Token::Command(..) | Token::Punct("," | "/" | "\\" | "?" | "@" | "=" | ">" | "!") => {}
            _ => statement.address = Some(self.expression()?),
        }
        if self.lexer.peek_token()? == Token::Punct(",") {
            self.lexer.token()?;
            statement.count = Some(self.expression()?);
        }
        if starts_command(&self.lexer.peek_token()?) {
            statement.stages.push(self.command()?);
            while self.lexer.accept(b'|') {
                statement.stages.push(self.command()?);
            }
        }
        if self.lexer.accept(b'!') {
            statement.shell = Some(self.lexer.shell_text());
        }
        match self.lexer.token()? {
            Token::End | Token::Newline | Token::Punct(";") => Ok(Some(statement)),
            _ => Err(self.lexer.error("syntax error")),
        }
    }

    /// An expression that is the whole text, as in a line that a command
    /// printed into a pipe; none when the text is blank.
    pub fn whole_expression(&mut self) -> Result<Option<Expr>, LangError> {
        if matches!(self.lexer.peek_token()?, Token::End | Token::Newline | Token::Punct(";")) {
            return Ok(None);
        }
        let expression = self.expression()?;
        match self.lexer.token()? {
            Token::End | Token::Newline | Token::Punct(";") => Ok(Some(expression)),
            _ => Err(self.lexer.error("syntax error")),
        }
    }

    fn command(&mut self) -> Result<Command, LangError> {
        match self.lexer.token()? {
            Token::Command(name, written) => {
                let words = self.words()?;
                Ok(Command { name, written, words })
            }
            Token::Punct(">") => self.assignment(),
            Token::Punct(name @ ("/" | "\\" | "?" | "@" | "=")) => {
                let words = self.format(name)?;
                Ok(Command { name: name.into(), written: name.into(), words })
            }
            _ => Err(self.lexer.error("syntax error")),
        }
    }

    /// `> var` and `> /c/ var`.
    fn assignment(&mut self) -> Result<Command, LangError> {
        let words = self.words()?;
        Ok(Command { name: ">".into(), written: ">".into(), words })
    }

    fn words(&mut self) -> Result<Vec<Word>, LangError> {
        let mut words = Vec::new();
        while !self.lexer.at_command_end() {
            words.push(match self.lexer.word()? {
                Some(text) => Word::Text(text),
                None => Word::Value(self.bracketed()?),
            });
        }
        Ok(words)
    }

    fn format(&mut self, name: &str) -> Result<Vec<Word>, LangError> {
        let mut words = Vec::new();
        if name != "=" && !self.lexer.at_command_end() {
            if let Some(letter) = self.lexer.argument_format(b"vwWZzlLM") {
                words.push(Word::Letter(letter));
                words.extend(self.words()?);
                return Ok(words);
            }
        }
        while !self.lexer.at_command_end() {
            words.push(match self.lexer.format_piece()? {
                FormatPiece::Text(text) => Word::Text(text),
                FormatPiece::Count(count) => Word::Count(count),
                FormatPiece::Letter(letter) => Word::Letter(letter),
                FormatPiece::Expression => Word::Value(self.bracketed()?),
            });
        }
        Ok(words)
    }

    /// The rest of `$[expression]`.
    fn bracketed(&mut self) -> Result<Expr, LangError> {
        let value = self.expression()?;
        if self.lexer.accept(b']') {
            return Ok(value);
        }
        Err(self.lexer.error("syntax error: $[ unmatched"))
    }

    fn expression(&mut self) -> Result<Expr, LangError> {
        self.binary(0)
    }

    fn binary(&mut self, level: usize) -> Result<Expr, LangError> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        loop {
            let Ok(Token::Punct(punct)) = self.lexer.peek_token() else { return Ok(left) };
            let Some((_, operator)) = operators.iter().find(|(text, _)| *text == punct) else {
                return Ok(left);
            };
            self.lexer.token()?;
            self.count_operator()?;
            let right = self.binary(level + 1)?;
            left = Expr::Binary(*operator, Box::new(left), Box::new(right));
        }
    }

    fn count_operator(&mut self) -> Result<(), LangError> {
        self.operators += 1;
        if self.operators > MAX_OPERATORS {
            return Err(self.lexer.error("expression is too long"));
        }
        Ok(())
    }

    fn unary(&mut self) -> Result<Expr, LangError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.lexer.error("expression is nested too deeply"));
        }
        let result = self.unary_inner();
        self.depth -= 1;
        result
    }

    fn unary_inner(&mut self) -> Result<Expr, LangError> {
        let operator = match self.lexer.token()? {
            Token::Number(value) => return Ok(Expr::Number(value)),
            Token::Word(name, value) => return Ok(Expr::Word(name, value)),
            Token::Symbol(name) => return Ok(Expr::Symbol(name)),
            Token::Variable(name) => return Ok(Expr::Variable(name)),
            Token::Punct(".") => return Ok(Expr::Dot),
            Token::Punct("+") => return Ok(Expr::Next),
            Token::Punct("^") => return Ok(Expr::Previous),
            Token::Punct("&") => return Ok(Expr::LastAddress),
            Token::Punct("(") => {
                let inner = self.expression()?;
                return match self.lexer.token()? {
                    Token::Punct(")") => Ok(inner),
                    _ => Err(self.lexer.error("syntax error: ( unmatched")),
                };
            }
            Token::Punct("-") => Unary::Negate,
            Token::Punct("~") => Unary::Complement,
            Token::Punct("#") => Unary::Not,
            Token::Punct("*") => Unary::Load(Space::Memory, self.optional_cast()?),
            Token::Punct("%") => Unary::Load(Space::File, self.optional_cast()?),
            _ => return Err(self.lexer.error("syntax error")),
        };
        self.count_operator()?;
        Ok(Expr::Unary(operator, Box::new(self.unary()?)))
    }

    fn optional_cast(&mut self) -> Result<u8, LangError> {
        if self.lexer.peek() == Some(b'/') {
            return self.lexer.cast();
        }
        Ok(0)
    }
}

fn starts_command(token: &Token) -> bool {
    matches!(token, Token::Command(..) | Token::Punct("/" | "\\" | "?" | "@" | "=" | ">"))
}
