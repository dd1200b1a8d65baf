//! `::jsfindrefs`

use super::json::{self, Json};
use super::references;
use crate::heap::referrers::{self, Event};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::memory::Target;
use crate::v8::value::Value;
use alloc::string::String;

/// Objects that may stand between two values.
const DISTANCE: u64 = 5;

/// `::jsfindrefs`
pub struct JsFindRefs;

impl Dcmd for JsFindRefs {
    const ROW: Row = Row {
        name: c"jsfindrefs",
        usage: c":[-djv] [-l depth]",
        description: c"find what refers to a JavaScript value",
        options: &[
            Opt::flag('d', "tell of each step of the search"),
            json::OPTION,
            Opt::number('l', "depth", "objects of V8's own that may be in between (5)"),
            Opt::flag('v', "show types, how each refers, and pointers from outside the heap"),
        ],
        help: "
Prints the address of each value that refers to the one given: by a property or
an element, as a variable that a function has captured, as an entry of a Map or
Set, by a promise, a bound function, a string it is part of. Each is printed once.
Weak references are among them and marked as such with -v.

Objects that nothing keeps alive are left out. The first use reads the heap once;
later ones only the parts of it that matter.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let value = Value(call.address()?);
        let heap = session.heap(target)?;
        let whole = session.whole_with_refs(target)?;
        let limit = call.options.number('l').unwrap_or(DISTANCE);
        let (debug, verbose) = (call.options.has('d'), call.options.has('v'));
        let found =
            referrers::find(heap, &whole, value, limit, &mut |distance, event| match event {
                Event::TooFar(holder) => {
                    out.warn(alloc::format!(
                        "{holder}: gave up after following {distance} references"
                    ));
                }
                Event::Pointer(at, holder) if debug => {
                    out.line(format_args!("depth {distance}: {holder}: found reference at {at:x}"))
                }
                Event::GivingUp(holder, class) if debug => out.line(format_args!(
                    "depth {distance}: {holder}: giving up search at instance of {class}"
                )),
                Event::Pointer(..) | Event::GivingUp(..) => {}
            })?;
        for referrer in &found.list {
            let link = referrer.link.as_ref();
            if call.options.has('j') {
                let row = Json::object()
                    .with("value", referrer.value)
                    .with("type", describe(heap, referrer.value))
                    .with("link", link.map(|link| String::from(alloc::format!("{link}").trim())))
                    .with("weak", link.is_some_and(|link| link.is_weak()));
                out.line(format_args!("{row}"));
            } else if verbose {
                let link = link.map(|link| references::described(heap, link)).unwrap_or_default();
                let class = heap.class_name(referrer.value)?;
                out.line(format_args!("{} (type: {class}){link}", referrer.value));
            } else {
                out.line(format_args!("{}", referrer.value));
            }
        }
        let roots = references::roots(heap, &whole, value)?;
        if verbose {
            for root in &roots {
                let place = references::place(target, root);
                out.line(format_args!("{:x} (root: {place})", root.at));
            }
        } else if found.list.is_empty() && !call.options.has('j') {
            out.warn(match roots.len() {
                0 => alloc::format!("{value}: nothing in the heap refers to it"),
                n => alloc::format!(
                    "{value}: nothing in the heap refers to it, but {n} words outside (see -v)"
                ),
            });
        }
        Ok(Flow::Done)
    }
}
