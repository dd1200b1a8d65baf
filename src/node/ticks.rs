//! What runs as soon as the function that runs now has returned: process.nextTick
//! (lib/internal/fixed_queue.js) and setImmediate (lib/internal/timers.js).

use super::callback::is_function;
use super::object::{is_object, of_classes, Object};
use crate::heap::whole::Whole;
use crate::v8::elements::Elements;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::properties::Slot;
use crate::v8::value::Value;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Entries of one buffer of a FixedQueue.
const BUFFER: u64 = 2048;
/// Buffers and immediates that are followed.
const MOST: usize = 1 << 20;

/// The functions of process.nextTick, the next one first, each with the object that
/// stands in the queue for it (Node 8 and later).
pub fn next_ticks(heap: Heap<'_>, whole: &Whole) -> Result<Vec<(Value, Value)>> {
    let mut list = old_ticks(heap, whole)?;
    for queue in of_classes(heap, whole, |name| name == "FixedQueue")? {
        // It is filled at its head, and emptied at its tail.
        let mut buffer = Object::read(heap, queue)?.get("tail");
        for _ in 0..MOST {
            heap.check_interrupt()?;
            let Some(at) = buffer.filter(|at| is_object(heap, *at)) else { break };
            let own = Object::read(heap, at)?;
            entries(heap, &own, &mut list);
            buffer = own.get("next");
        }
    }
    Ok(list)
}

/// Those of Node 8, a list of entries (lib/internal/process/next_tick.js,
/// `NextTickQueue`).
fn old_ticks(heap: Heap<'_>, whole: &Whole) -> Result<Vec<(Value, Value)>> {
    let mut list = Vec::new();
    for queue in of_classes(heap, whole, |name| name == "NextTickQueue")? {
        let mut next = Object::read(heap, queue)?.get("head");
        for _ in 0..MOST {
            heap.check_interrupt()?;
            let Some(at) = next.filter(|at| is_object(heap, *at)) else { break };
            let own = Object::read(heap, at)?;
            let tick = own.get("data").filter(|tick| is_object(heap, *tick));
            let callback = tick.and_then(|tick| Object::read(heap, tick).ok()?.get("callback"));
            if let (Some(tick), Some(callback)) = (tick, callback) {
                list.push((tick, callback));
            }
            next = own.get("next");
        }
    }
    Ok(list)
}

fn entries(heap: Heap<'_>, buffer: &Object<'_>, list: &mut Vec<(Value, Value)>) {
    let number = |name| buffer.number(name).filter(|n| (0.0..BUFFER as f64).contains(n));
    let (Some(bottom), Some(top)) = (number("bottom"), number("top")) else { return };
    let Some(elements) = buffer.get("list").and_then(|list| Elements::new(heap, list).ok()) else {
        return;
    };
    let mut at = bottom as u64;
    while at != top as u64 {
        if let Ok(Some(Slot::Value(entry))) = elements.get(at) {
            let own = Some(entry).filter(|entry| is_object(heap, *entry));
            let own = own.and_then(|entry| Object::read(heap, entry).ok());
            // Others are of rejected promises.
            let callback = own.and_then(|own| own.get("callback"));
            if let Some(callback) = callback.filter(|value| is_function(heap, *value)) {
                list.push((entry, callback));
            }
        }
        at = (at + 1) % BUFFER;
    }
}

/// The functions of setImmediate, the next one first, each with its Immediate.
pub fn immediates(heap: Heap<'_>, whole: &Whole) -> Result<Vec<(Value, Value)>> {
    let mut list = Vec::new();
    let mut seen = BTreeSet::new();
    for queue in of_classes(heap, whole, |name| name == "ImmediateList")? {
        let mut next = Object::read(heap, queue)?.get("head");
        while let Some(at) = next.filter(|at| is_object(heap, *at)) {
            heap.check_interrupt()?;
            if seen.len() == MOST || !seen.insert(at) {
                break;
            }
            let own = Object::read(heap, at)?;
            let callback = own.get("_onImmediate").filter(|value| is_function(heap, *value));
            if let Some(callback) = callback.filter(|_| !own.is_true("_destroyed")) {
                list.push((at, callback));
            }
            next = own.get("_idleNext");
        }
    }
    Ok(list)
}
