//! Pipes between commands: what a stage prints is read as expressions, one a
//! line, and their values are the addresses the next stage is run on.

use super::parser::Parser;
use super::{expr, LangError};
use crate::debugger::{Debugger, Stop};
use crate::registry::Module;
use std::collections::VecDeque;
use std::rc::Rc;

/// Values of the variables that `::walk name var` binds.
pub type Bindings = Rc<[(String, u64)]>;

/// An address on its way to the next stage.
#[derive(Debug, Clone)]
pub struct PipeValue {
    /// The address.
    pub addr: u64,
    /// What bound variables held when it was produced.
    pub bindings: Bindings,
}

/// Addresses a stage is still to be run on, the current one first.
#[derive(Debug, Default)]
pub struct PipeIn {
    /// The addresses.
    pub rest: VecDeque<PipeValue>,
    /// Whether the command took them all at once.
    pub taken: bool,
}

/// What a stage has produced.
#[derive(Debug, Default)]
pub struct PipeOut {
    /// The addresses.
    pub values: Vec<PipeValue>,
    /// Names of the variables whose values travel along.
    pub bound: Vec<String>,
    /// Lines read.
    lines: usize,
    last: Option<Bindings>,
}

/// A command being run.
#[derive(Debug)]
pub struct Invocation {
    /// Whose command it is.
    pub module: Rc<Module>,
    /// Input of a stage that is not the first.
    pub pipe_in: Option<PipeIn>,
    /// Whether its output goes to another stage.
    pub pipe_out: bool,
}

impl PipeOut {
    /// An empty pipe whose values carry these variables along.
    pub fn new(bound: Vec<String>) -> PipeOut {
        PipeOut { bound, ..PipeOut::default() }
    }

    /// Adds an address with the current values of the bound variables.
    pub fn push(&mut self, addr: u64, value_of: &dyn Fn(&str) -> u64) {
        let bindings = match &self.last {
            // Most values share their bindings with the one before.
            Some(last) if last.iter().all(|(name, value)| value_of(name) == *value) => last.clone(),
            _ => self.bound.iter().map(|name| (name.clone(), value_of(name))).collect(),
        };
        self.last = (bindings.len() == self.bound.len()).then(|| bindings.clone());
        self.values.push(PipeValue { addr, bindings });
    }
}

/// Reads finished lines that went into the innermost pipe.
pub fn take_text(m: &Debugger, text: &[u8]) {
    for line in text.split_inclusive(|&b| b == b'\n') {
        if m.stopped().is_some() {
            return;
        }
        let number = match m.pipes.borrow_mut().last_mut() {
            Some(pipe) => {
                pipe.lines += 1;
                pipe.lines
            }
            None => return,
        };
        match value_of(m, line) {
            Ok(None) => {}
            Ok(Some(value)) => {
                m.set_dot(value);
                let vars = m.vars.borrow();
                if let Some(pipe) = m.pipes.borrow_mut().last_mut() {
                    pipe.push(value, &|name| vars.get(name).unwrap_or(0));
                }
            }
            Err(error) => {
                super::run::report(m, &error, Some((number, "(pipeline)")));
                m.stop(Stop::Parse);
            }
        }
    }
}

fn value_of(m: &Debugger, line: &[u8]) -> Result<Option<u64>, LangError> {
    let mut parser = Parser::new(line, m.settings.radix.get());
    match parser.whole_expression()? {
        Some(expression) => expr::eval(&expression, m).map(Some),
        None => Ok(None),
    }
}
