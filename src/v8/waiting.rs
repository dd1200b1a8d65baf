//! What waits for a promise, and what for that: the chain that V8 follows for the
//! asynchronous part of a stack trace.
//!
//! V8 tells its own functions in it by their number, which differs with every
//! release. Here what their contexts hold tells them: a suspended function, the
//! promise to be settled, or the state of `Promise.all` and its like
//! (src/builtins/promise-abstract-operations.tq, promise-all.tq, promise-any.tq,
//! builtins-async-gen.cc). Seen so on cores of 8 to 26.

use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::function::{self, Function};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::special::{self, PromiseState};
use crate::v8::suspended;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Reactions of one promise at most.
const MAX_REACTIONS: usize = 1 << 20;
/// Words of the contexts of V8's own functions at most; those of functions that
/// can be longer are of the program.
const MAX_CONTEXT: u64 = 9;
/// Words at the beginning of every context.
const FIRST_SLOT: u64 = 2;

/// What goes on when a promise is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiter {
    /// A suspended function goes on behind its `await`.
    Suspended(Value),
    /// An element of `Promise.all` or another of these calls is there: its name and
    /// the element's index.
    Combined(&'static str, Option<u64>),
    /// A function given to `then`, `catch` or `finally` is called.
    Callback(Value),
    /// Nothing but another promise, or none of the program's functions.
    Passed,
}

/// One of the things that wait for a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub waiter: Waiter,
    /// The promise that is settled in turn.
    pub next: Option<Value>,
}

/// A reaction as it stands in memory.
struct Reaction {
    fulfill: Value,
    reject: Value,
    derived: Value,
}

/// Everything that waits for a promise, in the order in which it goes on. Nothing
/// does once the promise is settled.
pub fn steps(heap: Heap<'_>, promise: Value) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for reaction in reactions(heap, promise)? {
        steps.push(step(heap, promise, &reaction)?);
    }
    Ok(steps)
}

/// Whether it is known where promises keep what waits for them.
///
/// # Errors
///
/// What is not known.
pub fn is_known(heap: Heap<'_>) -> Result<()> {
    match heap.layout.find(C::PromiseFulfillReactions) {
        Some(_) => Ok(()),
        None => heap.layout.get(C::ReactionNext).map(|_| ()),
    }
}

/// The reactions of a promise, oldest first: each leads to the one before.
fn reactions(heap: Heap<'_>, promise: Value) -> Result<Vec<Reaction>> {
    if special::promise(heap, promise)? != PromiseState::Pending {
        return Ok(Vec::new());
    }
    if heap.layout.find(C::PromiseFulfillReactions).is_some() {
        return old_reactions(heap, promise);
    }
    let mut list = Vec::new();
    let mut at = heap.field(promise, C::PromiseResult)?;
    heap.layout.get(C::ReactionNext)?;
    while heap.is_heap_object(at) {
        if list.len() == MAX_REACTIONS {
            let (addr, what) = (promise.0, "number of reactions of a promise");
            return Err(Error::Corrupt { addr, what, found: MAX_REACTIONS as u64 });
        }
        heap.check_interrupt()?;
        list.push(Reaction {
            fulfill: heap.field(at, C::ReactionFulfill)?,
            reject: heap.field(at, C::ReactionReject)?,
            derived: heap.field(at, C::ReactionDerived)?,
        });
        at = heap.field(at, C::ReactionNext)?;
    }
    list.reverse();
    Ok(list)
}

