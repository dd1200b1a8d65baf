//! Where modules and macro files are looked for.

use crate::debugger::Debugger;
use crate::symbols::basename;
use crate::target::Width;
use std::path::{Path, PathBuf};

/// A module's file and the name it gets.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// Name of the module.
    pub name: String,
    /// The file.
    pub path: PathBuf,
}

/// Folder of this program.
fn program_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    program.parent().map(Path::to_path_buf)
}

/// What `%r` stands for: the folder above the one the program is in.
fn prefix() -> PathBuf {
    let folder = program_folder().unwrap_or_default();
    folder.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The module path used unless `-L` says otherwise.
pub const MODULE_PATH: &str = "%r/lib/mdb/%t";
/// The path of macro files used unless `-I` says otherwise.
pub const INCLUDE_PATH: &str = "%r/lib/adb";

/// Expands the tokens of a path; `previous` is what `%o` stands for.
pub fn expand(m: &Debugger, path: &str, previous: &str) -> Vec<PathBuf> {
    let isa = match m.target().width() {
        Width::Bits32 => "i386",
        Width::Bits64 => "amd64",
    };
    let mut text = String::new();
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('i') => text.push_str(isa),
            Some('m' | 'p') => text.push_str(std::env::consts::ARCH),
            Some('o') => text.push_str(previous),
            Some('r') => text.push_str(&prefix().to_string_lossy()),
            Some('t') => text.push_str("proc"),
            Some('R' | 'V') => text.push_str("latest"),
            Some(other) => text.extend(['%', other]),
            None => text.push('%'),
        }
    }
    text.split(':').filter(|element| !element.is_empty()).map(PathBuf::from).collect()
}

/// Name of the module in a file: the base name without `.so` and a number after it.
pub fn module_name(file: &str) -> String {
    let base = basename(file);
    let base = without_number(base);
    base.strip_suffix(".so").unwrap_or(base).to_string()
}

fn without_number(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((rest, number))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            rest
        }
        _ => name,
    }
}

/// Finds the file of a module as `::load` is given it.
pub fn find_module(m: &Debugger, name: &str) -> Option<Found> {
    if name.contains('/') {
        let path = PathBuf::from(name);
        return path.exists().then(|| Found { name: module_name(name), path });
    }
    let path = m.settings.module_path.borrow().clone();
    let folders = expand(m, &path, MODULE_PATH);
    let found =
        folders.iter().flat_map(|f| candidates(name).map(|c| f.join(c))).find(|p| p.is_file());
    if let Some(path) = found {
        return Some(Found { name: module_name(name), path });
    }
    // In a build tree a module lies beside the program, as the build names it.
    let path = program_folder()?.join(format!("lib{name}.so"));
    path.is_file().then(|| Found { name: name.to_string(), path })
}

/// File names to try for a module in one folder.
fn candidates(name: &str) -> impl Iterator<Item = String> {
    let mut list = Vec::new();
    let mut rest = name;
    while rest.ends_with(".so") || without_number(rest) != rest {
        list.push(rest.to_string());
        let shorter = without_number(rest);
        if shorter == rest {
            break;
        }
        rest = shorter;
    }
    list.push(format!("{name}.so"));
    list.into_iter()
}

/// Loads, silently, the modules named like the target's objects. At a terminal
/// says which ones those were.
pub fn load_for_objects(m: &'static Debugger) {
    let target = m.target();
    let names: Vec<String> =
        target.objects().iter().map(|object| module_name(&object.path)).collect();
    let path = m.settings.module_path.borrow().clone();
    let folders = expand(m, &path, MODULE_PATH);
    let mut loaded = Vec::new();
    for name in names {
        let file = folders.iter().map(|f| f.join(format!("{name}.so"))).find(|p| p.is_file());
        let Some(file) = file else { continue };
        let options = crate::modapi::LoadOptions::default();
        // Nobody asked for this module, so nobody is told if it fails.
        if crate::modapi::load(m, &name, &file, options).is_ok() {
            loaded.push(name);
        }
    }
    if m.settings.interactive.get() && !loaded.is_empty() {
        crate::out!(m, "Loading modules: [ {} ]\n", loaded.join(" "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (file, name) in [
            ("./v8.so", "v8"),
            ("/x/mdb_v8.so", "mdb_v8"),
            ("libfoo.so.1", "libfoo"),
            ("/usr/bin/node", "node"),
            ("libc.so.6", "libc"),
            ("x.y", "x.y"),
        ] {
            assert_eq!(module_name(file), name);
        }
    }

    #[test]
    fn files_to_try() {
        let list = |name| candidates(name).collect::<Vec<_>>();
        assert_eq!(list("v8"), ["v8.so"]);
        assert_eq!(list("v8.so"), ["v8.so", "v8.so.so"]);
        assert_eq!(list("libc.so.1"), ["libc.so.1", "libc.so", "libc.so.1.so"]);
    }
}
