//! `::help` and usage messages.

use super::Builtin;
use crate::debugger::Debugger;
use crate::modapi::Arg;
use crate::out;
use crate::registry::{Dcmd, DcmdBody, BUILTIN_MODULE};
use mdb_sys::*;
use std::rc::Rc;

/// The family.
pub const TABLE: &[Builtin] = &[Builtin {
    name: "help",
    usage: "[cmd]",
    description: "list commands/command help",
    help: "With a name, shows the synopsis, the description and the origin of that\n\
           command. Without one, says where to begin.\n",
    run: help,
}];

/// Synopsis of the address, and the arguments.
fn split(usage: &str) -> (char, &str) {
    match usage.chars().next() {
        Some(c @ (':' | '?')) => (c, &usage[1..]),
        _ => (' ', usage),
    }
}

/// The name as it is typed.
fn spelled(name: &str) -> String {
    match name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.') {
        true => format!("::{name}"),
        false => name.to_string(),
    }
}

/// Prints the usage of a command on standard error.
pub fn usage(m: &Debugger, dcmd: &Dcmd) {
    let (address, args) = split(&dcmd.usage);
    let address = match address {
        ':' => "address",
        '?' => "[address]",
        _ => "",
    };
    let colons = if dcmd.name.starts_with([':', '$']) || address.is_empty() { "" } else { "::" };
    let mut text = format!("Usage: {address}{colons}{} {args}", dcmd.name).trim_end().to_string();
    text.push('\n');
    if dcmd.has_help() {
        text.push_str(&format!("mdb: try '::help {}' for more information\n", dcmd.name));
    }
    m.error_raw(text.as_bytes());
}

fn help(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if flags & DCMD_ADDRSPEC != 0 || args.len() > 1 {
        return DCMD_USAGE;
    }
    let Some(arg) = args.first() else {
        introduction(m);
        return DCMD_OK;
    };
    let Some(name) = arg.as_str() else { return DCMD_USAGE };
    let bare = name.strip_prefix("::").unwrap_or(&name);
    let found = m.registry.borrow().dcmd(bare);
    match found.ok().and_then(|list| list.into_iter().next()) {
        Some(dcmd) => {
            page(m, &dcmd);
            DCMD_OK
        }
        None => {
            m.error(format!("unknown command: {name}"));
            DCMD_ERR
        }
    }
}

fn introduction(m: &Debugger) {
    m.print(
        "\n\
         Each debugger command consists of an optional address, the command and its\n\
         arguments. To learn more about commands, use:\n\n\
         \x20   ::help cmd      show how a command is used\n\
         \x20   ::dcmds         list all commands\n\
         \x20   ::walkers       list all walkers\n\
         \x20   ::dmods -l      list all modules and what they define\n\
         \x20   ::formats       list format letters for / \\ ? =\n\
         \x20   ::status        say what is being debugged\n\
         \x20   ::quit          leave the debugger\n\n",
    );
}

fn page(m: &'static Debugger, dcmd: &Rc<Dcmd>) {
    let (address, args) = split(&dcmd.usage);
    m.print("\n");
    m.print_styled(b'b', "NAME");
    out!(m, "\n  {} - {}\n\n", dcmd.name, dcmd.description);
    m.print_styled(b'b', "SYNOPSIS");
    m.print("\n  ");
    match address {
        '?' => {
            m.print("[ ");
            m.print_styled(b'u', "addr");
            m.print(" ] ");
        }
        ':' => {
            m.print_styled(b'u', "addr");
            m.print(" ");
        }
        _ => {}
    }
    out!(m, "{} {}\n\n", spelled(&dcmd.name), args);
    if dcmd.has_help() {
        m.print_styled(b'b', "DESCRIPTION");
        m.print("\n");
        m.with_sink(|sink| {
            sink.indent_by(2);
        });
        match &dcmd.body {
            DcmdBody::Builtin(builtin) => text(m, builtin.help),
            DcmdBody::Foreign(foreign) => {
                let busy = &dcmd.module.busy;
                busy.set(busy.get() + 1);
                foreign.help();
                busy.set(busy.get() - 1);
            }
        }
        m.finish_line();
        m.with_sink(|sink| {
            sink.indent_by(-2);
        });
        m.print("\n");
    }
    let builtin = dcmd.module.name == BUILTIN_MODULE;
    m.print_styled(b'b', "ATTRIBUTES");
    m.print("\n\n");
    m.print("  Target: proc\n");
    out!(m, "  Module: {}\n", dcmd.module.name);
    out!(m, "  Interface Stability: {}\n\n", if builtin { "Evolving" } else { "Unstable" });
}

/// Prints the help text of a built-in command.
fn text(m: &Debugger, help: &str) {
    for line in help.lines() {
        match line.strip_prefix('#') {
            Some(heading) => {
                m.with_sink(|sink| {
                    sink.indent_by(-2);
                });
                m.print_styled(b'b', heading);
                m.print("\n");
                m.with_sink(|sink| {
                    sink.indent_by(2);
                });
            }
            None => out!(m, "{line}\n"),
        }
    }
}
