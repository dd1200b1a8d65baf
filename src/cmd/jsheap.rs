//! `::jsheap`

use super::json::{self, Json};
use crate::heap::classes::Classes;
use crate::heap::summary::{Summary, Use};
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;
use alloc::vec::Vec;

/// Classes listed.
const MOST: usize = 25;

/// `::jsheap`
pub struct JsHeap;

impl Dcmd for JsHeap {
    const ROW: Row = Row {
        name: c"jsheap",
        usage: c"[-j]",
        description: c"summarize the JavaScript heap",
        options: &[json::OPTION],
        help: "
Prints what the heap is used for: the bytes in each of V8's spaces that are in use
by objects that something keeps alive, by others, which V8 has not got round to
freeing, and by none; then the classes of objects with the most bytes, the largest
last. Classes in parentheses are not made by constructors. The bytes are those of
the objects alone: see ::jsretained for what they keep alive.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let classes = Classes::find(heap, &whole.objects)?;
        let summary = Summary::of(heap, &whole, &classes)?;
        let json = call.options.has('j');
        if !json {
            out.line(format_args!(
                "{:<24} {:>6} {:>12} {:>12} {:>12} {:>12}",
                "SPACE", "PAGES", "BYTES", "LIVE", "UNREACHABLE", "FREE"
            ));
        }
        let total = summary.spaces.values().fold(Use::default(), Use::with);
        let rows = summary.spaces.iter().map(|(name, used)| (name.as_str(), *used));
        for (name, used) in rows.chain([("total", total)]) {
            let Use { pages, bytes, live, dead } = used;
            let free = bytes.saturating_sub(live + dead);
            if json {
                let row = Json::object().with("space", name).with("pages", pages);
                let row = row.with("bytes", bytes).with("live", live);
                out.line(format_args!("{}", row.with("unreachable", dead).with("free", free)));
            } else {
                out.line(format_args!(
                    "{name:<24} {pages:>6} {bytes:>12} {live:>12} {dead:>12} {free:>12}"
                ));
            }
        }
        let mut order: Vec<usize> = (0..classes.len()).collect();
        order.retain(|class| summary.classes[*class].0 > 0);
        order.sort_by_key(|class| {
            let (count, bytes) = summary.classes[*class];
            (bytes, count, classes.name(*class as u32))
        });
        let rest = order.len().saturating_sub(if json { usize::MAX } else { MOST });
        if !json {
            out.line(format_args!("\n{:>12} {:>10} CLASS", "LIVE", "#OBJECTS"));
        }
        if rest > 0 {
            let sum = |f: fn(&(u64, u64)) -> u64| -> u64 {
                order[..rest].iter().map(|class| f(&summary.classes[*class])).sum()
            };
            out.line(format_args!(
                "{:>12} {:>10} {rest} other classes",
                sum(|c| c.1),
                sum(|c| c.0)
            ));
        }
        for class in &order[rest..] {
            let (count, bytes) = summary.classes[*class];
            let name = classes.name(*class as u32);
            if json {
                let row = Json::object().with("class", name).with("objects", count);
                out.line(format_args!("{}", row.with("bytes", bytes)));
            } else {
                out.line(format_args!("{bytes:>12} {count:>10} {name}"));
            }
        }
        if !whole.life(heap)?.is_known() {
            out.warn(
                "the debugger does not list the target's mappings: all objects count as live"
                    .into(),
            );
        }
        Ok(Flow::Done)
    }
}
