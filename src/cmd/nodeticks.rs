//! `::nodeticks`

use super::called::Called;
use super::json::{self, Json};
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::node::{callback, ticks};
use crate::session::Session;
use crate::v8::error::Error;
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use crate::v8::microtasks;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// `::nodeticks`
pub struct NodeTicks;

impl Dcmd for NodeTicks {
    const ROW: Row = Row {
        name: c"nodeticks",
        usage: c"[-j]",
        description: c"list what runs next: ticks, microtasks, immediates",
        options: &[json::OPTION],
        help: "
Lists the functions that run as soon as the one that runs now has returned, in that
order: those of process.nextTick, those of promises and queueMicrotask (\"microtask\"),
and, once for each turn of the event loop, those of setImmediate. For each, its object
in the queue, and the function by where it is defined, or the suspended function by its
await. In a pipe, prints these objects.

An idle process has none. All are known from Node 8 on.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let mut list: Vec<(&str, Value, Option<Value>)> = Vec::new();
        for (object, callback) in ticks::next_ticks(heap, &whole)? {
            list.push(("tick", object, Some(callback)));
        }
        match microtasks::pending(heap) {
            Ok(jobs) => {
                for job in jobs {
                    heap.check_interrupt()?;
                    list.push(("microtask", job, given(heap, job)));
                }
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted.into()),
            Err(error) => out.warn(alloc::format!("no microtasks: {error}")),
        }
        for (object, callback) in ticks::immediates(heap, &whole)? {
            list.push(("immediate", object, Some(callback)));
        }
        if list.is_empty() && !call.options.has('j') && !out.is_piped() {
            out.warn("nothing is to run".into());
        }
        let width = target.word_size() * 2;
        for (at, (kind, object, callback)) in list.into_iter().enumerate() {
            heap.check_interrupt()?;
            if out.is_piped() {
                out.line(format_args!("{object}"));
                continue;
            }
            let called = callback.map(|callback| Called::by(heap, callback)).transpose()?;
            if call.options.has('j') {
                let row = Json::object().with("kind", kind).with("object", object);
                out.line(format_args!("{}", row.with("calls", called.map(|called| called.json()))));
                continue;
            }
            if at == 0 {
                out.line(format_args!("{:>width$} KIND      CALLS", "OBJECT"));
            }
            let text = called.map_or_else(|| "?".into(), |called| called.text());
            out.line(format_args!("{:>width$x} {kind:<9} {text}", object.0));
        }
        Ok(Flow::Done)
    }
}

/// What a job calls, as the program has given it: queueMicrotask puts functions of its
/// own around it.
fn given(heap: Heap<'_>, job: Value) -> Option<Value> {
    let function = microtasks::function(heap, job)?;
    Some(callback::unwrapped(heap, function).unwrap_or(function))
}
