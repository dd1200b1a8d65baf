//! Properties and options: `::set $d $s $w $g $G $P $W`, and `::log`.

use super::Builtin;
use crate::debugger::Debugger;
use crate::modapi::{getopts, Arg, Opt};
use crate::out;
use crate::shell::search;
use mdb_sys::*;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "set",
        usage: "[-w|+w] [-F] [-I path] [-L path] [-P prompt] [-s dist] [-o opt] [+o opt]",
        description: "get/set debugger properties",
        help: "Without arguments, shows all properties and options.\n\
               \n\
               #OPTIONS\n\
               -I  where $< looks for macro files\n\
               -L  where ::load looks for modules; %o stands for the present path\n\
               -P  prompt\n\
               -s  how far symbols reach; 0: as far as their size says\n\
               -w  let the target be written to; +w: no longer\n\
               -o  set an option; +o: unset it\n",
        run: set,
    },
    Builtin {
        name: "$d",
        usage: "?",
        description: "get/set default output radix",
        help: "With an address of 2, 8, 10 or 16, sets the radix of input and output.\n",
        run: radix,
    },
    Builtin {
        name: "$s",
        usage: "?",
        description: "get/set symbol matching distance",
        help: "",
        run: distance,
    },
    Builtin {
        name: "$w",
        usage: "?",
        description: "get/set output page width",
        help: "",
        run: width,
    },
    Builtin {
        name: "$g",
        usage: "?",
        description: "get/set C++ demangling options",
        help: "",
        run: |m, addr, flags, args| {
            if !args.is_empty() {
                return DCMD_USAGE;
            }
            if flags & DCMD_ADDRSPEC != 0 {
                m.settings.demangle.set(addr != 0);
            }
            say_demangling(m);
            DCMD_OK
        },
    },
    Builtin {
        name: "$G",
        usage: "",
        description: "enable/disable C++ demangling support",
        help: "",
        run: |m, _, _, args| {
            if !args.is_empty() {
                return DCMD_USAGE;
            }
            m.settings.demangle.set(!m.settings.demangle.get());
            say_demangling(m);
            DCMD_OK
        },
    },
    Builtin {
        name: "$P",
        usage: "[prompt]",
        description: "set debugger prompt string",
        help: "",
        run: prompt,
    },
    Builtin {
        name: "$W",
        usage: "",
        description: "re-open target in write mode",
        help: "",
        run: |m, _, _, args| {
            if !args.is_empty() {
                return DCMD_USAGE;
            }
            m.settings.writable.set(true);
            DCMD_OK
        },
    },
    Builtin {
        name: "log",
        usage: "[-d | [-e] filename]",
        description: "log session to a file",
        help: "Without arguments, says whether a log is written.\n\
               \n\
               #OPTIONS\n\
               -d  stop logging\n\
               -e  append to the file instead of starting it anew\n",
        run: log,
    },
    Builtin {
        name: "$>",
        usage: "[file]",
        description: "log session to a file",
        help: "",
        run: |m, _, _, args| match args {
            [] => stop_log(m),
            [file] => start_log(m, &file.as_str().unwrap_or_default(), false),
            _ => DCMD_USAGE,
        },
    },
];

fn say_demangling(m: &Debugger) {
    let state = if m.settings.demangle.get() { "enabled" } else { "disabled" };
    out!(m, "C++ symbol demangling {state}\n");
}

/// Options that are switches of their own.
const SWITCHES: [&str; 5] = ["autowrap", "ignoreeof", "nomods", "pager", "repeatlast"];
/// Options that are accepted and kept, but mean nothing to this debugger.
const KEPT: [&str; 14] = [
    "adb",
    "array_mem_limit",
    "array_str_limit",
    "follow_exec_mode",
    "follow_fork_mode",
    "latest",
    "lmraw",
    "noctf",
    "nostop",
    "showlmid",
    "stop_on_bpt_nosym",
    "term",
    "write_readback",
    "allow_io_access",
];

