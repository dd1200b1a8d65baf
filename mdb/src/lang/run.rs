//! Runs whole inputs: a line typed, a script, a string from `-e` or `::eval`.

use super::parser::Parser;
use super::{exec, LangError};
use crate::debugger::{Debugger, Frame, Stop};
use std::cell::Cell;

/// What an input is, for messages and for what an address alone means.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Name in messages; none at a terminal, where the place is evident.
    pub name: Option<&'a str>,
    /// A string: an error ends all of it, and an address alone sets dot.
    pub string: bool,
    /// Lines that came before this text.
    pub lines_before: usize,
}

/// The string of `-e`, `::eval` and `mdb_eval`.
pub const STRING: Source<'static> =
    Source { name: Some("(string)"), string: true, lines_before: 0 };

/// How many inputs may be nested in one another: `::eval` in `::eval`, macro files.
const MAX_NESTING: usize = 64;

/// Runs text in a frame of its own. An error says why it ended early.
pub fn run(m: &'static Debugger, text: &[u8], source: Source<'_>) -> Result<(), Stop> {
    if m.frames.borrow().len() > MAX_NESTING {
        m.error("commands are nested too deeply");
        return Err(Stop::Parse);
    }
    m.frames.borrow_mut().push(Frame::default());
    let result = statements(m, text, source);
    // The frame's memory may hold what the garbage of an outer frame points
    // to, never the other way round, so it can go first.
    let frame = m.frames.borrow_mut().pop();
    drop(frame);
    result
}

fn statements(m: &'static Debugger, text: &[u8], source: Source<'_>) -> Result<(), Stop> {
    let mut parser = Parser::new(text, m.settings.radix.get());
    let failed = Cell::new(None);
    loop {
        parser.set_radix(m.settings.radix.get());
        let result = match parser.statement() {
            Ok(None) => break,
            Ok(Some(statement)) => exec::statement(m, &statement, source.string),
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            let place = source.name.map(|name| (source.lines_before + parser.line(), name));
            report(m, &error, place);
            m.stop(Stop::Parse);
        }
        m.collect_garbage();
        let leave = m.leave_input.replace(false);
        let Some(stop) = m.take_stop() else {
            if leave {
                break;
            }
            continue;
        };
        if let Ok(mut output) = m.output.try_borrow_mut() {
            output.top().discard_line();
            output.top().reset_indent();
        }
        if stop.is_fatal() || source.string {
            return Err(stop);
        }
        failed.set(Some(stop));
        parser.skip_line();
    }
    failed.get().map_or(Ok(()), Err)
}

/// Prints a parse or evaluation error, with its place when it has one.
pub fn report(m: &Debugger, error: &LangError, place: Option<(usize, &str)>) {
    let mut text = error.text.clone();
    if let Some(near) = &error.near {
        if let Some((line, name)) = place {
            text.push_str(&format!(" on line {line} of {name}"));
        }
        text.push_str(&format!(" near \"{near}\""));
    }
    m.error(text);
}
