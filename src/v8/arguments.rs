//! Receiver and arguments of a call, as its frame has them.

use crate::v8::context::Context;
use crate::v8::error::{Error, Result};
use crate::v8::frames;
use crate::v8::function::{Function, Shared};
use crate::v8::heap::Heap;
use crate::v8::layout::C;
use crate::v8::primitive;
use crate::v8::properties::Slot;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Arguments believed at most (V8: 65534).
const MAX_ARGUMENTS: u64 = 65535;
/// Contexts between a block and its function at most.
const MAX_CONTEXTS: usize = 256;

/// Receiver and arguments of a call.
#[derive(Debug, Clone)]
pub struct Arguments {
    /// `this`.
    pub receiver: Option<Value>,
    /// What the caller passed, in order.
    pub values: Vec<Value>,
}

/// Receiver and arguments of a JavaScript frame, as many as were passed.
pub fn of_frame(heap: Heap<'_>, fp: u64, function: Value) -> Result<Arguments> {
    let layout = heap.layout;
    let word = heap.word_size();
    let at = |base: u64, index: u64| heap.word(base + index * word).map(Value);
    let first = fp.wrapping_add_signed(layout.get(C::FpArgs)?);
    if layout.is(C::ArgsReceiverFirst) {
        let addr = fp.wrapping_add_signed(layout.get(C::FpArgc)?);
        let count = heap.u32(addr)?;
        let count = u64::from(count).saturating_sub(u64::from(layout.is(C::ArgcReceiver)));
        if count > MAX_ARGUMENTS {
            return Err(Error::Corrupt { addr, what: "argument count", found: count });
        }
        let values = (1..=count).map(|i| at(first, i)).collect::<Result<_>>()?;
        return Ok(Arguments { receiver: Some(at(first, 0)?), values });
    }
    // Older V8 pushes the receiver first, so it is the furthest up; a call with
    // another number of arguments than declared goes through an adaptor frame,
    // which has those really passed.
    let shared = Function::new(heap, function)?.shared;
    let formals = shared.formal_parameters()?;
    let caller = heap.word(fp)?;
    let adaptor = frames::marker(heap, caller) == Some("ArgumentsAdaptorFrame");
    let (base, count) = match formals {
        _ if adaptor => {
            let addr = caller.wrapping_add_signed(layout.get(C::AdaptorArgc)?);
            let found = heap.word(addr)?;
            let count = heap.smi(Value(found)).and_then(|n| u64::try_from(n).ok());
            let Some(count) = count.filter(|n| *n <= MAX_ARGUMENTS) else {
                return Err(Error::Corrupt { addr, what: "argument count", found });
            };
            (caller.wrapping_add_signed(layout.get(C::FpArgs)?), count)
        }
        Some(count) => (first, count),
        None => return Ok(Arguments { receiver: None, values: Vec::new() }),
    };
    let mut values = (0..count).rev().map(|i| at(base, i)).collect::<Result<Vec<_>>>()?;
    // Before V8 5 the function replaces an undefined receiver in its own frame
    // only (full-codegen/x64/full-codegen-x64.cc, Generate).
    let receiver = match formals {
        Some(declared) if adaptor => at(first, declared)?,
        _ => at(base, count)?,
    };
    if !adaptor && values.iter().any(|value| primitive::is_hole(heap, *value)) {
        from_context(heap, fp, shared, &mut values);
    }
    Ok(Arguments { receiver: Some(receiver), values })
}

/// Before V8 7 a generator that goes on has holes for its arguments: they are
/// all in its context, by the names of the parameters.
fn from_context(heap: Heap<'_>, fp: u64, shared: Shared<'_>, values: &mut [Value]) {
    let Ok(Some(scope)) = shared.scope_info() else { return };
    let (Ok(names), Some(context)) = (scope.parameters(), own_context(heap, fp, shared)) else {
        return;
    };
    let Ok(variables) = context.variables() else { return };
    for (value, name) in values.iter_mut().zip(names) {
        let variable = variables.iter().find(|variable| variable.name == name);
        let slot = variable.and_then(|variable| variable.slot.as_ref());
        if let (true, Some(Slot::Value(found))) = (primitive::is_hole(heap, *value), slot) {
            *value = *found;
        }
    }
}

/// The context of the function itself, from the frame's innermost block out.
fn own_context<'a>(heap: Heap<'a>, fp: u64, shared: Shared<'a>) -> Option<Context<'a>> {
    let scope = shared.scope_info().ok()??;
    let slot = fp.wrapping_add_signed(heap.layout.find(C::FpContext)?);
    let mut at = Value(heap.word(slot).ok()?);
    for _ in 0..MAX_CONTEXTS {
        let context = Context::new(heap, at).ok()?;
        if context.scope_info().ok().flatten().is_some_and(|info| info.object == scope.object) {
            return Some(context);
        }
        at = context.previous().ok()?;
    }
    None
}
