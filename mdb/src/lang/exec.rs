//! Runs statements: pipelines, loops, shell commands.

use super::ast::{Command, Statement, Word};
use super::pipe::{Invocation, PipeIn, PipeOut, PipeValue};
use super::{expr, LangError};
use crate::debugger::{Debugger, Stop};
use crate::modapi::{Arg, ArgVec};
use crate::output::{Destination, Stream};
use crate::registry::{Dcmd, DcmdBody};
use crate::shell::escape;
use mdb_sys::*;
use std::rc::Rc;

/// A command whose name and arguments have been looked up.
#[derive(Debug)]
pub struct Prepared {
    /// Definitions of the name; those after the first are tried on `DCMD_NEXT`.
    pub dcmds: Vec<Rc<Dcmd>>,
    /// Arguments.
    pub args: ArgVec,
}

/// Runs a statement. An error was found before any command ran; what stops a
/// command later is left in [`Debugger::stopped`].
pub fn statement(m: &'static Debugger, statement: &Statement, text: bool) -> Result<(), LangError> {
    let address = statement.address.as_ref().map(|e| expr::eval(e, m)).transpose()?;
    let count = statement.count.as_ref().map(|e| expr::eval(e, m)).transpose()?;
    if statement.stages.is_empty() && address.is_none() && count.is_none() {
        match &statement.shell {
            Some(command) => escape::run(m, command),
            None if m.settings.repeatlast.get() && !text => {
                repeat(m, m.dot.get().wrapping_add(m.increment.get()), 1, 0, None);
            }
            None => {}
        }
        return Ok(());
    }
    let (mut flags, loops) = match (address, count) {
        (Some(_), None) => (DCMD_ADDRSPEC, 1),
        (Some(_), Some(n)) => (DCMD_ADDRSPEC | DCMD_LOOP, n),
        (None, Some(n)) => (DCMD_LOOP, n),
        (None, None) => (0, 1),
    };
    let shell = statement.shell.as_deref();
    if statement.stages.is_empty() {
        let dot = match address {
            Some(address) => address,
            None => m.dot.get().wrapping_add(m.increment.get()),
        };
        if address.is_some() && count.is_none() {
            // At the prompt an address alone repeats the last command there,
            // without telling it that an address was given.
            m.set_dot(dot);
            if text {
                return Ok(());
            }
            flags = 0;
        }
        repeat(m, dot, loops, flags, shell);
        return Ok(());
    }
    let mut stages = Vec::with_capacity(statement.stages.len());
    for command in &statement.stages {
        stages.push(prepare(m, command)?);
    }
    let stages = Rc::new(stages);
    m.last_pipeline.replace(Some(stages.clone()));
    run_pipeline(m, &stages, address.unwrap_or(m.dot.get()), loops, flags, shell);
    Ok(())
}

fn repeat(m: &'static Debugger, addr: u64, count: u64, flags: u32, shell: Option<&[u8]>) {
    let last = m.last_pipeline.borrow().clone();
    if let Some(stages) = last {
        run_pipeline(m, &stages, addr, count, flags, shell);
    }
}

fn prepare(m: &Debugger, command: &Command) -> Result<Prepared, LangError> {
    let dcmds = m.registry.borrow().dcmd(&command.name).map_err(|errno| {
        let text = m.errno_text(errno);
        LangError::plain(format!("invalid command '{}': {text}", command.written))
    })?;
    let mut args = Vec::with_capacity(command.words.len());
    for word in &command.words {
        args.push(match word {
            Word::Text(text) => Arg::text(text),
            Word::Count(count) => Arg::Value(*count),
            Word::Letter(letter) => Arg::Letter(*letter),
            Word::Value(value) => Arg::Value(expr::eval(value, m)?),
        });
    }
    Ok(Prepared { dcmds, args: ArgVec::new(args) })
}

/// Runs the stages, the last one's output perhaps into a shell command.
fn run_pipeline(
    m: &'static Debugger,
    stages: &[Prepared],
    addr: u64,
    count: u64,
    flags: u32,
    shell: Option<&[u8]>,
) {
    let child = match shell.map(|command| escape::open(m, command)) {
        Some(None) => return,
        Some(child) => child,
        None => None,
    };
    run_stages(m, stages, addr, count, flags);
    if let Some(child) = child {
        m.finish_line();
        escape::close(m, child);
    }
}

fn run_stages(m: &'static Debugger, stages: &[Prepared], addr: u64, count: u64, flags: u32) {
    let mut flags = flags;
    if flags & DCMD_LOOP != 0 {
        flags |= DCMD_LOOPFIRST;
    }
    let mut input: Option<PipeIn> = None;
    let mut bound = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let last = index + 1 == stages.len();
        if last {
            call_stage(m, stage, addr, count, flags, input.take());
            return;
        }
        m.pipes.borrow_mut().push(PipeOut::new(std::mem::take(&mut bound)));
        m.output.borrow_mut().push(Stream::new(Destination::Memory));
        let status = call_stage(m, stage, addr, count, flags | DCMD_PIPE_OUT, input.take());
        m.finish_line();
        m.output.borrow_mut().pop();
        let Some(pipe) = m.pipes.borrow_mut().pop() else { return };
        let ended = matches!(status, DCMD_USAGE | DCMD_ABORT) || m.stopped().is_some();
        if ended || pipe.values.is_empty() {
            return;
        }
        bound = pipe.bound;
        input = Some(PipeIn { rest: pipe.values.into(), taken: false });
        flags = 0;
    }
}