/// Sets or unsets an option as `-o` and `+o` name it.
pub fn set_option(m: &Debugger, text: &str, on: bool) -> Result<(), String> {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let settings = &m.settings;
    match name {
        "autowrap" => {
            settings.autowrap.set(on);
            if let Ok(mut output) = m.output.try_borrow_mut() {
                output.top().wrap = on;
            }
        }
        "ignoreeof" => settings.ignoreeof.set(on),
        "nomods" => settings.nomods.set(on),
        "pager" => settings.pager.set(on),
        "repeatlast" => settings.repeatlast.set(on),
        _ if KEPT.contains(&name) => {
            let mut kept = settings.kept.borrow_mut();
            kept.retain(|(n, _)| n != name);
            if on {
                kept.push((name.to_string(), value.to_string()));
            }
        }
        _ => return Err(format!("invalid debugger option -- {name}")),
    }
    Ok(())
}

fn set(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if flags & DCMD_ADDRSPEC != 0 {
        return DCMD_USAGE;
    }
    if args.is_empty() {
        show(m);
        return DCMD_OK;
    }
    let mut words = args.iter().map(|a| a.as_str().unwrap_or_default().into_owned());
    while let Some(word) = words.next() {
        // Flags may be joined, a value may follow its letter directly.
        let (on, letters) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
            (Some(letters), _) => (true, letters),
            (_, Some(letters)) => (false, letters),
            _ => return DCMD_USAGE,
        };
        let mut chars = letters.chars();
        if letters.is_empty() {
            return DCMD_USAGE;
        }
        while let Some(letter) = chars.next() {
            match letter {
                'w' => m.settings.writable.set(on),
                'F' => {}
                'I' | 'L' | 'P' | 's' | 'o' => {
                    let rest = chars.as_str().to_string();
                    let value = if rest.is_empty() { words.next() } else { Some(rest) };
                    let Some(value) = value else {
                        m.error(format!("option requires an argument -- {letter}"));
                        return DCMD_USAGE;
                    };
                    let result = set_value(m, letter, &value, on);
                    if result.is_err() {
                        return super::status(m, result);
                    }
                    break;
                }
                _ => {
                    m.error(format!("illegal option -- {letter}"));
                    return DCMD_USAGE;
                }
            }
        }
    }
    DCMD_OK
}

fn set_value(m: &Debugger, letter: char, value: &str, on: bool) -> Result<(), String> {
    let replace = |path: &std::cell::RefCell<String>| {
        if value.contains(';') {
            return Err("paths cannot contain semicolons".to_string());
        }
        let new = value.replace("%o", &path.borrow());
        path.replace(new);
        Ok(())
    };
    match letter {
        'I' => replace(&m.settings.include_path),
        'L' => replace(&m.settings.module_path),
        'P' => set_prompt(m, value),
        'o' => set_option(m, value, on),
        _ => {
            let distance = crate::lang::number::parse(value.as_bytes(), m.settings.radix.get())?;
            m.settings.distance.set(distance);
            Ok(())
        }
    }
}

fn show(m: &Debugger) {
    let settings = &m.settings;
    let path = |text: &str, default: &str| {
        let list = search::expand(m, text, default);
        list.iter().map(|p| p.to_string_lossy().into_owned()).collect::<Vec<_>>().join(":")
    };
    let row = |name: &str, value: &str| out!(m, "{name:>16}: {value}\n");
    row("macro path", &path(&settings.include_path.borrow(), search::INCLUDE_PATH));
    row("module path", &path(&settings.module_path.borrow(), search::MODULE_PATH));
    row("prompt", &format!("\"{}\"", settings.prompt.borrow()));
    row("default radix", &format!("{} (base ten)", settings.radix.get()));
    row("symbol distance", &distance_text(m));
    row("page width", &page_width(m).to_string());
    row("writable", if settings.writable.get() { "yes" } else { "no" });
    let switch = |name: &str| match name {
        "autowrap" => settings.autowrap.get(),
        "ignoreeof" => settings.ignoreeof.get(),
        "nomods" => settings.nomods.get(),
        "pager" => settings.pager.get(),
        _ => settings.repeatlast.get(),
    };
    let mut options: Vec<String> =
        SWITCHES.iter().filter(|n| switch(n)).map(|n| n.to_string()).collect();
    for (name, value) in settings.kept.borrow().iter() {
        options.push(if value.is_empty() { name.clone() } else { format!("{name}={value}") });
    }
    row("options", &options.join(","));
}

