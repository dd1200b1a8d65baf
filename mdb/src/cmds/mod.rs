//! The built-in commands. One table feeds registration, `::help` and completion.

pub mod basics;
pub mod disassembly;
pub mod format;
pub mod help;
pub mod letters;
pub mod macros;
pub mod memory;
pub mod modules;
pub mod process;
pub mod profile;
mod progress;
pub mod sequences;
pub mod settings;
pub mod symbol_table;
pub mod threads;
pub mod variables;
pub mod writing;

use crate::debugger::Debugger;
use crate::modapi::Arg;
use crate::registry::{Dcmd, DcmdBody, Module, Walker, WalkerBody, BUILTIN_MODULE};
use mdb_sys::{DCMD_ERR, DCMD_OK, DCMD_USAGE};
use std::cell::Cell;
use std::rc::Rc;

/// A built-in command.
pub struct Builtin {
    /// Name.
    pub name: &'static str,
    /// Synopsis: `:` address required, `?` optional, neither: no address.
    pub usage: &'static str,
    /// One line.
    pub description: &'static str,
    /// Help text; lines that begin with `#` are headings. Empty: no more to say.
    pub help: &'static str,
    /// Runs it: address, flags, arguments.
    pub run: fn(&'static Debugger, u64, u32, &[Arg]) -> i32,
}

impl std::fmt::Debug for Builtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builtin").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All tables, one per family.
const FAMILIES: &[&[Builtin]] = &[
    basics::TABLE,
    disassembly::TABLE,
    format::TABLE,
    help::TABLE,
    macros::TABLE,
    memory::TABLE,
    modules::TABLE,
    process::TABLE,
    profile::TABLE,
    sequences::TABLE,
    settings::TABLE,
    symbol_table::TABLE,
    threads::TABLE,
    variables::TABLE,
];

/// All built-in commands.
pub fn all() -> impl Iterator<Item = &'static Builtin> {
    FAMILIES.iter().copied().flatten()
}

/// Makes the built-in commands and walkers known.
pub fn register(m: &Debugger) {
    let module = Rc::new(Module {
        name: BUILTIN_MODULE.to_string(),
        library: None,
        busy: Cell::new(0),
        loaded: Cell::new(true),
    });
    let mut registry = m.registry.borrow_mut();
    registry.modules.push(module.clone());
    for builtin in all() {
        let added = registry.add_dcmd(
            Dcmd {
                name: builtin.name.to_string(),
                usage: builtin.usage.to_string(),
                description: builtin.description.to_string(),
                module: module.clone(),
                body: DcmdBody::Builtin(builtin),
            },
            false,
        );
        debug_assert!(added.is_ok(), "{} is in the table twice", builtin.name);
    }
    for (name, description, walk) in basics::WALKERS {
        let walker = Walker {
            name: name.to_string(),
            description: description.to_string(),
            module: module.clone(),
            body: WalkerBody::Builtin(*walk),
        };
        let added = registry.add_walker(walker, false);
        debug_assert!(added.is_ok(), "walker {name} is in the table twice");
    }
}

/// Status for a result whose error has a message.
fn status(m: &Debugger, result: Result<(), String>) -> i32 {
    match result {
        Ok(()) => DCMD_OK,
        Err(text) => {
            m.error(text);
            DCMD_ERR
        }
    }
}

/// The only argument, which must be a word.
fn only_text(args: &[Arg]) -> Result<String, i32> {
    match args {
        [arg] => arg.as_str().map(|t| t.into_owned()).ok_or(DCMD_USAGE),
        _ => Err(DCMD_USAGE),
    }
}
