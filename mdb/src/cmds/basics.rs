//! Commands about the language itself: `::walk ::eval ::grep ::map ::head ::cat
//! ::echo ::quit ::version`.

use super::{only_text, Builtin};
use crate::debugger::{Debugger, Stop};
use crate::lang::pipe::PipeIn;
use crate::lang::run;
use crate::modapi::{self, Arg};
use crate::out;
use crate::printf::with_radix;
use crate::registry::BuiltinWalk;
use crate::vars;
use mdb_sys::*;

/// Built-in walkers: name, description, function.
pub const WALKERS: &[(&str, &str, BuiltinWalk)] =
    &[("thread", "walk list of valid thread identifiers", |m, _| Ok(m.target().threads()))];

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "walk",
        usage: "?name [variable]",
        description: "walk data structure",
        help: "Prints the address of each element, which is what a pipe wants. With a\n\
               variable, the variable holds that address in all later stages of the pipe.\n",
        run: walk,
    },
    Builtin {
        name: "eval",
        usage: "?command",
        description: "evaluate the specified command",
        help: "",
        run: eval,
    },
    Builtin {
        name: "grep",
        usage: "?command",
        description: "print dot if expression is true",
        help: "Evaluates the command with dot set to the address; prints the address if\n\
               dot is not zero afterwards.\n",
        run: grep,
    },
    Builtin {
        name: "map",
        usage: "?command",
        description: "print dot after evaluating expression",
        help: "Evaluates the command with dot set to the address, and prints dot.\n",
        run: map,
    },
    Builtin {
        name: "head",
        usage: "-num | -n num",
        description: "limit number of elements in pipe",
        help: "Passes the first addresses of a pipe on, 10 unless a decimal number is\n\
               given.\n",
        run: head,
    },
    Builtin {
        name: "cat",
        usage: "[file ...]",
        description: "concatenate and display files",
        help: "",
        run: cat,
    },
    Builtin {
        name: "echo",
        usage: "[args ...]",
        description: "echo arguments",
        help: "",
        run: echo,
    },
    Builtin {
        name: "quit",
        usage: "",
        description: "quit debugger",
        help: "A live process goes on.\n",
        run: quit,
    },
    Builtin { name: "$q", usage: "", description: "quit debugger", help: "", run: quit },
    Builtin { name: "$Q", usage: "", description: "quit debugger", help: "", run: quit },
    Builtin { name: "$%", usage: "", description: "quit debugger", help: "", run: quit },
    Builtin {
        name: "version",
        usage: "",
        description: "print debugger version string",
        help: "",
        run: |m, _, _, args| {
            if !args.is_empty() {
                return DCMD_USAGE;
            }
            out!(m, "mdb 1.1 (Linux host {})\n", env!("CARGO_PKG_VERSION"));
            DCMD_OK
        },
    },
];

fn radix_text(m: &Debugger, value: u64, alternate: bool) -> Vec<u8> {
    with_radix(value, m.settings.radix.get(), alternate, false)
}

/// Prepares a variable to take on each address that a command prints, also in later
/// stages of a pipe.
pub fn bind(m: &Debugger, flags: u32, variable: Option<&str>) -> Result<(), String> {
    let Some(variable) = variable else { return Ok(()) };
    vars::check_name(variable)?;
    m.vars.borrow_mut().entry(variable);
    if flags & DCMD_PIPE_OUT != 0 {
        if let Some(pipe) = m.pipes.borrow_mut().last_mut() {
            if !pipe.bound.iter().any(|bound| bound == variable) {
                pipe.bound.push(variable.to_owned());
            }
        }
    }
    Ok(())
}

/// Prints an address on a line of its own, which the variable takes on.
pub fn print_address(m: &Debugger, addr: u64, variable: Option<&str>) {
    if let Some(variable) = variable {
        m.vars.borrow_mut().set(variable, addr);
    }
    let mut line = radix_text(m, addr, true);
    line.push(b'\n');
    m.print(line);
}

fn walk(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let words: Vec<_> = args.iter().map_while(|a| a.as_str().map(|t| t.into_owned())).collect();
    let (name, variable) = match words.as_slice() {
        [name] => (name, None),
        [name, variable] => (name, Some(variable.clone())),
        _ => return DCMD_USAGE,
    };
    if let Err(text) = bind(m, flags, variable.as_deref()) {
        return super::status(m, Err(text));
    }
    let found = m.registry.borrow().walker(name);
    let start = (flags & DCMD_ADDRSPEC != 0).then_some(addr);
    let result = found.and_then(|walker| {
        modapi::walk(m, &walker, start, &mut |element| {
            print_address(m, element, variable.as_deref());
            WALK_NEXT
        })
    });
    match result {
        Ok(()) => DCMD_OK,
        Err(_) if m.stopped().is_some() => DCMD_ABORT,
        Err(errno) => {
            m.error_because("failed to perform walk", errno);
            DCMD_ERR
        }
    }
}

