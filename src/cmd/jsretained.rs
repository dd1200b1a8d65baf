//! `::jsretained`

use super::json::{self, Json};
use crate::heap::classes::Classes;
use crate::heap::column::Column;
use crate::heap::dominators::Dominators;
use crate::heap::whole::Whole;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use crate::v8::value::Value;
use alloc::vec;
use alloc::vec::Vec;

/// Objects listed below one.
const MOST: usize = 20;
const NONE: u32 = u32::MAX;

/// `::jsretained`
pub struct JsRetained;

impl Dcmd for JsRetained {
    const ROW: Row = Row {
        name: c"jsretained",
        usage: c"?[-jl]",
        description: c"show how much memory objects keep alive",
        options: &[
            json::OPTION,
            Opt::flag('l', "list the largest objects that only this one keeps alive"),
        ],
        help: "
Without an address, prints a row for each class: the bytes that would be freed
with all its objects, the bytes of the objects themselves, how many there are, and
the name; the largest last. Classes in parentheses are not made by constructors.
An object that is kept alive by another of its class is not counted twice.

With an address, prints the bytes that would be freed with that object, its own
bytes, and the object that all ways to it lead through.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        if !whole.life(heap)?.is_known() {
            let text = "the debugger does not list the target's mappings, so it is not known what \
                        keeps objects alive";
            return Err(Failure::Message(text.into()));
        }
        if let Some(addr) = call.addr {
            return one(call, heap, &whole, Value(addr), out);
        }
        if call.options.has('l') {
            return Err(Failure::Message("-l needs an address".into()));
        }
        let classes = Classes::find(heap, &whole.objects)?;
        let mut rows: Vec<(u32, Sum)> = (0u32..).zip(sums(heap, &whole, &classes)?).collect();
        rows.retain(|(_, sum)| sum.count > 0);
        rows.sort_by_key(|(class, sum)| (sum.retained, sum.own, classes.name(*class)));
        if !call.options.has('j') {
            out.line(format_args!("{:>12} {:>12} {:>9} CLASS", "RETAINED", "OWN", "#OBJECTS"));
        }
        for (class, Sum { retained, own, count }) in rows {
            let name = classes.name(class);
            if call.options.has('j') {
                let row = Json::object().with("class", name).with("retained", retained);
                out.line(format_args!("{}", row.with("own", own).with("objects", count)));
            } else {
                out.line(format_args!("{retained:>12} {own:>12} {count:>9} {name}"));
            }
        }
        Ok(Flow::Done)
    }
}

fn one(call: &Call, heap: Heap<'_>, whole: &Whole, value: Value, out: &mut Out) -> Outcome {
    let objects = &whole.objects;
    let Some(id) = objects.id(value) else {
        let text = alloc::format!("{value}: no object of the heap begins there");
        return Err(Failure::Message(text));
    };
    if !whole.life(heap)?.has(id) {
        return Err(Failure::Message(alloc::format!("{value}: nothing keeps it alive")));
    }
    let dominators = whole.dominators(heap)?;
    let retained = |id: u32| dominators.retained(id);
    let kept_by = dominators.of(id).map(|id| objects.value(heap, id));
    let own = objects.size(heap, id);
    if call.options.has('j') {
        let row = Json::object().with("object", value).with("type", describe(heap, value));
        let row = row.with("retained", retained(id)).with("own", own).with("kept_by", kept_by);
        out.line(format_args!("{row}"));
    } else {
        let by = match kept_by {
            Some(value) => alloc::format!("{value} ({})", describe(heap, value)),
            None => "roots only".into(),
        };
        let bytes = retained(id);
        let kind = describe(heap, value);
        out.line(format_args!(
            "{value} ({kind}): {bytes} bytes, {own} its own; kept alive by {by}"
        ));
    }
    if call.options.has('l') {
        let below = |other: &u32| dominators.of(*other) == Some(id);
        let mut list: Vec<u32> = dominators.order().iter().copied().filter(below).collect();
        list.sort_by_key(|id| core::cmp::Reverse(retained(*id)));
        for id in list.into_iter().take(MOST) {
            let value = objects.value(heap, id);
            let bytes = retained(id);
            out.line(format_args!("{bytes:>12} {value} ({})", describe(heap, value)));
        }
    }
    Ok(Flow::Done)
}

/// What a class comes to.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    retained: u64,
    own: u64,
    count: u64,
}

/// Goes down the tree, and counts an object for its class unless one above it is
/// of the same class.
fn sums(heap: Heap<'_>, whole: &Whole, classes: &Classes) -> Result<Vec<Sum>> {
    let dominators = whole.dominators(heap)?;
    let objects = &whole.objects;
    let mut sums = vec![Sum::default(); classes.len()];
    let life = whole.life(heap)?;
    objects.sweep(heap, |seen, _| {
        if life.has(seen.id) {
            let sum = &mut sums[classes.of(objects, seen.id) as usize];
            sum.own += seen.size;
            sum.count += 1;
        }
        Ok(())
    })?;
    let tree = Children::of(dominators, objects.len());
    let mut above = vec![0u32; classes.len()];
    let mut steps = 0u32;
    for top in dominators.order().iter().filter(|id| dominators.of(**id).is_none()) {
        // Objects that are being gone down from, and the next one below each.
        let mut open: Vec<(u32, u32)> = Vec::new();
        let mut next = Some(*top);
        loop {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(4096) {
                heap.check_interrupt()?;
            }
            if let Some(id) = next.take() {
                let class = classes.of(objects, id) as usize;
                if above[class] == 0 {
                    sums[class].retained += dominators.retained(id);
                }
                above[class] += 1;
                open.push((id, tree.first.get(id as usize)));
            }
            let Some((id, child)) = open.last_mut() else { break };
            if *child == NONE {
                above[classes.of(objects, *id) as usize] -= 1;
                open.pop();
            } else {
                next = Some(*child);
                *child = tree.next.get(*child as usize);
            }
        }
    }
    Ok(sums)
}

/// The dominator tree from above: the first object below each, and the next
/// beside each.
struct Children {
    first: Column,
    next: Column,
}

impl Children {
    fn of(dominators: &Dominators, count: usize) -> Children {
        let mut tree =
            Children { first: Column::filled(count, NONE), next: Column::filled(count, NONE) };
        for id in dominators.order().iter().rev() {
            if let Some(above) = dominators.of(*id) {
                tree.next.set(*id as usize, tree.first.get(above as usize));
                tree.first.set(above as usize, *id);
            }
        }
        tree
    }
}
