//! One output stream: lines, columns, margin, tabs and wrapping.

use super::Pager;
use crate::printf::Sink;
use std::fs::File;
use std::io::Write;
use std::process::ChildStdin;

/// Columns of an output that is not a terminal.
pub const DEFAULT_WIDTH: usize = 80;
/// Margin of `%m` before any indent was set.
const DEFAULT_MARGIN: usize = 16;
/// Bytes collected before a write that nothing else forces.
const BUFFER: usize = 1 << 15;

/// Why a stream takes no more text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The reader is gone or the disk is full.
    Closed,
    /// `q` at the pager.
    Quit,
    /// `a` at the pager.
    Abort,
}

/// Where a stream's lines go.
#[derive(Debug)]
pub enum Destination {
    /// A file or terminal.
    File(File),
    /// A shell command.
    Shell(ChildStdin),
    /// Memory: a pipe to the next stage, which takes each line as it is finished.
    Memory,
    /// Memory: text for the debugger itself, taken when all of it is there.
    Capture,
}

impl Destination {
    fn is_memory(&self) -> bool {
        matches!(self, Destination::Memory | Destination::Capture)
    }
}

/// An output stream.
#[derive(Debug)]
pub struct Stream {
    destination: Destination,
    /// Finished text not yet written.
    buffer: Vec<u8>,
    /// The line being made.
    line: Vec<u8>,
    column: usize,
    margin: usize,
    indent: bool,
    width: usize,
    /// Whether chunks that do not fit go to a new line.
    pub wrap: bool,
    /// Whether terminal attributes are printed.
    pub attributes: bool,
    /// Stops after each screen of a terminal.
    pub pager: Option<Pager>,
    /// Gets a copy of everything.
    pub log: Option<File>,
    trouble: Option<Trouble>,
}

impl Stream {
    /// A stream to a destination.
    pub fn new(destination: Destination) -> Stream {
        Stream {
            destination,
            buffer: Vec::new(),
            line: Vec::new(),
            column: 0,
            margin: DEFAULT_MARGIN,
            indent: false,
            width: DEFAULT_WIDTH,
            wrap: false,
            attributes: false,
            pager: None,
            log: None,
            trouble: None,
        }
    }

    /// Sets the columns of a line.
    pub fn set_width(&mut self, width: usize) {
        self.width = width.max(1);
    }

    /// Columns of a line.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Changes the left margin by `change`; the previous one.
    pub fn indent_by(&mut self, change: i64) -> u64 {
        let before = if self.indent { self.margin } else { 0 };
        let after = (before as i64).saturating_add(change).clamp(0, 1 << 16) as usize;
        self.indent = after > 0;
        self.margin = if self.indent { after } else { DEFAULT_MARGIN };
        before as u64
    }

    /// Forgets the margin.
    pub fn reset_indent(&mut self) {
        self.indent = false;
        self.margin = DEFAULT_MARGIN;
    }

    /// Ends a partial line.
    pub fn finish_line(&mut self) {
        if !self.line.is_empty() {
            self.newline();
        }
    }

    /// Throws away the partial line.
    pub fn discard_line(&mut self) {
        self.line.clear();
        self.column = 0;
    }

    /// Writes what is collected, the partial line too.
    pub fn flush(&mut self) {
        if !self.destination.is_memory() {
            let line = std::mem::take(&mut self.line);
            self.buffer.extend_from_slice(&line);
            self.write_out();
            // The line goes on: its column is kept, only its text is gone.
        }
    }

    /// Takes the finished lines of a stream to memory.
    pub fn take_lines(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    /// Whether a stream to the next stage of a pipe holds finished lines.
    pub fn has_lines(&self) -> bool {
        matches!(self.destination, Destination::Memory) && !self.buffer.is_empty()
    }

    /// Takes the reason this stream is closed, which opens it again.
    pub fn take_trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// Whether text still goes anywhere.
    pub fn is_open(&self) -> bool {
        self.trouble.is_none()
    }

    /// Writes to the log only.
    pub fn log_text(&mut self, text: &[u8]) {
        if let Some(log) = &mut self.log {
            // A log that cannot be written must not stop the session.
            let _ = log.write_all(text);
        }
    }

    fn write_out(&mut self) {
        if self.buffer.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.buffer);
        self.log_text(&text);
        let result = match &mut self.destination {
            Destination::File(file) => file.write_all(&text),
            Destination::Shell(pipe) => pipe.write_all(&text).and_then(|()| pipe.flush()),
            Destination::Memory | Destination::Capture => Ok(()),
        };
        if result.is_err() {
            self.trouble.get_or_insert(Trouble::Closed);
        }
    }

