//! `::jspath`

use super::json::{self, Json};
use super::references;
use crate::heap::paths::{self, Origin, Path, Step, ORIGINS};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Equal steps in a row that are shown one by one.
const EQUAL: usize = 3;

/// `::jspath`
pub struct JsPath;

impl Dcmd for JsPath {
    const ROW: Row = Row {
        name: c"jspath",
        usage: c":[-ajv]",
        description: c"show why a JavaScript value is alive",
        options: &[
            Opt::flag('a', "a path from each kind of root"),
            json::OPTION,
            Opt::flag('v', "every step, however many are alike"),
        ],
        help: "
Prints a shortest chain of references that keeps a value alive: from a global
object if there is one, else from memory of C++ such as a handle, else from a
stack. Each line names how the value above refers to the one on it. Steps that are
alike are counted, unless -v asks for all.

Words outside of the heap count as roots if they point to an object, so a path from
one of them may be an accident. Paths from global objects are exact.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let value = Value(call.address()?);
        let whole = session.whole(target, false)?;
        let Some(id) = whole.objects.id(value) else {
            let text = alloc::format!("{value}: no object of the heap begins there");
            return Err(Failure::Message(text));
        };
        let mut found = false;
        for origin in ORIGINS {
            if found && !call.options.has('a') {
                break;
            }
            let Some(path) = paths::find(heap, &whole, id, origin)? else { continue };
            if call.options.has('j') {
                out.line(format_args!("{}", path_json(heap, target, &path)));
            } else {
                print(heap, target, &path, call.options.has('v'), out);
            }
            found = true;
        }
        if found {
            return Ok(Flow::Done);
        }
        let text = match whole.life(heap)?.is_known() {
            true => "nothing keeps it alive",
            false => {
                "no global object refers to it, and the debugger does not tell where else to look"
            }
        };
        Err(Failure::Message(alloc::format!("{value}: {text}")))
    }
}

/// A step: how it is referred to, what it is, the value.
type Shown = (String, String, Value);

/// What a path begins with, in words.
fn origin(target: &dyn Target, path: &Path) -> String {
    match (&path.root, path.origin) {
        (Some(root), _) => alloc::format!("{:x} ({})", root.at, references::place(target, root)),
        (None, Origin::Global) => "global".into(),
        (None, _) => "root".into(),
    }
}

fn print(heap: Heap<'_>, target: &dyn Target, path: &Path, every: bool, out: &mut Out) {
    let label = |step: &Step| match &step.link {
        Some(link) => String::from(references::described(heap, link).trim_start()),
        None => "->".into(),
    };
    let rows: Vec<Shown> = path
        .steps
        .iter()
        .map(|step| (label(step), describe(heap, step.value), step.value))
        .collect();
    let width = rows.iter().map(|row| row.0.chars().count()).max().unwrap_or(0).min(32);
    out.line(format_args!("{}", origin(target, path)));
    let mut at = 0;
    while at < rows.len() {
        let (label, kind, value) = &rows[at];
        let shown = if at == 0 { "" } else { label };
        out.line(format_args!("    {shown:width$} {value} ({kind})"));
        let is_alike = |row: &&Shown| row.0 == *label && row.1 == *kind;
        let alike = rows[at..].iter().take_while(is_alike).count();
        if !every && alike > EQUAL {
            let times = alike - 2;
            out.line(format_args!("    {:width$} ... {times} more like this", ""));
            at += alike - 1;
        } else {
            at += 1;
        }
    }
}

fn path_json(heap: Heap<'_>, target: &dyn Target, path: &Path) -> Json {
    let steps = path.steps.iter().map(|step| {
        let link = step.link.as_ref().map(|link| references::described(heap, link));
        Json::object()
            .with("link", link.map(|link| String::from(link.trim_start())))
            .with("value", step.value)
            .with("type", describe(heap, step.value))
    });
    let root = path.root.map(|root| Json::address(root.at));
    Json::object()
        .with("root", origin(target, path))
        .with("at", root)
        .with("path", Json::list(steps))
}
