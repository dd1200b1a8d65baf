//! Tokens. What a character means depends on where it stands, so the parser
//! asks for a token of expressions, for a word of arguments, for a letter of a
//! format or for the rest of a shell command.

use super::{number, LangError};

/// A token where an expression or a command may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A number.
    Number(u64),
    /// A word of digits that begins with a letter, and its value.
    Word(String, u64),
    /// A symbol name.
    Symbol(String),
    /// `<name`
    Variable(String),
    /// A command's name without leading `::`, and the text as written.
    Command(String, String),
    /// An operator or other punctuation, longest first.
    Punct(&'static str),
    /// End of line.
    Newline,
    /// End of text.
    End,
}

/// Punctuation, longest first. `<` is missing: it is `<<` or begins a variable.
const PUNCTUATION: [&str; 26] = [
    "<<", ">>", "==", "!=", "%%", "+", "-", "*", "%", "#", "&", "^", "|", "~", "(", ")", ",", "/",
    "\\", "?", "@", "=", ">", "!", ";", ".",
];

/// Characters that may follow `$` and `:` in a command of the old style.
fn is_old_style(byte: u8) -> bool {
    matches!(byte, b'?' | b'%' | b'@' | b'A'..=b'Z' | b'^' | b'_' | b'`' | b'a'..=b'z')
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'.'
}

fn is_name(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || byte == b'`'
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// A byte as messages show it.
fn shown(byte: u8) -> String {
    match byte {
        b'\'' | b'"' => (byte as char).to_string(),
        _ => byte.escape_ascii().to_string(),
    }
}

/// Reads tokens from text.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the latest token began.
    start: usize,
    line: usize,
    radix: u32,
}

impl<'a> Lexer<'a> {
    /// A lexer over text; numbers without a prefix are in `radix`.
    pub fn new(text: &'a [u8], radix: u32) -> Lexer<'a> {
        Lexer { text, at: 0, start: 0, line: 1, radix }
    }

    /// Changes the radix of the numbers to come.
    pub fn set_radix(&mut self, radix: u32) {
        self.radix = radix;
    }

    /// Line the latest token began on, from 1.
    pub fn line(&self) -> usize {
        self.line + self.text[..self.start].iter().filter(|&&b| b == b'\n').count()
    }

    /// The latest token as written, for messages.
    pub fn near(&self) -> String {
        let text = &self.text[self.start..self.at.max(self.start)];
        text.iter().take(64).map(|&b| shown(b)).collect()
    }

    /// An error at the latest token.
    pub fn error(&self, text: impl Into<String>) -> LangError {
        LangError::at(text, self.near())
    }

    /// Skips the rest of the line, newline included.
    pub fn skip_line(&mut self) {
        while let Some(byte) = self.bump() {
            if byte == b'\n' {
                break;
            }
        }
        self.start = self.at;
    }

    /// Next byte without taking it.
    pub fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn bump(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Skips blanks and a comment, and marks the start of a token.
    pub fn skip_blanks(&mut self) {
        while self.peek().is_some_and(is_blank) {
            self.at += 1;
        }
        if self.text[self.at..].starts_with(b"//") {
            while self.peek().is_some_and(|b| b != b'\n') {
                self.at += 1;
            }
        }
        self.start = self.at;
    }

    /// The byte after blanks, taken if it is `expected`.
    pub fn accept(&mut self, expected: u8) -> bool {
        self.skip_blanks();
        let found = self.peek() == Some(expected);
        if found {
            self.at += 1;
        }
        found
    }

    /// Next token without taking it.
    pub fn peek_token(&self) -> Result<Token, LangError> {
        self.clone().token()
    }

    /// Next token of an expression or the start of a command.
    pub fn token(&mut self) -> Result<Token, LangError> {
        self.skip_blanks();
        let Some(byte) = self.peek() else { return Ok(Token::End) };
        match byte {
            b'\n' => {
                self.at += 1;
                Ok(Token::Newline)
            }
            b'0'..=b'9' => self.number(),
            b'\'' => self.character(),
            b':' | b'$' => self.command(),
            b'<' if self.peek_at(1) != Some(b'<') => self.variable(),
            b'.' if !self.peek_at(1).is_some_and(is_name) => self.punctuation(),
            _ if is_name_start(byte) => Ok(self.symbol()),
            _ => self.punctuation(),
        }
    }

    fn take_while(&mut self, accept: impl Fn(u8) -> bool) -> &'a [u8] {
        let from = self.at;
        while self.peek().is_some_and(&accept) {
            self.at += 1;
        }
        &self.text[from..self.at]
    }

    fn number(&mut self) -> Result<Token, LangError> {
        let text = self.take_while(|b| b.is_ascii_alphanumeric() || b == b'_');
        let (radix, digits) = match number::split_prefix(text, self.radix) {
            (_, []) => (self.radix, text),
            split => split,
        };
        let fraction =
            self.peek() == Some(b'.') && self.peek_at(1).is_some_and(|b| b.is_ascii_digit());
        if radix == 10 && digits.len() + 2 == text.len() && fraction {
            return self.double(digits);
        }
        number::digits(digits, radix).map(Token::Number).map_err(LangError::plain)
    }

    /// `0tN.M`: the bits of an IEEE double.
    fn double(&mut self, whole: &[u8]) -> Result<Token, LangError> {
        self.at += 1;
        let fraction = self.take_while(|b| b.is_ascii_digit());
        let text = [whole, b".", fraction].concat();
        match String::from_utf8_lossy(&text).parse::<f64>() {
            Ok(value) => Ok(Token::Number(value.to_bits())),
            Err(_) => Err(self.error("syntax error")),
        }
    }

    fn character(&mut self) -> Result<Token, LangError> {
        self.at += 1;
        let mut value: u64 = 0;
        let mut length = 0;
        loop {
            let byte = match self.bump() {
                Some(b'\'') => break,
                Some(b'\\') => self.escape()?,
                Some(b'\n') | None => return Err(self.error("syntax error: ' unmatched")),
                Some(byte) => byte,
            };
            length += 1;
            value = value << 8 | u64::from(byte);
        }
        match length {
            0 => Err(self.error("syntax error: empty character constant")),
            1..=8 => Ok(Token::Number(value)),
            _ => Err(self.error("character constant may not exceed 8 bytes")),
        }
    }

    /// The character a backslash stands before.
    fn escape(&mut self) -> Result<u8, LangError> {
        let Some(byte) = self.bump() else {
            return Err(self.error("syntax error: \\ at end of text"));
        };
        Ok(match byte {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            value = value * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                (value & 0xff) as u8
            }
            other => other,
        })
    }

