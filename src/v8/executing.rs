//! Where in its script a frame executes.

use crate::v8::code::{self, Code, Compiler, Finder, Place};
use crate::v8::error::Result;
use crate::v8::frames::Frame;
use crate::v8::function::{Function, Shared};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::positions;
use crate::v8::script::Location;
use crate::v8::translation;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// What executes a JavaScript frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Not known, or nothing of the program's: V8's builtins.
    Unknown,
    /// The interpreter.
    Interpreter,
    /// Code of the baseline compiler: a frame like an interpreted one.
    Baseline(Code),
    /// Code of the compiler before V8 6 that does not optimize, at this character
    /// of the script.
    Full(Option<u64>),
    /// Optimized code, at this character of the script.
    Optimized(Option<u64>),
}

/// What executes the frame of a function, and the functions inlined there,
/// innermost first, each with the character it is at.
///
/// A return address may be the first byte of the next statement; `innermost`
/// frames have none.
pub fn tier(
    heap: Heap<'_>,
    codes: &mut Finder,
    fp: u64,
    pc: u64,
    function: Value,
    innermost: bool,
) -> (Tier, Vec<(Value, Option<u64>)>) {
    let none = |tier| (tier, Vec::new());
    // Builtins have no bytecode, and none of their code is optimized.
    if Function::new(heap, function).is_ok_and(|function| function.shared.is_builtin()) {
        return none(Tier::Unknown);
    }
    let at = if innermost { pc } else { pc.saturating_sub(1) };
    // What the executable has a symbol for is V8's own, the interpreter's too.
    let code =
        if pc == 0 || heap.target.symbol_at(at).is_some() { None } else { codes.find(heap, at) };
    match code.map(|code| (code, code::compiler(heap, code))) {
        Some((code, Ok(Compiler::Optimizing))) => {
            let place = optimized(heap, code, function, at, innermost).unwrap_or_default();
            (Tier::Optimized(place.position), place.inlined)
        }
        Some((code, Ok(Compiler::Baseline))) => none(Tier::Baseline(code)),
        Some((code, Ok(Compiler::Full))) => {
            let offset = (at + 1).wrapping_sub(code.start);
            let position =
                code::unoptimized_position(heap, code.object, offset).unwrap_or_default();
            none(Tier::Full(position))
        }
        _ if pc != 0 && bytecode(heap, fp).is_some() => none(Tier::Interpreter),
        _ => none(Tier::Unknown),
    }
}

/// Where optimized code executes: at a call by what V8 would do to leave the code
/// there, which knows all inlined calls; elsewhere by the table of positions,
/// where a call without a row of its own would pass for part of the one before.
fn optimized(
    heap: Heap<'_>,
    code: Code,
    function: Value,
    at: u64,
    innermost: bool,
) -> Result<Place> {
    let own = Function::new(heap, function)?.shared.object;
    let left =
        if innermost { None } else { translation::calls(heap, code, own, at + 1).ok().flatten() };
    match left {
        Some(mut inlined) => {
            let position = inlined.pop().and_then(|(_, position)| position);
            Ok(Place { inlined, position })
        }
        None => code::place(heap, code, at),
    }
}

/// The BytecodeArray of an interpreted or baseline frame.
pub fn bytecode(heap: Heap<'_>, fp: u64) -> Option<Value> {
    let slot = fp.wrapping_add_signed(heap.layout.find(C::FpBytecodeArray)?);
    let value = Value(heap.word(slot).ok()?);
    let fits = heap.is_heap_object(value) && heap.kind(value) == Ok(Kind::BytecodeArray);
    fits.then_some(value)
}

/// The bytecode offset of an interpreted or baseline frame.
pub fn bytecode_offset(heap: Heap<'_>, fp: u64, pc: u64, tier: Tier) -> Result<Option<u64>> {
    let Some(bytecode) = bytecode(heap, fp) else { return Ok(None) };
    match tier {
        Tier::Interpreter => {
            let slot = heap.layout.get(C::FpBytecodeOffset)?;
            let word = Value(heap.word(fp.wrapping_add_signed(slot))?);
            // Counted from the tagged start of the BytecodeArray.
            let data = heap.layout.get(C::BytecodeData)? - 1;
            Ok(heap.smi(word).and_then(|offset| u64::try_from(offset - data).ok()))
        }
        Tier::Baseline(code) => {
            let table = heap.field(code.object, C::CodeBytecodeOffsets)?;
            positions::bytecode_offset(heap, table, bytecode, pc.wrapping_sub(code.start))
        }
        _ => Ok(None),
    }
}

/// The character of its script that a frame of this tier is at; none where
/// that cannot be told.
pub fn position(heap: Heap<'_>, fp: u64, pc: u64, tier: Tier) -> Result<Option<u64>> {
    if let Tier::Optimized(position) | Tier::Full(position) = tier {
        return Ok(position);
    }
    let (Some(bytecode), Some(offset)) = (bytecode(heap, fp), bytecode_offset(heap, fp, pc, tier)?)
    else {
        return Ok(None);
    };
    positions::in_bytecode(heap, bytecode, offset)
}

/// The place in its script that a frame of a function executes; none where that
/// cannot be told.
pub fn location(heap: Heap<'_>, frame: &Frame, shared: Shared<'_>) -> Result<Option<Location>> {
    let Some(position) = position(heap, frame.fp, frame.pc, frame.tier)? else { return Ok(None) };
    Ok(shared.script()?.map(|script| script.locate(position)))
}

/// Whether it is known where positions stand: in tables of bytecode or, before
/// V8 6, with machine code.
pub fn tells_lines(heap: Heap<'_>) -> bool {
    let has = |id: C| heap.layout.find(id).is_some();
    has(C::FpBytecodeArray)
        || has(C::CodeKindFull) && (has(C::CodeRelocation) || has(C::CodePositions))
}
