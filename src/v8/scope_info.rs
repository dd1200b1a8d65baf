//! ScopeInfo: what a scope's variables are called, and where it is.
//!
//! Words in their order: counts, then for old V8 the names of parameters and
//! stack locals, then names and infos of context locals, then optional parts
//! that flag bits announce (src/objects/scope-info.tq).

use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// More variables than any function has.
const MAX_VARIABLES: u64 = 1 << 20;

/// A ScopeInfo.
#[derive(Clone, Copy)]
pub struct ScopeInfo<'a> {
    heap: Heap<'a>,
    /// The object.
    pub object: Value,
    base: u64,
    words: u64,
    flags: u64,
}

/// A variable by its name.
#[derive(Debug, Clone)]
pub struct Local {
    /// The word of the name; none where it is in no list.
    pub value: Option<Value>,
    /// The name; none where it cannot be read.
    pub name: Option<String>,
}

/// Variables of one sort, as far as a ScopeInfo knows them.
#[derive(Debug, Clone)]
pub enum Locals {
    /// It says nothing of them.
    Unknown,
    /// It has their number only.
    Count(u64),
    /// It has their names.
    Named(Vec<Local>),
}

/// Where the variable part has what, in words.
struct Parts {
    parameters: u64,
    stack_locals: u64,
    names: u64,
    function_name: Option<u64>,
    inferred: Option<u64>,
    positions: Option<u64>,
    outer: Option<u64>,
}

