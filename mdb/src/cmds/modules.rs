//! Modules and what they define: `::load ::unload ::dmods ::dcmds ::walkers ::which`.

use super::{only_text, Builtin};
use crate::debugger::Debugger;
use crate::modapi::{self, getopts, Arg, Opt};
use crate::out;
use crate::registry::BUILTIN_MODULE;
use crate::shell::search;
use mdb_sys::*;
use regex::Regex;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "load",
        usage: "[-fgs] module",
        description: "load debugger module",
        help: "Loads a module. A name with a slash is a file; any other is looked for in\n\
               the folders of the module path (see ::set), with .so appended.\n\
               \n\
               #OPTIONS\n\
               -f  let the module's commands come before others of the same name\n\
               -g  make the module's symbols visible to other modules\n\
               -s  say nothing if there is no such module\n",
        run: load,
    },
    Builtin {
        name: "unload",
        usage: "module",
        description: "unload debugger module",
        help: "",
        run: unload,
    },
    Builtin {
        name: "dmods",
        usage: "[-l] [mod]",
        description: "list loaded debugger modules",
        help: "#OPTIONS\n\
               -l  list the commands and walkers of each module too\n",
        run: dmods,
    },
    Builtin {
        name: "dcmds",
        usage: "[-n] [pattern]",
        description: "list available debugger commands",
        help: "Lists the commands whose name or description matches a regular expression.\n\
               \n\
               #OPTIONS\n\
               -n  match names only\n",
        run: |m, _, _, args| list(m, args, Kind::Dcmd),
    },
    Builtin {
        name: "walkers",
        usage: "[-n] [pattern]",
        description: "list available walkers",
        help: "Lists the walkers whose name or description matches a regular expression.\n\
               \n\
               #OPTIONS\n\
               -n  match names only\n",
        run: |m, _, _, args| list(m, args, Kind::Walker),
    },
    Builtin {
        name: "which",
        usage: "[-v] name ...",
        description: "display module information",
        help: "#OPTIONS\n\
               -v  list every definition of the name, the one in use first\n",
        run: which,
    },
    Builtin {
        name: "whence",
        usage: "[-v] name ...",
        description: "show source of walk or dcmd",
        help: "#OPTIONS\n\
               -v  list every definition of the name, the one in use first\n",
        run: which,
    },
];

fn load(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let (mut first, mut global, mut silent) = (false, false, false);
    let used = getopts(
        m,
        args,
        &mut [
            Opt::Flag(b'f', &mut first),
            Opt::Flag(b'g', &mut global),
            Opt::Flag(b's', &mut silent),
        ],
    );
    let (Ok(name), false) = (only_text(&args[used..]), flags & DCMD_ADDRSPEC != 0) else {
        return DCMD_USAGE;
    };
    let options = modapi::LoadOptions { first, global };
    match search::find_module(m, &name) {
        Some(found) => super::status(m, modapi::load(m, &found.name, &found.path, options)),
        None if silent => DCMD_OK,
        None => super::status(m, Err(format!("no module '{name}' could be found"))),
    }
}

fn unload(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let (Ok(name), false) = (only_text(args), flags & DCMD_ADDRSPEC != 0) else {
        return DCMD_USAGE;
    };
    match modapi::unload(m, &name) {
        Ok(()) => DCMD_OK,
        Err(errno) => {
            m.error_because(format!("failed to unload {name}"), errno);
            DCMD_ERR
        }
    }
}

fn dmods(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut long = false;
    let used = getopts(m, args, &mut [Opt::Flag(b'l', &mut long)]);
    let rest = &args[used..];
    if flags & DCMD_ADDRSPEC != 0 || rest.len() > 1 {
        return DCMD_USAGE;
    }
    let wanted = rest.first().map(|a| a.as_str().unwrap_or_default().into_owned());
    let mut names: Vec<String> =
        m.registry.borrow().modules.iter().map(|module| module.name.clone()).collect();
    names.sort();
    if let Some(wanted) = &wanted {
        if !names.contains(wanted) {
            return super::status(m, Err(format!("{wanted} module is not loaded")));
        }
        names.retain(|n| n == wanted);
    }
    for name in names {
        if !long {
            out!(m, "{name}\n");
            continue;
        }
        m.print("\n");
        m.print_styled(b'u', &format!("{name:<70}"));
        m.print("\n");
        for (kind, defined, description) in definitions(m, &name) {
            out!(m, "  {kind} {defined:<20} - {description}\n");
        }
    }
    DCMD_OK
}

