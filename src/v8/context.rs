//! Contexts: the variables closures captured.

use crate::v8::error::Result;
use crate::v8::fixed_array::FixedArray;
use crate::v8::function::{Function, Shared};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::primitive;
use crate::v8::properties::Slot;
use crate::v8::scope_info::ScopeInfo;
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// A variable of a context.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Name; none when it cannot be read.
    pub name: Option<String>,
    /// Value; none before its declaration was reached.
    pub slot: Option<Slot>,
}

/// Contexts in a chain of outer ones that are looked at.
const MAX_CHAIN: u32 = 4096;

/// A context: fixed slots, then variables.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    heap: Heap<'a>,
    object: Value,
    slots: FixedArray<'a>,
}

impl<'a> Context<'a> {
    /// Opens a context.
    pub fn new(heap: Heap<'a>, object: Value) -> Result<Context<'a>> {
        // Before V8 6 contexts are typed as fixed arrays with maps of their own.
        if !matches!(heap.kind(object)?, Kind::Context | Kind::FixedArray) {
            return Err(crate::v8::error::Error::WrongType {
                object,
                found: heap.class_name(object)?,
                expected: "Context",
            });
        }
        Ok(Context { heap, object, slots: FixedArray::context(heap, object)? })
    }

    /// The object.
    pub fn object(&self) -> Value {
        self.object
    }

    fn slot(&self, index: C) -> Result<Value> {
        self.slots.get(self.heap.layout.get(index)?.unsigned_abs())
    }

    /// The context around this one.
    pub fn previous(&self) -> Result<Value> {
        self.slot(C::ContextPrevious)
    }

    /// The context around this one. In V8 3.1 that of a function has no other
    /// note of it than the function's own context.
    pub fn outer(&self) -> Result<Value> {
        let previous = self.previous()?;
        if self.heap.is_heap_object(previous) || self.heap.layout.find(C::ContextClosure).is_none()
        {
            return Ok(previous);
        }
        Function::new(self.heap, self.slot(C::ContextClosure)?)?.context()
    }

    /// The slots every context has, with what they are; then the native context
    /// or the global object, which newer contexts have no slot for.
    pub fn fixed_slots(&self) -> Result<Vec<(&'static str, Value)>> {
        let heap = self.heap;
        let mut slots = Vec::new();
        if heap.layout.find(C::ContextScopeInfo).is_some() {
            slots.push(("scope info", self.slot(C::ContextScopeInfo)?));
        } else {
            slots.push(("closure function", self.slot(C::ContextClosure)?));
        }
        slots.push(("previous context", self.previous()?));
        if heap.layout.find(C::ContextExtension).is_some() {
            slots.push(("extension", self.slot(C::ContextExtension)?));
        } else if self.first_variable()? > heap.layout.get(C::ContextMinSlots)?.unsigned_abs() {
            slots.push(("extension", self.slot(C::ContextMinSlots)?));
        }
        if heap.layout.find(C::ContextNative).is_some() {
            slots.push(("native context", self.slot(C::ContextNative)?));
        } else if heap.layout.find(C::ContextGlobal).is_some() {
            slots.push(("global object", self.slot(C::ContextGlobal)?));
        } else if let Some(native) = self.native()? {
            slots.push(("native context", native));
        }
        Ok(slots)
    }

    /// The native context that it is in.
    pub fn native_context(&self) -> Result<Option<Value>> {
        match self.heap.layout.find(C::ContextNative) {
            Some(_) => self.slot(C::ContextNative).map(Some),
            None => self.native(),
        }
    }

    /// The native context: the last one of the chain of outer contexts.
    fn native(&self) -> Result<Option<Value>> {
        let mut context = *self;
        for _ in 0..MAX_CHAIN {
            let outer = context.previous()?;
            let is_context = self.heap.is_heap_object(outer)
                && matches!(self.heap.kind(outer)?, Kind::Context | Kind::FixedArray);
            if !is_context {
                return Ok(Some(context.object));
            }
            context = Context::new(self.heap, outer)?;
        }
        Ok(None)
    }

    /// Number of the first slot that holds a variable.
    fn first_variable(&self) -> Result<u64> {
        let fixed = self.heap.layout.get(C::ContextMinSlots)?.unsigned_abs();
        let extension = self.scope_info()?.is_some_and(|info| info.has_extension_slot());
        Ok(fixed + u64::from(extension))
    }

    /// Its slots from the first variable on, as they stand in memory.
    pub fn variable_slots(&self) -> Result<impl Iterator<Item = Result<Value>> + 'a> {
        Ok(self.slots.iter_from(self.first_variable()?))
    }

