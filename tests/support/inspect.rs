//! Reads what `::jsprint` and `::jsclosure` print, whatever the value.
//!
//! The text has three shapes: a string in double quotes, a group in braces or
//! brackets with an optional head (`Map(2) {`), and a leaf, which is the rest
//! of the line. What a leaf or a head means is for `compare` to know.

use std::iter::Peekable;
use std::str::Chars;

/// A printed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Printed {
    /// A string, as UTF-16 units.
    Text(Vec<u16>),
    /// Anything on one line: `42`, `null`, `function f`, `[...]`.
    Leaf(String),
    /// Something in braces or brackets.
    Group(Group),
}

/// The contents of braces or brackets.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What stands before the bracket, such as a class name.
    pub head: String,
    /// `{` or `[`.
    pub open: char,
    /// What is inside.
    pub items: Vec<Item>,
}

/// One line of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The name before a colon.
    pub key: Option<Key>,
    /// The left side of an arrow, in a map.
    pub from: Option<Printed>,
    /// The address that `-a` puts before the value.
    pub address: Option<String>,
    /// The value.
    pub value: Printed,
}

/// Name of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// `"name": `
    Name(String),
    /// `[Symbol(description)]: `
    Symbol(String),
    /// `#name: `, with the `#`
    Private(String),
}

/// Reads one value; an error says what was left over.
pub fn parse(text: &str) -> Result<Printed, String> {
    let mut reader = Reader { rest: text.trim_end_matches('\n'), addresses: false };
    let value = reader.value(&[])?;
    reader.end().map(|()| value)
}

/// Reads the output of `::jsprint -a` of one value: its address and itself.
pub fn parse_addressed(text: &str) -> Result<(String, Printed), String> {
    let mut reader = Reader { rest: text.trim_end_matches('\n'), addresses: true };
    let address = reader.address().ok_or_else(|| format!("no address in {text:?}"))?;
    let value = reader.value(&[])?;
    reader.end().map(|()| (address, value))
}

/// Reads the output of `::jsclosure`: items of an object, each with an address.
pub fn parse_closure(text: &str) -> Result<Vec<Item>, String> {
    let mut reader = Reader { rest: text, addresses: true };
    let mut items = Vec::new();
    loop {
        reader.blank();
        if reader.rest.is_empty() {
            return Ok(items);
        }
        items.push(reader.item(&[])?);
        reader.skip(",");
    }
}

struct Reader<'a> {
    rest: &'a str,
    addresses: bool,
}

