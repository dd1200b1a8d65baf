//! Scripts: file names, source text, line numbers.

use crate::v8::error::Result;
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Sources longer than this are not searched for line ends.
const MAX_SOURCE: u64 = 1 << 26;
/// Parameters of a wrapped script at most.
const MAX_WRAPPED: u64 = 1 << 10;

/// A script.
#[derive(Clone, Copy)]
pub struct Script<'a> {
    heap: Heap<'a>,
    /// The object.
    pub object: Value,
}

/// A place in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// Line, from 1.
    Line(u64),
    /// Character, from 0, where line ends are not to be had.
    Position(u64),
}

impl<'a> Script<'a> {
    /// Opens a script.
    pub fn new(heap: Heap<'a>, object: Value) -> Result<Script<'a>> {
        heap.expect(object, Kind::Script, "Script")?;
        Ok(Script { heap, object })
    }

    /// File name; none for scripts without one.
    pub fn name(&self) -> Result<Option<String>> {
        let name = self.heap.field(self.object, C::ScriptName)?;
        if self.heap.is_heap_object(name) && self.heap.kind(name)? == Kind::String {
            return string::name(self.heap, name).map(Some);
        }
        Ok(None)
    }

    /// Source text.
    pub fn source(&self) -> Result<string::Text> {
        string::read(self.heap, self.heap.field(self.object, C::ScriptSource)?, MAX_SOURCE)
    }

    /// The first `end` characters of the source text.
    pub fn source_up_to(&self, end: u64) -> Result<string::Text> {
        let source = self.heap.field(self.object, C::ScriptSource)?;
        string::read(self.heap, source, end.min(MAX_SOURCE))
    }

    /// Characters of the source text.
    pub fn source_length(&self) -> Result<u64> {
        Ok(string::info(self.heap, self.heap.field(self.object, C::ScriptSource)?)?.length)
    }

    /// The names of the parameters of a script that is the body of a function.
    pub fn wrapped_arguments(&self) -> Option<Vec<String>> {
        let heap = self.heap;
        let list = heap.field(self.object, C::ScriptWrapped).ok()?;
        if !heap.is_heap_object(list) || heap.kind(list).ok()? != Kind::FixedArray {
            return None;
        }
        let list = FixedArray::new(heap, list).ok().filter(|list| list.len() <= MAX_WRAPPED)?;
        let name = |value: Value| {
            let is_text = heap.is_heap_object(value) && heap.kind(value) == Ok(Kind::String);
            string::name(heap, value).ok().filter(|_| is_text)
        };
        list.iter().map(|value| name(value.ok()?)).collect()
    }

    /// The line of a character, or the character itself where neither the line
    /// table nor the source is there.
    pub fn locate(&self, position: u64) -> Location {
        let line = self.line_by_table(position).or_else(|| {
            let source = self.source_up_to(position).ok()?;
            Some(line_ends(&source.units))
        });
        self.location(line, position)
    }

    /// As [`Script::locate`], and the column of the character in its line, counted
    /// from 1; none without source. The source is read once for both.
    pub fn locate_column(&self, position: u64) -> (Location, Option<u64>) {
        let table = self.line_by_table(position);
        let Ok(source) = self.source_up_to(position) else {
            return (self.location(table, position), None);
        };
        let is_inside = source.units.len() as u64 == position;
        let column = source.units.iter().rev().take_while(|unit| !is_line_end(**unit)).count();
        let line = table.unwrap_or_else(|| line_ends(&source.units));
        (self.location(Some(line), position), is_inside.then_some(column as u64 + 1))
    }

    fn location(&self, line: Option<u64>, position: u64) -> Location {
        match line {
            Some(line) => Location::Line(line + 1 + self.line_offset()),
            None => Location::Position(position),
        }
    }

    /// Lines of the file before the script: not 0 for inline scripts and `vm`.
    fn line_offset(&self) -> u64 {
        let offset = self.heap.smi_field(self.object, C::ScriptLineOffset, "line offset");
        offset.ok().and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
    }

    /// Binary search in the table of line ends, which V8 makes when first asked.
    fn line_by_table(&self, position: u64) -> Option<u64> {
        let table = self.heap.field(self.object, C::ScriptLineEnds).ok()?;
        if !self.heap.is_heap_object(table) || self.heap.kind(table).ok()? != Kind::FixedArray {
            return None;
        }
        let ends = FixedArray::new(self.heap, table).ok()?;
        let (mut low, mut high) = (0, ends.len());
        if high == 0 {
            return None;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            let end = self.heap.smi(ends.get(middle).ok()?)?;
            if end < position.cast_signed() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Some(low)
    }
}

fn is_line_end(unit: u16) -> bool {
    matches!(unit, 0x0a | 0x0d | 0x2028 | 0x2029)
}

/// How many lines end in a text. Counted without a look at where they end, which
/// the compiler makes of many characters at once.
fn line_ends(text: &[u16]) -> u64 {
    let ends = text.iter().filter(|unit| is_line_end(**unit)).count();
    let pairs = text.iter().zip(text.iter().skip(1));
    let pairs = pairs.filter(|pair| *pair == (&0x0d, &0x0a)).count();
    (ends - pairs) as u64
}

/// Ends of lines in source text: LF, CR, CR LF, and the two Unicode ones.
struct LineEnds<'t> {
    text: &'t [u16],
    at: usize,
}

impl<'t> LineEnds<'t> {
    fn new(text: &'t [u16]) -> LineEnds<'t> {
        LineEnds { text, at: 0 }
    }
}

impl Iterator for LineEnds<'_> {
    /// One past the line's last character, its terminator included.
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while let Some(&unit) = self.text.get(self.at) {
            self.at += 1;
            match unit {
                0x0d if self.text.get(self.at) == Some(&0x0a) => {
                    self.at += 1;
                    return Some(self.at);
                }
                unit if is_line_end(unit) => return Some(self.at),
                _ => {}
            }
        }
        None
    }
}

