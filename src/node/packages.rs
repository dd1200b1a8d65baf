//! The packages that modules belong to, by where their files lie.

use super::manifests::Manifests;
use super::modules::Module;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Directory of packages.
const PACKAGES: &str = "/node_modules/";

/// A package of which a module was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its directory.
    pub dir: String,
    /// The name by which it is required; for what lies in no node_modules, what its
    /// package.json says.
    pub name: Option<String>,
    /// Version by its package.json.
    pub version: Option<String>,
    /// Places of its modules in the list.
    pub modules: Vec<usize>,
    /// The first of them that was started or loaded from another package, or else that
    /// none has loaded.
    pub entry: Option<usize>,
    /// Places of the packages of which they have loaded something.
    pub loads: BTreeSet<usize>,
}

impl Package {
    /// Whether it was installed, and is not the program's own.
    pub fn is_installed(&self) -> bool {
        self.dir.contains(PACKAGES)
    }

    /// Name and version as far as they are known, or the directory.
    pub fn label(&self) -> String {
        match (&self.name, &self.version) {
            (Some(name), Some(version)) => alloc::format!("{name}@{version}"),
            (Some(name), None) => name.clone(),
            (None, _) => self.dir.clone(),
        }
    }
}

/// Packages, and how one comes to another.
#[derive(Debug)]
pub struct Packages {
    /// In the order of their directories.
    pub list: Vec<Package>,
    /// Those that no other has loaded: the program itself, and what is of an unknown
    /// origin.
    pub tops: Vec<usize>,
    /// For each, the one in whose place it is shown with what it has loaded: that on
    /// the shortest way from the tops.
    pub home: Vec<Option<usize>>,
}

/// Directory and name of the installed package that a file belongs to.
fn installed(file: &str) -> Option<(&str, &str)> {
    let start = file.rfind(PACKAGES)? + PACKAGES.len();
    let rest = &file[start..];
    let mut parts = rest.split('/');
    let first = parts.next().filter(|part| !part.is_empty())?;
    let length = match parts.next() {
        Some(second) if first.starts_with('@') => first.len() + 1 + second.len(),
        _ => first.len(),
    };
    Some((&file[..start + length], &rest[..length]))
}

/// The version that is in the name of a directory of pnpm or a cache of yarn, in which
/// a package lies: `.pnpm/name@1.2.3/node_modules/name`.
fn version_of_store(dir: &str, name: &str) -> Option<String> {
    let (store, _) = dir.rsplit_once(PACKAGES)?;
    let (_, place) = store.rsplit_once('/')?;
    let version = place.strip_prefix(&name.replace('/', "+"))?.strip_prefix('@')?;
    let version = version.split(['_', '(']).next()?;
    version.starts_with(|c: char| c.is_ascii_digit()).then(|| version.to_string())
}

/// The directories above a path, the nearest first.
fn above(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(at, _)| &path[..at])
}

impl Packages {
    /// Sorts modules into packages.
    pub fn of(modules: &[Module], manifests: &Manifests) -> Packages {
        // What lies above node_modules is the directory of a program.
        let programs: BTreeSet<&str> = modules
            .iter()
            .filter_map(|module| module.file.find(PACKAGES).map(|at| &module.file[..at]))
            .collect();
        let is_named = |dir: &&str| {
            manifests.get(*dir).is_some_and(|found| found.name.is_some() || found.version.is_some())
        };
        let main = modules.iter().find(|module| module.is_main);
        let main = main.and_then(|module| above(&module.file).next());
        let dir = |file: &str| -> String {
            if let Some((dir, _)) = installed(file) {
                return dir.to_string();
            }
            let own = above(file).find(is_named);
            let own = own.or_else(|| above(file).find(|dir| programs.contains(dir)));
            let own = own.or_else(|| above(file).find(|dir| main == Some(dir)));
            own.or_else(|| above(file).next()).unwrap_or(file).to_string()
        };
        let dirs: Vec<String> = modules.iter().map(|module| dir(&module.file)).collect();
        let mut list: Vec<Package> = Vec::new();
        let mut by_dir = BTreeMap::new();
        for dir in dirs.iter().collect::<BTreeSet<_>>() {
            by_dir.insert(dir.as_str(), list.len());
            list.push(package(dir, manifests));
        }
        for (at, (module, dir)) in modules.iter().zip(&dirs).enumerate() {
            let own = by_dir[dir.as_str()];
            list[own].modules.push(at);
            if module.is_main {
                list[own].entry = Some(at);
            }
            for loaded in &module.loads {
                let other = by_dir[dirs[*loaded].as_str()];
                if other != own {
                    list[own].loads.insert(other);
                    list[other].entry.get_or_insert(*loaded);
                }
            }
        }
        let loaded: BTreeSet<usize> =
            modules.iter().flat_map(|module| module.loads.iter().copied()).collect();
        for package in list.iter_mut().filter(|package| package.entry.is_none()) {
            package.entry = package.modules.iter().copied().find(|at| !loaded.contains(at));
        }
        let main = modules.iter().position(|module| module.is_main);
        let (tops, home) = arrange(&list, main.map(|at| by_dir[dirs[at].as_str()]));
        Packages { list, tops, home }
    }