    fn command(&mut self) -> Result<Token, LangError> {
        let first = self.bump();
        let name = match (first, self.peek()) {
            (Some(b':'), Some(b':')) => {
                self.at += 1;
                if !self.peek().is_some_and(is_name_start) {
                    return Err(self.error("syntax error"));
                }
                self.take_while(is_name)
            }
            (Some(b'$'), Some(b'<')) => {
                self.at += if self.peek_at(1) == Some(b'<') { 2 } else { 1 };
                &self.text[self.start..self.at]
            }
            (Some(b'$'), Some(b'>')) => {
                self.at += 1;
                &self.text[self.start..self.at]
            }
            (_, Some(byte)) if is_old_style(byte) => {
                self.at += 1;
                &self.text[self.start..self.at]
            }
            (Some(b'$'), None | Some(b'\n' | b';' | b'!' | b'|' | b' ' | b'\t')) => b"$?",
            _ => return Err(self.error("syntax error")),
        };
        let name = String::from_utf8_lossy(name).into_owned();
        Ok(Token::Command(name, self.near()))
    }

    fn variable(&mut self) -> Result<Token, LangError> {
        self.at += 1;
        let name = self.take_while(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
        match name {
            [] => Err(self.error("syntax error")),
            name => Ok(Token::Variable(String::from_utf8_lossy(name).into_owned())),
        }
    }

    fn symbol(&mut self) -> Token {
        let text = self.take_while(is_name);
        let name = String::from_utf8_lossy(text).into_owned();
        match number::digits(text, self.radix) {
            Ok(value) => Token::Word(name, value),
            Err(_) => Token::Symbol(name),
        }
    }

    fn punctuation(&mut self) -> Result<Token, LangError> {
        for punct in PUNCTUATION {
            if self.text[self.at..].starts_with(punct.as_bytes()) {
                self.at += punct.len();
                return Ok(Token::Punct(punct));
            }
        }
        self.at += 1;
        Err(self.error("syntax error"))
    }

    /// Takes the size in `*/c/`: bytes to load. The first `/` is next.
    pub fn cast(&mut self) -> Result<u8, LangError> {
        self.start = self.at;
        self.at += 1;
        let size = match self.bump() {
            Some(b'c' | b'1') => 1,
            Some(b's' | b'2') => 2,
            Some(b'i' | b'4') => 4,
            Some(b'l' | b'8') => 8,
            _ => return Err(self.error("invalid cast: expected one of c, s, i, l, 1, 2, 4, 8")),
        };
        match self.bump() {
            Some(b'/') => Ok(size),
            _ => Err(self.error("syntax error: / unmatched")),
        }
    }

    /// Whether arguments end here.
    pub fn at_command_end(&mut self) -> bool {
        self.skip_blanks();
        matches!(self.peek(), None | Some(b'\n' | b';' | b'!' | b'|'))
    }

    /// A word of arguments; the caller has made sure that there is one. None
    /// means that `$[` was taken and an expression follows.
    pub fn word(&mut self) -> Result<Option<Vec<u8>>, LangError> {
        if self.peek() == Some(b'$') {
            return self.dollar().map(|()| None);
        }
        let mut word = Vec::new();
        loop {
            match self.peek() {
                None | Some(b'\n' | b';' | b'!' | b'|' | b'$') => break,
                Some(byte) if is_blank(byte) => break,
                Some(b'\'') => self.single_quoted(&mut word)?,
                Some(b'"') => self.double_quoted(&mut word)?,
                Some(byte) => {
                    self.at += 1;
                    word.push(byte);
                }
            }
        }
        Ok(Some(word))
    }

    /// A piece of a format: bytes of a string, or one letter, or digits.
    pub fn format_piece(&mut self) -> Result<FormatPiece, LangError> {
        match self.peek() {
            Some(b'$') => self.dollar().map(|()| FormatPiece::Expression),
            Some(b'"') => {
                let mut text = Vec::new();
                self.double_quoted(&mut text)?;
                Ok(FormatPiece::Text(text))
            }
            Some(b'0'..=b'9') => {
                let text = self.take_while(|b| b.is_ascii_digit());
                number::digits(text, 10).map(FormatPiece::Count).map_err(LangError::plain)
            }
            Some(byte) => {
                self.at += 1;
                Ok(FormatPiece::Letter(byte))
            }
            None => Err(self.error("syntax error")),
        }
    }

    /// Whether a format that begins with one of `letters` and goes on with a
    /// blank or the end stands here; the letter is taken then.
    pub fn argument_format(&mut self, letters: &[u8]) -> Option<u8> {
        let letter = self.peek().filter(|b| letters.contains(b))?;
        let ends = match self.peek_at(1) {
            None => true,
            Some(byte) => is_blank(byte) || matches!(byte, b'\n' | b';' | b'!' | b'|'),
        };
        ends.then(|| {
            self.at += 1;
            letter
        })
    }

    fn dollar(&mut self) -> Result<(), LangError> {
        self.start = self.at;
        self.at += 1;
        match self.peek() {
            Some(b'[') => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.error("syntax error")),
        }
    }

    fn single_quoted(&mut self, word: &mut Vec<u8>) -> Result<(), LangError> {
        self.start = self.at;
        self.at += 1;
        loop {
            match self.bump() {
                Some(b'\'') => return Ok(()),
                Some(b'\n') | None => return Err(self.error("syntax error: ' unmatched")),
                Some(byte) => word.push(byte),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Vec<u8>) -> Result<(), LangError> {
        self.start = self.at;
        self.at += 1;
        loop {
            match self.bump() {
                Some(b'"') => return Ok(()),
                Some(b'\\') => word.push(self.escape()?),
                Some(b'\n') | None => return Err(self.error("syntax error: \" unmatched")),
                Some(byte) => word.push(byte),
            }
        }
    }

    /// Everything up to the end of the statement, for the shell.
    pub fn shell_text(&mut self) -> Vec<u8> {
        self.take_while(|b| b != b'\n' && b != b';').to_vec()
    }
}

/// A piece of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatPiece {
    /// A quoted string.
    Text(Vec<u8>),
    /// A repeat count.
    Count(u64),
    /// A letter.
    Letter(u8),
    /// `$[` was taken: an expression and `]` follow.
    Expression,
}
