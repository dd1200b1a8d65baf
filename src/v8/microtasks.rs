//! Jobs of promises and functions of queueMicrotask that have not run: a ring in memory
//! of C++ (src/execution/microtask-queue.h, `MicrotaskQueue`); before V8 7 a FixedArray
//! among the roots (src/heap/heap.h, `microtask_queue`; read in cores of 8.17 and 10.24).

use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::Heap;
use crate::v8::isolate::{self, Isolate};
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::memory::MAIN_THREAD;
use crate::v8::thread::{self, Stack};
use crate::v8::value::Value;
use crate::v8::waiting;
use alloc::vec::Vec;

/// The class, by the symbol of its table of virtual functions.
const CLASS: &str = "_ZTVN2v88internal14MicrotaskQueueE";
/// Offsets in it: number and room of its jobs, the first one, the ring, and the queue
/// before this one; read in cores of Node 12 to 26.
const SIZE: u64 = 8;
const CAPACITY: u64 = 16;
const START: u64 = 24;
const RING: u64 = 32;
/// Bytes of an isolate in which it keeps the queue.
const ISOLATE: u64 = 128 << 10;
/// Room that is believed.
const MOST: u64 = 1 << 26;
/// Words of a job that may be its function.
const WORDS: u64 = 6;

/// Words of the table of roots that are looked at before V8 7, from the map of maps on;
/// in 8.17 the queue is 133 words behind it.
const ROOTS: u64 = 1024;

/// The jobs of the main thread's isolate, the next one first.
///
/// # Errors
///
/// That the queue cannot be found.
pub fn pending(heap: Heap<'_>) -> Result<Vec<Value>> {
    let sp = thread::stack_pointer(heap.target, MAIN_THREAD).ok_or(Error::NoThread(MAIN_THREAD))?;
    let isolate = isolate::find(heap, Stack::of(heap, sp));
    let isolate = isolate.ok_or(Error::NotFound("isolate that is known"))?;
    // Only here: where the symbol is missing for another reason, that is to be told.
    let is_v8_6 = heap.layout.find(C::AsyncFunctionPromise).is_none();
    if is_v8_6 && waiting::is_known(heap).is_ok() {
        return old_queue(heap, isolate);
    }
    let table = heap.target.symbol(CLASS).ok_or(Error::NotFound("MicrotaskQueue"))?;
    // Behind the offset to the top and the type.
    let table = table.wrapping_add(2 * heap.word_size());
    let words = (isolate.addr..isolate.addr.saturating_add(ISOLATE)).step_by(8);
    let is_queue = |addr: &u64| addr.is_multiple_of(8) && heap.word(*addr) == Ok(table);
    let queue = words.map_while(|at| heap.word(at).ok()).find(is_queue);
    let queue = queue.ok_or(Error::NotFound("MicrotaskQueue"))?;
    let [size, capacity, start, ring] =
        [SIZE, CAPACITY, START, RING].map(|offset| heap.word(queue.wrapping_add(offset)));
    let (size, capacity, start, ring) = (size?, capacity?, start?, ring?);
    if size > capacity || capacity > MOST || start >= capacity.max(1) {
        return Err(Error::Corrupt { addr: queue, what: "queue of microtasks", found: size });
    }
    let at = |index: u64| ring.wrapping_add((start + index) % capacity * 8);
    (0..size).map(|index| heap.word(at(index)).map(Value)).collect()
}

/// The jobs in V8 6: those of the first array among the roots that begins with some.
/// There is none where nothing is to run.
fn old_queue(heap: Heap<'_>, isolate: Isolate) -> Result<Vec<Value>> {
    let start = isolate.addr.wrapping_add_signed(heap.layout.get(C::IsolateMetaMap)?);
    let words = (0..ROOTS).map(|at| start.wrapping_add(at * heap.word_size()));
    for root in words.map_while(|at| heap.word(at).ok().map(Value)) {
        heap.check_interrupt()?;
        if !heap.is_heap_object(root) || heap.kind(root) != Ok(Kind::FixedArray) {
            continue;
        }
        let Ok(array) = FixedArray::new(heap, root) else { continue };
        let jobs = array.iter().map_while(|value| value.ok().filter(|value| is_job(heap, *value)));
        let jobs: Vec<Value> = jobs.collect();
        if !jobs.is_empty() {
            return Ok(jobs);
        }
    }
    Ok(Vec::new())
}

/// Whether an object is a job: no object of JavaScript, with the context it runs in and
/// what it calls or passes on.
fn is_job(heap: Heap<'_>, value: Value) -> bool {
    if !heap.is_heap_object(value) || heap.kind(value) != Ok(Kind::Other) {
        return false;
    }
    let Ok(start) = heap.addr(value) else { return false };
    let mut words = (1..=WORDS).map_while(|at| heap.word(start + at * heap.word_size()).ok());
    // In V8 6.2 contexts have the type of FixedArrays.
    let is_context = |word| {
        let kinds = [Kind::Context, Kind::FixedArray];
        heap.is_heap_object(Value(word))
            && heap.kind(Value(word)).is_ok_and(|kind| kinds.contains(&kind))
    };
    words.any(is_context) && function(heap, value).is_some()
}

/// The function that a job calls: the handler of a promise's reaction, or what was
/// given to queueMicrotask; where there is none, the promise that is passed on.
///
/// Which of its words that is differs from release to release, but it is the first that
/// is a function.
pub fn function(heap: Heap<'_>, job: Value) -> Option<Value> {
    let start = heap.addr(job).ok()?;
    let words = (1..=WORDS).map_while(|at| heap.word(start + at * heap.word_size()).ok());
    let values: Vec<Value> = words.map(Value).filter(|value| heap.is_heap_object(*value)).collect();
    let of = |wanted: &[Kind]| {
        let mut found = values.iter();
        found.find(|value| heap.kind(**value).is_ok_and(|kind| wanted.contains(&kind))).copied()
    };
    of(&[Kind::Function, Kind::BoundFunction]).or_else(|| of(&[Kind::Promise]))
}