    /// The directory of the program: the one in whose node_modules most packages lie,
    /// or else that of the first module.
    pub fn root(&self) -> Option<&str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for package in &self.list {
            if let Some(at) = package.dir.find(PACKAGES) {
                *counts.entry(&package.dir[..at]).or_default() += 1;
            }
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        most.map(|(dir, _)| dir).or_else(|| Some(&self.list.get(*self.tops.first()?)?.dir))
    }

    /// The package of a directory.
    pub fn at(&self, dir: &str) -> Option<&Package> {
        let at = self.list.binary_search_by(|package| package.dir.as_str().cmp(dir)).ok()?;
        Some(&self.list[at])
    }

    /// The packages that lie in the node_modules of a directory, not deeper.
    pub fn below(&self, dir: &str) -> impl Iterator<Item = &Package> {
        let prefix = alloc::format!("{dir}{PACKAGES}");
        let start = self.list.partition_point(|package| package.dir < prefix);
        let rest = self.list[start..].iter();
        let inside = rest
            .map_while(move |package| Some((package, package.dir.strip_prefix(&prefix)?.len())));
        inside
            .filter(|(package, length)| {
                !package.dir[package.dir.len() - length..].contains(PACKAGES)
            })
            .map(|(package, _)| package)
    }
}

fn package(dir: &str, manifests: &Manifests) -> Package {
    let known = manifests.get(dir).cloned().unwrap_or_default();
    let by_path = installed(dir).map(|(_, name)| name);
    let name = by_path.map(String::from).or(known.name);
    let version = known.version.or_else(|| version_of_store(dir, by_path?));
    let (modules, entry, loads) = (Vec::new(), None, BTreeSet::new());
    Package { dir: dir.into(), name, version, modules, entry, loads }
}

/// What is shown at the top, and for each package below which it is shown.
fn arrange(list: &[Package], main: Option<usize>) -> (Vec<usize>, Vec<Option<usize>>) {
    let loaded: BTreeSet<usize> =
        list.iter().flat_map(|package| package.loads.iter().copied()).collect();
    let mut tops: Vec<usize> = main.into_iter().collect();
    tops.extend((0..list.len()).filter(|at| !loaded.contains(at) && main != Some(*at)));
    let (mut home, mut seen) = (vec![None; list.len()], vec![false; list.len()]);
    let mut reach = |tops: &[usize], seen: &mut Vec<bool>| {
        let mut todo: VecDeque<usize> = tops.iter().copied().collect();
        tops.iter().for_each(|top| seen[*top] = true);
        while let Some(at) = todo.pop_front() {
            for other in &list[at].loads {
                if !seen[*other] {
                    seen[*other] = true;
                    home[*other] = Some(at);
                    todo.push_back(*other);
                }
            }
        }
    };
    reach(&tops, &mut seen);
    // What is left has loaded each other in a circle.
    for at in 0..list.len() {
        if !seen[at] {
            tops.push(at);
            reach(&[at], &mut seen);
        }
    }
    (tops, home)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::manifest::Manifest;
    use crate::node::modules::Language;

    fn module(file: &str, loads: &[usize]) -> Module {
        Module {
            object: None,
            language: Language::CommonJs,
            file: file.into(),
            loaded: Some(true),
            is_main: file.ends_with("main.js"),
            loads: loads.iter().copied().collect(),
        }
    }

    #[test]
    fn files_belong_to_the_innermost_package() {
        assert_eq!(installed("/s/node_modules/a/lib/x.js"), Some(("/s/node_modules/a", "a")));
        let nested = "/s/node_modules/a/node_modules/@b/c/x.js";
        assert_eq!(installed(nested), Some(("/s/node_modules/a/node_modules/@b/c", "@b/c")));
        assert_eq!(installed("/s/node_modules.js"), None);
        assert_eq!(installed("/s/node_modules/"), None);
    }

    #[test]
    fn stores_have_versions_in_their_names() {
        let version = |dir, name| version_of_store(dir, name);
        let plain = "/s/node_modules/.pnpm/a@1.2.3/node_modules/a";
        assert_eq!(version(plain, "a").as_deref(), Some("1.2.3"));
        let scoped = "/s/node_modules/.pnpm/@b+c@2.0.0_d@1.0.0/node_modules/@b/c";
        assert_eq!(version(scoped, "@b/c").as_deref(), Some("2.0.0"));
        assert_eq!(version("/s/node_modules/a", "a"), None);
    }

    #[test]
    fn each_is_shown_where_the_way_is_shortest() {
        let modules = [
            module("/s/main.js", &[1, 3]),
            module("/s/node_modules/a/x.js", &[2]),
            module("/s/node_modules/b/x.js", &[3]),
            module("/s/node_modules/c/x.js", &[]),
            module("/s/node_modules/d/x.js", &[5]),
            module("/s/node_modules/e/x.js", &[4]),
        ];
        let manifest = |version: &str| Manifest { name: None, version: Some(version.into()) };
        let manifests = [("/s/node_modules/a".into(), manifest("1.0.0"))].into();
        let packages = Packages::of(&modules, &manifests);
        let labels: Vec<String> = packages.list.iter().map(Package::label).collect();
        assert_eq!(labels, ["/s", "a@1.0.0", "b", "c", "d", "e"]);
        assert_eq!(packages.tops, [0, 4]);
        assert_eq!(packages.home, [None, Some(0), Some(1), Some(0), None, Some(4)]);
        assert_eq!(packages.root(), Some("/s"));
        assert_eq!(packages.below("/s").count(), 5);
    }
}