/// Kind, name and description of all that a module defines.
fn definitions(m: &Debugger, module: &str) -> Vec<(&'static str, String, String)> {
    let registry = m.registry.borrow();
    let dcmds = registry.dcmds.values().flatten().filter(|d| d.module.name == module);
    let walkers = registry.walkers.values().flatten().filter(|w| w.module.name == module);
    dcmds
        .map(|d| ("dcmd", d.name.clone(), d.description.clone()))
        .chain(walkers.map(|w| ("walk", w.name.clone(), w.description.clone())))
        .collect()
}

#[derive(Clone, Copy)]
enum Kind {
    Dcmd,
    Walker,
}

fn list(m: &'static Debugger, args: &[Arg], kind: Kind) -> i32 {
    let mut names_only = false;
    let used = getopts(m, args, &mut [Opt::Flag(b'n', &mut names_only)]);
    let pattern = match &args[used..] {
        [] => None,
        [arg] => Some(arg.as_str().unwrap_or_default().into_owned()),
        _ => return DCMD_USAGE,
    };
    let pattern = match pattern.as_deref().map(Regex::new).transpose() {
        Ok(pattern) => pattern,
        Err(error) => {
            let reason = error.to_string().lines().last().unwrap_or_default().trim().to_string();
            return super::status(
                m,
                Err(format!("failed to compile regular expression: {reason}")),
            );
        }
    };
    let rows: Vec<(String, String)> = {
        let registry = m.registry.borrow();
        let first = |d: &crate::registry::Dcmd| (d.name.clone(), d.description.clone());
        match kind {
            Kind::Dcmd => {
                registry.dcmds.values().filter_map(|l| l.first()).map(|d| first(d)).collect()
            }
            Kind::Walker => registry
                .walkers
                .values()
                .filter_map(|l| l.first())
                .map(|w| (w.name.clone(), w.description.clone()))
                .collect(),
        }
    };
    for (name, description) in rows {
        let fits = pattern
            .as_ref()
            .is_none_or(|p| p.is_match(&name) || (!names_only && p.is_match(&description)));
        if fits {
            out!(m, "{name:<24} - {description}\n");
        }
    }
    DCMD_OK
}

fn which(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut verbose = false;
    let used = getopts(m, args, &mut [Opt::Flag(b'v', &mut verbose)]);
    if flags & DCMD_ADDRSPEC != 0 || args.len() == used {
        return DCMD_USAGE;
    }
    let mut status = DCMD_OK;
    for arg in &args[used..] {
        let name = arg.as_str().unwrap_or_default().into_owned();
        let name = name.strip_prefix("::").unwrap_or(&name);
        let (dcmds, walkers): (Vec<String>, Vec<String>) = {
            let registry = m.registry.borrow();
            let dcmds = registry.dcmd(name).unwrap_or_default();
            let bare = name.rsplit('`').next().unwrap_or(name);
            let walkers = registry.walkers.get(bare).into_iter().flatten();
            let qualified = name.rsplit_once('`').map(|(module, _)| module.to_string());
            let fits = |module: &str| qualified.as_ref().is_none_or(|q| q == module);
            (
                dcmds.iter().map(|d| d.module.name.clone()).collect(),
                walkers.map(|w| w.module.name.clone()).filter(|m| fits(m)).collect(),
            )
        };
        if dcmds.is_empty() && walkers.is_empty() {
            m.error(format!("{name} not found"));
            status = DCMD_ERR;
        }
        describe(m, name, "dcmd", &dcmds, verbose);
        describe(m, name, "walker", &walkers, verbose);
    }
    status
}

fn describe(m: &Debugger, name: &str, kind: &str, modules: &[String], verbose: bool) {
    let Some(first) = modules.first() else { return };
    match first == BUILTIN_MODULE {
        true => out!(m, "{name} is a built-in {kind}\n"),
        false => out!(m, "{name} is a {kind} from module {first}\n"),
    }
    if verbose {
        let bare = name.rsplit('`').next().unwrap_or(name);
        for module in modules {
            out!(m, "    {module}`{bare}\n");
        }
    }
}