/// Runs one stage for each of its addresses; what the last run returned.
fn call_stage(
    m: &'static Debugger,
    stage: &Prepared,
    addr: u64,
    count: u64,
    flags: u32,
    input: Option<PipeIn>,
) -> i32 {
    let status = match input {
        Some(input) => call_piped(m, stage, flags, input),
        None => call_counted(m, stage, addr, count, flags),
    };
    m.finish_line();
    status
}

fn call_counted(m: &'static Debugger, stage: &Prepared, addr: u64, count: u64, flags: u32) -> i32 {
    let mut flags = flags;
    let mut status = DCMD_OK;
    m.dot.set(addr);
    if flags & DCMD_ADDRSPEC != 0 {
        m.last_address.set(addr);
    }
    let outer = m.rounds.replace(count);
    let mut first = true;
    while m.rounds.get() > 0 {
        if !std::mem::take(&mut first) {
            m.dot.set(m.dot.get().wrapping_add(m.increment.get()));
        }
        let left = m.rounds.get();
        status = invoke_here(m, &stage.dcmds, m.dot.get(), flags, &stage.args, None).0;
        if matches!(status, DCMD_USAGE | DCMD_ABORT) || m.stopped().is_some() {
            break;
        }
        flags &= !DCMD_LOOPFIRST;
        m.rounds.set(m.rounds.get().min(left) - 1);
    }
    m.rounds.set(outer);
    status
}

fn call_piped(m: &'static Debugger, stage: &Prepared, flags: u32, input: PipeIn) -> i32 {
    let mut flags = flags | DCMD_PIPE | DCMD_LOOP | DCMD_LOOPFIRST | DCMD_ADDRSPEC;
    let mut input = input;
    let mut status = DCMD_OK;
    while let Some(PipeValue { addr, bindings }) = input.rest.front().cloned() {
        m.dot.set(addr);
        m.last_address.set(addr);
        for (name, value) in bindings.iter() {
            m.vars.borrow_mut().set(name, *value);
        }
        let (result, back) = invoke(m, &stage.dcmds, addr, flags, &stage.args, Some(input));
        status = result;
        let ended = matches!(status, DCMD_USAGE | DCMD_ABORT) || m.stopped().is_some();
        input = match back {
            Some(back) if !ended && !back.taken => back,
            _ => break,
        };
        input.rest.pop_front();
        flags &= !DCMD_LOOPFIRST;
    }
    status
}

/// Runs one command once, outside any counted loop: its status, and its input
/// back.
pub fn invoke(
    m: &'static Debugger,
    dcmds: &[Rc<Dcmd>],
    addr: u64,
    flags: u32,
    args: &ArgVec,
    input: Option<PipeIn>,
) -> (i32, Option<PipeIn>) {
    let outer = m.rounds.replace(0);
    let result = invoke_here(m, dcmds, addr, flags, args, input);
    m.rounds.set(outer);
    result
}

fn invoke_here(
    m: &'static Debugger,
    dcmds: &[Rc<Dcmd>],
    addr: u64,
    flags: u32,
    args: &ArgVec,
    input: Option<PipeIn>,
) -> (i32, Option<PipeIn>) {
    let mut input = input;
    let mut status = DCMD_NEXT;
    for dcmd in dcmds {
        m.invocations.borrow_mut().push(Invocation {
            module: dcmd.module.clone(),
            pipe_in: input.take(),
            pipe_out: flags & DCMD_PIPE_OUT != 0,
        });
        dcmd.module.busy.set(dcmd.module.busy.get() + 1);
        status = match &dcmd.body {
            DcmdBody::Builtin(builtin) => (builtin.run)(m, addr, flags, args.args()),
            DcmdBody::Foreign(_) if !dcmd.module.loaded.get() => {
                m.error(format!("module {} is no longer loaded", dcmd.module.name));
                DCMD_ERR
            }
            DcmdBody::Foreign(foreign) => foreign.call(addr, flags, args),
        };
        dcmd.module.busy.set(dcmd.module.busy.get() - 1);
        input = m.invocations.borrow_mut().pop().and_then(|i| i.pipe_in);
        if status == DCMD_USAGE && m.stopped().is_none() {
            crate::cmds::help::usage(m, dcmd);
        }
        if status != DCMD_NEXT || m.stopped().is_some() {
            break;
        }
    }
    if status == DCMD_NEXT {
        status = DCMD_OK;
    }
    if matches!(m.stopped(), Some(Stop::Parse | Stop::Api)) {
        status = DCMD_ABORT;
    }
    m.last_status.set(status);
    (status, input)
}
