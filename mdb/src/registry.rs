//! Modules, commands and walkers by name.

use crate::cmds::Builtin;
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::modapi::{ForeignDcmd, ForeignModule, ForeignWalker};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Name of the module the built-in commands belong to.
pub const BUILTIN_MODULE: &str = "mdb";

/// A loaded module, or the debugger itself.
#[derive(Debug)]
pub struct Module {
    /// Name.
    pub name: String,
    /// The library; none for the debugger's own module.
    pub library: Option<ForeignModule>,
    /// Invocations in progress: the code must not be unmapped meanwhile.
    pub busy: Cell<usize>,
    /// Whether its code is still mapped.
    pub loaded: Cell<bool>,
}

/// A command.
#[derive(Debug)]
pub struct Dcmd {
    /// Name, without leading colons.
    pub name: String,
    /// Synopsis with its prefix.
    pub usage: String,
    /// One line.
    pub description: String,
    /// Whose it is.
    pub module: Rc<Module>,
    /// What it does.
    pub body: DcmdBody,
}

/// What a command does.
#[derive(Debug)]
pub enum DcmdBody {
    /// Built in.
    Builtin(&'static Builtin),
    /// A module's function.
    Foreign(ForeignDcmd),
}

impl Dcmd {
    /// Whether a help text exists.
    pub fn has_help(&self) -> bool {
        match &self.body {
            DcmdBody::Builtin(builtin) => !builtin.help.is_empty(),
            DcmdBody::Foreign(foreign) => foreign.has_help(),
        }
    }
}

/// Lists the addresses of a built-in walk; the argument is the starting address.
pub type BuiltinWalk = fn(&'static Debugger, Option<u64>) -> Result<Vec<u64>, Errno>;

/// A walker.
#[derive(Debug)]
pub struct Walker {
    /// Name.
    pub name: String,
    /// One line.
    pub description: String,
    /// Whose it is.
    pub module: Rc<Module>,
    /// What it does.
    pub body: WalkerBody,
}

/// What a walker does.
#[derive(Debug)]
pub enum WalkerBody {
    /// Built in.
    Builtin(BuiltinWalk),
    /// A module's functions.
    Foreign(ForeignWalker),
}

/// All that is loaded.
#[derive(Debug, Default)]
pub struct Registry {
    /// In order of loading; the debugger's own comes first.
    pub modules: Vec<Rc<Module>>,
    /// Definitions of each name, the one in use first.
    pub dcmds: BTreeMap<String, Vec<Rc<Dcmd>>>,
    /// Definitions of each name, the one in use first.
    pub walkers: BTreeMap<String, Vec<Rc<Walker>>>,
}

impl Registry {
    /// A module by name.
    pub fn module(&self, name: &str) -> Option<&Rc<Module>> {
        self.modules.iter().find(|m| m.name == name)
    }

    /// Definitions of a command, which may be qualified with a module.
    pub fn dcmd(&self, name: &str) -> Result<Vec<Rc<Dcmd>>, Errno> {
        find(&self.dcmds, name, |d| &d.module, |n| self.module(n).is_some(), Errno::NODCMD)
    }

    /// A walker, which may be qualified with a module.
    pub fn walker(&self, name: &str) -> Result<Rc<Walker>, Errno> {
        let module = |n: &str| self.module(n).is_some();
        let found = find(&self.walkers, name, |w| &w.module, module, Errno::NOWALK)?;
        found.into_iter().next().ok_or(Errno::NOWALK)
    }

    /// Adds a command behind the others of its name, or before them.
    pub fn add_dcmd(&mut self, dcmd: Dcmd, first: bool) -> Result<(), Errno> {
        let list = self.dcmds.entry(dcmd.name.clone()).or_default();
        if list.iter().any(|d| Rc::ptr_eq(&d.module, &dcmd.module)) {
            return Err(Errno::DCMDEXISTS);
        }
        let at = if first { 0 } else { list.len() };
        list.insert(at, Rc::new(dcmd));
        Ok(())
    }

    /// Adds a walker behind the others of its name, or before them.
    pub fn add_walker(&mut self, walker: Walker, first: bool) -> Result<(), Errno> {
        let list = self.walkers.entry(walker.name.clone()).or_default();
        if list.iter().any(|w| Rc::ptr_eq(&w.module, &walker.module)) {
            return Err(Errno::WALKEXISTS);
        }
        let at = if first { 0 } else { list.len() };
        list.insert(at, Rc::new(walker));
        Ok(())
    }

    /// Removes one walker of a module.
    pub fn remove_walker(&mut self, name: &str, module: &Rc<Module>) -> Result<(), Errno> {
        let list = self.walkers.get_mut(name).ok_or(Errno::NOWALK)?;
        let at = list.iter().position(|w| Rc::ptr_eq(&w.module, module)).ok_or(Errno::NOWALK)?;
        list.remove(at);
        self.walkers.retain(|_, list| !list.is_empty());
        Ok(())
    }

    /// Removes a module and all it defines.
    pub fn remove_module(&mut self, module: &Rc<Module>) {
        self.dcmds.retain(|_, list| {
            list.retain(|d| !Rc::ptr_eq(&d.module, module));
            !list.is_empty()
        });
        self.walkers.retain(|_, list| {
            list.retain(|w| !Rc::ptr_eq(&w.module, module));
            !list.is_empty()
        });
        self.modules.retain(|m| !Rc::ptr_eq(m, module));
    }
}

fn find<T>(
    table: &BTreeMap<String, Vec<Rc<T>>>,
    name: &str,
    module_of: impl Fn(&T) -> &Rc<Module>,
    module_exists: impl Fn(&str) -> bool,
    missing: Errno,
) -> Result<Vec<Rc<T>>, Errno> {
    let (module, name) = match name.rsplit_once('`') {
        Some((module, name)) if !module_exists(module) => {
            let _ = name;
            return Err(Errno::NOMOD);
        }
        Some((module, name)) => (Some(module), name),
        None => (None, name),
    };
    let all = table.get(name).ok_or(missing)?;
    let fits = |t: &&Rc<T>| module.is_none_or(|m| module_of(t).name == m);
    let found: Vec<_> = all.iter().filter(fits).cloned().collect();
    if found.is_empty() {
        return Err(missing);
    }
    Ok(found)
}

/// Checks the name of a module, command or walker.
pub fn is_bad_name(name: &str) -> bool {
    name.is_empty() || crate::vars::bad_character(name).is_some()
}
