//! `::jsasync`

use super::async_stack::AsyncFrame;
use super::folded;
use super::json::{self, Json};
use super::references;
use crate::heap::settlers;
use crate::heap::waits::{self, Wait, Waits};
use crate::heap::whole::Whole;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::memory::Target;
use crate::v8::suspended;
use crate::v8::value::Value;
use crate::v8::waiting::{self, Waiter};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// `::jsasync`
pub struct JsAsync;

impl Dcmd for JsAsync {
    const ROW: Row = Row {
        name: c"jsasync",
        usage: c"?[-acjv]",
        description: c"list what asynchronous functions wait for",
        options: &[
            Opt::flag('a', "do not group: every chain by itself"),
            Opt::flag('c', "one line per group, folded for flame graphs"),
            json::OPTION,
            Opt::flag('v', "show objects, receivers, arguments and variables"),
        ],
        help: "
Lists every async function and async generator that is suspended, and the chains
of promises that lead to it: what is waited for, below it what waits, innermost
first, as the asynchronous part of a stack trace has it. \"async NAME\" is at the
await of the file, line and column, \"then NAME\" a callback by where it is defined.
Chains of the same places are counted together, the same functions once, the most
frequent last; what is shown of their objects is that of the first.

With the address of a promise, of a suspended function or of its generator, only
what waits for it, or where it is and what waits for that.

\"settled\" instead of a promise says that a function will go on as soon as the
event loop comes to it. What holds a promise, such as a Timeout, is shown behind it.
In a pipe, prints the address of the innermost suspended function of each chain.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        // Its absence is the message.
        waiting::is_known(heap)?;
        let whole = session.whole(target, false)?;
        let waits = match call.addr {
            Some(addr) => of_address(heap, &whole, Value(addr))?,
            None => waits::find(heap, &whole)?,
        };
        if waits.cut {
            out.warn("gave up: too many ways lead from one promise to another".into());
        }
        if out.is_piped() {
            for wait in &waits.list {
                if let Some(object) = wait.waiters.iter().find_map(suspended_one) {
                    out.line(format_args!("{object}"));
                }
            }
            return Ok(Flow::Done);
        }
        let groups = grouped(heap, waits, call.options.has('a'))?;
        if groups.is_empty() && !call.options.has('j') {
            out.warn("nothing is suspended".into());
        }
        for group in groups {
            heap.check_interrupt()?;
            if call.options.has('c') {
                out.line(format_args!("{}", group.folded()));
            } else if call.options.has('j') {
                out.line(format_args!("{}", group.json(heap, &whole)?));
            } else {
                group.print(heap, &whole, call.options.has('v'), out)?;
            }
        }
        Ok(Flow::Done)
    }
}

fn suspended_one(waiter: &Waiter) -> Option<Value> {
    match waiter {
        Waiter::Suspended(object) => Some(*object),
        _ => None,
    }
}

/// What waits for a value, or begins with it.
fn of_address(heap: Heap<'_>, whole: &Whole, value: Value) -> core::result::Result<Waits, Failure> {
    match heap.kind(value)? {
        Kind::Promise => Ok(waits::of_promise(heap, value)?),
        Kind::Generator => Ok(waits::of_function(heap, value)?),
        Kind::Function => {
            let shared = heap.field(value, C::FunctionShared)?;
            let is_of = |waiter: &Waiter| {
                suspended_one(waiter)
                    .and_then(|object| suspended::function(heap, object).ok())
                    .is_some_and(|function| function.shared.object == shared)
            };
            let mut waits = waits::find(heap, whole)?;
            waits.list.retain(|wait| wait.waiters.iter().any(is_of));
            Ok(waits)
        }
        _ => Err(Failure::Message(alloc::format!(
            "{value} is {}, neither a promise nor a function",
            describe(heap, value)
        ))),
    }
}

/// Chains of the same places.
struct Group<'a> {
    count: u64,
    first: Wait,
    frames: Vec<AsyncFrame<'a>>,
}

fn grouped<'a>(heap: Heap<'a>, waits: Waits, single: bool) -> Result<Vec<Group<'a>>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    let mut counted = BTreeSet::new();
    for wait in waits.list {
        heap.check_interrupt()?;
        let frames: Result<Vec<AsyncFrame<'a>>> =
            wait.waiters.iter().map(|waiter| AsyncFrame::new(heap, *waiter)).collect();
        let frames = frames?;
        let key: Vec<_> = frames.iter().map(AsyncFrame::key).collect();
        let key = (wait.promise.is_some(), key);
        // The same functions count once, however many promises they wait for, as those
        // that wait for the first of several do.
        let objects: Vec<_> = frames.iter().map(AsyncFrame::object).collect();
        if !counted.insert((key.clone(), objects)) {
            continue;
        }
        match known.get(&key).filter(|_| !single) {
            Some(at) => groups[*at].count += 1,
            None => {
                known.insert(key, groups.len());
                groups.push(Group { count: 1, first: wait, frames });
            }
        }
    }
    groups.sort_by_cached_key(|group| {
        let key: Vec<_> = group.frames.iter().map(AsyncFrame::key).collect();
        (group.count, key)
    });
    Ok(groups)
}

impl Group<'_> {
    fn print(&self, heap: Heap<'_>, whole: &Whole, verbose: bool, out: &mut Out) -> Result<()> {
        let count = self.count;
        match self.first.promise {
            Some(promise) => {
                let held = settlers::find(heap, whole, promise)?;
                let held = held.first().map(|holder| {
                    let link = holder.link.as_ref();
                    let link = link.map(|link| references::described(heap, link));
                    let what = describe(heap, holder.value);
                    alloc::format!(", held by {what} {}{}", holder.value, link.unwrap_or_default())
                });
                out.line(format_args!(
                    "{count} x {promise} ({}){}",
                    describe(heap, promise),
                    held.unwrap_or_default()
                ));
            }
            None => out.line(format_args!("{count} x settled")),
        }
        for frame in &self.frames {
            out.line(format_args!("js:     {}", frame.text(count == 1)));
            if verbose {
                frame.details(out);
            }
        }
        out.text("\n");
        Ok(())
    }

    fn folded(&self) -> String {
        folded::line(self.frames.iter().map(folded::waiting).collect(), self.count)
    }

    fn json(&self, heap: Heap<'_>, whole: &Whole) -> Result<Json> {
        let row = Json::object().with("count", self.count).with("promise", self.first.promise);
        let held = match self.first.promise {
            Some(promise) => settlers::find(heap, whole, promise)?,
            None => Vec::new(),
        };
        let held = held.iter().map(|holder| {
            let link = holder.link.as_ref();
            let link = link.map(|link| String::from(alloc::format!("{link}").trim()));
            Json::typed(heap, holder.value).with("link", link)
        });
        let row = row.with("holders", Json::list(held));
        Ok(row.with("frames", Json::list(self.frames.iter().map(AsyncFrame::json))))
    }
}
