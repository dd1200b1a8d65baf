//! The isolate: V8's state, which knows the frame JavaScript was left with.

use crate::v8::heap::Heap;
use crate::v8::layout::C;
use crate::v8::value::Value;

/// Stack looked at: C++ passes the isolate along all the time.
const STACK: u64 = 256 << 10;

/// An isolate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isolate {
    /// Its address.
    pub addr: u64,
    /// Frame that JavaScript was left with for C++; 0 when none runs.
    pub c_entry_fp: u64,
}

/// Finds the thread's isolate among the words on its stack: the pointer to
/// something that has the map of maps where an isolate has it, and a stack
/// address or 0 as `c_entry_fp` (src/execution/isolate-data.h).
///
/// `sp` is the stack pointer. None where the offsets are not known or no word
/// qualifies.
pub fn find(heap: Heap<'_>, sp: u64) -> Option<Isolate> {
    let meta_map = heap.layout.find(C::IsolateMetaMap)?;
    let c_entry = heap.layout.find(C::IsolateCEntryFp)?;
    let word = heap.word_size();
    let start = sp & !(word - 1);
    let mut last = 0;
    let mut idle = None;
    for at in (start..start.saturating_add(STACK)).step_by(word as usize) {
        let Ok(candidate) = heap.word(at) else { break };
        // Isolates are allocated; their addresses are aligned.
        if candidate < 0x1_0000 || candidate % 8 != 0 || candidate == last {
            continue;
        }
        last = candidate;
        let Ok(map) = heap.word(candidate.wrapping_add_signed(meta_map)) else { continue };
        if !heap.is_heap_object(Value(map)) || map_of_maps(heap, Value(map)).is_none() {
            continue;
        }
        let Ok(fp) = heap.word(candidate.wrapping_add_signed(c_entry)) else { continue };
        if fp == 0 {
            idle = Some(Isolate { addr: candidate, c_entry_fp: 0 });
        } else if fp > sp && fp - sp < 64 << 20 && fp % word == 0 {
            return Some(Isolate { addr: candidate, c_entry_fp: fp });
        }
    }
    idle
}

/// The value if it is a map of maps: a Map that is its own map.
fn map_of_maps(heap: Heap<'_>, value: Value) -> Option<Value> {
    let own = heap.field(value, C::HeapObjectMap).ok()?;
    (own == value && heap.is_map(value)).then_some(value)
}