/// The lines of a source text around a range of characters.
pub struct Excerpt {
    /// Line number, whether it belongs to the range, text.
    pub lines: Vec<(u64, bool, String)>,
}

/// Cuts the lines `from..to` touch, and `context` lines before and after them.
pub fn excerpt(source: &[u16], from: u64, to: u64, context: u64) -> Excerpt {
    let from = usize::try_from(from).unwrap_or(usize::MAX).min(source.len());
    let to = usize::try_from(to).unwrap_or(usize::MAX).clamp(from, source.len());
    let first = line_ends(&source[..from]);
    let last = line_ends(&source[..to]);
    let mut lines = Vec::new();
    let mut start = 0;
    let ends = LineEnds::new(source).chain(core::iter::once(source.len()));
    for (number, end) in (0u64..).zip(ends) {
        if number > last + context {
            break;
        }
        if number + context >= first && start <= end {
            let line = String::from_utf16_lossy(&source[start..end]);
            let line = line.trim_end_matches(['\n', '\r', '\u{2028}', '\u{2029}']);
            lines.push((number + 1, (first..=last).contains(&number), line.into()));
        }
        start = end;
    }
    Excerpt { lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    #[test]
    fn counts_every_kind_of_line_end() {
        assert_eq!(LineEnds::new(&units("a\nb\rc\r\nd\u{2028}e")).count(), 4);
    }

    #[test]
    fn cuts_lines_with_context() {
        let source = units("one\ntwo\nthree\nfour\nfive");
        let cut = excerpt(&source, 8, 12, 1);
        let got: Vec<_> = cut.lines.iter().map(|l| (l.0, l.1, l.2.as_str())).collect();
        assert_eq!(got, [(2, false, "two"), (3, true, "three"), (4, false, "four")]);
        assert_eq!(excerpt(&source, 0, 3, 0).lines.len(), 1);
        assert_eq!(excerpt(&source, 20, 99, 0).lines[0].2, "five");
    }
}
