//! The name of an object's class.

use crate::v8::error::Result;
use crate::v8::function::Function;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::properties::{self, Slot};
use crate::v8::value::Value;
use alloc::string::String;

/// Maps in a chain of back pointers; V8 allows 1020 transitions of fields.
const MAX_CHAIN: u32 = 4096;

/// What a map names as the maker of its objects: a function, or null for
/// objects without one.
///
/// A map names its constructor, or the map it was derived from.
pub fn origin(heap: Heap<'_>, map: Value) -> Result<Value> {
    let mut value = heap.field(map, C::MapConstructor)?;
    for _ in 0..MAX_CHAIN {
        if !heap.is_heap_object(value) {
            break;
        }
        match heap.kind(value)? {
            Kind::Map => value = heap.field(value, C::MapConstructor)?,
            // Since V8 9.4 a Tuple2 of constructor and template may stand here.
            _ if heap.class_name(value)? == "Tuple2" => {
                value = heap.word(heap.addr(value)? + heap.word_size()).map(Value)?;
            }
            _ => break,
        }
    }
    Ok(value)
}

/// The function that made an object, by its map; none for objects without one.
pub fn of_map(heap: Heap<'_>, map: Value) -> Result<Option<Value>> {
    let origin = origin(heap, map)?;
    let is_function = heap.is_heap_object(origin) && heap.kind(origin)? == Kind::Function;
    Ok(is_function.then_some(origin))
}

/// The constructor a script would find: `constructor` of the prototype, which
/// for derived classes is not the function that V8 notes in the map.
pub fn by_prototype(heap: Heap<'_>, map: Value) -> Result<Option<Value>> {
    let prototype = heap.field(map, C::MapPrototype)?;
    if !heap.is_heap_object(prototype) || !heap.kind(prototype)?.is_js_object() {
        return Ok(None);
    }
    match properties::get(heap, prototype, "constructor")? {
        Some(Slot::Value(value)) if heap.is_heap_object(value) => {
            Ok((heap.kind(value)? == Kind::Function).then_some(value))
        }
        _ => Ok(None),
    }
}

/// The function whose name an object goes by.
pub fn function(heap: Heap<'_>, object: Value) -> Result<Option<Value>> {
    let map = heap.map(object)?;
    match by_prototype(heap, map) {
        Ok(Some(function)) => Ok(Some(function)),
        _ => of_map(heap, map),
    }
}

/// Class name of an object; none for objects without a constructor.
pub fn name(heap: Heap<'_>, object: Value) -> Result<Option<String>> {
    match function(heap, object)? {
        Some(function) => Ok(Some(Function::new(heap, function)?.name())),
        None => Ok(None),
    }
}

/// Name of the built-in class an object's map comes from, such as
/// `Uint8Array` for a Buffer.
pub fn base_name(heap: Heap<'_>, object: Value) -> Result<Option<String>> {
    match of_map(heap, heap.map(object)?)? {
        Some(function) => Ok(Some(Function::new(heap, function)?.name())),
        None => Ok(None),
    }
}
