//! The type of a value in a few words, as `::v8type` and frame arguments show it.

use crate::v8::constructor;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::primitive;
use crate::v8::value::Value;
use alloc::string::String;

/// `SMI: value = N`, `Oddball: "null"`, `JSObject: Point`, or the class name.
pub fn describe(heap: Heap<'_>, value: Value) -> String {
    if heap.is_failure(value) && !heap.is_heap_object(value) {
        return "'Failure' object".into();
    }
    if let Some(smi) = heap.smi(value) {
        return alloc::format!("SMI: value = {smi}");
    }
    let (Ok(kind), Ok(class)) = (heap.kind(value), heap.class_name(value)) else {
        return "<unknown>".into();
    };
    match kind {
        Kind::Oddball => match primitive::oddball(heap, value) {
            Ok(name) => alloc::format!("Oddball: \"{name}\""),
            Err(_) => class,
        },
        Kind::Object => match constructor::name(heap, value) {
            Ok(Some(name)) => alloc::format!("JSObject: {name}"),
            _ => class,
        },
        Kind::Other if class.starts_with('<') => "<unknown>".into(),
        _ => class,
    }
}
