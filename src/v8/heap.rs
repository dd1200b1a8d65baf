//! Reading objects: words, fields, maps, types.

use crate::v8::error::{Error, Result};
use crate::v8::layout::types::Kind;
use crate::v8::layout::{Layout, C};
use crate::v8::memo::Memo;
use crate::v8::memory::{Fault, Target};
use crate::v8::value::Value;
use alloc::borrow::ToOwned;
use alloc::string::String;

/// Most elements, properties or characters the module believes an object has.
/// V8 itself allows no FixedArray longer than 2^27 words (src/objects/fixed-array.h).
pub const MAX_LENGTH: u64 = 1 << 28;

/// A V8 heap: a target and the layout to read it by.
#[derive(Clone, Copy)]
pub struct Heap<'a> {
    /// Where bytes come from.
    pub target: &'a dyn Target,
    /// What they mean.
    pub layout: &'a Layout,
    /// What is known of them.
    pub memo: &'a Memo,
}

/// The highest address at which an object is looked for: on all systems what is above
/// is the kernel's, and places in an object do not wrap around.
const HIGHEST: u64 = u64::MAX - (1 << 40);

impl<'a> Heap<'a> {
    /// Bytes of a word.
    pub fn word_size(&self) -> u64 {
        self.layout.word
    }

    /// The word at an address.
    pub fn word(&self, addr: u64) -> Result<u64> {
        let mut bytes = [0; 8];
        self.target.read(addr, &mut bytes[..self.layout.word as usize])?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// The bytes at an address.
    pub fn bytes<const N: usize>(&self, addr: u64) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.target.read(addr, &mut bytes)?;
        Ok(bytes)
    }

    /// The 32-bit integer at an address.
    pub fn u32(&self, addr: u64) -> Result<u32> {
        self.bytes(addr).map(u32::from_le_bytes)
    }

    /// The 16-bit integer at an address.
    pub fn u16(&self, addr: u64) -> Result<u16> {
        self.bytes(addr).map(u16::from_le_bytes)
    }

    /// The byte at an address.
    pub fn u8(&self, addr: u64) -> Result<u8> {
        self.bytes(addr).map(u8::from_le_bytes)
    }

    /// The double at an address.
    pub fn f64_bits(&self, addr: u64) -> Result<u64> {
        self.bytes(addr).map(u64::from_le_bytes)
    }

    /// Whether a word is a small integer.
    pub fn is_smi(&self, value: Value) -> bool {
        self.layout.smi.is_one(value.0)
    }

    /// The small integer in a word; none where bits below the value are set, as
    /// in an address without its tag.
    pub fn smi(&self, value: Value) -> Option<i64> {
        self.layout.smi.value(value.0)
    }

    /// Whether a word has the tag of an object pointer.
    pub fn is_heap_object(&self, value: Value) -> bool {
        let mask = self.layout.find(C::HeapObjectTagMask).unwrap_or(3).cast_unsigned();
        let tag = self.layout.find(C::HeapObjectTag).unwrap_or(1).cast_unsigned();
        value.0 & mask == tag
    }

    /// Whether a word is a Failure, V8's old way to return an exception.
    pub fn is_failure(&self, value: Value) -> bool {
        match (self.layout.find(C::FailureTag), self.layout.find(C::FailureTagMask)) {
            (Some(tag), Some(mask)) => value.0 & mask.cast_unsigned() == tag.cast_unsigned(),
            _ => false,
        }
    }

    /// Address of the first byte of an object.
    pub fn addr(&self, object: Value) -> Result<u64> {
        if !self.is_heap_object(object) {
            return Err(Error::NotHeapObject(object));
        }
        let addr = object.0 - self.layout.find(C::HeapObjectTag).unwrap_or(1).cast_unsigned();
        if addr > HIGHEST {
            return Err(Fault { addr, len: self.target.word_size() }.into());
        }
        Ok(addr)
    }

    /// The object that begins at an address.
    pub fn tagged(&self, addr: u64) -> Value {
        Value(addr.wrapping_add_signed(self.layout.find(C::HeapObjectTag).unwrap_or(1)))
    }

    /// Address of a field.
    pub fn field_addr(&self, object: Value, field: C) -> Result<u64> {
        let base = self.addr(object)?;
        Ok(base.wrapping_add_signed(self.layout.get(field)?))
    }

    /// The tagged word in a field.
    pub fn field(&self, object: Value, field: C) -> Result<Value> {
        self.word(self.field_addr(object, field)?).map(Value)
    }

    /// The small integer in a field.
    pub fn smi_field(&self, object: Value, field: C, what: &'static str) -> Result<i64> {
        let addr = self.field_addr(object, field)?;
        let word = self.word(addr)?;
        self.smi(Value(word)).ok_or(Error::Corrupt { addr, what, found: word })
    }

