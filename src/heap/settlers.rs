//! Who can settle a promise: what holds the functions that do.

use super::referrers::{self, Referrer};
use super::whole::Whole;
use crate::v8::error::Result;
use crate::v8::function::Function;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Objects that may stand between a function and what holds it.
const DISTANCE: u64 = 3;

/// The objects that hold a promise, or V8's functions that settle it, in the order
/// of addresses; those that wait for it are not among them.
pub fn find(heap: Heap<'_>, whole: &Whole, promise: Value) -> Result<Vec<Referrer>> {
    let mut found: Vec<Referrer> = Vec::new();
    for holder in holders(heap, whole, promise)? {
        if heap.kind(holder) != Ok(Kind::Context) {
            continue;
        }
        for function in holders(heap, whole, holder)? {
            let settles = heap.kind(function) == Ok(Kind::Function)
                && Function::new(heap, function)?.shared.is_builtin();
            if settles {
                found
                    .extend(referrers::find(heap, whole, function, DISTANCE, &mut |_, _| {})?.list);
            }
        }
    }
    if found.is_empty() {
        found = referrers::find(heap, whole, promise, DISTANCE, &mut |_, _| {})?.list;
    }
    found.retain(|referrer| {
        let kind = heap.kind(referrer.value);
        !matches!(kind, Ok(Kind::Generator | Kind::Promise | Kind::Function))
    });
    Ok(found)
}

/// The objects that are alive and have a pointer to a value.
fn holders(heap: Heap<'_>, whole: &Whole, value: Value) -> Result<Vec<Value>> {
    let objects = &whole.objects;
    let mut list = Vec::new();
    for (at, _) in whole.backrefs(heap)?.of(heap, value)? {
        let Some(id) = objects.starts.at_or_before(at, u64::MAX) else { continue };
        let start = objects.starts.addr(id);
        if at - start < objects.size(heap, id) && whole.is_alive(heap, id)? {
            list.push(objects.value(heap, id));
        }
    }
    list.dedup();
    Ok(list)
}
