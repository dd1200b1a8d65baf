//! What is being debugged: `::status ::mappings ::objects ::xdata ::gcore ::showrev`.

use super::progress::Progress;
use super::writing::value_of;
use super::Builtin;
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::modapi::{getopts, Arg, Opt};
use crate::out;
use crate::target::{Kind, MapFlags, Mapping};
use mdb_sys::*;
use std::path::PathBuf;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "status",
        usage: "",
        description: "print summary of current target",
        help: "",
        run: |m, _, flags, args| {
            if flags & DCMD_ADDRSPEC != 0 || !args.is_empty() {
                return DCMD_USAGE;
            }
            for line in m.target().status_lines() {
                out!(m, "{line}\n");
            }
            DCMD_OK
        },
    },
    Builtin {
        name: "mappings",
        usage: "?[name]",
        description: "print address space mappings",
        help: MAPPINGS_HELP,
        run: mappings,
    },
    Builtin {
        name: "$m",
        usage: "?[name]",
        description: "print address space mappings",
        help: MAPPINGS_HELP,
        run: mappings,
    },
    Builtin {
        name: "objects",
        usage: "",
        description: "print load objects information",
        help: "",
        run: objects,
    },
    Builtin {
        name: "xdata",
        usage: "",
        description: "print list of external data buffers",
        help: "",
        run: xdata,
    },
    Builtin {
        name: "gcore",
        usage: "[-o prefix | file]",
        description: "produce a core file for the attached process",
        help: "Writes a core of the live target and prints its name, core.PID unless said\n\
               otherwise. The file must not exist; only its owner may read it.\n\
               \n\
               #OPTIONS\n\
               -o  name the file prefix.PID\n",
        run: gcore,
    },
    Builtin {
        name: "showrev",
        usage: "[-p] [-v]",
        description: "print version information",
        help: "Describes the system this debugger runs on; a core may come from another.\n",
        run: showrev,
    },
];

const MAPPINGS_HELP: &str =
    "Shows all mappings, those of an object named, or the one that holds the\n\
     address.\n";

fn header(m: &Debugger) {
    m.print_styled(b'u', &format!("{:>16} {:>16} {:>16} NAME", "BASE", "LIMIT", "SIZE"));
    m.print("\n");
}

fn row(m: &Debugger, base: u64, size: u64, name: &str) {
    out!(m, "{base:16x} {:16x} {size:16x} {name}\n", base.wrapping_add(size));
}

/// What a mapping is called: its file, or what it is used for.
pub fn mapping_name(mapping: &Mapping) -> &str {
    match &mapping.name {
        Some(name) => name,
        None if mapping.flags.contains(MapFlags::BREAK) => "[ heap ]",
        None if mapping.flags.contains(MapFlags::STACK) => "[ stack ]",
        None if mapping.flags.contains(MapFlags::SHARED) => "[ shmem ]",
        None => "[ anon ]",
    }
}

fn no_process(m: &Debugger, what: &str) -> i32 {
    m.error_because(what, Errno::NOPROC);
    DCMD_ERR
}

fn mappings(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if args.len() > 1 {
        return DCMD_USAGE;
    }
    let target = m.target();
    if target.mappings().is_empty() {
        return no_process(m, "failed to obtain mappings");
    }
    let mut addr = (flags & DCMD_ADDRSPEC != 0).then_some(addr);
    let mut object = None;
    if let Some(arg) = args.first() {
        let name = arg.as_str().unwrap_or_default();
        match target.object_named(&name) {
            Some(index) => object = Some(target.objects()[index].path.clone()),
            None => match value_of(m, arg) {
                Ok(value) => addr = Some(value),
                Err(_) => {
                    m.error_because(format!("failed to obtain mapping: {name}"), Errno::NOOBJ);
                    return DCMD_ERR;
                }
            },
        }
    }
    let fits = |map: &&Mapping| {
        addr.is_none_or(|a| a >= map.base && a - map.base < map.size)
            && object.as_ref().is_none_or(|o| map.name.as_ref() == Some(o))
    };
    let found: Vec<&Mapping> = target.mappings().iter().filter(fits).collect();
    if found.is_empty() {
        m.error_because("failed to obtain mapping", Errno::NOMAP);
        return DCMD_ERR;
    }
    header(m);
    for map in found {
        row(m, map.base, map.size, mapping_name(map));
    }
    DCMD_OK
}

