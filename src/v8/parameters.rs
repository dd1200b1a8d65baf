//! The names of a function's parameters: from its source text, which every V8
//! keeps, else from its ScopeInfo, which has them up to V8 6.8 only.

use crate::v8::function::Shared;
use crate::v8::string::Text;
use alloc::string::String;
use alloc::vec::Vec;

/// Characters of a list of parameters at most.
const MAX_LIST: u64 = 1 << 13;
/// Characters of one parameter that are shown: patterns may be long.
const MAX_NAME: usize = 60;

/// The names of the parameters as they are declared: `name`, `...rest`, or the
/// text of a pattern; none where they cannot be told.
pub fn names(shared: Shared<'_>) -> Option<Vec<String>> {
    if let Some(names) = wrapped(shared) {
        return Some(names);
    }
    let declared = shared.formal_parameters().ok()??;
    // Text of another function or a reading gone wrong would differ in number.
    let fits = |names: &Vec<String>| {
        names.iter().filter(|name| !name.starts_with("...")).count() as u64 == declared
    };
    from_source(shared).filter(fits).or_else(|| from_scope(shared).filter(fits))
}

/// The names that were given to the compiler with the text of a body, as Node
/// does for modules.
fn wrapped(shared: Shared<'_>) -> Option<Vec<String>> {
    let script = shared.script().ok()??;
    let (start, end) = shared.range().ok()??;
    let names = script.wrapped_arguments().filter(|_| start == 0)?;
    // V8 7.0 counts to the last token only (seen on cores of Node 11.15.0).
    let is_whole = script.source_length().ok()? == end || {
        let source = script.source().ok()?.units;
        let rest = String::from_utf16_lossy(source.get(usize::try_from(end).ok()?..)?);
        let rest = rest.trim_start();
        rest.is_empty() || rest.starts_with("//") || rest.starts_with("/*")
    };
    let fits = shared.formal_parameters().ok()?? == names.len() as u64;
    (is_whole && fits).then_some(names)
}

fn from_scope(shared: Shared<'_>) -> Option<Vec<String>> {
    let names = shared.scope_info().ok()??.parameters().ok()?;
    names.into_iter().map(|name| name.filter(|name| !name.is_empty())).collect()
}

fn from_source(shared: Shared<'_>) -> Option<Vec<String>> {
    let script = shared.script().ok()??;
    let (start, end) = shared.range().ok()??;
    let end = end.min(start.saturating_add(MAX_LIST));
    let Text { units, .. } = script.source_up_to(end).ok()?;
    let text = units.get(usize::try_from(start).ok()?..)?;
    parse(
        &char::decode_utf16(text.iter().copied())
            .map(|c| c.unwrap_or('\u{fffd}'))
            .collect::<Vec<_>>(),
    )
}

/// Reads a list of parameters, or the one parameter of an arrow function.
fn parse(text: &[char]) -> Option<Vec<String>> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_blank();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '\\' | '{' | '}');
    if reader.peek() != Some('(') {
        // `name =>`: an escape in the name has braces.
        let start = reader.at;
        while reader.peek().is_some_and(is_part) {
            reader.at += 1;
        }
        let name: String = text.get(start..reader.at)?.iter().collect();
        reader.skip_blank();
        let rest = text.get(reader.at..)?;
        return match (rest.starts_with(&['=', '>']), name.as_str()) {
            (true, "") | (false, _) if name != "async" => None,
            (true, _) => Some(alloc::vec![name]),
            // Of an async arrow function, what follows are the parameters.
            (false, _) => parse(rest).filter(|_| !rest.starts_with(&['a', 's', 'y', 'n', 'c'])),
        };
    }
    reader.at += 1;
    let mut names = Vec::new();
    loop {
        let name = reader.parameter()?;
        if !name.is_empty() {
            names.push(name);
        }
        match reader.next()? {
            ',' => {}
            ')' => return Some(names),
            _ => return None,
        }
    }
}

