//! Tables of positions: which character of the script belongs to which offset
//! in bytecode or machine code.

use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::value::Value;
use alloc::vec;
use alloc::vec::Vec;

/// Bytes of a table at most.
const MAX_TABLE: i64 = 1 << 24;
/// Symbol of the sizes of bytecodes: a row each for single, double and
/// quadruple operands (src/interpreter/bytecodes.cc).
const BYTECODE_SIZES: &str = "_ZN2v88internal11interpreter9Bytecodes14kBytecodeSizesE";

/// A place in code: in which inlined function, and where in its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcePosition {
    /// Character in the script; none for code that stands for no source.
    pub offset: Option<u64>,
    /// Number of the inlining it belongs to, from 1; 0 for none.
    pub inlining: u64,
}

impl SourcePosition {
    /// Takes a position apart (src/codegen/source-position.h): 31 bits of the
    /// character plus one, or since V8 7 a bit for positions outside of
    /// JavaScript and 30 bits; then 16 of the inlining plus one. V8 5.5 has the
    /// character as it is.
    pub fn unpack(heap: Heap<'_>, raw: u64) -> SourcePosition {
        let shift = heap.layout.find(C::PositionShift).unwrap_or(0).clamp(0, 1).unsigned_abs();
        let external = shift == 1 && raw & 1 == 1;
        let base = heap.layout.find(C::PositionBase).unwrap_or(1).unsigned_abs();
        let offset = ((raw & 0x7fff_ffff) >> shift).checked_sub(base).filter(|_| !external);
        SourcePosition { offset, inlining: raw >> 31 & 0xffff }
    }
}

/// Bytes of a ByteArray.
pub fn bytes(heap: Heap<'_>, object: Value) -> Result<Vec<u8>> {
    let addr = heap.field_addr(object, C::FixedArrayLength)?;
    let length = heap.smi_field(object, C::FixedArrayLength, "table length")?;
    if !(0..MAX_TABLE).contains(&length) {
        return Err(Error::Corrupt { addr, what: "table length", found: length.cast_unsigned() });
    }
    let mut bytes = vec![0; length.unsigned_abs() as usize];
    let data = heap.addr(object)?.wrapping_add_signed(heap.layout.get(C::ByteArrayData)?);
    if !bytes.is_empty() {
        heap.target.read(data, &mut bytes)?;
    }
    Ok(bytes)
}

/// The position of the last row at or before an offset in the code.
///
/// A row is two numbers, deltas to the row before: code offset and position,
/// zig-zag and in groups of seven bits; the sign of the first tells
/// statements, or two bits of it do (src/codegen/source-position-table.cc).
pub fn lookup(heap: Heap<'_>, table: Value, offset: u64) -> Result<Option<SourcePosition>> {
    let bytes = bytes(heap, table)?;
    let mut input = bytes.iter();
    let start = heap.layout.find(C::PositionsStart).unwrap_or(0);
    let (mut code, mut position, mut found) = (start, 0i64, None);
    while let Some(first) = number(&mut input) {
        let Some(second) = number(&mut input) else { break };
        code = code.wrapping_add(if heap.layout.is(C::PositionsUnsigned) {
            (first >> 2).cast_signed()
        } else {
            match zigzag(first) {
                delta if delta < 0 => !delta,
                delta => delta,
            }
        });
        position = position.wrapping_add(zigzag(second));
        if code > offset.cast_signed() {
            break;
        }
        found = Some(position.cast_unsigned());
    }
    Ok(found.map(|raw| SourcePosition::unpack(heap, raw)))
}

