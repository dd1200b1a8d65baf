//! Variables: `> ::vars $v ::typeset ::unset`.

use super::Builtin;
use crate::debugger::Debugger;
use crate::modapi::{getopts, Arg, Opt};
use crate::out;
use crate::printf::with_radix;
use crate::vars;
use mdb_sys::*;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: ">",
        usage: "?[/c/] variable",
        description: "assign variable",
        help: "Assigns dot to a variable. With a cast (c, s, i or l) the low 1, 2, 4 or 8\n\
               bytes are assigned.\n",
        run: assign,
    },
    Builtin {
        name: "vars",
        usage: "[-npt]",
        description: "print listing of variables",
        help: "#OPTIONS\n\
               -n  only those that are not zero\n\
               -p  as commands that assign them\n\
               -t  only those tagged with ::typeset -t\n",
        run: vars_list,
    },
    Builtin {
        name: "$v",
        usage: "",
        description: "print non-zero variables",
        help: "",
        run: |m, _, _, args| match args {
            [] => list(m, true, false, false),
            _ => DCMD_USAGE,
        },
    },
    Builtin {
        name: "typeset",
        usage: "?[-t|+t] variable ...",
        description: "set variable attributes",
        help: "Makes variables that do not exist, and sets them all to the address if one\n\
               is given.\n\
               \n\
               #OPTIONS\n\
               -t  tag the variables\n\
               +t  remove the tag\n",
        run: typeset,
    },
    Builtin {
        name: "unset",
        usage: "variable ...",
        description: "unset variables",
        help: "",
        run: unset,
    },
];

/// Checks that a variable may be assigned to, and does it.
fn set(m: &Debugger, name: &str, value: u64) -> Result<(), String> {
    vars::check_name(name)?;
    let register = || m.registers(None).is_some_and(|r| r.iter().any(|(n, _)| *n == name));
    if name == "thread" || (m.vars.borrow().get(name).is_none() && register()) {
        return Err(format!("cannot modify read-only variable '{name}'"));
    }
    m.vars.borrow_mut().set(name, value);
    Ok(())
}

fn assign(m: &'static Debugger, addr: u64, _flags: u32, args: &[Arg]) -> i32 {
    let words: Vec<String> =
        args.iter().map_while(|a| a.as_str().map(|t| t.into_owned())).collect();
    if words.len() != args.len() {
        return DCMD_USAGE;
    }
    let joined = words.join(" ");
    let text = joined.trim();
    let (value, name) = match text.strip_prefix('/').and_then(|rest| rest.split_once('/')) {
        None => (Ok(addr), text),
        Some((cast, name)) => (
            match cast {
                "c" | "1" => Ok(addr & 0xff),
                "s" | "2" => Ok(addr & 0xffff),
                "i" | "4" => Ok(addr & 0xffff_ffff),
                "l" | "8" => Ok(addr),
                _ => Err(format!("invalid cast '{cast}': expected one of c, s, i, l")),
            },
            name.trim(),
        ),
    };
    let result = value.and_then(|value| {
        if name.is_empty() {
            return Err("expected a variable name after >".to_string());
        }
        set(m, name, value)
    });
    super::status(m, result)
}

fn vars_list(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let (mut nonzero, mut commands, mut tagged) = (false, false, false);
    let used = getopts(
        m,
        args,
        &mut [
            Opt::Flag(b'n', &mut nonzero),
            Opt::Flag(b'p', &mut commands),
            Opt::Flag(b't', &mut tagged),
        ],
    );
    if used != args.len() || flags & DCMD_ADDRSPEC != 0 {
        return DCMD_USAGE;
    }
    list(m, nonzero, commands, tagged)
}

fn list(m: &'static Debugger, nonzero: bool, commands: bool, tagged: bool) -> i32 {
    let mut rows: Vec<(String, u64)> = m
        .vars
        .borrow()
        .iter()
        .filter(|(_, v)| !tagged || v.tagged)
        .map(|(name, v)| (name.to_string(), v.value))
        .collect();
    if !tagged {
        rows.push((".".to_string(), m.dot.get()));
        rows.extend(m.target().threads().first().map(|tid| ("thread".to_string(), *tid)));
        let registers = m.registers(None).unwrap_or_default();
        rows.extend(registers.into_iter().map(|(name, value)| (name.to_string(), value)));
    }
    rows.sort();
    rows.dedup_by(|a, b| a.0 == b.0);
    for (name, value) in rows {
        if nonzero && value == 0 {
            continue;
        }
        let text = with_radix(value, m.settings.radix.get(), false, false);
        let text = String::from_utf8_lossy(&text).into_owned();
        match commands {
            true => out!(m, "{text}>{name}\n"),
            false => out!(m, "{name} = {text}\n"),
        }
    }
    DCMD_OK
}

fn typeset(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut tag = None;
    let mut names = Vec::new();
    for arg in args {
        let Some(word) = arg.as_str() else { return DCMD_USAGE };
        match word.as_ref() {
            "-t" => tag = Some(true),
            "+t" => tag = Some(false),
            option if option.starts_with('-') => return DCMD_USAGE,
            name => names.push(name.to_string()),
        }
    }
    if names.is_empty() {
        return DCMD_USAGE;
    }
    for name in names {
        let exists = m.vars.borrow().get(&name);
        let value = match flags & DCMD_ADDRSPEC != 0 {
            true => addr,
            false => exists.unwrap_or(0),
        };
        if let Err(text) = set(m, &name, value) {
            return super::status(m, Err(text));
        }
        if let Some(tag) = tag {
            m.vars.borrow_mut().entry(&name).tagged = tag;
        }
    }
    DCMD_OK
}

fn unset(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if args.is_empty() || flags & DCMD_ADDRSPEC != 0 {
        return DCMD_USAGE;
    }
    let mut status = DCMD_OK;
    for arg in args {
        let name = arg.as_str().unwrap_or_default().into_owned();
        if let Err(text) = m.vars.borrow_mut().remove(&name) {
            m.error(text);
            status = DCMD_ERR;
        }
    }
    status
}