    fn newline(&mut self) {
        self.line.push(b'\n');
        self.buffer.append(&mut self.line);
        self.column = 0;
        match &mut self.pager {
            Some(pager) if matches!(self.destination, Destination::File(_)) => {
                let verdict = pager.line();
                self.write_out();
                if verdict {
                    self.pause();
                }
            }
            _ => {
                if !self.destination.is_memory() && self.buffer.len() >= BUFFER {
                    self.write_out();
                }
            }
        }
    }

    fn pause(&mut self) {
        let (Some(pager), Destination::File(file)) = (&mut self.pager, &mut self.destination)
        else {
            return;
        };
        if let Some(trouble) = pager.ask(file) {
            self.trouble.get_or_insert(trouble);
        }
    }

    fn put(&mut self, text: &[u8]) {
        if self.line.is_empty() && self.column == 0 && self.indent {
            self.line.resize(self.margin, b' ');
            self.column = self.margin;
        }
        self.line.extend_from_slice(text);
        // Continuation bytes of UTF-8 take no column.
        self.column += text.iter().filter(|&&b| b & 0xc0 != 0x80).count();
    }

    fn tab(&mut self) {
        let start = if self.column == 0 && self.indent { self.margin } else { self.column };
        let stop = (start / 8 + 1) * 8;
        if stop >= self.width {
            self.newline();
        } else {
            self.put(&b"        "[..stop - start]);
        }
    }

    /// Whether a chunk must go to a new line.
    fn overflows(&self, text: &[u8]) -> bool {
        if !self.wrap || self.column == 0 || text.starts_with(b"\n") {
            return false;
        }
        let first = text.split(|&b| b == b'\n').next().unwrap_or_default();
        self.column + first.len() > self.width
    }
}

impl Sink for Stream {
    fn chunk(&mut self, text: &[u8]) {
        if self.overflows(text) {
            self.newline();
        }
        let mut rest = text;
        while self.is_open() {
            let Some(at) = rest.iter().position(|&b| b == b'\n' || b == b'\t') else {
                if !rest.is_empty() {
                    self.put(rest);
                }
                return;
            };
            if at > 0 {
                self.put(&rest[..at]);
            }
            if rest[at] == b'\n' {
                self.newline();
            } else {
                self.tab();
            }
            rest = &rest[at + 1..];
        }
    }

    fn column(&self) -> usize {
        self.column
    }

    fn margin(&self) -> usize {
        self.margin
    }

    fn attribute(&mut self, name: u8, on: bool) {
        if !self.attributes {
            return;
        }
        let code: &[u8] = match (name, on) {
            (b'b', true) => b"\x1b[1m",
            (b'u', true) => b"\x1b[4m",
            (b'r' | b's', true) => b"\x1b[7m",
            (b'd', true) => b"\x1b[2m",
            (b'b' | b'u' | b'r' | b's' | b'd', false) => b"\x1b[0m",
            _ => return,
        };
        self.line.extend_from_slice(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Stream {
        Stream::new(Destination::Memory)
    }

    fn text(stream: &mut Stream) -> String {
        stream.finish_line();
        String::from_utf8(stream.take_lines()).unwrap()
    }

    #[test]
    fn margins_and_tabs() {
        let mut stream = memory();
        assert_eq!(stream.indent_by(4), 0);
        stream.chunk(b"a\tb\n\nc");
        assert_eq!(stream.indent_by(-4), 4);
        assert_eq!(text(&mut stream), "    a   b\n\n    c\n");
        assert_eq!(stream.margin(), DEFAULT_MARGIN);
    }

    #[test]
    fn a_tab_past_the_width_ends_the_line() {
        let mut stream = memory();
        stream.set_width(20);
        stream.chunk(b"0123456789abcdef\tx");
        assert_eq!(text(&mut stream), "0123456789abcdef\nx\n");
    }

    #[test]
    fn wrapping() {
        let mut stream = memory();
        stream.set_width(10);
        stream.wrap = true;
        stream.chunk(b"12345678");
        stream.chunk(b"abc");
        stream.chunk(b"\nnext");
        assert_eq!(text(&mut stream), "12345678\nabc\nnext\n");
    }
}