    /// The names of its variables.
    pub fn scope_info(&self) -> Result<Option<ScopeInfo<'a>>> {
        let heap = self.heap;
        if heap.layout.find(C::ContextScopeInfo).is_some() {
            let info = self.slot(C::ContextScopeInfo)?;
            return ScopeInfo::new(heap, info).map(Some);
        }
        // Older contexts name a closure, whose function names the variables;
        // those of blocks have names of their own.
        if heap.layout.find(C::ContextExtension).is_some() {
            let extension = self.slot(C::ContextExtension)?;
            if heap.is_heap_object(extension) {
                match heap.kind(extension)? {
                    Kind::ScopeInfo | Kind::FixedArray => {
                        return ScopeInfo::new(heap, extension).map(Some);
                    }
                    // The name that a `catch` gives what was thrown.
                    Kind::String => return Ok(None),
                    // Since V8 5.5 a pair that begins with the ScopeInfo
                    // (src/objects.h, ContextExtension).
                    _ if heap.class_name(extension)?.ends_with("ContextExtension") => {
                        let info = heap.word(heap.addr(extension)? + heap.word_size())?;
                        return ScopeInfo::new(heap, Value(info)).map(Some);
                    }
                    _ => {}
                }
            }
        }
        let closure = self.slot(C::ContextClosure)?;
        if heap.is_heap_object(closure)
            && matches!(heap.kind(closure)?, Kind::ScopeInfo | Kind::FixedArray)
        {
            return ScopeInfo::new(heap, closure).map(Some);
        }
        if !heap.is_heap_object(closure) || heap.kind(closure)? != Kind::Function {
            return Ok(None);
        }
        let shared = Shared::new(heap, heap.field(closure, C::FunctionShared)?)?;
        // The context of a `with` has the function too, but none of its variables.
        let fixed = heap.layout.get(C::ContextMinSlots)?.unsigned_abs();
        let fits = |info: &ScopeInfo<'_>| {
            info.context_local_count().is_ok_and(|count| self.slots.len() >= fixed + count)
        };
        Ok(shared.scope_info()?.filter(fits))
    }

    /// The variable of a `catch`, whose context has its name (V8 < 5.5).
    fn thrown(&self) -> Result<Option<Variable>> {
        let heap = self.heap;
        if heap.layout.find(C::ContextExtension).is_none() {
            return Ok(None);
        }
        let name = self.slot(C::ContextExtension)?;
        if !heap.is_heap_object(name) || heap.kind(name)? != Kind::String {
            return Ok(None);
        }
        let value = self.slots.get(heap.layout.get(C::ContextMinSlots)?.unsigned_abs())?;
        let name = string::name(heap, name).ok();
        Ok(Some(Variable { name, slot: self.value(value)? }))
    }

    /// Its variables, in slot order.
    pub fn variables(&self) -> Result<Vec<Variable>> {
        let Some(info) = self.scope_info()? else {
            return Ok(self.thrown()?.into_iter().collect());
        };
        let first = self.first_variable()?;
        let mut variables = Vec::new();
        for (i, name) in info.context_locals()?.into_iter().enumerate() {
            let index = first + i as u64;
            if index >= self.slots.len() {
                break;
            }
            variables.push(Variable { name, slot: self.value(self.slots.get(index)?)? });
        }
        Ok(variables)
    }

    /// The value in a slot, taken out of its cell if it is in one.
    fn value(&self, value: Value) -> Result<Option<Slot>> {
        let heap = self.heap;
        if !heap.is_heap_object(value) {
            return Ok(Some(Slot::Value(value)));
        }
        if heap.kind(value) != Ok(Kind::ContextCell) {
            return Ok((!primitive::is_hole(heap, value)).then_some(Slot::Value(value)));
        }
        // src/objects/contexts.h, ContextCell::State: 0 constant, 1 small
        // integer, 2 int32, 3 double, 4 detached.
        let state = heap.u32(heap.field_addr(value, C::ContextCellState)?)?;
        let raw = heap.field_addr(value, C::ContextCellRaw)?;
        Ok(Some(match state {
            2 => {
                let number = f64::from(heap.u32(raw)?.cast_signed());
                Slot::Double(number.to_bits())
            }
            3 => Slot::Double(heap.f64_bits(raw)?),
            _ => return self.untagged_cell(value),
        }))
    }

    fn untagged_cell(&self, cell: Value) -> Result<Option<Slot>> {
        let value = self.heap.field(cell, C::ContextCellTagged)?;
        Ok((!primitive::is_hole(self.heap, value)).then_some(Slot::Value(value)))
    }
}

/// The variables a function captured from the scope it was made in.
///
/// A function's own context is the one it was created in; it may belong to an
/// outer function or block.
pub fn captured<'a>(heap: Heap<'a>, function: Value) -> Result<Context<'a>> {
    Context::new(heap, Function::new(heap, function)?.context()?)
}
