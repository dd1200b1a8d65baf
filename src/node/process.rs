//! What a process is: the object `process` (lib/internal/bootstrap/node.js), and the
//! environment that libc keeps.

use super::object::{is_object, of_classes, text, Object};
use crate::heap::whole::Whole;
use crate::v8::context;
use crate::v8::elements::Elements;
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use crate::v8::properties::{self, Key, Property, Slot};
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// Names of libc's variable, as old and new linkers write them.
const ENVIRON: [&str; 3] = ["environ@@GLIBC_2.2.5", "environ", "__environ"];
/// The class of the object.
const CLASS: &str = "process";
/// Characters of an argument or variable that are read.
const TEXT: u64 = 64 << 10;
/// Names of libuv's variable, which begins with the address of the text; the second where
/// the compiler has taken it apart, as in Node 26.
const TITLE: [&str; 2] = ["process_title", "process_title.0"];
/// Functions that may be around `process.cwd`.
const WRAPPERS: u32 = 4;
/// Arguments and variables that are read.
const MOST: u64 = 1 << 16;
/// Variables of the environment that say more than that they are there, and are no
/// secrets.
const PLAIN: [&str; 4] = ["NODE_ENV", "NODE_OPTIONS", "PWD", "UV_THREADPOOL_SIZE"];

/// A process, as it sees itself.
#[derive(Debug, Clone)]
pub struct Process {
    /// Its object.
    pub object: Value,
    /// Such as `v20.1.0`.
    pub version: String,
    /// Versions of Node and what it is made of.
    pub versions: Vec<(String, String)>,
    /// Processor and system, as far as they are known.
    pub platform: Vec<String>,
    /// Process id.
    pub pid: Option<f64>,
    /// Path of the executable.
    pub exec_path: Option<String>,
    /// Options of Node.
    pub exec_argv: Vec<String>,
    /// The command line without these.
    pub argv: Vec<String>,
    /// What it is called in the lists of processes.
    pub title: Option<String>,
    /// The current directory, when it was last asked for.
    pub cwd: Option<String>,
    /// Name of the release line and where it comes from.
    pub release: Vec<(String, String)>,
}

/// Beginnings of options that bound memory, or by which others can look at the process
/// or learn of its end.
const SETTINGS: [&str; 9] = [
    "--max-",
    "--min-semi",
    "--initial-",
    "--stack-size",
    "--heap",
    "--inspect",
    "--debug",
    "--report",
    "--abort",
];

impl Process {
    /// The options that matter to someone who looks at the heap, each with where it
    /// comes from: `NODE_OPTIONS`, whose options come first, or `options`.
    pub fn settings(&self, environment: &[(String, String)]) -> Vec<(String, &'static str)> {
        let variable = environment.iter().find(|(name, _)| name == "NODE_OPTIONS");
        let variable = variable.into_iter().flat_map(|(_, options)| options.split_whitespace());
        let variable = variable.map(|option| (option.into(), "NODE_OPTIONS"));
        let own = self.exec_argv.iter().map(|option| (option.clone(), "options"));
        let matters = |option: &str| {
            let option = option.replace('_', "-");
            SETTINGS.iter().any(|start| option.starts_with(start))
        };
        variable.chain(own).filter(|(option, _): &(String, _)| matters(option)).collect()
    }
}

/// The object `process` of the main context.
///
/// # Errors
///
/// That there is none.
pub fn find(heap: Heap<'_>, whole: &Whole) -> Result<Process> {
    for object in of_classes(heap, whole, |name| name == CLASS)? {
        let own = Object::read(heap, object)?;
        let version = own.text("version").filter(|text| text.starts_with('v'));
        let versions = own.get("versions").filter(|value| is_object(heap, *value));
        let (Some(version), Some(versions)) = (version, versions) else { continue };
        return Ok(Process {
            object,
            version,
            versions: texts_of(heap, versions)?,
            platform: ["arch", "platform"].iter().filter_map(|name| own.text(name)).collect(),
            pid: own.number("pid"),
            exec_path: own.text("execPath"),
            exec_argv: list(heap, own.get("execArgv")),
            argv: list(heap, own.get("argv")),
            title: title(heap),
            cwd: own.get("cwd").and_then(|function| cwd(heap, function)),
            release: match own.get("release").filter(|value| is_object(heap, *value)) {
                Some(release) => texts_of(heap, release)?,
                None => Vec::new(),
            },
        });
    }
    Err(Error::NotFound("object process with version and versions"))
}

