//! The stack an Error was made on, as V8 keeps it: the text, once a script has
//! asked for it; before, the functions with where each was.
//!
//! It is a property under a name of V8's own. The functions stand in an array,
//! each in an object (CallSiteInfo, src/objects/call-site-info.tq) or in some
//! words of the array itself (FrameArray, src/objects/frame-array.h, before
//! V8 9; again from V8 14 on).

use crate::v8::code;
use crate::v8::context;
use crate::v8::error::Result;
use crate::v8::fixed_array::FixedArray;
use crate::v8::function::Function;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::positions;
use crate::v8::properties::{self, Slot};
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Frames believed at most; V8 keeps ten unless told otherwise.
const MAX_SITES: usize = 4096;
/// Variables of a getter's scope that are looked at; V8 has three or four.
const MAX_VARIABLES: usize = 16;

/// The stack of an error.
#[derive(Debug, Clone)]
pub enum Captured {
    /// As text, the error's own words first.
    Text(Value),
    /// Innermost first.
    Sites(Vec<Site>),
}

/// A frame of it.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// The function.
    pub function: Value,
    /// Where in the script it was, if the code tells.
    pub position: Option<u64>,
}

/// The stack of an error; none if it has none, or none that this module knows.
pub fn of(heap: Heap<'_>, error: Value) -> Result<Option<Captured>> {
    let mut text = None;
    for (_, value) in properties::internal(heap, error)? {
        if !heap.is_heap_object(value) {
            continue;
        }
        // What the inspector keeps beside it (ErrorStackData) comes with it.
        let value = match heap.class_name(value)?.as_str() {
            "ErrorStackData" => heap.word(heap.addr(value)? + heap.word_size()).map(Value)?,
            _ => value,
        };
        match heap.kind(value)? {
            Kind::FixedArray => return sites(heap, value).map(Some),
            Kind::Array => return sites(heap, heap.field(value, C::Elements)?).map(Some),
            // Errors thrown by V8 14 on have their message here too.
            Kind::String if is_stack(heap, value)? => text = Some(Captured::Text(value)),
            _ => {}
        }
    }
    if text.is_some() {
        return Ok(text);
    }
    // V8 6 turns the property itself into text.
    match properties::get(heap, error, "stack")? {
        Some(Slot::Value(value)) if heap.is_heap_object(value) => {
            Ok((heap.kind(value)? == Kind::String).then_some(Captured::Text(value)))
        }
        Some(Slot::Accessor { getter: Some(getter), .. }) => in_closure(heap, getter),
        _ => Ok(None),
    }
}

/// The stack as V8 before 3.28 keeps it: "stack" has a getter of V8's own, which
/// makes the text when it is first called. Its scope holds the text then, else
/// a function whose scope holds the frames (src/messages.js,
/// DefineOneShotAccessor and captureStackTrace).
fn in_closure(heap: Heap<'_>, getter: Value) -> Result<Option<Captured>> {
    if !is_native(heap, getter)? {
        return Ok(None);
    }
    let mut maker = None;
    for value in variables(heap, getter)? {
        match heap.kind(value)? {
            Kind::String if is_stack(heap, value)? => return Ok(Some(Captured::Text(value))),
            Kind::Function if value != getter => maker = Some(value),
            _ => {}
        }
    }
    let Some(maker) = maker else { return Ok(None) };
    for value in variables(heap, maker)? {
        if heap.kind(value)? == Kind::Array {
            return sites(heap, heap.field(value, C::Elements)?).map(Some);
        }
    }
    Ok(None)
}

/// Whether a value is a function of a script that comes with V8.
fn is_native(heap: Heap<'_>, function: Value) -> Result<bool> {
    if !is_function(heap, function) {
        return Ok(false);
    }
    let script = Function::new(heap, function)?.shared.script()?;
    let name = script.map(|script| script.name()).transpose()?.flatten();
    Ok(name.is_some_and(|name| name.starts_with("native ")))
}

