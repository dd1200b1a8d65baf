//! Stops the output after each screen of a terminal.

use super::Trouble;
use crate::modapi::tty;
use std::fs::File;
use std::io::Write;

const PROMPT: &[u8] = b">> More [<space>, <cr>, q, n, c, a] ? ";

/// Counts lines and asks what to do when the screen is full.
#[derive(Debug)]
pub struct Pager {
    rows: usize,
    shown: usize,
    /// `c` was pressed: no more questions for this command.
    through: bool,
}

impl Pager {
    /// A pager for a screen of `rows` rows.
    pub fn new(rows: usize) -> Pager {
        Pager { rows: rows.max(2), shown: 0, through: false }
    }

    /// A new command begins.
    pub fn restart(&mut self, rows: usize) {
        *self = Pager::new(rows);
    }

    /// Counts a line; whether it is time to ask.
    pub fn line(&mut self) -> bool {
        self.shown += 1;
        !self.through && self.shown >= self.rows - 1
    }

    /// Asks, and acts on the key.
    pub fn ask(&mut self, screen: &mut File) -> Option<Trouble> {
        // Before anybody is asked for one: a key must not be shown.
        let keys = tty::SingleKeys::begin();
        let _ = screen.write_all(PROMPT).and_then(|()| screen.flush());
        let trouble = loop {
            match keys.as_ref().and_then(tty::SingleKeys::next_key) {
                Some(b' ') => {
                    self.shown = 0;
                    break None;
                }
                Some(b'n' | b'N' | b'\r' | b'\n') => {
                    self.shown = self.rows - 2;
                    break None;
                }
                Some(b'c' | b'C') => {
                    self.through = true;
                    break None;
                }
                Some(b'a' | b'A') => break Some(Trouble::Abort),
                // ^C and ^\ leave the command as q does; so does a lost terminal.
                Some(b'q' | b'Q' | 3 | 28) | None => break Some(Trouble::Quit),
                Some(_) => {}
            }
        };
        let _ = screen.write_all(b"\r\x1b[K").and_then(|()| screen.flush());
        trouble
    }
}
