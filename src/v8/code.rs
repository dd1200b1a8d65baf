//! Machine code: which Code object an address lies in, and which functions
//! were inlined there.

use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::positions::{self, SourcePosition};
use crate::v8::relocation;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Code objects are not larger than this.
const MAX_CODE: u64 = 1 << 20;
/// Functions inlined into each other at most (V8's own limits are far lower).
const MAX_INLINED: usize = 64;

/// A Code object and its instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The object.
    pub object: Value,
    /// First instruction.
    pub start: u64,
    /// Bytes of instructions.
    pub size: u64,
}

/// Finds the code an address lies in, and remembers.
#[derive(Default)]
pub struct Finder {
    /// The map of the objects that machine code follows.
    map: Option<Value>,
    /// Addresses that were looked up: all interpreted frames share one.
    known: Vec<(u64, Option<Code>)>,
}

impl Finder {
    /// The Code object whose instructions hold `pc`; none for addresses in the
    /// executable or in V8's copy of its builtins.
    pub fn find(&mut self, heap: Heap<'_>, pc: u64) -> Option<Code> {
        if let Some((_, code)) = self.known.iter().find(|(known, _)| *known == pc) {
            return *code;
        }
        let code = self.search(heap, pc);
        self.known.push((pc, code));
        code
    }

    /// Looks backwards from an address for the header that machine code follows.
    fn search(&mut self, heap: Heap<'_>, pc: u64) -> Option<Code> {
        let layout = heap.layout;
        let separate = layout.find(C::StreamCode).is_some();
        let header_class = if separate { "InstructionStream" } else { "Code" };
        let wanted = layout.types.number_of(header_class)?;
        let word = heap.word_size();
        let mut at = pc & !(word - 1);
        let stop = at.saturating_sub(MAX_CODE);
        while at > stop {
            at -= word;
            let value = Value(heap.word(at).ok()?);
            let is_header = match self.map {
                Some(map) => map == value,
                None => heap.is_map(value) && heap.instance_type(value) == Ok(wanted),
            };
            if !is_header {
                continue;
            }
            if let Some(code) = behind(heap, Value::at(at), separate) {
                self.map = Some(value);
                if pc.wrapping_sub(code.start) < code.size {
                    return Some(code);
                }
            }
        }
        None
    }
}

/// The code that a header of instructions belongs to.
fn behind(heap: Heap<'_>, header: Value, separate: bool) -> Option<Code> {
    let object = if separate { heap.field(header, C::StreamCode).ok()? } else { header };
    open(heap, object).ok()
}

/// The instructions of a Code object, which follow it or, since V8 11, are
/// elsewhere. The type is the caller's business.
pub fn open(heap: Heap<'_>, object: Value) -> Result<Code> {
    let field = heap.field_addr(object, C::CodeInstructions)?;
    let separate = heap.layout.find(C::StreamCode).is_some();
    let start = if separate { heap.word(field)? } else { field };
    let size = heap.u32(heap.field_addr(object, C::CodeSize)?)?;
    Ok(Code { object, start, size: size.into() })
}

/// Which compiler made a piece of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compiler {
    /// Sparkplug: machine code bytecode by bytecode, frames like interpreted ones.
    Baseline,
    /// Maglev, TurboFan: values are wherever the compiler left them.
    Optimizing,
    /// The compiler before V8 6 that does not optimize: a variable has its slot.
    Full,
    /// V8's own code.
    Other,
}

/// Which compiler made this code.
pub fn compiler(heap: Heap<'_>, code: Code) -> Result<Compiler> {
    let layout = heap.layout;
    let flags = heap.u32(heap.field_addr(code.object, C::CodeFlags)?)?;
    let kind = i64::from(flags) & layout.get(C::CodeKindMask)?;
    let is = |id: C| layout.find(id) == Some(kind);
    Ok(if is(C::CodeKindMaglev) || is(C::CodeKindTurbofan) {
        Compiler::Optimizing
    } else if is(C::CodeKindBaseline) {
        Compiler::Baseline
    } else if is(C::CodeKindFull) {
        Compiler::Full
    } else {
        Compiler::Other
    })
}

/// Where optimized code executes.
#[derive(Debug, Default)]
pub struct Place {
    /// Functions inlined there, innermost first: their SharedFunctionInfos,
    /// each with the character it is at.
    pub inlined: Vec<(Value, Option<u64>)>,
    /// The character the function itself is at.
    pub position: Option<u64>,
}