/// The objects among the variables that a function captured. Their names may be
/// gone, and are abbreviated anyway.
fn variables(heap: Heap<'_>, function: Value) -> Result<Vec<Value>> {
    let slots = context::captured(heap, function)?.variable_slots()?.take(MAX_VARIABLES);
    let objects = slots.filter(|slot| !matches!(slot, Ok(value) if !heap.is_heap_object(*value)));
    objects.collect()
}

/// Whether a text is of more than one line, as a stack is.
fn is_stack(heap: Heap<'_>, text: Value) -> Result<bool> {
    let read = crate::v8::string::read(heap, text, 4096)?;
    Ok(read.units.contains(&u16::from(b'\n')))
}

fn sites(heap: Heap<'_>, array: Value) -> Result<Captured> {
    let mut array = FixedArray::new(heap, array)?;
    let first = array.get(0).ok().filter(|first| heap.is_heap_object(*first));
    match first.map(|first| heap.class_name(first)).transpose()?.as_deref() {
        Some("CallSiteInfo" | "StackFrameInfo") => return objects(heap, &array),
        Some("StackTraceFrame") => {
            let frame = array.get(0)?;
            let frames = heap.word(heap.addr(frame)? + heap.word_size()).map(Value)?;
            array = FixedArray::new(heap, frames)?;
        }
        _ => {}
    }
    words(heap, &array)
}

/// One object a frame.
fn objects(heap: Heap<'_>, array: &FixedArray<'_>) -> Result<Captured> {
    let mut sites = Vec::new();
    for info in array.iter().take(MAX_SITES) {
        let info = info?;
        if !heap.is_heap_object(info) || heap.kind(info)? == Kind::Oddball {
            break;
        }
        let function = heap.field(info, C::CallSiteFunction)?;
        if !is_function(heap, function) {
            continue;
        }
        let code = heap.field(info, C::CallSiteCode)?;
        let offset = heap.field(info, C::CallSiteOffset)?;
        sites.push(Site { function, position: position(heap, code, offset) });
    }
    Ok(Captured::Sites(sites))
}

/// Some words of the array a frame.
fn words(heap: Heap<'_>, array: &FixedArray<'_>) -> Result<Captured> {
    let index = |id: C| heap.layout.get(id).map(i64::unsigned_abs);
    let size = index(C::FrameArrayWords)?.max(1);
    let mut at = index(C::FrameArrayFirst)?;
    let mut sites = Vec::new();
    while at + size <= array.len() && sites.len() < MAX_SITES {
        let function = array.get(at + index(C::FrameArrayFunction)?)?;
        if !is_function(heap, function) {
            break;
        }
        let code = array.get(at + index(C::FrameArrayCode)?)?;
        let offset = array.get(at + index(C::FrameArrayOffset)?)?;
        sites.push(Site { function, position: position(heap, code, offset) });
        at += size;
    }
    Ok(Captured::Sites(sites))
}

fn is_function(heap: Heap<'_>, value: Value) -> bool {
    heap.is_heap_object(value) && heap.kind(value) == Ok(Kind::Function)
}

/// The character a frame is at; none for V8's own functions.
fn position(heap: Heap<'_>, code: Value, offset: Value) -> Option<u64> {
    let offset = u64::try_from(heap.smi(offset)?).ok()?;
    let code = match heap.class_name(code).ok()?.as_str() {
        // Since V8 12 the heap has a stand-in for what is trusted.
        "BytecodeWrapper" | "CodeWrapper" => {
            heap.word(heap.addr(code).ok()? + heap.word_size()).map(Value).ok()?
        }
        _ => code,
    };
    match heap.kind(code).ok()? {
        Kind::BytecodeArray => positions::in_bytecode(heap, code, offset).ok()?,
        Kind::Code if heap.layout.is(C::FrameArrayFromObject) => {
            let header = code::open(heap, code).ok()?.start.checked_sub(heap.addr(code).ok()?)?;
            code::position(heap, code, offset.checked_sub(header)?).ok()?
        }
        Kind::Code => code::position(heap, code, offset).ok()?,
        _ => None,
    }
}
