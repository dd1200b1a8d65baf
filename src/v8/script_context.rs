//! Variables that scripts declare with `let`, `const` and `class` outside of all
//! functions: each script has a context, and the native context has a table of them
//! (src/objects/contexts.h, ScriptContextTable).

use crate::v8::context::Context;
use crate::v8::error::Result;
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// The contexts of scripts that a native context has.
///
/// Which of its slots has the table differs from release to release, but nothing else
/// there looks like one: a count, since V8 10 a table of names, and so many contexts
/// right within the native one. Read in cores of Node 6 to 26.
pub fn of_native<'a>(heap: Heap<'a>, native: Value) -> Result<Vec<Context<'a>>> {
    for value in FixedArray::context(heap, native)?.iter_from(0) {
        heap.check_interrupt()?;
        if let Some(found) = value.ok().and_then(|value| table(heap, native, value)) {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

fn table<'a>(heap: Heap<'a>, native: Value, value: Value) -> Option<Vec<Context<'a>>> {
    // From V8 7 to 11 it has a type of its own that metadata does not name.
    let is_array = heap.is_heap_object(value)
        && matches!(heap.kind(value), Ok(Kind::FixedArray | Kind::Other));
    if !is_array {
        return None;
    }
    let mut elements = FixedArray::new(heap, value).ok()?.iter_from(0);
    // In V8 10 and 11 the table of names comes first, in 12 behind the count.
    let first = elements.next()?.ok()?;
    let count = match heap.smi(first) {
        Some(count) => count,
        None => heap.smi(elements.next()?.ok()?)?,
    };
    let count = usize::try_from(count).ok().filter(|count| *count > 0)?;
    let mut contexts = Vec::new();
    for (at, value) in elements.enumerate().take(count + 1) {
        match context(heap, native, value.ok()?) {
            Some(context) => contexts.push(context),
            None if at == 0 => {}
            None => return None,
        }
        if contexts.len() == count {
            return Some(contexts);
        }
    }
    None
}

fn context<'a>(heap: Heap<'a>, native: Value, value: Value) -> Option<Context<'a>> {
    if !heap.is_heap_object(value) {
        return None;
    }
    let context = Context::new(heap, value).ok()?;
    (context.previous() == Ok(native)).then_some(context)
}
