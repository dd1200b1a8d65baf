//! What a call is called: a function without a name by where its receiver has
//! it, one of V8's own by the class of its receiver, as in V8's stack traces
//! (src/objects/call-site-info.cc, GetMethodName and AppendMethodCall).

use crate::v8::arguments;
use crate::v8::constructor;
use crate::v8::function::{Function, NO_NAME};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::primitive;
use crate::v8::properties::{self, Key, Property, Slot};
use crate::v8::value::Value;
use alloc::string::String;
use core::ops::ControlFlow;

/// Prototypes that are looked through.
const MAX_PROTOTYPES: u32 = 64;
/// Properties that are looked at, of one object.
const MAX_PROPERTIES: u32 = 1 << 14;

/// The name of a frame's function, with what the receiver tells of it:
/// `<anonymous> (as Module._compile)`, `Array.forEach`.
pub fn name(heap: Heap<'_>, fp: u64, function: Function<'_>) -> String {
    name_by(heap, function, || {
        arguments::of_frame(heap, fp, function.object).ok().and_then(|call| call.receiver)
    })
}

/// The name of a function that was called on a receiver.
pub fn name_on(heap: Heap<'_>, receiver: Option<Value>, function: Function<'_>) -> String {
    name_by(heap, function, || receiver)
}

fn name_by(
    heap: Heap<'_>,
    function: Function<'_>,
    receiver: impl FnOnce() -> Option<Value>,
) -> String {
    let name = function.name();
    let unnamed = matches!(
        (function.shared.own_name(), function.shared.inferred_name()),
        (Ok(None), Ok(None))
    ) && name.starts_with(NO_NAME);
    if !unnamed && !function.shared.is_native() {
        return name;
    }
    let Some(receiver) = receiver() else { return name };
    let Some(class) = class(heap, receiver) else { return name };
    if !unnamed {
        return if name.starts_with(&class) { name } else { alloc::format!("{class}.{name}") };
    }
    match of_function(heap, receiver, function.object) {
        Some(method) => alloc::format!("{NO_NAME} (as {class}.{method})"),
        None => name,
    }
}

/// The class of a receiver; none for the global object, and where a call has
/// none at all.
fn class(heap: Heap<'_>, receiver: Value) -> Option<String> {
    if heap.smi(receiver).is_some() {
        return Some("Number".into());
    }
    match heap.kind(receiver).ok()? {
        Kind::HeapNumber => Some("Number".into()),
        Kind::String => Some("String".into()),
        Kind::Symbol => Some("Symbol".into()),
        Kind::BigInt => Some("BigInt".into()),
        Kind::Oddball => {
            let is = |word| primitive::is_oddball(heap, receiver, word);
            (is("true") || is("false")).then(|| "Boolean".into())
        }
        Kind::Global => None,
        // As V8 does since 13; before, it called all of them `Function`.
        Kind::Function => {
            let name = Function::new(heap, receiver).ok()?.name();
            Some(if name.starts_with('<') { "Function".into() } else { name })
        }
        kind if kind.is_js_object() => {
            let name = constructor::name(heap, receiver).ok().flatten();
            let name = name.filter(|name| !name.is_empty() && !name.starts_with('<'));
            // What an `Object` is called by its tag says more: `JSON`.
            match name {
                Some(name) if name != "Object" => Some(name),
                name => properties::tag(heap, receiver).ok().flatten().or(name),
            }
        }
        _ => None,
    }
}

/// The one name under which an object, or the first of its prototypes that has
/// it at all, holds a function.
fn of_function(heap: Heap<'_>, receiver: Value, function: Value) -> Option<String> {
    let mut at = receiver;
    for _ in 0..MAX_PROTOTYPES {
        if !heap.is_heap_object(at) || !heap.kind(at).ok()?.is_js_object() {
            return None;
        }
        let (mut found, mut ambiguous, mut seen) = (None, false, 0);
        properties::each(heap, at, &mut |property| {
            seen += 1;
            match property {
                Ok(Property { key: Key::Name(name), slot, .. }) if holds(slot, function) => {
                    ambiguous |= found.is_some();
                    found = Some(name);
                }
                _ => {}
            }
            match seen < MAX_PROPERTIES && !ambiguous {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })
        .ok()?;
        if found.is_some() {
            return found.filter(|_| !ambiguous);
        }
        at = heap.field(heap.map(at).ok()?, C::MapPrototype).ok()?;
    }
    None
}

fn holds(slot: Slot, function: Value) -> bool {
    match slot {
        Slot::Value(value) => value == function,
        Slot::Accessor { getter, setter } => getter == Some(function) || setter == Some(function),
        Slot::Double(_) => false,
    }
}