/// Runs a command given as an argument, with dot at an address.
fn run_argument(m: &'static Debugger, addr: u64, flags: u32, text: &str) -> Result<(), Stop> {
    if flags & DCMD_ADDRSPEC != 0 {
        m.set_dot(addr);
    }
    run::run(m, text.as_bytes(), run::STRING).inspect_err(|stop| {
        if stop.is_fatal() {
            m.stop(*stop);
        }
    })
}

fn eval(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    match only_text(args) {
        Ok(text) => match run_argument(m, addr, flags, &text) {
            Ok(()) => DCMD_OK,
            Err(_) => DCMD_ABORT,
        },
        Err(status) => status,
    }
}

fn grep(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let text = match only_text(args) {
        Ok(text) => text,
        Err(status) => return status,
    };
    let dot = m.dot.get();
    if run_argument(m, addr, flags, &text).is_err() {
        return DCMD_ABORT;
    }
    if m.dot.get() != 0 {
        let mut line = radix_text(m, dot, false);
        line.push(b'\n');
        m.print(line);
    }
    DCMD_OK
}

fn map(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let text = match only_text(args) {
        Ok(text) => text,
        Err(status) => return status,
    };
    if run_argument(m, addr, flags, &text).is_err() {
        return DCMD_ABORT;
    }
    let mut line = radix_text(m, m.dot.get(), false);
    line.push(b'\n');
    m.print(line);
    DCMD_OK
}

fn head(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let words: Vec<_> = args.iter().map_while(|a| a.as_str().map(|t| t.into_owned())).collect();
    let number = match words.as_slice() {
        [] => Some("10"),
        [one] => one.strip_prefix("-n").or(one.strip_prefix('-')),
        [n, count] if n == "-n" => Some(count.as_str()),
        _ => None,
    };
    let Some(count) = number.and_then(|n| n.parse::<usize>().ok()) else { return DCMD_USAGE };
    if flags & DCMD_PIPE == 0 || words.len() != args.len() {
        return DCMD_USAGE;
    }
    let Some(values) = take_pipe(m) else { return DCMD_OK };
    let rest: Vec<_> = values.into_iter().take(count).collect();
    if flags & DCMD_PIPE_OUT != 0 {
        if let Some(pipe) = m.pipes.borrow_mut().last_mut() {
            pipe.values = rest;
        }
        return DCMD_OK;
    }
    for value in rest {
        let mut line = radix_text(m, value.addr, false);
        line.push(b'\n');
        m.print(line);
    }
    DCMD_OK
}

/// Takes all addresses that wait in the pipe of the running command.
pub fn take_pipe(m: &Debugger) -> Option<Vec<crate::lang::pipe::PipeValue>> {
    let mut invocations = m.invocations.borrow_mut();
    let input: &mut PipeIn = invocations.last_mut()?.pipe_in.as_mut()?;
    input.taken = true;
    Some(input.rest.iter().cloned().collect())
}

fn cat(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if flags & DCMD_ADDRSPEC != 0 {
        return DCMD_USAGE;
    }
    let mut status = DCMD_OK;
    for arg in args {
        let name = arg.as_str().unwrap_or_default().into_owned();
        match std::fs::read(&name) {
            Ok(text) => m.print(text),
            Err(error) => {
                let errno = crate::errors::Errno(error.raw_os_error().unwrap_or(libc::EIO));
                m.error_because(format!("failed to open {name}"), errno);
                status = DCMD_ERR;
            }
        }
    }
    status
}

fn echo(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if flags & DCMD_ADDRSPEC != 0 {
        return DCMD_USAGE;
    }
    for arg in args {
        match arg {
            Arg::Text(text) => m.print([text.to_bytes(), b" "].concat()),
            Arg::Value(value) => m.print([radix_text(m, *value, false), b" ".to_vec()].concat()),
            Arg::Letter(letter) => m.print([*letter, b' ']),
        }
    }
    m.print("\n");
    DCMD_OK
}

fn quit(m: &'static Debugger, _addr: u64, _flags: u32, _args: &[Arg]) -> i32 {
    m.stop(Stop::Quit);
    DCMD_ABORT
}
