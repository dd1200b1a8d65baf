//! Strings: five representations, two encodings.

use crate::v8::error::{Error, Result};
use crate::v8::heap::{Heap, MAX_LENGTH};
use crate::v8::layout::C;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Strings within each other that add nothing: V8 nests no more than a few.
const MAX_NESTING: u32 = 1000;

/// How a string holds its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// In the object, from this address.
    Seq {
        /// First character.
        chars: u64,
    },
    /// Two strings, one after the other.
    Cons {
        /// Left part.
        first: Value,
        /// Right part.
        second: Value,
    },
    /// A part of another string.
    Sliced {
        /// The whole.
        parent: Value,
        /// First character of the part.
        offset: u64,
    },
    /// Another string.
    Thin {
        /// That string.
        actual: Value,
    },
    /// Outside the heap, at this address.
    External {
        /// First character.
        chars: u64,
    },
    /// Outside the heap; where is only known to the embedder.
    ExternalUncached {
        /// The embedder's resource.
        resource: u64,
    },
}

/// A string's header.
#[derive(Debug, Clone, Copy)]
pub struct StringInfo {
    /// Characters, as UTF-16 counts them.
    pub length: u64,
    /// Whether a character takes one byte (Latin-1), not two (UTF-16).
    pub one_byte: bool,
    /// Where they are.
    pub shape: Shape,
}

/// Text taken from a string.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// UTF-16 code units.
    pub units: Vec<u16>,
    /// Whether the string goes on.
    pub truncated: bool,
}

impl Text {
    /// As UTF-8, unpaired surrogates replaced.
    pub fn to_utf8(&self) -> String {
        String::from_utf16_lossy(&self.units)
    }
}

/// Reads a string's header.
pub fn info(heap: Heap<'_>, string: Value) -> Result<StringInfo> {
    let layout = heap.layout;
    let (string, map) = heap.located(string)?;
    let number = heap.instance_type(map)?;
    if !heap.is_string_type(number) {
        return Err(Error::WrongType {
            object: string,
            found: heap.class_name(string)?,
            expected: "string",
        });
    }
    let number = i64::from(number);
    let length = length(heap, string)?;
    let one_byte =
        number & layout.get(C::StringEncodingMask)? == layout.get(C::OneByteStringTag)?;
    let tag = number & layout.get(C::StringRepresentationMask)?;
    let is = |id: C| layout.find(id) == Some(tag);
    let shape = if is(C::SeqStringTag) {
        let field = if one_byte { C::SeqOneByteChars } else { C::SeqTwoByteChars };
        Shape::Seq { chars: heap.field_addr(string, field)? }
    } else if is(C::ConsStringTag) {
        Shape::Cons {
            first: heap.field(string, C::ConsFirst)?,
            second: heap.field(string, C::ConsSecond)?,
        }
    } else if is(C::SlicedStringTag) {
        let offset = heap.smi_field(string, C::SlicedOffset, "slice offset")?;
        Shape::Sliced {
            parent: heap.field(string, C::SlicedParent)?,
            offset: u64::try_from(offset).unwrap_or(u64::MAX),
        }
    } else if is(C::ThinStringTag) {
        Shape::Thin { actual: heap.field(string, C::ThinActual)? }
    } else if is(C::ExternalStringTag) {
        let uncached = layout.find(C::UncachedExternalMask).is_some_and(|m| number & m != 0);
        if uncached {
            Shape::ExternalUncached { resource: heap.field(string, C::ExternalResource)?.0 }
        } else if layout.find(C::ExternalData).is_some() {
            Shape::External { chars: heap.field(string, C::ExternalData)?.0 }
        } else {
            // Before V8 3.10 only the resource has the address: in Node's own
            // class it follows the table of virtual functions.
            let resource = heap.field(string, C::ExternalResource)?.0;
            Shape::External { chars: heap.word(resource.wrapping_add(heap.word_size()))? }
        }
    } else {
        return Err(Error::Corrupt {
            addr: string.0,
            what: "string representation",
            found: tag.cast_unsigned(),
        });
    };
    Ok(StringInfo { length, one_byte, shape })
}

fn length(heap: Heap<'_>, string: Value) -> Result<u64> {
    let (addr, length) = if heap.layout.find(C::StringLengthInt).is_some() {
        let addr = heap.field_addr(string, C::StringLengthInt)?;
        (addr, u64::from(heap.u32(addr)?))
    } else {
        let addr = heap.field_addr(string, C::StringLengthSmi)?;
        let length = heap.smi_field(string, C::StringLengthSmi, "string length")?;
        (addr, length.cast_unsigned())
    };
    // src/objects/string.h: kMaxLength is below 2^30 everywhere.
    if length > MAX_LENGTH * 4 {
        return Err(Error::Corrupt { addr, what: "string length", found: length });
    }
    Ok(length)
}

/// Strings within a string that are looked at although their lengths do not add up.
const DAMAGED: u32 = 1 << 14;

/// A stretch of a string still to be read.
struct Part {
    string: Value,
    skip: u64,
    take: u64,
}

