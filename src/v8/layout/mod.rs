//! The layout of one V8: every offset, tag and number the decoders use.
//!
//! Constants are looked up by name, never by version: the target's own
//! `v8dbg_` symbols first, then the supplement for its V8 line, then values
//! that follow from others. What none of them has is missing, and a decoder
//! that needs it says so by name.

pub mod constants;
mod names;
pub mod supplement;
pub mod types;
pub mod version;

pub use names::{Row, C, ROWS};

use crate::v8::error::{Error, Result};
use crate::v8::memory::Target;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use constants::{Constant, Constants, Origin};
use types::Types;
use version::Version;

/// Value of a constant that the target's metadata names but should not.
const HIDDEN: i64 = i64::MIN;

/// A frame type and its number.
#[derive(Debug, Clone)]
pub struct FrameType {
    /// Name, as V8 calls it.
    pub name: String,
    /// Number.
    pub number: i64,
}

/// The layout of one V8.
#[derive(Debug)]
pub struct Layout {
    values: Vec<Option<(i64, Origin)>>,
    /// All constants, the resolved ones and those no decoder asks for.
    pub constants: Constants,
    /// Instance types.
    pub types: Types,
    /// Frame types, by name.
    pub frame_types: Vec<FrameType>,
    /// Bytes of a word of the target.
    pub word: u64,
    /// Version of the target's V8, if known.
    pub version: Option<Version>,
    /// Name of the supplement or canned configuration in use.
    pub config: &'static str,
    /// How small integers stand in words.
    pub smi: Smi,
}

/// How small integers stand in words.
#[derive(Debug, Clone, Copy)]
pub struct Smi {
    /// The bits that tell one, and what they are.
    mask: u64,
    tag: u64,
    /// Bits below the value; none if that is not known.
    shift: Option<u32>,
    /// Bits of a word that are not there.
    above: u32,
}

impl Smi {
    /// Whether a word is one.
    #[inline]
    pub fn is_one(&self, word: u64) -> bool {
        word & self.mask == self.tag
    }

    /// The value of one; none for a word that is none, or with bits set below the value,
    /// as in an address without its tag.
    #[inline]
    pub fn value(&self, word: u64) -> Option<i64> {
        let shift = self.shift.filter(|_| self.is_one(word))?;
        let is_whole = word & ((1 << shift) - 1) == 0;
        is_whole.then_some((word << self.above).cast_signed() >> self.above >> shift)
    }
}

/// What was found in the target, before anything is configured.
pub struct Metadata {
    /// V8 version.
    pub version: core::result::Result<Version, version::NoVersion>,
    /// `v8dbg_` constants.
    pub constants: Vec<Constant>,
    /// Symbols whose value could not be read.
    pub unreadable: Vec<String>,
}

/// Reads the metadata of a target.
///
/// Values are 32-bit; those of zero live in `.bss`, so they are read from
/// target memory, not from the file.
pub fn read_metadata(target: &dyn Target) -> Metadata {
    let mut constants = Vec::new();
    let mut unreadable = Vec::new();
    for symbol in target.symbols("v8dbg_") {
        let Some(name) = symbol.name.strip_prefix("v8dbg_") else { continue };
        let mut bytes = [0; 4];
        match target.read(symbol.value, &mut bytes) {
            Ok(()) => constants.push(Constant {
                name: name.to_owned(),
                value: i64::from(i32::from_le_bytes(bytes)),
                origin: Origin::Target,
            }),
            Err(_) => unreadable.push(symbol.name),
        }
    }
    Metadata { version: version::read(target), constants, unreadable }
}

impl Layout {
    /// Configures from a target's own metadata and the supplement of its line.
    pub fn from_metadata(metadata: Metadata, word: u64) -> Layout {
        let version = metadata.version.ok();
        // Without a version the newest line is as good as any; presence decides.
        let line = version.map_or((u32::MAX, 0), |v| (v.major, v.minor));
        let config = supplement::for_version(line);
        let mut all = metadata.constants;
        all.extend(config.constants());
        Layout::new(Constants::new(all), word, version, config.name)
    }

    /// Configures from a whole canned configuration.
    pub fn from_canned(config: &supplement::Config, word: u64, version: Option<Version>) -> Layout {
        Layout::new(Constants::new(config.constants()), word, version, config.name)
    }

    fn new(
        constants: Constants,
        word: u64,
        version: Option<Version>,
        config: &'static str,
    ) -> Layout {
        let values = ROWS
            .iter()
            .map(|row| {
                let found = row.spellings.iter().find_map(|spelling| constants.find(spelling));
                found.filter(|c| c.value != HIDDEN).map(|c| (c.value, c.origin))
            })
            .collect();
        let frame_types = constants
            .family("frametype_")
            .map(|(name, c)| FrameType { name: name.to_owned(), number: c.value })
            .collect();
        let mut layout = Layout {
            values,
            constants,
            types: Types::default(),
            frame_types,
            word,
            version,
            config,
            smi: Smi { mask: 1, tag: 0, shift: None, above: 64 - 8 * word as u32 },
        };
        layout.derive();
        let known = |id, otherwise: u64| layout.find(id).map_or(otherwise, i64::cast_unsigned);
        let shifts = layout.find(C::SmiValueShift).zip(layout.find(C::SmiShiftSize));
        let shift = shifts.and_then(|(tag, more)| u32::try_from(tag.checked_add(more)?).ok());
        layout.smi = Smi {
            mask: known(C::SmiTagMask, 1),
            tag: known(C::SmiTag, 0),
            shift: shift.map(|shift| shift.min(63)),
            ..layout.smi
        };
        let range = |first, last| {
            Some((
                u16::try_from(layout.find(first)?).ok()?,
                u16::try_from(layout.find(last)?).ok()?,
            ))
        };
        let functions = range(C::FirstFunctionType, C::LastFunctionType);
        let contexts = range(C::FirstContextType, C::LastContextType);
        layout.types = Types::new(&layout.constants, functions, contexts);
        layout
    }