/// What libuv has for `process.title` (src/unix/proctitle.c, `process_title`).
fn title(heap: Heap<'_>) -> Option<String> {
    let addr = TITLE.iter().find_map(|name| heap.target.symbol(name))?;
    let text = heap.word(addr).ok().filter(|text| *text != 0)?;
    Some(c_string(heap.target, text)).filter(|title| !title.is_empty())
}

/// What `process.cwd` remembers (lib/internal/bootstrap/switches/
/// does_own_process_state.js, `cachedCwd`, from Node 12 on), also if the package
/// graceful-fs has put its own function around it.
fn cwd(heap: Heap<'_>, function: Value) -> Option<String> {
    let mut function = function;
    for _ in 0..WRAPPERS {
        let variables = context::captured(heap, function).ok()?.variables().ok()?;
        let value = |name: &str| {
            let found = variables.iter().find(|variable| variable.name.as_deref() == Some(name));
            match found?.slot? {
                Slot::Value(value) => Some(value),
                _ => None,
            }
        };
        match value("origCwd") {
            Some(wrapped) => function = wrapped,
            None => return text(heap, value("cachedCwd")?, TEXT).filter(|dir| !dir.is_empty()),
        }
    }
    None
}

/// The properties of an object that are texts.
fn texts_of(heap: Heap<'_>, object: Value) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    properties::each(heap, object, &mut |property| {
        if let Ok(Property { key: Key::Name(name), slot: Slot::Value(value), .. }) = property {
            found.extend(text(heap, value, TEXT).map(|text| (name, text)));
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The texts of an array.
fn list(heap: Heap<'_>, array: Option<Value>) -> Vec<String> {
    let elements = array.and_then(|array| Elements::new(heap, array).ok());
    let Some(elements) = elements else { return Vec::new() };
    let count = elements.end().min(MOST);
    let values = (0..count).filter_map(|at| match elements.get(at) {
        Ok(Some(Slot::Value(value))) => text(heap, value, TEXT),
        _ => None,
    });
    values.collect()
}

/// Whether the value of a variable of the environment is no secret.
pub fn is_plain(variable: &str) -> bool {
    PLAIN.contains(&variable)
}

/// The variables of the environment, as they are now: libc's `environ`.
///
/// # Errors
///
/// That it cannot be found or read.
pub fn environment(heap: Heap<'_>) -> Result<Vec<(String, String)>> {
    let symbols = ENVIRON.iter().filter_map(|name| heap.target.symbol(name));
    // Where the program has a copy of the variable, libc does not use its own.
    let list = symbols.filter_map(|addr| heap.word(addr).ok()).find(|list| *list != 0);
    let list = list.ok_or(Error::NotFound("variable environ of libc"))?;
    let mut variables = Vec::new();
    for at in 0..MOST {
        heap.check_interrupt()?;
        let addr = heap.word(list.wrapping_add(at * heap.word_size()))?;
        if addr == 0 {
            break;
        }
        let text = c_string(heap.target, addr);
        let (name, value) = text.split_once('=').unwrap_or((&text, ""));
        variables.push((name.into(), value.into()));
    }
    variables.sort();
    Ok(variables)
}

/// A text that ends with a NUL, as far as it can be read.
fn c_string(target: &dyn Target, addr: u64) -> String {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < TEXT {
        let mut byte = [0];
        let at = addr.wrapping_add(bytes.len() as u64);
        if target.read(at, &mut byte).is_err() || byte == [0] {
            break;
        }
        bytes.push(byte[0]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_matter_are_told_apart() {
        let words = |list: &[&str]| list.iter().map(|word| String::from(*word)).collect();
        let process = Process {
            object: Value(0),
            version: String::new(),
            versions: Vec::new(),
            platform: Vec::new(),
            pid: None,
            exec_path: None,
            exec_argv: words(&["--max_old_space_size=100", "--harmony", "--inspect"]),
            argv: words(&["node", "--inspect-brk"]),
            title: None,
            cwd: None,
            release: Vec::new(),
        };
        let variable = ("NODE_OPTIONS".into(), " --max-old-space-size=4096  -r x".into());
        let found = process.settings(&[variable]);
        let found: Vec<_> =
            found.iter().map(|(option, origin)| (option.as_str(), *origin)).collect();
        let wanted = [
            ("--max-old-space-size=4096", "NODE_OPTIONS"),
            ("--max_old_space_size=100", "options"),
            ("--inspect", "options"),
        ];
        assert_eq!(found, wanted);
    }
}