/// Reads at most `limit` code units of a string.
///
/// Concatenations are walked with a list, not by recursion: they can be a
/// million deep. Nothing is read twice, and no more than the outermost length.
pub fn read(heap: Heap<'_>, string: Value, limit: u64) -> Result<Text> {
    read_within(heap, string, limit, u32::MAX)
}

/// As [`read`], but looks at no more than so many strings within the string: what
/// is read of many, which may all be in each other, must not walk through all each
/// time.
pub fn read_within(heap: Heap<'_>, string: Value, limit: u64, mut patience: u32) -> Result<Text> {
    let whole = info(heap, string)?.length;
    let wanted = whole.min(limit);
    let mut text = Text { units: Vec::new(), truncated: wanted < whole };
    let mut todo = vec![Part { string, skip: 0, take: wanted }];
    // Steps that neither yield characters nor narrow what is wanted nor come to a
    // shorter string lead down through slices and empty halves, of which there are
    // few; or in a circle.
    let (mut narrowest, mut stuck, mut steps) = ((u64::MAX, u64::MAX), 0u32, 0u32);
    while let Some(part) = todo.pop() {
        if part.take == 0 {
            continue;
        }
        if steps == patience {
            text.truncated = true;
            break;
        }
        steps += 1;
        if steps & 0xfff == 0 {
            heap.check_interrupt()?;
        }
        let header = info(heap, part.string)?;
        let now = (part.take, header.length);
        stuck = if now < narrowest { 0 } else { stuck + 1 };
        narrowest = narrowest.min(now);
        if stuck > MAX_NESTING {
            return Err(Error::Corrupt {
                addr: string.0,
                what: "string nesting",
                found: stuck.into(),
            });
        }
        if part.skip.checked_add(part.take).is_none_or(|end| end > header.length) {
            return Err(Error::Corrupt {
                addr: part.string.0,
                what: "string length",
                found: header.length,
            });
        }
        match header.shape {
            Shape::Seq { chars } | Shape::External { chars } => {
                append(heap, &mut text.units, chars, header.one_byte, part.skip, part.take)?;
                narrowest = (u64::MAX, u64::MAX);
            }
            Shape::Cons { first, second } => {
                let left = info(heap, first)?.length.min(header.length);
                // Halves that are not the whole may lead in a circle, through pieces
                // that yield a few characters each time.
                if steps > DAMAGED
                    && left.checked_add(info(heap, second)?.length) != Some(header.length)
                {
                    patience = patience.min(steps.saturating_add(DAMAGED));
                }
                let from_left = left.saturating_sub(part.skip).min(part.take);
                todo.push(Part {
                    string: second,
                    skip: part.skip.saturating_sub(left),
                    take: part.take - from_left,
                });
                todo.push(Part { string: first, skip: part.skip.min(left), take: from_left });
            }
            Shape::Sliced { parent, offset } => {
                let skip = part.skip.saturating_add(offset);
                todo.push(Part { string: parent, skip, take: part.take });
            }
            Shape::Thin { actual } => {
                todo.push(Part { string: actual, skip: part.skip, take: part.take });
            }
            Shape::ExternalUncached { resource } => {
                return Err(Error::Corrupt {
                    addr: part.string.0,
                    what: "uncached external string",
                    found: resource,
                });
            }
        }
    }
    Ok(text)
}

/// Appends characters that lie in memory one after the other.
fn append(
    heap: Heap<'_>,
    units: &mut Vec<u16>,
    chars: u64,
    one_byte: bool,
    skip: u64,
    take: u64,
) -> Result<()> {
    let width = if one_byte { 1 } else { 2 };
    let at = chars.wrapping_add(skip * width);
    // Most strings are short, and a large buffer takes longer to clear than they
    // take to read.
    match take * width {
        ..=64 => append_by(heap, units, at, one_byte, take, &mut [0; 64]),
        _ => append_by(heap, units, at, one_byte, take, &mut [0; 4096]),
    }
}

fn append_by(
    heap: Heap<'_>,
    units: &mut Vec<u16>,
    mut at: u64,
    one_byte: bool,
    mut left: u64,
    buffer: &mut [u8],
) -> Result<()> {
    let width = if one_byte { 1 } else { 2 };
    units.reserve(left.min(buffer.len() as u64) as usize);
    while left > 0 {
        let now = left.min(buffer.len() as u64 / width);
        let bytes = &mut buffer[..(now * width) as usize];
        heap.target.read(at, bytes)?;
        if one_byte {
            units.extend(bytes.iter().map(|b| u16::from(*b)));
        } else {
            units.extend(bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])));
        }
        at = at.wrapping_add(now * width);
        left -= now;
        if left > 0 {
            heap.check_interrupt()?;
        }
    }
    Ok(())
}

/// A short string, such as a name: whole, as UTF-8.
pub fn name(heap: Heap<'_>, string: Value) -> Result<String> {
    read(heap, string, 4096).map(|text| text.to_utf8())
}
