//! Objects of JavaScript that stand for something of C++, and whether that is still
//! there.
//!
//! A BaseObject (src/base_object.h) begins with its vtable and a handle of its object.
//! The object has a pointer back in an embedder field: at 24 up to Node 14, at 32 behind
//! a type tag up to 22, at 40 since 24; read in cores of 8 to 26. What is gone has left
//! nothing there.

use super::object::{is_object, Object};
use crate::v8::constructor;
use crate::v8::embedder;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::value::Value;
use alloc::string::String;

/// The address of the C++ object that an object stands for; none where it is gone.
pub fn base_object(heap: Heap<'_>, object: Value) -> Result<Option<u64>> {
    let (start, count) = embedder::fields(heap, object)?;
    let word = heap.word_size();
    for at in (0..count).map(|index| start + index * word) {
        let Ok(base) = embedder::pointer(heap, at) else { continue };
        if base != 0 && object_of(heap, base) == Some(object) {
            return Ok(Some(base));
        }
    }
    Ok(None)
}

/// The object of JavaScript that a C++ object belongs to.
pub fn object_of(heap: Heap<'_>, base: u64) -> Option<Value> {
    let word = heap.word_size();
    if base == 0 || !base.is_multiple_of(word) {
        return None;
    }
    let handle = heap.word(base.checked_add(word)?).ok()?;
    if handle == 0 || !handle.is_multiple_of(word) {
        return None;
    }
    Some(Value(heap.word(handle).ok()?)).filter(|object| is_object(heap, *object))
}

/// The object of Node's JavaScript that uses it, such as the Socket of a TCP.
pub fn owner(wrap: &Object<'_>) -> Option<Value> {
    wrap.symbol("owner_symbol").or_else(|| wrap.symbol("owner")).or_else(|| wrap.get("owner"))
}

/// The class of an object: the name of its constructor.
pub fn class(heap: Heap<'_>, object: Value) -> String {
    constructor::name(heap, object).ok().flatten().unwrap_or_default()
}