/// Where optimized code executes at `pc`.
///
/// Source: src/codegen/source-position.h, src/objects/deoptimization-data.h.
pub fn place(heap: Heap<'_>, code: Code, pc: u64) -> Result<Place> {
    let layout = heap.layout;
    let table = heap.field(code.object, C::CodePositions)?;
    let Some(mut at) = positions::lookup(heap, table, pc - code.start)? else {
        return Ok(Place::default());
    };
    let mut place = Place::default();
    if at.inlining != 0 {
        let data = FixedArray::new(heap, heap.field(code.object, C::CodeDeoptData)?)?;
        let part = |id: C| data.get(layout.get(id)?.unsigned_abs());
        let calls = positions::bytes(heap, part(C::DeoptInliningPositions)?)?;
        let literals = part(C::DeoptLiterals)?;
        let count = heap.smi(part(C::DeoptInlinedCount)?).unwrap_or(0).unsigned_abs();
        let corrupt = |what, found| Error::Corrupt { addr: code.object.0, what, found };
        while at.inlining != 0 && place.inlined.len() < MAX_INLINED {
            // Entries of 16 bytes: the call's position, the function's number.
            let index = (at.inlining - 1) as usize;
            let entry = calls.chunks_exact(16).nth(index);
            let entry = entry.ok_or(corrupt("inlining id", at.inlining))?;
            let number = entry[8..12].iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
            if number >= count {
                return Err(corrupt("inlined function", number));
            }
            place.inlined.push((literal(heap, literals, number)?, at.offset));
            let call = entry[..8].iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
            at = SourcePosition::unpack(heap, call);
        }
    }
    place.position = at.offset;
    Ok(place)
}

/// The character of its script that code of a function is at when it is about to
/// execute its instruction at `offset`; none for builtins.
pub fn position(heap: Heap<'_>, object: Value, offset: u64) -> Result<Option<u64>> {
    let at = offset.saturating_sub(1);
    match compiler(heap, Code { object, start: 0, size: 0 })? {
        Compiler::Baseline => {
            let bytecode = baseline_bytecode(heap, object)?;
            let table = heap.field(object, C::CodeBytecodeOffsets)?;
            match positions::bytecode_offset(heap, table, bytecode, at)? {
                Some(offset) => positions::in_bytecode(heap, bytecode, offset),
                None => Ok(None),
            }
        }
        Compiler::Optimizing => {
            let table = heap.field(object, C::CodePositions)?;
            let found = positions::lookup(heap, table, at)?.filter(|at| at.inlining == 0);
            Ok(found.and_then(|at| at.offset))
        }
        Compiler::Full => unoptimized_position(heap, object, offset),
        Compiler::Other => Ok(None),
    }
}

/// The BytecodeArray that baseline code stands for: it is where optimized code has its
/// data for deoptimization (src/objects/code.h).
pub fn baseline_bytecode(heap: Heap<'_>, object: Value) -> Result<Value> {
    let mut bytecode = heap.field(object, C::CodeDeoptData)?;
    if heap.class_name(bytecode)? == "InterpreterData" {
        bytecode = heap.word(heap.addr(bytecode)? + heap.word_size()).map(Value)?;
    }
    heap.expect(bytecode, Kind::BytecodeArray, "BytecodeArray")
}

/// The character that code which is not optimized (V8 < 6) is at before its
/// instruction at `offset`: by its relocation information, since V8 5.5 by a table.
pub fn unoptimized_position(heap: Heap<'_>, object: Value, offset: u64) -> Result<Option<u64>> {
    if heap.layout.find(C::CodeRelocation).is_some() {
        return relocation::position(heap, object, offset);
    }
    let table = heap.field(object, C::CodePositions)?;
    let found = positions::lookup(heap, table, offset.saturating_sub(1))?;
    Ok(found.and_then(|at| at.offset))
}

/// The SharedFunctionInfo of the function that optimized code is of.
pub fn function(heap: Heap<'_>, code: Code) -> Result<Value> {
    let data = heap.field(code.object, C::CodeDeoptData)?;
    literal(heap, data, heap.layout.get(C::DeoptShared)?.unsigned_abs())
}

/// A literal: weak since V8 10, and a wrapper around the function since 13.
pub(crate) fn literal(heap: Heap<'_>, literals: Value, index: u64) -> Result<Value> {
    let value = FixedArray::new(heap, literals)?.get(index)?;
    let strong = Value(value.0 & !2);
    match heap.kind(strong)? {
        Kind::SharedFunctionInfo => Ok(strong),
        _ if heap.class_name(strong)? == "SharedFunctionInfoWrapper" => {
            heap.field(strong, C::SharedWrapperInfo)
        }
        _ => heap.expect(strong, Kind::SharedFunctionInfo, "SharedFunctionInfo"),
    }
}