    /// Fills in what follows from other constants.
    fn derive(&mut self) {
        let word = self.word.cast_signed();
        let set = |layout: &mut Layout, id: C, value: Option<i64>| {
            let slot = &mut layout.values[id as usize];
            if slot.is_none() {
                *slot = value.map(|v| (v, Origin::Derived));
            }
        };
        // src/objects/string.h: representations that have not changed since they exist.
        set(self, C::SlicedStringTag, Some(3));
        set(self, C::SmiShiftSize, Some(if word == 8 { 31 } else { 0 }));
        let after = |base: Option<i64>, n: i64| base.map(|b| b + n * word);
        let (prev, chars) = (self.find(C::SlicedOffset), self.find(C::SeqOneByteChars));
        set(self, C::SlicedParent, after(prev, -1));
        set(self, C::SeqTwoByteChars, chars);
        let shared = self.find(C::FunctionShared);
        set(self, C::FunctionContext, after(shared, 1));
        // src/objects/descriptor-array.h: entries of key, details, value.
        set(self, C::PropDescKey, Some(0));
        set(self, C::PropDescDetails, Some(1));
        set(self, C::PropDescValue, Some(2));
        set(self, C::PropDescSize, Some(3));
        // src/objects/elements-kind.h: the special kinds follow the dictionary one.
        let dictionary = self.find(C::ElementsDictionary);
        let plus = |n: i64| dictionary.map(|d| d + n);
        set(self, C::ElementsFastSloppy, plus(1));
        if self.find(C::MapInobjectStart).is_some() {
            set(self, C::ElementsSlowSloppy, plus(2));
            set(self, C::ElementsFastStringWrapper, plus(3));
            set(self, C::ElementsSlowStringWrapper, plus(4));
        }
    }

    /// The constant, or the error that names it.
    pub fn get(&self, id: C) -> Result<i64> {
        self.find(id).ok_or(Error::Missing(ROWS[id as usize].name))
    }

    /// The constant, if known.
    pub fn find(&self, id: C) -> Option<i64> {
        self.values[id as usize].map(|(value, _)| value)
    }

    /// Whether a flag constant is set.
    pub fn is(&self, id: C) -> bool {
        self.find(id) == Some(1)
    }

    /// The constant as an unsigned mask.
    pub fn mask(&self, id: C) -> Result<u64> {
        self.get(id).map(i64::cast_unsigned)
    }

    /// The target's V8 line, where the supplement in use was made for another.
    pub fn without_table(&self) -> Option<String> {
        let line = self.version.map(|v| alloc::format!("{}.{}", v.major, v.minor));
        line.filter(|line| line != self.config)
    }

    /// The full name that a constant's value was found under; none for one that
    /// is missing or derived.
    pub fn spelling(&self, row: &Row) -> Option<&str> {
        let found = row.spellings.iter().find_map(|spelling| self.constants.find(spelling));
        found.filter(|c| c.value != HIDDEN).map(|c| c.name.as_str())
    }

    /// Every constant with its value and origin, in table order.
    pub fn rows(&self) -> impl Iterator<Item = (&'static Row, Option<(i64, Origin)>)> + '_ {
        ROWS.iter().map(|row| (row, self.values[row.id as usize]))
    }

    /// The offset of a field of a class, whether a decoder asks for it or not.
    pub fn field(&self, class: &str, field: &str) -> Option<i64> {
        let stem = alloc::format!("class_{class}__{field}");
        let listed = self.constants.find(&stem).map(|c| c.value);
        // What follows from other constants is in no list.
        let derived = || {
            let row = ROWS.iter().find(|row| row.spellings.contains(&stem.as_str()))?;
            self.find(row.id)
        };
        listed.or_else(derived).filter(|value| *value != HIDDEN)
    }

    /// This layout with the field of a class elsewhere, or a field more.
    pub fn with_field(&self, class: &str, field: &str, offset: i64) -> Layout {
        let stem = alloc::format!("class_{class}__{field}");
        // In the spelling it has: the type says how decoders read it.
        let name = match self.constants.find(&stem) {
            Some(known) => known.name.clone(),
            None => stem + "__Object",
        };
        let mut all: Vec<Constant> = self.constants.iter().cloned().collect();
        all.retain(|c| c.name != name);
        all.push(Constant { name, value: offset, origin: Origin::Session });
        Layout::new(Constants::new(all), self.word, self.version, self.config)
    }

    /// Number of a frame type.
    pub fn frame_type(&self, name: &str) -> Option<i64> {
        self.frame_types.iter().find(|t| t.name == name).map(|t| t.number)
    }

    /// Name of a frame type.
    pub fn frame_type_name(&self, number: i64) -> Option<&str> {
        self.frame_types.iter().find(|t| t.number == number).map(|t| t.name.as_str())
    }

    /// Whether `name` derives from `ancestor`, by the `parent_` constants.
    pub fn parent_of(&self, class: &str) -> Option<&str> {
        self.constants
            .family("parent_")
            .find_map(|(pair, _)| pair.split_once("__").filter(|(c, _)| *c == class))
            .map(|(_, parent)| parent)
    }
}
