//! Which module is for a target that none is loaded for.
//!
//! A file `NAME.hint` on the module path has names of symbols, a line each: the module
//! NAME is for targets that have one of them.

use super::search;
use crate::debugger::Debugger;
use crate::out;
use std::path::Path;

/// Says at the prompt how to load the modules that are for the target.
pub fn print(m: &'static Debugger) {
    let path = m.settings.module_path.borrow().clone();
    for folder in search::expand(m, &path, search::MODULE_PATH) {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files {
            if let Some(name) = wanted(m, &file) {
                out!(m, "::load {name} adds commands for this target\n");
            }
        }
    }
}

/// The module of a file of hints, if it is for the target and not loaded.
fn wanted(m: &Debugger, file: &Path) -> Option<String> {
    if file.extension()? != "hint" {
        return None;
    }
    let name = file.file_stem()?.to_str()?.to_owned();
    if m.registry.borrow().modules.iter().any(|module| module.name == name) {
        return None;
    }
    let text = std::fs::read_to_string(file).ok()?;
    let mut symbols = text.lines().map(str::trim).filter(|line| !line.is_empty());
    symbols.any(|symbol| m.target().symbol_by_name(None, symbol).is_some()).then_some(name)
}