fn number<'b>(input: &mut impl Iterator<Item = &'b u8>) -> Option<u64> {
    let (mut value, mut shift) = (0u64, 0u32);
    loop {
        let byte = *input.next()?;
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
}

fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// The position at an offset in a BytecodeArray.
pub fn in_bytecode(heap: Heap<'_>, bytecode: Value, offset: u64) -> Result<Option<u64>> {
    let mut table = heap.field(bytecode, C::BytecodePositions)?;
    if !heap.is_heap_object(table) {
        return Ok(None);
    }
    // V8 6 puts a cache around the table once a stack trace was made.
    if heap.kind(table)? != Kind::ByteArray {
        table = heap.word(heap.addr(table)? + heap.word_size()).map(Value)?;
        if !heap.is_heap_object(table) || heap.kind(table)? != Kind::ByteArray {
            return Ok(None);
        }
    }
    Ok(lookup(heap, table, offset)?.and_then(|position| position.offset))
}

/// The bytecode offset that baseline code is at: its table has the machine
/// code's length for each bytecode in turn, so the bytecodes' own lengths are
/// needed too (src/baseline/bytecode-offset-iterator.h).
pub fn bytecode_offset(
    heap: Heap<'_>,
    table: Value,
    bytecode: Value,
    pc: u64,
) -> Result<Option<u64>> {
    let lengths = bytes(heap, table)?;
    let mut lengths = lengths.iter();
    let code = instructions(heap, bytecode)?;
    let sizes = sizes(heap)?;
    let Some(mut end) = number(&mut lengths) else { return Ok(None) };
    let (mut at, mut current) = (0usize, None);
    while end < pc {
        let (Some(length), Some(size)) = (number(&mut lengths), size_at(&sizes, &code, at)) else {
            return Ok(None);
        };
        end = end.saturating_add(length);
        current = Some(at as u64);
        at += size;
    }
    Ok(current)
}

/// Bytes of the bytecodes themselves.
fn instructions(heap: Heap<'_>, bytecode: Value) -> Result<Vec<u8>> {
    let addr = heap.field_addr(bytecode, C::FixedArrayLength)?;
    let length = heap.smi_field(bytecode, C::FixedArrayLength, "bytecode length")?;
    if !(0..MAX_TABLE).contains(&length) {
        return Err(Error::Corrupt {
            addr,
            what: "bytecode length",
            found: length.cast_unsigned(),
        });
    }
    let mut code = vec![0; length.unsigned_abs() as usize];
    heap.target.read(heap.field_addr(bytecode, C::BytecodeData)?, &mut code)?;
    Ok(code)
}

/// The sizes of all bytecodes, from the executable.
fn sizes(heap: Heap<'_>) -> Result<Vec<u8>> {
    let (addr, size) =
        heap.target.symbol_range(BYTECODE_SIZES).ok_or(Error::Missing("sizes of bytecodes"))?;
    let mut sizes = vec![0; size.min(3 * 256) as usize];
    heap.target.read(addr, &mut sizes)?;
    Ok(sizes)
}

/// Size of the bytecode at an index, its prefix included: the first four
/// bytecodes are prefixes, in turn for double and for quadruple operands.
fn size_at(sizes: &[u8], code: &[u8], at: usize) -> Option<usize> {
    let count = sizes.len() / 3;
    let first = usize::from(*code.get(at)?);
    let (row, bytecode, prefix) = match first {
        0..4 => (1 + first % 2, usize::from(*code.get(at + 1)?), 1),
        _ => (0, first, 0),
    };
    let size = sizes[..].get(row * count..(row + 1) * count)?.get(bytecode)?;
    Some(usize::from(*size).max(1) + prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_widen_the_next_bytecode() {
        // Five bytecodes: four prefixes and one with two operands.
        let sizes = [1, 1, 1, 1, 3, 1, 1, 1, 1, 5, 1, 1, 1, 1, 9];
        let code = [4, 0, 0, 0, 4, 1, 4];
        assert_eq!(size_at(&sizes, &code, 0), Some(3));
        assert_eq!(size_at(&sizes, &code, 3), Some(6));
        assert_eq!(size_at(&sizes, &code, 5), Some(10));
        assert_eq!(size_at(&sizes, &code, 7), None);
    }

    #[test]
    fn numbers_and_signs() {
        let mut input = [0xac, 0x02, 0x05].iter();
        assert_eq!(number(&mut input), Some(300));
        assert_eq!(number(&mut input).map(zigzag), Some(-3));
        assert_eq!(number(&mut input), None);
    }
}