fn objects(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if flags & DCMD_ADDRSPEC != 0 || !args.is_empty() {
        return DCMD_USAGE;
    }
    let target = m.target();
    if target.objects().is_empty() {
        return no_process(m, "failed to iterate over objects");
    }
    header(m);
    for object in target.objects() {
        row(m, object.base, object.size, &object.path);
    }
    DCMD_OK
}

fn xdata(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if flags & DCMD_ADDRSPEC != 0 || !args.is_empty() {
        return DCMD_USAGE;
    }
    let target = m.target();
    let mut rows: Vec<(&str, &str, usize)> = target
        .xdata_names()
        .into_iter()
        .filter_map(|(name, description)| Some((name, description, target.xdata(name)?.len())))
        .collect();
    if matches!(target.kind(), Kind::Core | Kind::Live) {
        rows.push(("pshandle", "libproc proc service API handle", size_of::<usize>()));
    }
    rows.sort_unstable();
    for (name, description, size) in rows {
        out!(m, "{name:<24} - {description} ({size} bytes)\n");
    }
    DCMD_OK
}

fn gcore(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut prefix = None;
    let used = getopts(m, args, &mut [Opt::Text(b'o', &mut prefix)]);
    let rest = &args[used..];
    if flags & DCMD_ADDRSPEC != 0 || rest.len() > 1 || (prefix.is_some() && !rest.is_empty()) {
        return DCMD_USAGE;
    }
    let target = m.target();
    let Some(pid) = target.pid().filter(|_| target.kind() == Kind::Live) else {
        return super::status(m, Err("command is not supported by current target".to_string()));
    };
    let path: PathBuf = match rest.first() {
        Some(file) => file.as_str().unwrap_or_default().into_owned().into(),
        None => format!("{}.{pid}", prefix.as_deref().unwrap_or("core")).into(),
    };
    let mut progress = Progress::new(m);
    let result = target.write_core(&path, &mut |done, total| {
        if total > 0 {
            let percent = (u128::from(done) * 100 / u128::from(total)) as u64;
            progress.show(|| format!("writing core: {percent:3}% of {} MB", total >> 20));
        }
        m.stopped().is_none()
    });
    progress.clear();
    match result {
        Ok(_) => {
            out!(m, "mdb: {} dumped\n", path.display());
            DCMD_OK
        }
        Err(text) => {
            m.error(text);
            DCMD_ERR
        }
    }
}

fn showrev(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let (mut _processes, mut _verbose) = (false, false);
    let used =
        getopts(m, args, &mut [Opt::Flag(b'p', &mut _processes), Opt::Flag(b'v', &mut _verbose)]);
    if flags & DCMD_ADDRSPEC != 0 || used != args.len() {
        return DCMD_USAGE;
    }
    let read = |name: &str| {
        let text = std::fs::read_to_string(format!("/proc/sys/kernel/{name}"));
        text.map_or_else(|_| "unknown".to_string(), |t| t.trim_end().to_string())
    };
    let rows = [
        ("Hostname", read("hostname")),
        ("Release", read("osrelease")),
        ("Kernel architecture", std::env::consts::ARCH.to_string()),
        ("Application architecture", if m.word_size() == 4 { "i386" } else { "amd64" }.to_string()),
        ("Kernel version", format!("{} {}", read("ostype"), read("version"))),
        ("Platform", std::env::consts::ARCH.to_string()),
    ];
    for (name, value) in rows {
        out!(m, "{name}: {value}\n");
    }
    DCMD_OK
}
