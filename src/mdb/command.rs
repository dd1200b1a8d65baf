//! A command as its author sees it: a row for the table and a function.

use super::args::{Arg, Choice, Opt, Options};
use super::output::Out;
use crate::session::Session;
use crate::v8::error::Error;
use crate::v8::memory::Target;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;

/// Everything the debugger, `::help`, the man page and docs/commands.md say of a command.
pub struct Row {
    /// Name.
    pub name: &'static CStr,
    /// Synopsis in MDB's form: `:` address required, `?` address optional.
    pub usage: &'static CStr,
    /// What it does, in a line.
    pub description: &'static CStr,
    /// Its options.
    pub options: &'static [Opt],
    /// What a user needs to know besides.
    pub help: &'static str,
}

impl Row {
    /// Whether the command needs an address.
    pub fn needs_address(&self) -> bool {
        self.usage.to_bytes().first() == Some(&b':')
    }

    /// What is said, before the synopsis, of a missing address: mdb_v8 says so of
    /// these two.
    pub fn complaint(&self) -> Option<String> {
        let name = self.name.to_str().ok()?;
        let says = ["jsfindrefs", "v8whatis"].contains(&name);
        says.then(|| alloc::format!("must specify address for ::{name}"))
    }

    /// Whether the command takes one.
    pub fn takes_address(&self) -> bool {
        matches!(self.usage.to_bytes().first(), Some(b':' | b'?'))
    }

    /// Whether words besides options are allowed: those of the synopsis
    /// outside brackets that begin with a dash.
    pub fn takes_operands(&self) -> bool {
        let mut rest = self.synopsis();
        while let Some(end) = rest.strip_prefix("[-").and_then(|inner| inner.find(']')) {
            rest = rest[end + 3..].trim_start();
        }
        !rest.is_empty()
    }

    /// Synopsis without the address mark.
    pub fn synopsis(&self) -> &'static str {
        let usage = self.usage.to_str().unwrap_or_default();
        usage.strip_prefix([':', '?']).unwrap_or(usage).trim()
    }
}

/// How a command was called.
pub struct Call {
    /// The address before `::`, if one was given.
    pub addr: Option<u64>,
    /// Dot: the last address in use.
    pub dot: u64,
    /// First of a loop or a pipe, or the only one.
    pub first: bool,
    /// Options.
    pub options: Options,
    /// Arguments that are not options.
    pub operands: Vec<Arg>,
}

impl Call {
    /// An operand as a number.
    pub fn number(&self, operand: &Arg) -> Result<u64, Failure> {
        operand.to_number(self.options.radix()).map_err(Failure::Message)
    }

    /// The address; usage where there is none.
    pub fn address(&self) -> Result<u64, Failure> {
        self.addr.ok_or(Failure::Usage)
    }
}

/// How a command fails.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// It was called wrongly: the debugger prints its synopsis.
    Usage,
    /// With a message.
    Message(String),
    /// The user asked to stop.
    Interrupted,
    /// The message was printed already.
    Reported,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::Interrupted => Failure::Interrupted,
            error => Failure::Message(alloc::format!("{error}")),
        }
    }
}

/// Result of a command.
pub type Outcome = Result<Flow, Failure>;

/// What a command leaves to do.
pub enum Flow {
    /// Nothing.
    Done,
    /// More output, made by calling this once what there is has been printed.
    More(Step),
}

/// The rest of a command that pauses to print.
pub type Step = Box<dyn FnMut(&Session, &dyn Target, &mut Out) -> Result<Progress, Failure>>;

/// Whether a [`Step`] has more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It has.
    More,
    /// It has not.
    Done,
}

/// A command.
///
/// [`Dcmd::run`] never talks to the debugger: it reads through `target`,
/// collects output in `out` and returns. So it may own what it likes, and the
/// debugger's non-local exits cannot hit it.
pub trait Dcmd {
    /// The command's row.
    const ROW: Row;
    /// What to choose its operands from.
    const OPERANDS: Choice = Choice::Free;

    /// Runs the command.
    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome;
}

#[cfg(test)]
mod tests {
    use super::Row;

    #[test]
    fn synopses_tell_what_is_allowed() {
        let row = |usage| Row { name: c"x", usage, description: c"", options: &[], help: "" };
        assert!(!row(c"?[-aov] [-f func] [-n lines]").takes_operands());
        assert!(row(c":[-ab] [-d depth] [member ...]").takes_operands());
        assert!(row(c":[class]").takes_operands());
        assert!(row(c"config").takes_operands());
        assert!(!row(c":").takes_operands());
        assert!(!row(c"").takes_operands());
    }
}
