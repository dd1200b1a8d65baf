//! Which calls optimized code stands for at a place it may be left at: V8 keeps
//! for each such place how to make the frames that unoptimized code would have
//! (src/deoptimizer.cc, Translation).

use crate::v8::code::{self, Code};
use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::function::{Function, Shared};
use crate::v8::function_code;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::positions;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Calls inlined into each other at most.
const MAX_CALLS: usize = 64;
/// Opcodes of translations that constants tell the operands of.
const MAX_OPCODE: u64 = 32;
/// In place of a literal, the optimized function itself (V8 < 4).
const SELF: i64 = -239;

/// A call, by its function and the character it is at.
pub type Call = (Value, Option<u64>);

/// The calls at a return address, innermost first, that of the optimized function
/// itself last; none where the code cannot be left, or this V8's translations are
/// not known.
pub fn calls(heap: Heap<'_>, code: Code, own: Value, pc: u64) -> Result<Option<Vec<Call>>> {
    let layout = heap.layout;
    let (Some(first), Some(words)) =
        (layout.find(C::DeoptFirstEntry), layout.find(C::DeoptEntryWords))
    else {
        return Ok(None);
    };
    let (first, words) = (first.unsigned_abs(), words.unsigned_abs().max(1));
    let data = FixedArray::new(heap, heap.field(code.object, C::CodeDeoptData)?)?;
    let Ok(wanted) = i64::try_from(pc.wrapping_sub(code.start)) else { return Ok(None) };
    let slack = layout.find(C::DeoptPcSlack).unwrap_or(0);
    let (mut at, mut nearest) = (first, None);
    // The last word of an entry is the return address.
    while at + words <= data.len() {
        let away = heap.smi(data.get(at + words - 1)?).map(|pc| pc - wanted);
        if let Some(away) = away.filter(|away| (0..=slack).contains(away)) {
            if nearest.is_none_or(|(least, _)| away < least) {
                let index = heap.smi(data.get(at + 1)?).and_then(|n| usize::try_from(n).ok());
                nearest = Some((away, index));
            }
        }
        at += words;
    }
    nearest.map(|(_, index)| read(heap, &data, own, index)).transpose()
}

fn read(
    heap: Heap<'_>,
    data: &FixedArray<'_>,
    own: Value,
    index: Option<usize>,
) -> Result<Vec<Call>> {
    let layout = heap.layout;
    let part = |id: C| data.get(layout.get(id)?.unsigned_abs());
    let object = part(C::DeoptTranslations)?;
    let bytes = positions::bytes(heap, object)?;
    let literals = part(C::DeoptLiterals)?;
    let corrupt = |found| Error::Corrupt { addr: object.0, what: "translation", found };
    let mut input = index.and_then(|index| bytes.get(index..)).unwrap_or(&[]).iter();
    let (begin, _, frames) = (number(&mut input), number(&mut input), number(&mut input));
    if begin != Some(0) {
        return Err(corrupt(begin.unwrap_or(-1).cast_unsigned()));
    }
    for _ in 2..operands(heap, 0)? {
        number(&mut input);
    }
    let frames = frames.and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= MAX_CALLS);
    let frames = frames.ok_or(corrupt(u64::MAX))?;
    let (javascript, builtin) =
        (layout.get(C::TranslationFrames)?, layout.find(C::TranslationBuiltins).unwrap_or(0));
    let mut calls = Vec::new();
    while calls.len() < frames {
        let opcode = number(&mut input).and_then(|n| u64::try_from(n).ok());
        let opcode = opcode.filter(|n| (1..MAX_OPCODE).contains(n)).ok_or(corrupt(u64::MAX))?;
        let count = operands(heap, opcode)?;
        let (first, second) = match count {
            0 => (None, None),
            1 => (number(&mut input), None),
            _ => (number(&mut input), number(&mut input)),
        };
        for _ in 2..count {
            number(&mut input);
        }
        let is = |mask: i64| mask >> opcode & 1 == 1;
        if is(javascript) || is(builtin) {
            let shared = function(heap, literals, own, second.ok_or(corrupt(opcode))?)?;
            let place = first.filter(|_| is(javascript));
            let position = place.map(|place| position(heap, shared, place)).transpose();
            calls.push((shared, position.unwrap_or(None).flatten()));
        }
    }
    calls.reverse();
    Ok(calls)
}

/// Number of operands of an opcode; four bits each, sixteen to a constant.
fn operands(heap: Heap<'_>, opcode: u64) -> Result<u64> {
    let id = if opcode < 16 { C::TranslationOperands } else { C::TranslationOperands16 };
    Ok(heap.layout.get(id)?.cast_unsigned() >> (opcode % 16 * 4) & 15)
}

/// A number in groups of seven bits, the lowest bit of each telling whether more
/// follow; of the number itself, the lowest bit is the sign.
fn number(input: &mut core::slice::Iter<'_, u8>) -> Option<i64> {
    let (mut bits, mut shift) = (0u64, 0u32);
    loop {
        let byte = *input.next()?;
        bits |= u64::from(byte >> 1).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 1 == 0 {
            break;
        }
    }
    let magnitude = (bits >> 1).cast_signed();
    Some(if bits & 1 == 1 { -magnitude } else { magnitude })
}

/// The SharedFunctionInfo of a literal, which is that or a function.
fn function(heap: Heap<'_>, literals: Value, own: Value, index: i64) -> Result<Value> {
    if index == SELF {
        return Ok(own);
    }
    let corrupt =
        Error::Corrupt { addr: literals.0, what: "literal", found: index.cast_unsigned() };
    let index = u64::try_from(index).map_err(|_| corrupt)?;
    let value = FixedArray::new(heap, literals)?.get(index)?;
    if heap.is_heap_object(value) && heap.kind(value)? == Kind::Function {
        return Ok(Function::new(heap, value)?.shared.object);
    }
    code::literal(heap, literals, index)
}

/// The character a call is at: by the offset in its bytecode, or by the number of
/// the node, which unoptimized code has a return address for.
fn position(heap: Heap<'_>, shared: Value, place: i64) -> Result<Option<u64>> {
    let shared = Shared::new(heap, shared)?;
    if heap.layout.find(C::CodeKindFull).is_none() {
        let Some(bytecode) = function_code::bytecode(heap, shared)? else { return Ok(None) };
        let Ok(offset) = u64::try_from(place) else { return Ok(None) };
        return positions::in_bytecode(heap, bytecode, offset);
    }
    let object = heap.field(shared.object, C::SharedCode)?;
    heap.expect(object, Kind::Code, "Code")?;
    let table = FixedArray::new(heap, heap.field(object, C::CodeDeoptData)?)?;
    let words = table.iter().collect::<Result<Vec<_>>>()?;
    // src/full-codegen.h: below the offset a bit for the state of registers.
    let entry = words.chunks_exact(2).find(|pair| heap.smi(pair[0]) == Some(place));
    let offset = entry.and_then(|pair| heap.smi(pair[1])).map(|entry| entry.cast_unsigned() >> 1);
    match offset {
        Some(offset) => code::unoptimized_position(heap, object, offset),
        None => Ok(None),
    }
}