/// JavaScript text, as far as a list of parameters needs it understood.
struct Reader<'t> {
    text: &'t [char],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let found = self.peek()?;
        self.at += 1;
        Some(found)
    }

    /// Skips spaces and comments; true if there were any.
    fn skip_blank(&mut self) -> bool {
        let start = self.at;
        loop {
            match (self.peek(), self.text.get(self.at + 1)) {
                (Some(c), _) if c.is_whitespace() || c == '\u{feff}' => self.at += 1,
                (Some('/'), Some('/')) => {
                    while self
                        .peek()
                        .is_some_and(|c| !matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}'))
                    {
                        self.at += 1;
                    }
                }
                (Some('/'), Some('*')) => {
                    self.at += 2;
                    while self.peek().is_some() && !self.text[self.at..].starts_with(&['*', '/']) {
                        self.at += 1;
                    }
                    self.at = (self.at + 2).min(self.text.len());
                }
                _ => return self.at > start,
            }
        }
    }

    /// One parameter up to its comma or the end of the list, without its default.
    fn parameter(&mut self) -> Option<String> {
        let mut name = String::new();
        let (mut depth, mut is_default, mut before) = (0u32, false, ',');
        loop {
            let blank = self.skip_blank();
            let c = self.peek()?;
            if depth == 0 && matches!(c, ',' | ')') {
                break;
            }
            if depth == 0 && c == '=' {
                is_default = true;
            }
            let start = self.at;
            self.token(before)?;
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if !is_default {
                if blank && !name.is_empty() {
                    name.push(' ');
                }
                name.extend(&self.text[start..self.at]);
            }
            before = self.text[self.at - 1];
        }
        if name.chars().count() > MAX_NAME {
            name = name.chars().take(MAX_NAME).collect::<String>() + "...";
        }
        Some(name)
    }

    /// Skips a character, or a literal as a whole. A slash where no operand can
    /// have ended begins a regular expression.
    fn token(&mut self, before: char) -> Option<()> {
        match self.next()? {
            quote @ ('\'' | '"') => self.quoted(quote),
            '`' => self.template(),
            '/' if !before.is_alphanumeric() && !matches!(before, ')' | ']' | '}' | '_' | '$') => {
                self.pattern()
            }
            _ => Some(()),
        }
    }

    fn quoted(&mut self, quote: char) -> Option<()> {
        loop {
            match self.next()? {
                '\\' => {
                    self.next()?;
                }
                c if c == quote => return Some(()),
                _ => {}
            }
        }
    }

    fn pattern(&mut self) -> Option<()> {
        let mut in_class = false;
        loop {
            match self.next()? {
                '\\' => {
                    self.next()?;
                }
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => return Some(()),
                _ => {}
            }
        }
    }

    /// The rest of a template, whose expressions may hold strings with braces
    /// but, for the sake of an end, no templates.
    fn template(&mut self) -> Option<()> {
        let mut depth = 0u32;
        loop {
            match self.next()? {
                '\\' => {
                    self.next()?;
                }
                '`' if depth == 0 => return Some(()),
                '`' => return None,
                '{' if depth > 0 || self.text.get(self.at.wrapping_sub(2)) == Some(&'$') => {
                    depth += 1
                }
                '}' => depth = depth.saturating_sub(1),
                quote @ ('\'' | '"') if depth > 0 => self.quoted(quote)?,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<Vec<String>> {
        parse(&text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn lists() {
        assert_eq!(parsed("() {}").unwrap(), [""; 0]);
        assert_eq!(parsed("(a, b) {}").unwrap(), ["a", "b"]);
        assert_eq!(parsed("( /* , */ a, // )\n b, ) {}").unwrap(), ["a", "b"]);
        assert_eq!(parsed("(a\n) {}").unwrap(), ["a"]);
        assert_eq!(parsed("naïve => 1").unwrap(), ["naïve"]);
        assert_eq!(parsed("async list => 1").unwrap(), ["list"]);
        assert_eq!(parsed("async (a, b) => 1").unwrap(), ["a", "b"]);
        assert_eq!(parsed("async => 1").unwrap(), ["async"]);
        assert_eq!(parsed("class { constructor(a) {} }"), None);
        assert_eq!(parsed("(a, b"), None);
    }

    #[test]
    fn defaults_and_patterns() {
        assert_eq!(parsed("(a = ')', b = `${'}'},`, c = /[/,)]/) {}").unwrap(), ["a", "b", "c"]);
        assert_eq!(parsed("(a = 1 / 2, b = f(3) / 4) {}").unwrap(), ["a", "b"]);
        assert_eq!(
            parsed("({ x,\n  y: [z = '='] } = {}, ...rest) {}").unwrap(),
            ["{ x, y: [z = '='] }", "...rest"]
        );
        assert_eq!(parsed("(a = (b, c) => ({ d: ',' }), e) {}").unwrap(), ["a", "e"]);
    }
}
