//! `$<` and `$<<`: files of commands.

use super::{only_text, Builtin};
use crate::debugger::Debugger;
use crate::lang::run::{run, Source};
use crate::modapi::Arg;
use crate::shell::search;
use mdb_sys::*;
use std::path::PathBuf;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "$<",
        usage: "?macro-name",
        description: "replace input with macro",
        help: "Runs the commands of a file, and then leaves the input this command stands in.\n\
               A name without a slash is looked for in the folders of the macro path, then\n\
               in the current folder. The variable 9 holds the count.\n",
        run: |m, _, flags, args| source(m, flags, args, true),
    },
    Builtin {
        name: "$<<",
        usage: "?macro-name",
        description: "source macro",
        help: "Runs the commands of a file, and then goes on.\n",
        run: |m, _, flags, args| source(m, flags, args, false),
    },
];

fn find(m: &Debugger, name: &str) -> Option<PathBuf> {
    let plain = PathBuf::from(name);
    if name.contains('/') {
        return plain.is_file().then_some(plain);
    }
    let path = m.settings.include_path.borrow().clone();
    let mut folders = search::expand(m, &path, search::INCLUDE_PATH).into_iter();
    folders
        .find_map(|f| Some(f.join(name)).filter(|p| p.is_file()))
        .or(plain.is_file().then_some(plain))
}

fn source(m: &'static Debugger, flags: u32, args: &[Arg], replace: bool) -> i32 {
    let name = match only_text(args) {
        Ok(name) => name,
        Err(status) => return status,
    };
    let command = if replace { "$<" } else { "$<<" };
    let text = find(m, &name).and_then(|path| std::fs::read(path).ok());
    let Some(text) = text else {
        m.error(format!("failed to open {name} (see ::help '{command}')"));
        return DCMD_ABORT;
    };
    let count = if flags & DCMD_LOOP != 0 { m.take_count() } else { None };
    m.vars.borrow_mut().set("9", count.unwrap_or(1));
    let input = Source { name: Some(&name), string: false, lines_before: 0 };
    let result = run(m, &text, input);
    if replace {
        m.leave_input.set(true);
    }
    match result {
        Ok(()) => DCMD_OK,
        Err(stop) if stop.is_fatal() => {
            m.stop(stop);
            DCMD_ABORT
        }
        Err(_) => DCMD_ERR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_an_error() {
        let m = Debugger::for_tests();
        assert_eq!(source(m, 0, &[Arg::text(b"no/such/file")], true), DCMD_ABORT);
    }
}