fn radix(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if !args.is_empty() {
        return DCMD_USAGE;
    }
    if flags & DCMD_ADDRSPEC != 0 {
        match addr {
            2 | 8 | 10 | 16 => m.settings.radix.set(addr as u32),
            _ => return super::status(m, Err(format!("invalid radix -- 0t{addr}"))),
        }
    }
    out!(m, "radix = {} base ten\n", m.settings.radix.get());
    DCMD_OK
}

fn distance_text(m: &Debugger) -> String {
    match m.settings.distance.get() {
        0 => "0 (smart mode)".to_string(),
        distance => format!("{distance:#x} (absolute mode)"),
    }
}

fn distance(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if !args.is_empty() {
        return DCMD_USAGE;
    }
    if flags & DCMD_ADDRSPEC != 0 {
        m.settings.distance.set(addr);
    }
    out!(m, "symbol matching distance = {}\n", distance_text(m));
    DCMD_OK
}

fn page_width(m: &Debugger) -> usize {
    m.output.try_borrow_mut().map_or(80, |mut output| output.bottom().width())
}

fn width(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if !args.is_empty() {
        return DCMD_USAGE;
    }
    if flags & DCMD_ADDRSPEC != 0 {
        match usize::try_from(addr) {
            Ok(width @ 1..=0x10000) => m.output.borrow_mut().bottom().set_width(width),
            _ => return super::status(m, Err(format!("invalid width -- {addr:#x}"))),
        }
    }
    out!(m, "output page width = {}\n", page_width(m));
    DCMD_OK
}

fn set_prompt(m: &Debugger, text: &str) -> Result<(), String> {
    const LONGEST: usize = 35;
    if text.len() > LONGEST {
        return Err(format!("prompt may not exceed {LONGEST} characters"));
    }
    m.settings.prompt.replace(text.to_string());
    Ok(())
}

fn prompt(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if flags & DCMD_ADDRSPEC != 0 || args.len() > 1 {
        return DCMD_USAGE;
    }
    let text = args.first().and_then(Arg::as_str).unwrap_or_default();
    super::status(m, set_prompt(m, &text))
}

fn log(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let (mut disable, mut append) = (false, false);
    let used = getopts(m, args, &mut [Opt::Flag(b'd', &mut disable), Opt::Flag(b'e', &mut append)]);
    if flags & DCMD_ADDRSPEC != 0 {
        return DCMD_USAGE;
    }
    match (&args[used..], disable, append) {
        ([], true, false) => stop_log(m),
        ([], false, false) => {
            let name = m.settings.log.borrow().clone();
            match name {
                Some(name) => m.error(format!("logging to \"{name}\"")),
                None => m.error("no log is active"),
            }
            DCMD_OK
        }
        ([file], false, _) => start_log(m, &file.as_str().unwrap_or_default(), append),
        _ => DCMD_USAGE,
    }
}

fn start_log(m: &Debugger, name: &str, append: bool) -> i32 {
    let mut options = OpenOptions::new();
    // A log may hold what the process held: it is nobody else's to read.
    options.create(true).mode(0o600);
    match append {
        true => options.append(true),
        false => options.write(true).truncate(true),
    };
    match options.open(name) {
        Ok(file) => {
            if let Ok(mut output) = m.output.try_borrow_mut() {
                output.bottom().flush();
                output.bottom().log = Some(file);
            }
            m.settings.log.replace(Some(name.to_string()));
            m.error(format!("logging to \"{name}\""));
            DCMD_OK
        }
        Err(error) => {
            let errno = crate::errors::Errno(error.raw_os_error().unwrap_or(libc::EIO));
            m.error_because(format!("failed to open {name}"), errno);
            DCMD_ERR
        }
    }
}

fn stop_log(m: &Debugger) -> i32 {
    if m.settings.log.take().is_none() {
        return super::status(m, Err("no log is active".to_string()));
    }
    if let Ok(mut output) = m.output.try_borrow_mut() {
        output.bottom().flush();
        output.bottom().log = None;
    }
    DCMD_OK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options() {
        let m = Debugger::for_tests();
        assert_eq!(set_option(m, "ignoreeof", true), Ok(()));
        assert!(m.settings.ignoreeof.get());
        assert_eq!(set_option(m, "array_mem_limit=10", true), Ok(()));
        assert_eq!(set_option(m, "zap", true), Err("invalid debugger option -- zap".to_string()));
    }
}
