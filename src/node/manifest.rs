//! A package.json: the two members that tell which package it is.

use alloc::string::String;
use alloc::vec::Vec;

/// Objects and arrays that may be in each other.
const DEPTH: usize = 64;

/// What a package.json says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Name of the package.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// Reads the text of a package.json; none where it is no object of JSON. What comes
/// after a mistake is not looked at.
pub fn parse(text: &str) -> Option<Manifest> {
    let mut reader = Reader { bytes: text.trim_start_matches('\u{feff}').as_bytes(), at: 0 };
    (reader.next()? == b'{').then_some(())?;
    let mut manifest = Manifest::default();
    while let Some(key) = reader.string() {
        if reader.next() != Some(b':') {
            break;
        }
        let value = match reader.peek() {
            Some(b'"') => reader.string(),
            _ => reader.skip_value().then_some(String::new()),
        };
        let Some(value) = value else { break };
        match key.as_str() {
            _ if value.is_empty() => {}
            "name" => manifest.name = Some(value),
            "version" => manifest.version = Some(value),
            _ => {}
        }
        if reader.next() != Some(b',') {
            break;
        }
    }
    Some(manifest)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// The next byte that is no blank, which stays.
    fn peek(&mut self) -> Option<u8> {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn string(&mut self) -> Option<String> {
        (self.next()? == b'"').then_some(())?;
        let mut bytes = Vec::new();
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => return Some(String::from_utf8_lossy(&bytes).into_owned()),
                b'\\' => {
                    let mut buffer = [0; 4];
                    bytes.extend(self.escape()?.encode_utf8(&mut buffer).bytes());
                }
                byte => bytes.push(byte),
            }
        }
    }

    /// What a backslash stands for; halves of surrogate pairs are replaced.
    fn escape(&mut self) -> Option<char> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(match byte {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let digits = self.bytes.get(self.at..self.at + 4)?;
                self.at += 4;
                let number = u32::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
                char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            other => char::from(other),
        })
    }

    /// Leaves out a value; false where it does not end.
    fn skip_value(&mut self) -> bool {
        let mut depth = 0;
        loop {
            match self.peek() {
                Some(b'"') if self.string().is_none() => return false,
                Some(b'"') => {}
                Some(b'{' | b'[') if depth < DEPTH => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                Some(b',' | b':') if depth > 0 => self.at += 1,
                Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.') => self.at += 1,
                _ => return false,
            }
            if depth == 0 && matches!(self.peek(), Some(b',' | b'}')) {
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: Option<&str>, version: Option<&str>) -> Option<Manifest> {
        Some(Manifest { name: name.map(String::from), version: version.map(String::from) })
    }

    #[test]
    fn members_of_others_are_not_taken() {
        let text = r#"{"config":{"name":"no","list":[1,-2.5e3,{"version":"no"}]},
            "private": true, "name" : "a\"\u0062", "x": null, "version":"1.2.3"}"#;
        assert_eq!(parse(text), manifest(Some("a\"b"), Some("1.2.3")));
    }

    #[test]
    fn what_is_before_a_mistake_counts() {
        assert_eq!(parse(r#"{"name":"a","version":"1"#), manifest(Some("a"), None));
        assert_eq!(parse("\u{feff}{}"), manifest(None, None));
        assert_eq!(parse(r#"{"name":["a"],"version":2}"#), manifest(None, None));
        assert_eq!(parse("[1]"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse(&"{\"a\":".repeat(10_000)), manifest(None, None));
    }
}