/// The reactions of a promise that keeps them itself: one in place, more in arrays side
/// by side (V8 6.2, src/builtins/builtins-promise-gen.cc, AppendPromiseCallback).
fn old_reactions(heap: Heap<'_>, promise: Value) -> Result<Vec<Reaction>> {
    let fields = [C::PromiseFulfillReactions, C::PromiseRejectReactions, C::PromiseDeferred];
    let [fulfill, reject, derived] = fields.map(|field| heap.field(promise, field));
    let (fulfill, reject, derived) = (fulfill?, reject?, derived?);
    let is_list = |value| heap.is_heap_object(value) && heap.kind(value) == Ok(Kind::FixedArray);
    if !is_list(fulfill) {
        let is_any = heap.is_heap_object(fulfill) && heap.kind(fulfill)? != Kind::Oddball;
        return Ok(is_any.then_some(Reaction { fulfill, reject, derived }).into_iter().collect());
    }
    let fulfill = FixedArray::new(heap, fulfill)?;
    let reject = if is_list(reject) { Some(FixedArray::new(heap, reject)?) } else { None };
    let derived = if is_list(derived) { Some(FixedArray::new(heap, derived)?) } else { None };
    let nothing = Value(0);
    let of =
        |list: &Option<FixedArray<'_>>, at| list.as_ref().map_or(Ok(nothing), |list| list.get(at));
    let mut list = Vec::new();
    for at in 0..fulfill.len().min(MAX_REACTIONS as u64) {
        heap.check_interrupt()?;
        let (reject, derived) = (of(&reject, at)?, of(&derived, at)?);
        list.push(Reaction { fulfill: fulfill.get(at)?, reject, derived });
    }
    Ok(list)
}

fn step(heap: Heap<'_>, awaited: Value, reaction: &Reaction) -> Result<Step> {
    let derived = of_capability(heap, reaction.derived);
    let fulfill = of_handler(heap, reaction.fulfill)?;
    let reject = of_handler(heap, reaction.reject)?;
    let combined = |name, element: Element| Step {
        waiter: Waiter::Combined(name, element.index),
        next: Some(element.promise),
    };
    Ok(match (fulfill, reject) {
        (Handler::Await(function), _) | (_, Handler::Await(function)) => Step {
            waiter: Waiter::Suspended(function),
            next: suspended::promise(heap, function, Some(awaited))?,
        },
        (Handler::Element(element), Handler::Element(_)) => combined("Promise.allSettled", element),
        (Handler::Element(element), _) => combined("Promise.all", element),
        (_, Handler::Element(element)) => combined("Promise.any", element),
        (Handler::Settle(promise), _) => Step { waiter: Waiter::Passed, next: Some(promise) },
        (Handler::Function(function), _) | (_, Handler::Function(function)) => {
            Step { waiter: Waiter::Callback(function), next: derived }
        }
        (Handler::None, _) => Step { waiter: Waiter::Passed, next: derived },
    })
}

/// What a function is that is called with the result of a promise.
enum Handler {
    /// Goes on with a suspended function.
    Await(Value),
    /// Takes an element of `Promise.all` and the like.
    Element(Element),
    /// Settles another promise.
    Settle(Value),
    /// One of the program's.
    Function(Value),
    /// None that says anything.
    None,
}

/// What goes on when a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// A suspended function, by its generator.
    Function(Value),
    /// What waits for this promise.
    Promise(Value),
}

/// What a function of V8's own lets go on; none for functions of programs.
pub fn settled_by(heap: Heap<'_>, function: Value) -> Result<Option<Settled>> {
    Ok(match of_handler(heap, function)? {
        Handler::Await(object) => Some(Settled::Function(object)),
        Handler::Settle(promise) | Handler::Element(Element { promise, .. }) => {
            Some(Settled::Promise(promise))
        }
        Handler::Function(_) | Handler::None => None,
    })
}

struct Element {
    index: Option<u64>,
    /// What is settled when all are there.
    promise: Value,
}

