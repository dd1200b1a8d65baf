//! The isolate: V8's state, which knows the frame JavaScript was left with.

use crate::v8::heap::Heap;
use crate::v8::layout::C;
use crate::v8::thread::Stack;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Stack looked at: what V8 lets JavaScript have, and some for the C++ below.
const STACK: u64 = 2 << 20;
/// Bytes of an isolate that are looked through for its thread's stack.
const OWN: u64 = 64 << 10;
/// Addresses on the stack that are looked at more closely.
const CANDIDATES: usize = 64;

/// An isolate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isolate {
    /// Its address.
    pub addr: u64,
    /// Frame that JavaScript was left with for C++; 0 when none runs, and when C++ was
    /// called directly.
    pub c_entry_fp: u64,
    /// The innermost handler of exceptions on the stack, of which each entry frame has
    /// one (src/execution/thread-local-top.h); 0 when no JavaScript runs.
    pub handler: u64,
}

/// Finds the isolate of the thread with this stack among the words on it: the
/// pointer to something that has the map of maps where an isolate has it, and
/// an address on the stack or 0 as `c_entry_fp` (src/execution/isolate-data.h).
///
/// Threads that work for an isolate have pointers to it too, so one that says
/// nothing of a frame must know the stack: V8 keeps the limit of the stack in
/// the isolate (src/execution/stack-guard.h).
///
/// None where the offsets are not known or no word qualifies.
pub fn find(heap: Heap<'_>, stack: Stack) -> Option<Isolate> {
    let meta_map = heap.layout.find(C::IsolateMetaMap)?;
    let c_entry = heap.layout.find(C::IsolateCEntryFp)?;
    let word = heap.word_size();
    let start = stack.sp & !(word - 1);
    let end = stack.end.min(start.saturating_add(STACK));
    let mut seen = Vec::new();
    for at in (start..end).step_by(word as usize) {
        let Ok(candidate) = heap.word(at) else { break };
        // Isolates are allocated; their addresses are aligned.
        if candidate < 0x1_0000 || candidate % 8 != 0 || seen.contains(&candidate) {
            continue;
        }
        let Ok(map) = heap.word(candidate.wrapping_add_signed(meta_map)) else { continue };
        if !heap.is_heap_object(Value(map)) || map_of_maps(heap, Value(map)).is_none() {
            continue;
        }
        if seen.len() == CANDIDATES {
            return None;
        }
        seen.push(candidate);
        let Ok(fp) = heap.word(candidate.wrapping_add_signed(c_entry)) else { continue };
        let handler = match heap.layout.find(C::IsolateHandler) {
            Some(offset) => heap.word(candidate.wrapping_add_signed(offset)),
            None => Ok(0),
        };
        let Ok(handler) = handler else { continue };
        let is_own = match (fp, handler) {
            (0, 0) => knows(heap, candidate, stack),
            (0, on_stack) | (on_stack, _) => {
                on_stack > stack.sp && on_stack < stack.end && on_stack % word == 0
            }
        };
        if is_own {
            return Some(Isolate { addr: candidate, c_entry_fp: fp, handler });
        }
    }
    None
}

/// Whether an isolate has an address on this stack.
fn knows(heap: Heap<'_>, isolate: u64, stack: Stack) -> bool {
    (isolate..isolate.saturating_add(OWN))
        .step_by(heap.word_size() as usize)
        .map_while(|at| heap.word(at).ok())
        .any(|word| stack.may_hold(word))
}

/// The value if it is a map of maps: a Map that is its own map.
fn map_of_maps(heap: Heap<'_>, value: Value) -> Option<Value> {
    let own = heap.field(value, C::HeapObjectMap).ok()?;
    (own == value && heap.is_map(value)).then_some(value)
}
