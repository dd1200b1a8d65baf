//! What a command prints, collected until it is safe to print.

use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::fmt;

/// Bytes after which a command that can go on later should pause.
pub const CHUNK: usize = 64 << 10;

/// Margin that the debugger gives the help of a command.
const HELP_MARGIN: i8 = 2;

/// One piece of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text for standard output.
    Text(String),
    /// A message for standard error, without `mdb: ` and newline.
    Warning(String),
    /// A terminal attribute, as `mdb_printf` spells it.
    Attribute(&'static CStr),
    /// So many columns more to the left margin; fewer if negative.
    Margin(i8),
    /// The instructions from one address to another, as the debugger's
    /// disassembler shows them.
    Instructions(u64, u64),
}

/// Output of a command, in order.
#[derive(Debug, Default)]
pub struct Out {
    pieces: Vec<Piece>,
    bytes: usize,
    piped: bool,
}

impl Out {
    /// Output of a command; `piped` when it feeds another command.
    pub fn new(piped: bool) -> Out {
        Out { piped, ..Out::default() }
    }

    /// Whether the output feeds another command: only addresses may be printed.
    pub fn is_piped(&self) -> bool {
        self.piped
    }

    /// Adds text.
    pub fn text(&mut self, text: &str) {
        self.bytes += text.len();
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Text(text.into())),
        }
    }

    /// Adds a line.
    pub fn line(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = fmt::Write::write_fmt(self, text);
        self.text("\n");
    }

    /// Adds a message for standard error.
    pub fn warn(&mut self, text: String) {
        self.pieces.push(Piece::Warning(text));
    }

    /// Text between here and [`Out::plain`] is bold on a terminal.
    pub fn bold(&mut self) {
        self.pieces.push(Piece::Attribute(c"%<b>"));
    }

    /// Ends [`Out::bold`].
    pub fn plain(&mut self) {
        self.pieces.push(Piece::Attribute(c"%</b>"));
    }

    /// A heading of a help page: flush left and bold.
    pub fn heading(&mut self, text: &str) {
        self.pieces.push(Piece::Margin(-HELP_MARGIN));
        self.bold();
        self.text(text);
        self.plain();
        self.text("\n");
        self.pieces.push(Piece::Margin(HELP_MARGIN));
    }

    /// The instructions from `start` to `end`, which the debugger disassembles.
    pub fn instructions(&mut self, start: u64, end: u64) {
        self.pieces.push(Piece::Instructions(start, end));
    }

    /// Whether so much is waiting that a long command should pause.
    pub fn is_full(&self) -> bool {
        self.bytes >= CHUNK
    }

    /// Takes what was collected.
    pub fn take(&mut self) -> Vec<Piece> {
        self.bytes = 0;
        core::mem::take(&mut self.pieces)
    }
}

impl fmt::Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}