fn of_handler(heap: Heap<'_>, handler: Value) -> Result<Handler> {
    if !heap.is_heap_object(handler) {
        return Ok(Handler::None);
    }
    match heap.kind(handler)? {
        Kind::Function => {}
        // Until V8 11 a bound function goes on with a module.
        Kind::BoundFunction => {
            let bound = function::bound(heap, handler)?;
            let module = bound.and_then(|bound| of_module(heap, bound.this));
            return Ok(module.map_or(Handler::Function(handler), Handler::Settle));
        }
        _ => return Ok(Handler::None),
    }
    let function = Function::new(heap, handler)?;
    if !function.shared.is_builtin() {
        return Ok(Handler::Function(handler));
    }
    let context = FixedArray::context(heap, function.context()?)?;
    if context.len() > MAX_CONTEXT {
        return Ok(Handler::None);
    }
    let slots = context.batch(FIRST_SLOT, MAX_CONTEXT)?;
    if let Some(found) = slots.iter().find(|slot| suspended::is_one(heap, **slot)) {
        return Ok(Handler::Await(*found));
    }
    for (at, slot) in slots.iter().enumerate() {
        if !heap.is_heap_object(*slot) {
            continue;
        }
        if heap.kind(*slot)? == Kind::Promise {
            return Ok(Handler::Settle(*slot));
        }
        if let Some(promise) = of_module(heap, *slot) {
            return Ok(Handler::Settle(promise));
        }
        if let Some(index) = element(heap, handler, &slots, at) {
            if let Some(promise) = capability(heap, *slot) {
                return Ok(Handler::Element(Element { index, promise }));
            }
        }
        // `finally` calls a function of the program.
        if heap.kind(*slot)? == Kind::Function {
            let called = Function::new(heap, *slot)?;
            if !called.shared.is_builtin() {
                return Ok(Handler::Function(*slot));
            }
        }
    }
    Ok(Handler::None)
}

/// The index of the element that one of V8's functions takes, if the capability is in
/// this slot of its context; none where its neighbours are of something else. They are
/// how many are left and the values; in V8 6.2 the index comes first, and how many are
/// left is in a cell that all share (src/builtins/builtins-promise-gen.h).
fn element(heap: Heap<'_>, handler: Value, slots: &[Value], at: usize) -> Option<Option<u64>> {
    let left = *slots.get(at.checked_sub(1)?).filter(|_| at + 1 < slots.len())?;
    if heap.smi(left).is_some() {
        return Some(index(heap, handler));
    }
    let is_shared = heap.is_heap_object(left) && heap.class_name(left).ok()? == "Cell";
    let index = heap.smi(*slots.get(at.checked_sub(2)?)?).filter(|_| is_shared)?;
    Some(u64::try_from(index).ok())
}

/// The index where it is kept, plus one, in place of the function's hash.
fn index(heap: Heap<'_>, handler: Value) -> Option<u64> {
    let word = heap.word(heap.addr(handler).ok()? + heap.word_size()).ok()?;
    u64::try_from(heap.smi(Value(word))?).ok()?.checked_sub(1)
}

/// The promise that a reaction settles: itself, or that of a capability.
fn of_capability(heap: Heap<'_>, value: Value) -> Option<Value> {
    if !heap.is_heap_object(value) {
        return None;
    }
    match heap.kind(value).ok()? {
        Kind::Promise => Some(value),
        Kind::Oddball => None,
        _ => capability(heap, value),
    }
}

/// The promise of a PromiseCapability, which not all releases name as such: it
/// is no JavaScript object but in V8 6.2, and begins with a promise.
fn capability(heap: Heap<'_>, value: Value) -> Option<Value> {
    let is_one = match heap.kind(value).ok()? {
        Kind::Other => true,
        Kind::Object => heap.class_name(value).ok()? == "JSPromiseCapability",
        _ => false,
    };
    if !is_one {
        return None;
    }
    let promise = heap.field(value, C::CapabilityPromise).ok()?;
    (heap.is_heap_object(promise) && heap.kind(promise) == Ok(Kind::Promise)).then_some(promise)
}

/// The promise that is settled when a module that awaits has been evaluated.
fn of_module(heap: Heap<'_>, value: Value) -> Option<Value> {
    heap.layout.find(C::ModuleCapability)?;
    if !heap.is_heap_object(value) || heap.class_name(value).ok()? != "SourceTextModule" {
        return None;
    }
    of_capability(heap, heap.field(value, C::ModuleCapability).ok()?)
}
