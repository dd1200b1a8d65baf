//! Functions that wait: generators, async functions and async generators, each an
//! object that has what was on the stack.

use crate::v8::error::Result;
use crate::v8::fixed_array::FixedArray;
use crate::v8::function::Function;
use crate::v8::function_code;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::positions;
use crate::v8::special::{self, GeneratorState, PromiseState};
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Bytes of a frame that are looked at.
const MAX_FRAME: u64 = 1 << 12;

/// Whether an object is a function that can be suspended.
pub fn is_one(heap: Heap<'_>, object: Value) -> bool {
    heap.is_heap_object(object) && heap.kind(object) == Ok(Kind::Generator)
}

/// Its function.
pub fn function<'a>(heap: Heap<'a>, object: Value) -> Result<Function<'a>> {
    Function::new(heap, special::generator_function(heap, object)?)
}

/// The object of a suspended function that goes on in a frame: one of the words
/// between the frame pointer and `below`, that of the next frame further in.
pub fn resumed(heap: Heap<'_>, fp: u64, below: u64, function: Value) -> Option<Value> {
    let word = heap.word_size();
    let lowest = below.max(fp.saturating_sub(MAX_FRAME));
    let mut at = fp;
    while at >= lowest.saturating_add(word) {
        at -= word;
        let object = Value(heap.word(at).ok()?);
        let goes_on = is_one(heap, object)
            && special::generator_function(heap, object) == Ok(function)
            && special::generator_state(heap, object) == Ok(GeneratorState::Running);
        if goes_on {
            return Some(object);
        }
    }
    None
}

/// The receiver of its call.
pub fn receiver(heap: Heap<'_>, object: Value) -> Result<Value> {
    heap.field(object, C::GeneratorReceiver)
}

/// The arguments of its call, as many as the function declares; none where V8 keeps
/// them elsewhere, as before V8 7.
pub fn arguments(heap: Heap<'_>, object: Value) -> Result<Vec<Value>> {
    if heap.layout.find(C::AsyncFunctionPromise).is_none() {
        return Ok(Vec::new());
    }
    let count = function(heap, object)?.shared.formal_parameters()?.unwrap_or(0);
    let saved = FixedArray::new(heap, heap.field(object, C::GeneratorRegisters)?)?;
    saved.batch(0, count.min(saved.len()))
}

/// The character of its script at which it is suspended: that of the `await` or
/// `yield`; none where it is not, or where that cannot be told.
pub fn position(heap: Heap<'_>, object: Value) -> Result<Option<u64>> {
    if special::generator_state(heap, object)? != GeneratorState::Suspended {
        return Ok(None);
    }
    let Some(bytecode) = function_code::bytecode(heap, function(heap, object)?.shared)? else {
        return Ok(None);
    };
    let at = heap.smi_field(object, C::GeneratorPosition, "position of a generator")?;
    // Counted from the tagged start of the BytecodeArray.
    let offset = at - (heap.layout.get(C::BytecodeData)? - 1);
    match u64::try_from(offset) {
        Ok(offset) => positions::in_bytecode(heap, bytecode, offset),
        Err(_) => Ok(None),
    }
}

/// The promise that is settled when it goes on to its end or, for an async
/// generator, to the next value that was asked for; none for other generators.
/// `awaited` is the promise that it waits for, if that is known.
pub fn promise(heap: Heap<'_>, object: Value, awaited: Option<Value>) -> Result<Option<Value>> {
    let promise = |value: Value| {
        let is_one = heap.is_heap_object(value) && heap.kind(value) == Ok(Kind::Promise);
        is_one.then_some(value)
    };
    match special::generator_class(heap, object)? {
        "AsyncFunction" => Ok(promise(heap.field(object, C::AsyncFunctionPromise)?)),
        "AsyncGenerator" => {
            let request = heap.field(object, C::AsyncGeneratorQueue)?;
            // Undefined where nothing was asked for.
            if !heap.is_heap_object(request) || heap.kind(request)? == Kind::Oddball {
                return Ok(None);
            }
            Ok(promise(heap.field(request, C::AsyncRequestPromise)?))
        }
        // Before V8 7 async functions are generators that keep their promise in a
        // register; others keep none that is pending but the one they wait for.
        _ if heap.layout.find(C::AsyncFunctionPromise).is_none() => {
            let registers = FixedArray::new(heap, heap.field(object, C::GeneratorRegisters)?)?;
            let mut found = None;
            for value in registers.iter() {
                let value = value?;
                if promise(value).is_some()
                    && Some(value) != awaited
                    && special::promise(heap, value)? == PromiseState::Pending
                {
                    found = Some(value);
                }
            }
            Ok(found)
        }
        _ => Ok(None),
    }
}
