//! Machine code: which Code object an address lies in, and which functions
//! were inlined there.

use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::value::Value;
use alloc::vec;
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

/// Whether code is that of an optimizing compiler.
pub fn is_optimized(heap: Heap<'_>, code: Code) -> Result<bool> {
    let layout = heap.layout;
    let flags = heap.u32(heap.field_addr(code.object, C::CodeFlags)?)?;
    let kind = i64::from(flags) & layout.get(C::CodeKindMask)?;
    Ok([C::CodeKindMaglev, C::CodeKindTurbofan].iter().any(|id| layout.find(*id) == Some(kind)))
}

/// Functions inlined at `pc`, innermost first: their SharedFunctionInfos. The
/// function the code belongs to is not among them.
///
/// Source: src/codegen/source-position.h, src/objects/deoptimization-data.h.
pub fn inlined(heap: Heap<'_>, code: Code, pc: u64) -> Result<Vec<Value>> {
    let layout = heap.layout;
    let table = heap.field(code.object, C::CodePositions)?;
    let Some(position) = position_at(heap, table, pc - code.start)? else { return Ok(Vec::new()) };
    let data = FixedArray::new(heap, heap.field(code.object, C::CodeDeoptData)?)?;
    let part = |id: C| data.get(layout.get(id)?.unsigned_abs());
    let mut functions = Vec::new();
    let mut id = inlining_id(position);
    if id == 0 {
        return Ok(functions);
    }
    let positions = bytes(heap, part(C::DeoptInliningPositions)?)?;
    let literals = part(C::DeoptLiterals)?;
    let count = heap.smi(part(C::DeoptInlinedCount)?).unwrap_or(0).unsigned_abs();
    while id != 0 && functions.len() < MAX_INLINED {
        // Entries of 16 bytes: the call's position, the function's number.
        let at = (id - 1) as usize * 16;
        let Some(entry) = positions.get(at..at + 16) else {
            return Err(Error::Corrupt { addr: code.object.0, what: "inlining id", found: id });
        };
        let call = u64::from_le_bytes([
            entry[0], entry[1], entry[2], entry[3], entry[4], entry[5], entry[6], entry[7],
        ]);
        let number = u32::from_le_bytes([entry[8], entry[9], entry[10], entry[11]]);
        if u64::from(number) >= count {
            return Err(Error::Corrupt {
                addr: code.object.0,
                what: "inlined function",
                found: number.into(),
            });
        }
        functions.push(literal(heap, literals, number.into())?);
        id = inlining_id(call);
    }
    Ok(functions)
}

/// Which inlining a position belongs to; 0 for none.
fn inlining_id(position: u64) -> u64 {
    position >> 31 & 0xffff
}

/// A literal: weak since V8 10, and a wrapper around the function since 13.
fn literal(heap: Heap<'_>, literals: Value, index: u64) -> Result<Value> {
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

/// Bytes of a ByteArray.
fn bytes(heap: Heap<'_>, object: Value) -> Result<Vec<u8>> {
    let addr = heap.field_addr(object, C::FixedArrayLength)?;
    let length = heap.smi_field(object, C::FixedArrayLength, "table length")?;
    if !(0..1 << 24).contains(&length) {
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
fn position_at(heap: Heap<'_>, table: Value, offset: u64) -> Result<Option<u64>> {
    let bytes = bytes(heap, table)?;
    let mut input = bytes.iter();
    let (mut code, mut position, mut found) = (0i64, 0i64, None);
    while let Some(first) = number(&mut input) {
        let Some(second) = number(&mut input) else { break };
        code += if heap.layout.is(C::PositionsUnsigned) {
            (first >> 2).cast_signed()
        } else {
            match zigzag(first) {
                delta if delta < 0 => -(delta + 1),
                delta => delta,
            }
        };
        position += zigzag(second);
        if code > offset.cast_signed() {
            break;
        }
        found = Some(position.cast_unsigned());
    }
    Ok(found)
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