impl<'a> ScopeInfo<'a> {
    /// Opens a ScopeInfo; before V8 9 these are FixedArrays.
    pub fn new(heap: Heap<'a>, object: Value) -> Result<ScopeInfo<'a>> {
        match heap.kind(object)? {
            Kind::ScopeInfo | Kind::FixedArray => {}
            _ => {
                let found = heap.class_name(object)?;
                return Err(Error::WrongType { object, found, expected: "ScopeInfo" });
            }
        }
        let base_offset = heap.layout.get(C::ScopeInfoBase)?.unsigned_abs();
        let base = heap.addr(object)? + base_offset;
        let words = if heap.layout.find(C::FixedArrayData) == heap.layout.find(C::ScopeInfoBase) {
            heap.smi_field(object, C::FixedArrayLength, "ScopeInfo length")?.unsigned_abs()
        } else {
            u64::MAX
        };
        let mut info = ScopeInfo { heap, object, base, words, flags: 0 };
        if words > 0 {
            info.flags = if heap.layout.is(C::ScopeInfoRawFlags) {
                u64::from(heap.u32(base)?)
            } else {
                info.count(0)?
            };
        }
        Ok(info)
    }

    fn word(&self, index: u64) -> Result<Value> {
        if index >= self.words {
            return Err(Error::Corrupt { addr: self.base, what: "ScopeInfo index", found: index });
        }
        self.heap.word(self.base + index * self.heap.word_size()).map(Value)
    }

    fn count(&self, index: u64) -> Result<u64> {
        let word = self.word(index)?;
        let count = self.heap.smi(word).and_then(|n| u64::try_from(n).ok());
        count.ok_or(Error::Corrupt { addr: self.base, what: "ScopeInfo count", found: word.0 })
    }

    fn variables(&self, count: C) -> Result<u64> {
        let Some(index) = self.heap.layout.find(count) else { return Ok(0) };
        if self.words == 0 {
            return Ok(0);
        }
        match self.count(index.unsigned_abs())? {
            n if n <= MAX_VARIABLES => Ok(n),
            n => Err(Error::Corrupt { addr: self.base, what: "variable count", found: n }),
        }
    }

    fn flag(&self, shift: C, mask: u64) -> u64 {
        match self.heap.layout.find(shift) {
            Some(shift) => self.flags >> shift & mask,
            None => 0,
        }
    }

    fn scope_type(&self) -> Option<i64> {
        let mask = self.heap.layout.find(C::ScopeTypeMask)?;
        Some(self.flags.cast_signed() & mask)
    }

    /// Whether contexts of this scope have a slot for an extension.
    pub fn has_extension_slot(&self) -> bool {
        self.flag(C::ScopeExtensionShift, 1) == 1
    }

    /// Where everything after the counts is.
    fn parts(&self) -> Result<Parts> {
        let layout = self.heap.layout;
        let locals = self.variables(C::ScopeInfoContextLocals)?;
        let mut at = layout.get(C::ScopeInfoFirstVars)?.unsigned_abs();
        let is_module = self.scope_type() == layout.find(C::ScopeTypeModule);
        if is_module && layout.is(C::ScopeModuleCount) {
            at += 1;
        }
        let parameters = at;
        if layout.is(C::ScopeInfoParamNames) {
            at += self.variables(C::ScopeInfoParams)?;
        }
        let mut stack_locals = at;
        if layout.find(C::ScopeInfoStackLocals).is_some() {
            stack_locals += layout.find(C::ScopeInfoStackOffset).unwrap_or(0).unsigned_abs();
            at = stack_locals + self.variables(C::ScopeInfoStackLocals)?;
        }
        let names = at;
        let hashed =
            layout.find(C::ScopeInfoInlineLimit).is_some_and(|n| locals >= n.unsigned_abs());
        at += if hashed { 1 } else { locals } + locals;
        at += self.flag(C::ScopeClassVariableShift, 1);
        if layout.is(C::ScopeReceiverWord) && matches!(self.flag(C::ScopeReceiverShift, 3), 1 | 2) {
            at += 1;
        }
        let mut take = |present: bool, words: u64| {
            let here = at;
            at += if present { words } else { 0 };
            present.then_some(here)
        };
        let function_name = take(self.flag(C::ScopeFunctionVariableShift, 3) != 0, 2);
        let inferred = take(self.flag(C::ScopeInferredShift, 1) == 1, 1);
        let positions = match layout.find(C::ScopeStartWord) {
            Some(word) => Some(word.unsigned_abs()),
            // Function, eval, module, script scopes; class scopes in newer V8.
            None => {
                let ty = self.scope_type().unwrap_or(-1);
                let always = layout.is(C::ScopeAllPositions) && ty == 0;
                let known = layout.find(C::ScopeInferredShift).is_some();
                take(known && (always || (1..=4).contains(&ty)), 2)
            }
        };
        let outer = take(self.flag(C::ScopeOuterShift, 1) == 1, 1);
        Ok(Parts { parameters, stack_locals, names, function_name, inferred, positions, outer })
    }

    fn string_at(&self, index: Option<u64>) -> Result<Option<String>> {
        let Some(index) = index else { return Ok(None) };
        let word = self.word(index)?;
        if self.heap.is_heap_object(word) && self.heap.kind(word)? == Kind::String {
            return string::name(self.heap, word).map(Some);
        }
        Ok(None)
    }

    /// The function's name.
    pub fn function_name(&self) -> Result<Option<String>> {
        self.string_at(self.parts()?.function_name)
    }

    /// The name derived from the code around.
    pub fn inferred_name(&self) -> Result<Option<String>> {
        self.string_at(self.parts()?.inferred)
    }

    /// First and one past the last character.
    pub fn positions(&self) -> Result<Option<(u64, u64)>> {
        let Some(at) = self.parts()?.positions else { return Ok(None) };
        Ok(Some((self.count(at)?, self.count(at + 1)?)))
    }

    /// The scope around this one.
    pub fn outer(&self) -> Result<Option<Value>> {
        self.parts()?.outer.map(|at| self.word(at)).transpose()
    }

    /// Names of the parameters, where they are here at all; none for a name
    /// that cannot be read, or of a pattern.
    pub fn parameters(&self) -> Result<Vec<Option<String>>> {
        if !self.heap.layout.is(C::ScopeInfoParamNames) {
            return Ok(Vec::new());
        }
        self.strings(self.parts()?.parameters, self.variables(C::ScopeInfoParams)?)
    }

    /// Names of the variables on the stack, where they are here at all, in the
    /// order of their slots.
    pub fn stack_locals(&self) -> Result<Vec<Option<String>>> {
        if self.heap.layout.find(C::ScopeInfoStackLocals).is_none() {
            return Ok(Vec::new());
        }
        self.strings(self.parts()?.stack_locals, self.variables(C::ScopeInfoStackLocals)?)
    }

    /// The slot of the first variable on the stack.
    pub fn first_stack_slot(&self) -> Result<u64> {
        match self.heap.layout.find(C::ScopeInfoStackOffset) {
            Some(words) if words > 0 => {
                let at = self.parts()?.stack_locals.wrapping_sub(words.unsigned_abs());
                self.count(at).map(|slot| slot.min(MAX_VARIABLES))
            }
            _ => Ok(0),
        }
    }

    fn strings(&self, first: u64, count: u64) -> Result<Vec<Option<String>>> {
        (first..first + count).map(|i| Ok(self.string_at(Some(i)).unwrap_or(None))).collect()
    }

    /// Names of the variables in a context, in slot order; none for a name
    /// that cannot be read.
    pub fn context_locals(&self) -> Result<Vec<Option<String>>> {
        Ok(self.named_context_locals()?.into_iter().map(|local| local.name).collect())
    }

    /// The number of variables in a context.
    pub fn context_local_count(&self) -> Result<u64> {
        self.variables(C::ScopeInfoContextLocals)
    }

    /// The variables in a context, in slot order.
    pub fn named_context_locals(&self) -> Result<Vec<Local>> {
        let count = self.variables(C::ScopeInfoContextLocals)?;
        let names = self.parts()?.names;
        let limit = self.heap.layout.find(C::ScopeInfoInlineLimit);
        if limit.is_some_and(|n| count >= n.unsigned_abs()) {
            return self.hashed_locals(self.word(names)?, count);
        }
        self.listed_locals(names, count)
    }

    /// What there is of the parameters: names up to V8 6.8.
    pub fn parameter_list(&self) -> Result<Locals> {
        let named = self.heap.layout.is(C::ScopeInfoParamNames);
        let names = named.then_some(self.parts()?.parameters);
        self.locals(C::ScopeInfoParams, names)
    }

    /// What there is of variables in registers or on the stack: names up to V8 6.8.
    pub fn stack_local_list(&self) -> Result<Locals> {
        self.locals(C::ScopeInfoStackLocals, Some(self.parts()?.stack_locals))
    }

    fn locals(&self, count: C, names: Option<u64>) -> Result<Locals> {
        if self.heap.layout.find(count).is_none() {
            return Ok(Locals::Unknown);
        }
        let count = self.variables(count)?;
        Ok(match names {
            Some(at) => Locals::Named(self.listed_locals(at, count)?),
            None => Locals::Count(count),
        })
    }

    fn listed_locals(&self, at: u64, count: u64) -> Result<Vec<Local>> {
        let local = |index: u64| {
            let value = Some(self.word(index)?);
            Ok(Local { value, name: self.string_at(Some(index)).unwrap_or(None) })
        };
        (at..at + count).map(local).collect()
    }

    /// Names of many variables: a hash table of name and index
    /// (`NameToIndexHashTable`, src/objects/hash-table.h): three
    /// counts, then pairs.
    fn hashed_locals(&self, table: Value, count: u64) -> Result<Vec<Local>> {
        let heap = self.heap;
        let array = crate::v8::fixed_array::FixedArray::new(heap, table)?;
        let mut locals = alloc::vec![Local { value: None, name: None }; count as usize];
        let words = array.iter_from(3).collect::<Result<Vec<_>>>()?;
        for pair in words.chunks_exact(2) {
            let is_name = heap.is_heap_object(pair[0]) && heap.kind(pair[0])? == Kind::String;
            let index = heap.smi(pair[1]).and_then(|n| usize::try_from(n).ok());
            if let (true, Some(local)) = (is_name, index.and_then(|i| locals.get_mut(i))) {
                *local = Local { value: Some(pair[0]), name: Some(string::name(heap, pair[0])?) };
            }
        }
        Ok(locals)
    }
}
