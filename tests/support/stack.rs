//! Reads what `::jsstack` and `::stack` print.

use serde_json::Value;

/// One entry of a printed stack.
#[derive(Debug, PartialEq)]
pub enum Entry {
    /// A JavaScript frame.
    Js(Frame),
    /// A native frame: symbol and offset.
    Native(String),
    /// Frames left out.
    Elided(u32),
}

/// A JavaScript frame with its properties, in the order printed.
#[derive(Debug, PartialEq)]
pub struct Frame {
    /// Name of the function as printed.
    pub name: String,
    /// `file`, `posn`, `this`, `arg1` and so on.
    pub properties: Vec<(String, String)>,
}

impl Frame {
    /// A property's text.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The line the function is defined at.
    pub fn line(&self) -> Option<u64> {
        self.get("posn")?.strip_prefix("line ")?.parse().ok()
    }

    /// The arguments, each an address and a type.
    pub fn args(&self) -> Vec<Shown> {
        let is_arg = |name: &str| {
            name.strip_prefix("arg").is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let args = self.properties.iter().filter(|(name, _)| is_arg(name));
        args.map(|(_, value)| Shown::parse(value)).collect()
    }

    /// The receiver.
    pub fn receiver(&self) -> Option<Shown> {
        self.get("this").map(Shown::parse)
    }
}

/// A value as a frame shows it: `ADDRESS (TYPE)`.
#[derive(Debug, PartialEq)]
pub struct Shown {
    /// The tagged value, in hexadecimal as printed.
    pub address: String,
    /// What it says of the type.
    pub kind: String,
}

impl Shown {
    /// Takes the text apart; text of another shape is kept as the type.
    pub fn parse(text: &str) -> Shown {
        let parts = text.split_once(" (").and_then(|(address, rest)| {
            let hex = !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit());
            rest.strip_suffix(')').filter(|_| hex).map(|kind| (address, kind))
        });
        let (address, kind) = parts.unwrap_or(("", text));
        Shown { address: address.to_owned(), kind: kind.to_owned() }
    }
}

/// Reads the whole output; an error names the line that fits no form.
pub fn parse(text: &str) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix("js:     ") {
            entries.push(Entry::Js(Frame { name: name.to_owned(), properties: Vec::new() }));
        } else if let Some(symbol) = line.strip_prefix("native: ") {
            entries.push(Entry::Native(symbol.to_owned()));
        } else if let Some(count) = elided(line) {
            entries.push(Entry::Elided(count));
        } else {
            let property = line.strip_prefix("          ").and_then(|rest| rest.split_once(": "));
            match (property, entries.last_mut()) {
                (Some((name, value)), Some(Entry::Js(frame))) => {
                    frame.properties.push((name.to_owned(), value.to_owned()));
                }
                _ => return Err(format!("not a line of ::jsstack: {line:?}")),
            }
        }
    }
    Ok(entries)
}

fn elided(line: &str) -> Option<u32> {
    let inside = line.strip_prefix("        (")?.strip_suffix(" elided)")?;
    let (count, what) = inside.split_once(' ')?;
    let count = count.parse().ok()?;
    let fits = if count == 1 { "internal frame" } else { "internal frames" };
    (what == fits).then_some(count)
}

/// Function and the line that it executes, of a row of `::jsstack -j`.
pub fn of_row(row: &Value) -> (String, Option<u64>) {
    let name = row["name"].as_str().expect("functions have names");
    (name.to_owned(), row["exec_line"].as_u64())
}

/// The same, of a line of the debugger's `::stack`: `js: NAME (FILE line N)`.
pub fn of_line(line: &str) -> Option<(String, Option<u64>)> {
    let rest = line.strip_prefix("js: ")?;
    // Names and files may have parentheses: the place is in the last pair.
    let (name, place) = rest.strip_suffix(')')?.rsplit_once(" (")?;
    let at = place.rsplit_once(" line ").and_then(|(_, line)| line.parse().ok());
    Some((name.to_owned(), at))
}
