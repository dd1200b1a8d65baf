//! The functions that Node calls when something happens.

use super::is_own_script;
use super::object::{is_object, Object};
use crate::v8::context;
use crate::v8::elements::Elements;
use crate::v8::function::{self, Function};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::properties::Slot;
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;

/// Listeners of one event that are looked at.
const LISTENERS: u64 = 16;
/// Functions that may be bound around each other.
const BOUND: u32 = 8;

/// The function that is called for an event: the first listener that an emitter has for
/// the first of these events that has any.
pub fn of_events(heap: Heap<'_>, emitter: &Object<'_>, events: &[&str]) -> Option<Value> {
    let all = emitter.object("_events")?;
    events.iter().find_map(|event| all.get(event).and_then(|found| listener(heap, found)))
}

/// A listener: a function, or the first of several.
fn listener(heap: Heap<'_>, found: Value) -> Option<Value> {
    if let Some(function) = unwrapped(heap, found) {
        return Some(function);
    }
    let elements = Elements::new(heap, found).ok()?;
    (0..elements.end().min(LISTENERS)).find_map(|at| match elements.get(at) {
        Ok(Some(Slot::Value(value))) => unwrapped(heap, value),
        _ => None,
    })
}

/// The function itself: what `once`, `queueMicrotask` and `bind` put around it left out
/// (lib/events.js, `_onceWrap`; lib/internal/process/task_queues.js, `runMicrotask`).
pub fn unwrapped(heap: Heap<'_>, value: Value) -> Option<Value> {
    let mut value = value;
    for _ in 0..BOUND {
        if !heap.is_heap_object(value) {
            return None;
        }
        match heap.kind(value).ok()? {
            Kind::Function => {
                // Before Node 8, and where `once` makes a closure.
                let own = Object::read(heap, value).ok()?.get("listener");
                return Some(own.filter(|own| is_function(heap, *own)).unwrap_or(value));
            }
            Kind::BoundFunction => {
                let bound = function::bound(heap, value).ok()??;
                let state = Some(bound.this).filter(|this| is_object(heap, *this));
                let given = state.and_then(|state| {
                    let state = Object::read(heap, state).ok()?;
                    state.get("listener").or_else(|| state.get("callback"))
                });
                value = given.unwrap_or(bound.target);
            }
            _ => return None,
        }
    }
    None
}

/// The event that a bound `emit` is for, and what is called then: so a signal comes to
/// its listeners (lib/internal/process/signal.js).
pub fn of_bound_emit(heap: Heap<'_>, value: Value) -> Option<(String, Option<Value>)> {
    let bound = function::bound(heap, value).ok()??;
    let emitter = Object::read(heap, bound.this).ok().filter(|own| own.has("_events"))?;
    let event = bound.arguments.first().copied()?;
    let is_text = heap.is_heap_object(event) && heap.kind(event) == Ok(Kind::String);
    let event = is_text.then(|| string::name(heap, event).ok()).flatten()?;
    let called = of_events(heap, &emitter, &[&event]);
    Some((event, called))
}

/// Whether a value can be called.
pub fn is_function(heap: Heap<'_>, value: Value) -> bool {
    heap.is_heap_object(value)
        && matches!(heap.kind(value), Ok(Kind::Function | Kind::BoundFunction))
}

/// Names of variables in which Node's own functions keep the one they were given.
const GIVEN: [&str; 3] = ["cb", "callback", "listener"];

/// The function behind one of Node's own that only calls it, as lib/fs.js,
/// `makeCallback` has it.
pub fn behind(heap: Heap<'_>, function: Value) -> Value {
    let mut function = function;
    for _ in 0..BOUND {
        let Some(given) = given(heap, function) else { break };
        function = given;
    }
    function
}

fn given(heap: Heap<'_>, function: Value) -> Option<Value> {
    let script = Function::new(heap, function).ok()?.shared.script().ok()??;
    if !is_own_script(&script.name().ok()??) {
        return None;
    }
    let variables = context::captured(heap, function).ok()?.variables().ok()?;
    let is_given = |variable: &&context::Variable| {
        variable.name.as_deref().is_some_and(|name| GIVEN.contains(&name))
    };
    let Slot::Value(value) = variables.iter().find(is_given)?.slot? else { return None };
    unwrapped(heap, value).filter(|given| *given != function)
}
