//! The variables of a call by name: those that closures captured, in the
//! contexts of the function and of its blocks, and those on the stack.
//!
//! V8 up to 6.8 names the latter in the function's ScopeInfo, in the order of
//! their slots; later ones keep no names of what lives in registers only.

use crate::v8::context::Context;
use crate::v8::error::Result;
use crate::v8::executing::Tier;
use crate::v8::frames::Frame;
use crate::v8::function::Function;
use crate::v8::heap::Heap;
use crate::v8::layout::C;
use crate::v8::primitive;
use crate::v8::properties::Slot;
use crate::v8::scope_info::ScopeInfo;
use crate::v8::suspended;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Contexts between a block and its function at most.
const MAX_CONTEXTS: usize = 256;

/// What a variable holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// A value.
    Is(Slot),
    /// Nothing: its declaration was not reached.
    Unset,
    /// Something, but the frame does not tell: optimized code keeps variables
    /// where it likes, and makes contexts late or never.
    Unknown,
}

/// A variable of a call.
#[derive(Debug, Clone)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub content: Content,
}

/// The variables of the call that a JavaScript frame belongs to, outermost
/// scope first; captured parameters are among them.
pub fn of_frame(heap: Heap<'_>, frame: &Frame, function: Value) -> Result<Vec<Local>> {
    let function = Function::new(heap, function)?;
    let slot = heap.layout.find(C::FpContext).map(|offset| frame.fp.wrapping_add_signed(offset));
    let innermost = slot.and_then(|slot| heap.word(slot).ok()).map(Value);
    of_call(heap, function, innermost, &|scope| on_stack(heap, frame, scope))
}

/// The variables of the call that a suspended function goes on with; those that
/// live in registers only have no names.
pub fn of_suspended(heap: Heap<'_>, object: Value) -> Result<Vec<Local>> {
    let function = suspended::function(heap, object)?;
    let innermost = heap.field(object, C::GeneratorContext)?;
    of_call(heap, function, Some(innermost), &|_| Ok(Vec::new()))
}

/// The variables of a call of a function, with the context of its innermost block.
fn of_call<'a>(
    heap: Heap<'a>,
    function: Function<'a>,
    innermost: Option<Value>,
    on_stack: &dyn Fn(ScopeInfo<'_>) -> Result<Vec<Local>>,
) -> Result<Vec<Local>> {
    let Some(scope) = function.shared.scope_info()? else { return Ok(Vec::new()) };
    let contexts = chain(heap, innermost, function.context()?);
    let is_own = |context: &&Context<'_>| {
        context.scope_info().ok().flatten().is_some_and(|info| info.object == scope.object)
    };
    let mut locals = Vec::new();
    if !contexts.iter().any(|context| is_own(&context)) {
        let names = scope.context_locals()?.into_iter().flatten();
        locals.extend(names.map(|name| Local { name, content: Content::Unknown }));
    }
    locals.extend(on_stack(scope)?);
    for context in contexts.iter().rev() {
        // Blocks with a context have names of what is on the stack, too.
        match context.scope_info()? {
            Some(block) if block.object != scope.object => {
                locals.extend(on_stack(block)?);
            }
            _ => {}
        }
        for variable in context.variables()? {
            let name = variable.name.unwrap_or_else(|| "<unreadable name>".into());
            let content = variable.slot.map_or(Content::Unset, Content::Is);
            locals.push(Local { name, content });
        }
    }
    // Names with a dot are V8's own.
    locals.retain(|local| !local.name.starts_with('.') && !local.name.is_empty());
    Ok(locals)
}

/// The contexts of a call, innermost first, up to that of the closure. None where
/// they do not lead there.
fn chain<'a>(heap: Heap<'a>, innermost: Option<Value>, closure: Value) -> Vec<Context<'a>> {
    let mut contexts = Vec::new();
    let Some(mut at) = innermost else { return contexts };
    while at != closure && contexts.len() < MAX_CONTEXTS {
        let Ok(context) = Context::new(heap, at) else { return Vec::new() };
        let Ok(outer) = context.outer() else { return Vec::new() };
        contexts.push(context);
        at = outer;
    }
    if at == closure {
        contexts
    } else {
        Vec::new()
    }
}

/// The variables on the stack, as far as the ScopeInfo names them.
fn on_stack(heap: Heap<'_>, frame: &Frame, scope: ScopeInfo<'_>) -> Result<Vec<Local>> {
    let names = scope.stack_locals()?;
    let Some(base) = heap.layout.find(C::FpFirstLocal) else { return Ok(Vec::new()) };
    let known = matches!(frame.tier, Tier::Interpreter | Tier::Full(_));
    let first = scope.first_stack_slot()?;
    let local = |(index, name): (u64, Option<String>)| {
        let name = name.unwrap_or_else(|| "<unreadable name>".into());
        let down = first.wrapping_add(index).wrapping_mul(heap.word_size());
        let addr = frame.fp.wrapping_add_signed(base).wrapping_sub(down);
        let content = match heap.word(addr).map(Value) {
            _ if !known => Content::Unknown,
            Ok(value) if primitive::is_hole(heap, value) => Content::Unset,
            Ok(value) => Content::Is(Slot::Value(value)),
            Err(_) => Content::Unknown,
        };
        Local { name, content }
    };
    Ok((0..).zip(names).map(local).collect())
}
