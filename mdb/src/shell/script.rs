//! Commands that do not come from a prompt: `-e`, scripts on standard input,
//! `~/.mdbrc`.

use super::ends_session;
use crate::debugger::{Debugger, Stop};
use crate::lang::run::{run, Source, STRING};
use std::io::Read;

/// Runs the text of `-e`; the exit status.
pub fn run_commands(m: &'static Debugger, text: &str) -> i32 {
    match run(m, text.as_bytes(), STRING) {
        Ok(()) => i32::from(m.last_status.get() != 0),
        Err(Stop::Quit) => 0,
        Err(_) => 1,
    }
}

/// Runs standard input; the exit status.
pub fn run_stdin(m: &'static Debugger) -> i32 {
    let mut lines_before = 0;
    while let Some(line) = read_line() {
        let source = Source { name: Some("(stdin)"), string: false, lines_before };
        lines_before += 1;
        let result = run(m, &line, source);
        // Whoever writes the script may wait for the answer before the next line.
        m.flush();
        match result {
            Err(Stop::Quit) => return 0,
            Err(stop) if ends_session(stop) => return 1,
            _ => {}
        }
    }
    0
}

/// A line of standard input, taken byte by byte: the rest belongs to whoever
/// reads next, perhaps a shell command.
fn read_line() -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let mut byte = [0];
    let mut input = Unbuffered;
    loop {
        match input.read(&mut byte) {
            Ok(1) => line.push(byte[0]),
            _ => return (!line.is_empty()).then_some(line),
        }
        if byte[0] == b'\n' {
            return Some(line);
        }
    }
}

/// Standard input without the standard library's buffer.
struct Unbuffered;

impl Read for Unbuffered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        crate::modapi::tty::read_stdin(buffer)
    }
}

/// Runs `~/.mdbrc`, if there is one.
pub fn run_rc(m: &'static Debugger) {
    let Some(home) = std::env::var_os("HOME") else { return };
    let path = std::path::Path::new(&home).join(".mdbrc");
    let Ok(text) = std::fs::read(&path) else { return };
    let name = path.to_string_lossy();
    let source = Source { name: Some(&name), string: false, lines_before: 0 };
    if let Err(Stop::Quit) = run(m, &text, source) {
        super::exit(m, 0);
    }
}