    /// The map of an object, checked to be one.
    pub fn map(&self, object: Value) -> Result<Value> {
        self.located(object).map(|(_, map)| map)
    }

    /// An object and its map, or those of the copy that a garbage collection has made of
    /// it: until that is over, what points to the object may still do so. Of the object
    /// itself only the map is gone, in the place of which is the address of the copy
    /// without tag (MapWord, in src/objects/objects.h, formerly src/objects.h). A string
    /// that only leads to another one is not copied: the address is that of the other
    /// (src/heap/scavenger-inl.h, EvacuateShortcutCandidate for what is joined with nothing
    /// and, in some versions, EvacuateThinString).
    pub fn located(&self, object: Value) -> Result<(Value, Value)> {
        let word = self.field(object, C::HeapObjectMap)?;
        if self.is_map(word) {
            return Ok((object, word));
        }
        let copy = self.tagged(word.0);
        match self.field(copy, C::HeapObjectMap) {
            Ok(map) if self.is_map(map) => Ok((copy, map)),
            _ => Err(Error::NotAMap { object, map: word.0 }),
        }
    }

    /// Whether a word leads to a Map: its own map's map is itself.
    pub fn is_map(&self, value: Value) -> bool {
        if self.memo.is_map(value.0) {
            return true;
        }
        let is_map = self.field(value, C::HeapObjectMap).is_ok_and(|meta| self.is_meta(meta));
        if is_map {
            self.memo.add_map(value.0);
        }
        is_map
    }

    /// Whether a word leads to the map of maps.
    fn is_meta(&self, value: Value) -> bool {
        if let Some(known) = self.memo.is_meta(value.0) {
            return known;
        }
        // Memory that is missing now may be there the next time.
        let Ok(map) = self.field(value, C::HeapObjectMap) else { return false };
        let Ok(number) = self.instance_type(value) else { return false };
        let is_meta = map == value && self.is_map_type(number);
        self.memo.add_meta(value.0, is_meta);
        is_meta
    }

    fn is_map_type(&self, number: u16) -> bool {
        self.layout.types.lookup(number).0 == Kind::Map
    }

    /// The instance type a map gives its objects.
    pub fn instance_type(&self, map: Value) -> Result<u16> {
        match self.layout.find(C::MapInstanceType) {
            Some(_) => self.u16(self.field_addr(map, C::MapInstanceType)?),
            None => self.u8(self.field_addr(map, C::MapInstanceAttributes)?).map(u16::from),
        }
    }

    /// The instance type of an object.
    pub fn type_of(&self, object: Value) -> Result<u16> {
        self.instance_type(self.map(object)?)
    }

    /// Whether an instance type is a string's.
    pub fn is_string_type(&self, number: u16) -> bool {
        let mask = self.layout.find(C::IsNotStringMask).unwrap_or(128);
        let tag = self.layout.find(C::StringTag).unwrap_or(0);
        i64::from(number) & mask == tag
    }

    /// What kind of object this is.
    pub fn kind(&self, object: Value) -> Result<Kind> {
        let number = self.type_of(object)?;
        if self.is_string_type(number) {
            return Ok(Kind::String);
        }
        Ok(self.layout.types.lookup(number).0)
    }

    /// Class name of an object's type, as V8 calls it.
    pub fn class_name(&self, object: Value) -> Result<String> {
        let number = self.type_of(object)?;
        Ok(match self.layout.types.lookup(number).1 {
            Some(name) => name.to_owned(),
            None if self.is_string_type(number) => "String".to_owned(),
            None => alloc::format!("<type {number}>"),
        })
    }

    /// The object if it is of this kind, else an error that says what it is.
    pub fn expect(&self, object: Value, kind: Kind, expected: &'static str) -> Result<Value> {
        if self.kind(object)? == kind {
            return Ok(object);
        }
        Err(Error::WrongType { object, found: self.class_name(object)?, expected })
    }

    /// Whether an object has the type of ordinary objects.
    pub fn is_plain_object(&self, object: Value) -> Result<bool> {
        Ok(Some(self.type_of(object)?) == self.layout.types.number_of("JSObject"))
    }

    /// Bytes of an object, as its map gives them; 0 for objects of varying size.
    pub fn instance_size(&self, map: Value) -> Result<u64> {
        let words = self.u8(self.field_addr(map, C::MapInstanceSize)?)?;
        Ok(u64::from(words) * self.layout.word)
    }

    /// Stops when the user asked to.
    pub fn check_interrupt(&self) -> Result<()> {
        if self.target.interrupted() {
            Err(Error::Interrupted)
        } else {
            Ok(())
        }
    }
}
