//! Positions in machine code before V8 6: they stand among the relocation
//! information of Code objects, which is written and read backwards.
//!
//! Each record has two tag bits. Embedded objects and code targets have their
//! distance in code in the same byte, as have positions and the like, which a
//! byte of data follows; everything else is a long record
//! (src/assembler.cc, RelocIterator::next).

use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::C;
use crate::v8::positions;
use crate::v8::value::Value;

/// Bytes of a long record that is a jump: five of seven bits.
const MAX_JUMP: u32 = 5;

/// The character that a Code object is at before its instruction at `offset`,
/// that is, by the last position before it; of several there the highest.
pub fn position(heap: Heap<'_>, code: Value, offset: u64) -> Result<Option<u64>> {
    let bytes = positions::bytes(heap, heap.field(code, C::CodeRelocation)?)?;
    let mut records = Records::new(heap, &bytes);
    let mut found: Option<(u64, i32)> = None;
    while let Some(at) = records.next_position() {
        let is_closer = match found {
            Some((code, position)) => at.0 > code || at.0 == code && at.1 > position,
            None => true,
        };
        if at.0 < offset && is_closer {
            found = Some(at);
        }
    }
    Ok(found.and_then(|(_, position)| u64::try_from(position).ok()))
}

/// How a V8 line writes long records.
#[derive(Clone, Copy)]
enum Long {
    /// Four bits of the mode, two of the kind of data.
    Tagged,
    /// Six bits of the mode (V8 5): the modes that need to be known.
    Mode { jump: u64, id: u64, comment: u64, position: u64, ints: u64 },
}

/// What the data of a record is, by its two or, in V8 3.1, one bits.
#[derive(Clone, Copy, PartialEq)]
enum Data {
    Id,
    Position,
    Other,
}

struct Records<'b> {
    bytes: core::iter::Rev<core::slice::Iter<'b, u8>>,
    word: usize,
    type_bits: u32,
    long: Long,
    code: u64,
    position: i32,
}

impl<'b> Records<'b> {
    fn new(heap: Heap<'_>, bytes: &'b [u8]) -> Records<'b> {
        let find = |id: C| heap.layout.find(id).and_then(|n| u64::try_from(n).ok());
        let mode = |jump| Long::Mode {
            jump,
            id: find(C::RelocModeId).unwrap_or(u64::MAX),
            comment: find(C::RelocModeComment).unwrap_or(u64::MAX),
            position: find(C::RelocModePosition).unwrap_or(u64::MAX),
            ints: find(C::RelocModesInt).unwrap_or(0),
        };
        Records {
            bytes: bytes.iter().rev(),
            word: heap.word_size() as usize,
            type_bits: if find(C::RelocTypeBits) == Some(1) { 1 } else { 2 },
            long: find(C::RelocModeJump).map_or(Long::Tagged, mode),
            code: 0,
            position: 0,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes.next().copied()
    }

    /// The kind of data that a tag announces.
    fn data(&self, tag: u8) -> Data {
        match (self.type_bits, tag) {
            (1, 0 | 1) | (2, 1 | 2) => Data::Position,
            (2, 0) => Data::Id,
            _ => Data::Other,
        }
    }

    /// The next position, with its offset in the code.
    fn next_position(&mut self) -> Option<(u64, i32)> {
        loop {
            let byte = self.byte()?;
            let found = match byte & 3 {
                0 | 1 => {
                    self.code += u64::from(byte >> 2);
                    false
                }
                2 => {
                    self.code += u64::from(byte >> 2);
                    let data = self.byte()?;
                    let is_position =
                        self.data(data & ((1 << self.type_bits) - 1)) == Data::Position;
                    if is_position {
                        let delta = i32::from(data.cast_signed() >> self.type_bits);
                        self.position = self.position.wrapping_add(delta);
                    }
                    is_position
                }
                _ => self.long(byte >> 2)?,
            };
            if found {
                return Some((self.code, self.position));
            }
        }
    }

    /// A long record, of which `tag` is what its first byte has; whether it is a
    /// position.
    fn long(&mut self, tag: u8) -> Option<bool> {
        const PC_JUMP: u8 = 15;
        const DATA: u8 = 14;
        match self.long {
            Long::Tagged => match (tag & 15, tag >> 4) {
                (PC_JUMP, 1) => self.jump(),
                (PC_JUMP, _) => self.skip_code(),
                (DATA, kind) => match self.data(kind) {
                    Data::Position => self.long_position(),
                    Data::Id => self.skip(4),
                    Data::Other => self.skip(self.word),
                },
                _ => self.skip_code(),
            },
            Long::Mode { jump, id, comment, position, ints } => {
                let mode = u64::from(tag);
                if mode == jump {
                    return self.jump();
                }
                self.skip_code()?;
                match mode {
                    _ if mode == position || mode == position + 1 => self.long_position(),
                    _ if mode == comment => self.skip(self.word),
                    _ if mode == id || ints >> mode & 1 == 1 => self.skip(4),
                    _ => Some(false),
                }
            }
        }
    }

    fn skip(&mut self, bytes: usize) -> Option<bool> {
        for _ in 0..bytes {
            self.byte()?;
        }
        Some(false)
    }

    fn skip_code(&mut self) -> Option<bool> {
        self.code += u64::from(self.byte()?);
        Some(false)
    }

    /// The bits of a distance from the seventh on.
    fn jump(&mut self) -> Option<bool> {
        let mut jump = 0u64;
        for i in 0..MAX_JUMP {
            let byte = self.byte()?;
            jump |= u64::from(byte >> 1) << (i * 7);
            if byte & 1 == 1 {
                break;
            }
        }
        self.code += jump << 6;
        Some(false)
    }

    fn long_position(&mut self) -> Option<bool> {
        // V8 3.1 writes words.
        let bytes = if self.type_bits == 1 { self.word } else { 4 };
        let mut delta = 0u32;
        for i in 0..bytes {
            let byte = u32::from(self.byte()?);
            delta |= byte.checked_shl(8 * i as u32).unwrap_or(0);
        }
        self.position = self.position.wrapping_add(delta.cast_signed());
        Some(true)
    }
}
