//! Completion: names of commands after `::`, arguments by the command itself,
//! symbols elsewhere.

use crate::debugger::Debugger;
use crate::modapi;
use rustyline::completion::Pair;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};
use std::collections::BTreeSet;

/// Most symbols offered.
const MAX_SYMBOLS: usize = 500;

/// Completes lines for the editor.
pub struct Completer {
    m: &'static Debugger,
}

impl Completer {
    /// A completer for a session.
    pub fn new(m: &'static Debugger) -> Completer {
        Completer { m }
    }
}

/// What the cursor stands in.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    /// A command's name; where it begins.
    Command(usize, &'a str),
    /// Arguments of a command.
    Arguments(&'a str, Vec<&'a str>, bool),
    /// A symbol; where it begins.
    Symbol(usize, &'a str),
}

/// Finds out from the text before the cursor.
fn place(text: &str) -> Place<'_> {
    let start = text.rfind(['|', ';', '!']).map_or(0, |at| at + 1);
    let stage = &text[start..];
    if let Some(at) = stage.find("::") {
        let after = &stage[at + 2..];
        let Some((name, rest)) = after.split_once([' ', '\t']) else {
            return Place::Command(start + at + 2, after);
        };
        let blank = rest.is_empty() || rest.ends_with([' ', '\t']);
        return Place::Arguments(name, rest.split_whitespace().collect(), blank);
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.`".contains(c);
    let from = stage
        .rfind(|c| !is_name(c))
        .map_or(0, |at| at + stage[at..].chars().next().map_or(1, char::len_utf8));
    Place::Symbol(start + from, &stage[from..])
}

impl Completer {
    fn commands(&self, prefix: &str) -> BTreeSet<String> {
        let registry = self.m.registry.borrow();
        let names = registry.dcmds.keys();
        let plain = |n: &&String| n.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        names.filter(plain).filter(|n| n.starts_with(prefix)).cloned().collect()
    }

    fn symbols(&self, prefix: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        if prefix.is_empty() {
            return names;
        }
        let target = self.m.target();
        let (object, name) = match prefix.rsplit_once('`') {
            Some((object, name)) => (Some(object), name),
            None => (None, prefix),
        };
        let objects = match object {
            Some(object) => target.object_named(object).map_or(0..0, |i| i..i + 1),
            None => 0..target.objects().len(),
        };
        for index in objects {
            target.each_symbol(index, false, &mut |symbol| {
                // Local names and versioned imports cannot be typed as they are.
                let global = symbol.sym.st_info >> 4 != 0 && symbol.sym.st_shndx != 0;
                if global && symbol.name.starts_with(name) {
                    names.insert(match object {
                        Some(object) => format!("{object}`{}", symbol.name),
                        None => symbol.name.to_string(),
                    });
                }
                names.len() < MAX_SYMBOLS
            });
        }
        names
    }

    fn arguments(&self, name: &str, words: &[&str], blank: bool) -> modapi::Candidates {
        let found = self.m.registry.borrow().dcmd(name);
        match found.ok().and_then(|list| list.into_iter().next()) {
            Some(dcmd) => {
                let found = modapi::complete(&dcmd, words, blank);
                // Whatever went wrong in there concerns nobody at the prompt.
                self.m.take_stop();
                found
            }
            None => modapi::Candidates::default(),
        }
    }
}

impl rustyline::completion::Completer for Completer {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let text = &line[..pos];
        let (start, names) = match place(text) {
            Place::Command(start, prefix) => (start, self.commands(prefix)),
            Place::Symbol(start, prefix) => (start, self.symbols(prefix)),
            Place::Arguments(name, words, blank) => {
                let found = self.arguments(name, &words, blank);
                let typed = if text.ends_with(&found.base) { found.base.len() } else { 0 };
                (pos - typed, found.names)
            }
        };
        let pair = |name: String| Pair { display: name.clone(), replacement: name };
        Ok((start, names.into_iter().map(pair).collect()))
    }
}

impl Hinter for Completer {
    type Hint = String;
}

impl Highlighter for Completer {}
impl Validator for Completer {}
impl Helper for Completer {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        assert_eq!(place("::sta"), Place::Command(2, "sta"));
        assert_eq!(place("1000::wa"), Place::Command(6, "wa"));
        assert_eq!(place("::walk x | ::fo"), Place::Command(13, "fo"));
        assert_eq!(place("::walk th"), Place::Arguments("walk", vec!["th"], false));
        assert_eq!(place("::walk "), Place::Arguments("walk", vec![], true));
        assert_eq!(place("mai"), Place::Symbol(0, "mai"));
        assert_eq!(place("*libc`mal"), Place::Symbol(1, "libc`mal"));
        assert_eq!(place("é+ma"), Place::Symbol(3, "ma"));
        assert_eq!(place(""), Place::Symbol(0, ""));
    }
}
