//! `::nodemodules`

use super::json::{self, Json};
use super::shrinkwrap;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::node::manifests;
use crate::node::modules::{self, Language, Module};
use crate::node::packages::{Package, Packages};
use crate::session::Session;
use crate::v8::error::Error;
use crate::v8::memory::Target;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// `::nodemodules`
pub struct NodeModules;

impl Dcmd for NodeModules {
    const ROW: Row = Row {
        name: c"nodemodules",
        usage: c"[-fjs]",
        description: c"print the packages and modules that were loaded, as a tree",
        options: &[
            Opt::flag('f', "also the files of each package"),
            json::OPTION,
            Opt::flag('s', "print the installed packages as npm-shrinkwrap.json has them"),
        ],
        help: "
Prints the packages of which the program has loaded modules, CommonJS and ES, below
those that have loaded them: the first module, the number of modules, name and version.
A package that is loaded from several places is shown with what it has loaded in one of
them, the nearest to the program, and marked deduped in the others. At the top are the
program and what no module has loaded: what import() has, among others. With -f, the
files follow, marked es for ES modules and synthetic for what these import but V8 has no
code of, such as JSON.

Versions are known where the process still has package.json: in Node 12 to 16 and from
21 on, and where the program itself has required that file, or the package manager's
directories are named after them.

With -s, prints name, version, what is required and what is nested in each package
that was loaded, in the form of npm-shrinkwrap.json (lockfileVersion 1), to be compared
with the lock file. With -j, prints each module. In a pipe, prints the modules.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        if call.options.has('j') && call.options.has('s') {
            return Err(Failure::Usage);
        }
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let list = modules::find(heap, &whole)?;
        if out.is_piped() {
            list.iter()
                .flat_map(|module| module.object)
                .for_each(|object| out.line(format_args!("{object}")));
            return Ok(Flow::Done);
        }
        if list.is_empty() {
            return Err(Error::NotFound("Module with a filename and children").into());
        }
        let manifests = manifests::find(heap, &whole, &list)?;
        let packages = Packages::of(&list, &manifests);
        let unknown = |package: &&Package| package.is_installed() && package.version.is_none();
        let unknown = packages.list.iter().filter(unknown).count();
        let all = packages.list.iter().filter(|package| package.is_installed()).count();
        if unknown > 0 && !call.options.has('j') {
            out.warn(alloc::format!(
                "the process has kept no version of {unknown} of {all} packages"
            ));
        }
        match (call.options.has('s'), call.options.has('j')) {
            (true, _) => shrinkwrap::print(&packages, out)?,
            (_, true) => each(&list, &packages, out),
            _ => {
                let width = target.word_size() * 2;
                out.line(format_args!("{:>width$} FILES PACKAGE", "MODULE"));
                Tree { list: &list, packages: &packages, files: call.options.has('f'), width }
                    .print(out);
            }
        }
        Ok(Flow::Done)
    }
}

/// What a module is if it is not the usual one.
fn word(language: Language) -> Option<&'static str> {
    match language {
        Language::CommonJs => None,
        Language::Es => Some("es"),
        Language::Synthetic => Some("synthetic"),
    }
}

fn each(list: &[Module], packages: &Packages, out: &mut Out) {
    for package in &packages.list {
        for module in package.modules.iter().map(|at| &list[*at]) {
            let row = Json::object().with("module", module.object);
            let row = row.with("language", word(module.language).unwrap_or("commonjs"));
            let row = row.with("file", module.file.as_str()).with("main", module.is_main);
            let row = row.with("loaded", module.loaded).with("directory", package.dir.as_str());
            let row = row.with("package", package.name.clone());
            let row = row.with("version", package.version.clone());
            let loads = module.loads.iter().map(|at| list[*at].file.as_str());
            out.line(format_args!("{}", row.with("loads", Json::list(loads))));
        }
    }
}

struct Tree<'a> {
    list: &'a [Module],
    packages: &'a Packages,
    files: bool,
    width: usize,
}

impl Tree<'_> {
    fn print(&self, out: &mut Out) {
        let mut todo: Vec<(usize, Option<usize>, usize)> =
            self.packages.tops.iter().rev().map(|top| (*top, None, 0)).collect();
        while let Some((at, by, depth)) = todo.pop() {
            let package = &self.packages.list[at];
            let is_home = self.packages.home[at] == by;
            self.package(package, depth, is_home, out);
            if is_home {
                let loads = package.loads.iter().rev();
                todo.extend(loads.map(|other| (*other, Some(at), depth + 1)));
            }
        }
    }

    fn package(&self, package: &Package, depth: usize, is_home: bool, out: &mut Out) {
        let width = self.width;
        let first = package.entry.or(package.modules.first().copied());
        let first = first.and_then(|at| self.list[at].object);
        let address = |object: Option<Value>| match object {
            Some(object) => alloc::format!("{:>width$x}", object.0),
            None => alloc::format!("{:>width$}", "-"),
        };
        let mut line = package.label();
        if depth == 0 && package.name.is_some() {
            line += &alloc::format!(" {}", package.dir);
        }
        if !is_home {
            line += " deduped";
        }
        let (count, indent) = (package.modules.len(), depth * 2);
        out.line(format_args!("{} {count:5} {:indent$}{line}", address(first), ""));
        if !self.files || !is_home {
            return;
        }
        for module in package.modules.iter().map(|at| &self.list[*at]) {
            let below = module.file.strip_prefix(&package.dir);
            let below = below.and_then(|below| below.strip_prefix('/'));
            let mut line = String::from(below.unwrap_or(&module.file));
            if let Some(word) = word(module.language) {
                line += &alloc::format!(" ({word})");
            }
            if module.loaded == Some(false) {
                line += " (not loaded to its end)";
            }
            let indent = indent + 4;
            out.line(format_args!("{} {:5} {:indent$}{line}", address(module.object), "", ""));
        }
    }
}
