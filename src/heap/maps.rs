//! The maps of a heap, and what they say of the size and contents of their
//! objects.

use super::window::Window;
use super::{TAG, TAG_MASK};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::{Smi, C};
use crate::v8::value::Value;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;
use alloc::vec::Vec;

/// Words remembered not to be maps.
const OTHERS: usize = 1 << 16;
/// Maps remembered where they are found at once; a power of two.
const RECENT: usize = 1 << 12;
/// First bytes of an object in which it says its size, if it does.
pub const HEAD: u64 = 64;
/// Largest object of varying size, in bytes.
const LARGEST: u64 = 1 << 34;

/// How an object says its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// The map does.
    Fixed(u64),
    /// Characters after a header.
    Text { chars: u64, width: u64, length: Length },
    /// Elements of `unit` bytes after a header, their number at a word's distance
    /// from the start. The number is in the bits of `mask`.
    Counted { header: u64, unit: u64, mask: u64 },
    /// It has elements of three words, their number as in [`Size::Counted`] but of
    /// 16 bits.
    Descriptors { header: u64 },
    /// Unknown: up to the next object.
    Rest,
}

/// Where a string has its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    /// As an integer of 32 bits at this distance from the start.
    Int(usize),
    /// As a small integer.
    Smi(usize),
}

/// All of it is counted: in bytes, or since V8 13 in words.
fn free(heap: Heap<'_>) -> Size {
    let unit = if heap.layout.is(C::FreeSpaceInWords) { heap.word_size() } else { 1 };
    Size::Counted { header: 0, unit, mask: u64::MAX }
}

/// A map.
#[derive(Debug, Clone)]
pub struct Map {
    /// Where it is.
    pub value: Value,
    /// Instance type of its objects.
    pub number: u16,
    /// What they are.
    pub kind: Kind,
    /// Whether they are what is left of others: memory to be used again.
    pub is_free: bool,
    /// Whether they hold no pointers.
    pub is_raw: bool,
    /// Places in them of pointers that do not keep alive what they point to. Those
    /// that V8 marks as weak themselves are not among them.
    pub weak: [u64; 2],
    size: Size,
}

/// What a word at the beginning of an object leads to.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// Number of the map.
    pub map: u32,
    /// Bytes of its objects; 0 where they differ, or where they are very large.
    fixed: u32,
}

/// Every map seen so far.
#[derive(Debug)]
pub struct Maps {
    list: Vec<Map>,
    by_word: BTreeMap<u64, u32>,
    others: BTreeSet<u64>,
    recent: Vec<(u64, Found)>,
    /// Instance type of memory to be used again.
    filler: Option<u16>,
    words: Words,
}

/// What words are.
#[derive(Debug, Clone, Copy)]
struct Words {
    /// Bytes of one.
    size: u64,
    smi: Smi,
}

/// Stands for no map.
const NONE: Found = Found { map: u32::MAX, fixed: 0 };

impl Maps {
    /// None yet.
    pub fn new(heap: Heap<'_>) -> Maps {
        Maps {
            list: Vec::new(),
            by_word: BTreeMap::new(),
            others: BTreeSet::new(),
            recent: vec![(0, NONE); RECENT],
            filler: None,
            words: Words { size: heap.word_size(), smi: heap.layout.smi },
        }
    }