impl<'a> Reader<'a> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n']);
    }

    fn skip(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn end(&mut self) -> Result<(), String> {
        match self.rest.trim() {
            "" => Ok(()),
            more => Err(format!("left over: {more:?}")),
        }
    }

    fn line(&self) -> &'a str {
        self.rest.split('\n').next().unwrap_or("")
    }

    /// `P: ` before a value.
    fn address(&mut self) -> Option<String> {
        let (hex, rest) = self.rest.split_once(": ")?;
        let fits = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| {
            self.rest = rest;
            hex.to_owned()
        })
    }

    /// A value; a leaf ends at the end of the line or before one of `ends`.
    fn value(&mut self, ends: &[&str]) -> Result<Printed, String> {
        if self.rest.starts_with('"') {
            return self.string().map(Printed::Text);
        }
        match self.head() {
            Some((head, at, open)) => {
                self.rest = &self.rest[at + 1..];
                self.group(head, open, ends)
            }
            None => Ok(Printed::Leaf(self.leaf(ends))),
        }
    }

    fn leaf(&mut self, ends: &[&str]) -> String {
        let line = self.line();
        let cut = ends.iter().filter_map(|end| line.find(end)).min().unwrap_or(line.len());
        self.rest = &self.rest[cut..];
        let text = &line[..cut];
        text.strip_suffix(',').unwrap_or(text).to_owned()
    }

    /// A string literal: JSON's escapes, and those of JavaScript.
    fn string(&mut self) -> Result<Vec<u16>, String> {
        let start = self.rest;
        let mut units = Vec::new();
        let mut chars = start[1..].chars().peekable();
        loop {
            let char = chars.next().ok_or_else(|| format!("unterminated: {start:.60?}"))?;
            match char {
                '"' => break,
                '\\' => units.push(escape(&mut chars).ok_or("bad escape in a string")?),
                other => units.extend_from_slice(other.encode_utf16(&mut [0; 2])),
            }
        }
        let left: usize = chars.map(char::len_utf8).sum();
        self.rest = &start[start.len() - left..];
        Ok(units)
    }

    /// The head of a group: words, one of them perhaps in brackets, then a
    /// bracket that is followed by a line end, a blank or the closing bracket.
    /// `[Circular]` is therefore a leaf.
    fn head(&self) -> Option<(String, usize, char)> {
        let line = self.line();
        let word = |c: char| c.is_alphanumeric() || " _$().<>*[]".contains(c);
        for (at, open) in line.match_indices(['{', '[']) {
            let (head, tail) = (&line[..at], &line[at + 1..]);
            let open = open.chars().next()?;
            if !head.chars().all(word) || head.starts_with('[') {
                return None;
            }
            let spaced = head.is_empty() || head.ends_with(' ');
            let next = tail.chars().next();
            if spaced && (matches!(next, None | Some(' ')) || next == Some(closing(open))) {
                return Some((head.trim_end().to_owned(), at, open));
            }
        }
        None
    }

    fn group(&mut self, head: String, open: char, outer: &[&str]) -> Result<Printed, String> {
        let close = closing(open);
        let inline_end = format!(" {close}");
        let inline = self.rest.starts_with(' ');
        // In lines of their own, leaves may hold anything, commas too.
        let ends: Vec<&str> = match inline {
            true => [&[", ", inline_end.as_str()], outer].concat(),
            false => Vec::new(),
        };
        let mut items = Vec::new();
        loop {
            self.blank();
            if self.skip(&close.to_string()) {
                return Ok(Printed::Group(Group { head, open, items }));
            }
            if self.rest.is_empty() {
                return Err(format!("unclosed {head} {open}"));
            }
            items.push(self.item(&ends)?);
            self.skip(",");
        }
    }

    fn item(&mut self, ends: &[&str]) -> Result<Item, String> {
        let key = self.key()?;
        let address = self.read_address();
        if key.is_some() {
            return Ok(Item { key, from: None, address, value: self.value(ends)? });
        }
        let first = self.value(&[ends, &[" => "]].concat())?;
        if !self.skip(" => ") {
            return Ok(Item { key, from: None, address, value: first });
        }
        let address = self.read_address();
        Ok(Item { key, from: Some(first), address, value: self.value(ends)? })
    }

    fn read_address(&mut self) -> Option<String> {
        if self.addresses {
            self.address()
        } else {
            None
        }
    }

    fn key(&mut self) -> Result<Option<Key>, String> {
        let before = self.rest;
        if before.starts_with('"') {
            let units = self.string()?;
            if self.skip(": ") {
                return Ok(Some(Key::Name(String::from_utf16_lossy(&units))));
            }
            self.rest = before;
        } else if before.starts_with("[Symbol(") {
            if let Some((name, _)) = self.line().split_once(")]: ") {
                self.rest = &before[name.len() + ")]: ".len()..];
                return Ok(Some(Key::Symbol(name["[Symbol(".len()..].to_owned())));
            }
        } else if before.starts_with('#') {
            if let Some((name, _)) = self.line().split_once(": ") {
                self.rest = &before[name.len() + ": ".len()..];
                return Ok(Some(Key::Private(name.to_owned())));
            }
        }
        Ok(None)
    }
}

fn closing(open: char) -> char {
    if open == '{' {
        '}'
    } else {
        ']'
    }
}

fn escape(chars: &mut Peekable<Chars<'_>>) -> Option<u16> {
    Some(match chars.next()? {
        'n' => 10,
        't' => 9,
        'r' => 13,
        'b' => 8,
        'f' => 12,
        'v' => 11,
        'u' => hex(chars, 4)?,
        'x' => hex(chars, 2)?,
        other @ ('"' | '\\' | '/' | '\'') => other as u16,
        _ => return None,
    })
}

fn hex(chars: &mut Peekable<Chars<'_>>, digits: usize) -> Option<u16> {
    let mut unit = 0;
    for _ in 0..digits {
        unit = unit * 16 + chars.next()?.to_digit(16)?;
    }
    u16::try_from(unit).ok()
}
