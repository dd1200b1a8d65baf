//! `::jsroots`

use super::json::{self, Json};
use super::references;
use crate::heap::paths;
use crate::heap::roots::Root;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::layout::types::Kind;
use crate::v8::memory::{Target, Use};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// `::jsroots`
pub struct JsRoots;

impl Dcmd for JsRoots {
    const ROW: Row = Row {
        name: c"jsroots",
        usage: c"[-jv]",
        description: c"list what keeps the heap alive",
        options: &[json::OPTION, Opt::flag('v', "list each root")],
        help: "
Counts the words outside of the heap that point to objects, and the objects: global
objects; stacks of threads; data of the program and its libraries; and memory of
C++, which holds V8's tables, handles, and what Node has of its own. Any word
counts that points to where an object begins, so some are there by accident.

With -v, prints for each root its address, the object and where it lies, JavaScript
objects only. In a pipe, prints the addresses of these objects.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let Some(roots) = whole.roots(heap)? else {
            let text = "the debugger does not list the target's mappings";
            return Err(Failure::Message(text.into()));
        };
        let objects = &whole.objects;
        let is_visible = |id: u32| {
            let kind = objects.map(id).kind;
            kind.is_js_object() || kind == Kind::Proxy
        };
        let globals = paths::globals(heap, &whole)?;
        if out.is_piped() {
            let ids: BTreeSet<u32> = roots
                .iter()
                .map(|root| root.id)
                .chain(globals)
                .filter(|id| is_visible(*id))
                .collect();
            for id in ids {
                out.line(format_args!("{}", objects.value(heap, id)));
            }
            return Ok(Flow::Done);
        }
        if call.options.has('v') {
            for root in roots.iter().filter(|root| is_visible(root.id)) {
                heap.check_interrupt()?;
                let value = objects.value(heap, root.id);
                let (place, kind) = (references::place(target, root), describe(heap, value));
                if call.options.has('j') {
                    let row = Json::object().with("root", Json::address(root.at));
                    let row = row.with("place", place).with("object", value);
                    out.line(format_args!("{}", row.with("type", kind)));
                } else {
                    out.line(format_args!("{:x} {value} {place} ({kind})", root.at));
                }
            }
            return Ok(Flow::Done);
        }
        let of = |wanted: &[Use]| {
            let roots = roots.iter().filter(|root| wanted.contains(&root.used));
            let roots: Vec<&Root> = roots.collect();
            let distinct: BTreeSet<u32> = roots.iter().map(|root| root.id).collect();
            (roots.len(), distinct.len())
        };
        let rows = [
            ("global objects", (globals.len(), globals.len())),
            ("stacks", of(&[Use::Stack])),
            ("data", of(&[Use::File])),
            ("memory of C++", of(&[Use::Heap, Use::Anonymous])),
        ];
        if !call.options.has('j') {
            out.line(format_args!("{:<16} {:>10} {:>10}", "ROOTS", "#WORDS", "#OBJECTS"));
        }
        for (name, (words, distinct)) in rows {
            if call.options.has('j') {
                let row = Json::object().with("roots", name).with("words", words as u64);
                out.line(format_args!("{}", row.with("objects", distinct as u64)));
            } else {
                out.line(format_args!("{name:<16} {words:>10} {distinct:>10}"));
            }
        }
        Ok(Flow::Done)
    }
}