    /// A map by its number.
    #[inline]
    pub fn get(&self, at: u32) -> &Map {
        &self.list[at as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Every map, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Map> {
        self.list.iter()
    }

    /// Tells memory to be used again apart, once its maps have been seen.
    ///
    /// Metadata does not always name FREE_SPACE_TYPE. It is the number after that
    /// of fillers of one word or two, as types are in the order of their names
    /// (src/torque/instance-type-generator.cc) [13.6, 14.6]; before V8 8 the one after
    /// BYTECODE_ARRAY_TYPE (src/objects/instance-type.h) [7.8].
    pub fn seal(&mut self, heap: Heap<'_>) {
        let types = &heap.layout.types;
        let Some(filler) = self.filler else { return };
        let bytecode = types.number_of("BytecodeArray");
        for map in &mut self.list {
            let before = Some(map.number - map.number.min(1));
            let is_unnamed = types.lookup(map.number).1.is_none();
            if is_unnamed
                && map.size == Size::Rest
                && (before == Some(filler) || before == bytecode)
            {
                map.size = free(heap);
                map.is_free = true;
            }
            map.is_free |= map.number == filler;
        }
    }

    /// The map that a word leads to.
    #[inline]
    pub fn find(&mut self, heap: Heap<'_>, word: u64) -> Option<Found> {
        if word & TAG_MASK != TAG {
            return None;
        }
        let slot = (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize % RECENT;
        let (known, mut found) = self.recent[slot];
        if known != word {
            found = self.look_up(heap, word, slot);
        }
        (found.map != NONE.map).then_some(found)
    }

    #[cold]
    fn look_up(&mut self, heap: Heap<'_>, word: u64, slot: usize) -> Found {
        let map = self.known(heap, word);
        let found = map.map_or(NONE, |map| match self.list[map as usize].size {
            Size::Fixed(size) => Found { map, fixed: u32::try_from(size).unwrap_or(0) },
            _ => Found { map, fixed: 0 },
        });
        self.recent[slot] = (word, found);
        found
    }

    fn known(&mut self, heap: Heap<'_>, word: u64) -> Option<u32> {
        if let Some(at) = self.by_word.get(&word) {
            return Some(*at);
        }
        if self.others.contains(&word) {
            return None;
        }
        let Some(map) = self.read(heap, Value(word)) else {
            if self.others.len() == OTHERS {
                self.others.clear();
            }
            self.others.insert(word);
            return None;
        };
        let at = u32::try_from(self.list.len()).ok().filter(|at| *at != NONE.map)?;
        self.list.push(map);
        self.by_word.insert(word, at);
        Some(at)
    }

    fn read(&mut self, heap: Heap<'_>, map: Value) -> Option<Map> {
        if !heap.is_map(map) {
            return None;
        }
        let number = heap.instance_type(map).ok()?;
        let (kind, class) = heap.layout.types.lookup(number);
        let kind = if heap.is_string_type(number) { Kind::String } else { kind };
        let word = heap.word_size();
        let fixed = heap.instance_size(map).ok()?;
        // One word of free memory is an object of its own. Its map is among the very
        // first (src/roots/roots.h, OnePointerFillerMap); later ones that also are of
        // one word belong to objects without contents.
        if fixed == word && class.is_none() && self.filler.is_none() {
            self.filler = Some(number);
        }
        let size = match fixed {
            0 => varying(heap, number, kind, class),
            fixed => Size::Fixed(fixed),
        };
        let is_text = matches!(size, Size::Text { .. });
        let is_raw = is_text
            || matches!(
                kind,
                Kind::HeapNumber | Kind::BigInt | Kind::FixedDoubleArray | Kind::ByteArray
            );
        let is_free = class == Some("FreeSpace") || self.filler == Some(number);
        let weak = weak(heap, kind, class);
        Some(Map { value: map, number, kind, is_free, is_raw, weak, size })
    }

    /// Bytes of the object at an address, which has this map; none where they
    /// cannot be told but by what follows. Not more than up to `limit`.
    #[inline(always)]
    pub fn size(&self, window: &mut Window<'_>, at: u32, addr: u64, limit: u64) -> Option<u64> {
        let size = match self.list[at as usize].size {
            Size::Fixed(size) => size,
            Size::Rest => return None,
            varying => self.words.told(varying, window.rest(addr, HEAD)?)?,
        };
        (size <= limit - addr && size >= self.words.size).then_some(size)
    }

    /// As [`Maps::size`], of an object that begins with these bytes, [`HEAD`] of them
    /// if there are as many.
    #[inline]
    pub fn size_by_head(&self, found: Found, head: &[u8], limit: u64) -> Option<u64> {
        let size = match found.fixed {
            0 => match self.list[found.map as usize].size {
                Size::Fixed(size) => size,
                Size::Rest => return None,
                varying => self.words.told(varying, head)?,
            },
            fixed => u64::from(fixed),
        };
        (size <= limit && size >= self.words.size).then_some(size)
    }
}

impl Words {
    /// Bytes of an object that says itself how many they are, by its first ones.
    #[inline]
    fn told(&self, size: Size, head: &[u8]) -> Option<u64> {
        match size {
            Size::Fixed(size) => Some(size),
            Size::Text { chars, width, length } => {
                let length = match length {
                    Length::Int(at) => {
                        u64::from(u32::from_le_bytes(*head.get(at..)?.first_chunk()?))
                    }
                    Length::Smi(at) => self.count(head, at)?,
                };
                Some(self.aligned(chars.checked_add(length.checked_mul(width)?)?))
            }
            Size::Counted { header, unit, mask } => {
                let count = self.count(head, self.size as usize)? & mask;
                Some(self.aligned(header.checked_add(count.checked_mul(unit)?)?))
            }
            Size::Descriptors { header } => {
                let count = self.word(head, self.size as usize)? & 0xffff;
                Some(header + count * 3 * self.size)
            }
            Size::Rest => None,
        }
    }

    #[inline]
    fn aligned(&self, size: u64) -> u64 {
        size.saturating_add(self.size - 1) & !(self.size - 1)
    }

    /// The word at a place in an object's first bytes.
    #[inline]
    fn word(&self, head: &[u8], at: usize) -> Option<u64> {
        let rest = head.get(at..)?;
        Some(match self.size {
            8 => u64::from_le_bytes(*rest.first_chunk()?),
            _ => u64::from(u32::from_le_bytes(*rest.first_chunk()?)),
        })
    }

    /// A number of elements.
    #[inline]
    fn count(&self, head: &[u8], at: usize) -> Option<u64> {
        let number = self.smi.value(self.word(head, at)?)?;
        u64::try_from(number).ok().filter(|number| *number < LARGEST)
    }
}

/// Where strings have their length.
fn length(heap: Heap<'_>) -> Option<Length> {
    let place = |id| heap.layout.find(id).and_then(|offset| usize::try_from(offset).ok());
    place(C::StringLengthInt)
        .map(Length::Int)
        .or_else(|| place(C::StringLengthSmi).map(Length::Smi))
}

/// See [`Map::weak`]; the place of the map stands for none.
fn weak(heap: Heap<'_>, kind: Kind, class: Option<&str>) -> [u64; 2] {
    let word = heap.word_size();
    let field = |id| heap.layout.find(id).map_or(0, i64::unsigned_abs);
    match kind {
        Kind::WeakRef => [field(C::WeakRefTarget), 0],
        // src/objects/js-weak-refs.tq: the registry, target and token.
        Kind::Other if class == Some("WeakCell") => [2 * word, 3 * word],
        _ => [0, 0],
    }
}

/// How objects say their size whose maps do not.
fn varying(heap: Heap<'_>, number: u16, kind: Kind, class: Option<&str>) -> Size {
    let layout = heap.layout;
    let word = heap.word_size();
    let mask = |id| layout.find(id).map_or(u64::MAX, i64::cast_unsigned);
    let counted = |unit, mask| Size::Counted { header: 2 * word, unit, mask };
    match (kind, class) {
        (Kind::String, _) => {
            let one_byte = mask(C::StringEncodingMask) & u64::from(number)
                == mask(C::OneByteStringTag) & mask(C::StringEncodingMask);
            let (chars, width) =
                if one_byte { (C::SeqOneByteChars, 1) } else { (C::SeqTwoByteChars, 2) };
            match layout.find(chars).zip(length(heap)) {
                Some((chars, length)) => Size::Text { chars: chars.unsigned_abs(), width, length },
                None => Size::Rest,
            }
        }
        (_, Some("PropertyArray")) => counted(word, mask(C::PropertyArrayLengthMask)),
        (Kind::Context, _) => counted(word, mask(C::ContextLengthMask)),
        (Kind::FixedArray, _) => counted(word, u64::MAX),
        (Kind::FixedDoubleArray, _) => counted(8, u64::MAX),
        (Kind::ByteArray, _) => counted(1, u64::MAX),
        (_, Some("FreeSpace")) => free(heap),
        (_, Some("DescriptorArray" | "StrongDescriptorArray")) => {
            match layout.find(C::DescriptorHeaderSize) {
                Some(header) => Size::Descriptors { header: header.unsigned_abs() },
                None => Size::Rest,
            }
        }
        (Kind::BytecodeArray, _) => match layout.find(C::BytecodeData) {
            Some(header) => {
                Size::Counted { header: header.unsigned_abs(), unit: 1, mask: u64::MAX }
            }
            None => Size::Rest,
        },
        _ => Size::Rest,
    }
}
