//! A line on the terminal that says how far a long work has come.

use crate::debugger::Debugger;
use crate::modapi::tty;
use std::time::{Duration, Instant};

/// How often the line is written.
const EVERY: Duration = Duration::from_millis(100);

/// The line; nothing where nobody looks.
pub struct Progress {
    terminal: bool,
    shown: Option<Instant>,
}

impl Progress {
    /// For a work that begins.
    pub fn new(m: &Debugger) -> Progress {
        m.flush();
        Progress { terminal: m.settings.interactive.get() && tty::is_interactive(), shown: None }
    }

    /// Shows a text, unless it was shown a moment ago.
    pub fn show(&mut self, text: impl FnOnce() -> String) {
        if self.terminal && self.shown.is_none_or(|at| at.elapsed() >= EVERY) {
            eprint!("\r{}", text());
            self.shown = Some(Instant::now());
        }
    }

    /// Takes the line away.
    pub fn clear(&self) {
        if self.shown.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
