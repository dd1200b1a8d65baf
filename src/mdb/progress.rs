//! What long work is at, on a terminal.
//!
//! MDB's own functions for output may jump away, so none is called while a command
//! works. A line that the command's output will not share goes straight to the
//! terminal, and is gone before anything else is printed.

use core::cell::Cell;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicBool, Ordering};

/// Columns of the line.
const WIDTH: usize = 64;
/// Seconds of work before it is shown; as clocks go by whole seconds, one may be
/// short.
const PATIENCE: i64 = 2;
const STDOUT: i32 = 1;
const STDERR: i32 = 2;

/// Whether the line is on the terminal.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// The work in progress.
#[derive(Default)]
pub struct Progress {
    stage: Cell<&'static str>,
    since: Cell<i64>,
    /// When it was last shown.
    told: Cell<i64>,
}

impl Progress {
    /// Begins a stage of the work, none if it is empty; returns the one before.
    pub fn stage(&self, what: &'static str) -> &'static str {
        let before = self.stage.replace(what);
        if before.is_empty() {
            self.since.set(now());
        }
        before
    }

    /// Shows the stage if it takes long: once a second.
    pub fn tick(&self) {
        let stage = self.stage.get();
        if stage.is_empty() {
            return;
        }
        let now = now();
        let seconds = now - self.since.get();
        if seconds < PATIENCE || self.told.replace(now) == now || !is_terminal() {
            return;
        }
        let mut line = Line::new();
        // What does not fit is cut off.
        let _ = write!(line, "mdb_v8: {stage}, {seconds} s (^C to stop)");
        line.show();
        SHOWN.store(true, Ordering::Relaxed);
    }
}

/// Takes the line off the terminal.
pub fn clear() {
    if SHOWN.swap(false, Ordering::Relaxed) {
        Line::new().show();
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    // SAFETY: nothing is to be stored.
    let now = unsafe { libc::time(core::ptr::null_mut()) };
    // As wide as `long` on illumos.
    #[allow(clippy::useless_conversion)]
    i64::from(now)
}

/// Whether someone is looking: not where output goes to a file or another program.
fn is_terminal() -> bool {
    // SAFETY: the numbers need not be open.
    unsafe { libc::isatty(STDERR) == 1 && libc::isatty(STDOUT) == 1 }
}

/// A line that begins and ends in the first column.
struct Line {
    bytes: [u8; WIDTH + 2],
    end: usize,
}

impl Line {
    fn new() -> Line {
        let mut bytes = [b' '; WIDTH + 2];
        bytes[0] = b'\r';
        bytes[WIDTH + 1] = b'\r';
        Line { bytes, end: 1 }
    }

    fn show(&self) {
        // SAFETY: the buffer is as long as said. What cannot be written is not
        // needed.
        let _ = unsafe { libc::write(STDERR, self.bytes.as_ptr().cast(), self.bytes.len()) };
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = WIDTH + 1 - self.end;
        let taken = room.min(text.len());
        self.bytes[self.end..self.end + taken].copy_from_slice(&text.as_bytes()[..taken]);
        self.end += taken;
        Ok(())
    }
}
