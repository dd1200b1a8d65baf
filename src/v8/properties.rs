//! Named properties of objects, in the order a script sees them.

use crate::v8::dictionary::{self, DictionaryKind};
use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::{Heap, MAX_LENGTH};
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::primitive::{self, SymbolKind};
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::ops::ControlFlow;

/// Name of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A string.
    Name(String),
    /// A symbol, with its description.
    Symbol(Option<String>),
    /// A private name, `#x`, the `#` included.
    Private(String),
    /// A name only V8 uses, with its description.
    Internal(Option<String>),
}

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slot {
    /// A value.
    Value(Value),
    /// The bits of a double that has no object of its own.
    Double(u64),
    /// Functions that get and set it; either may be absent.
    Accessor {
        /// Getter.
        getter: Option<Value>,
        /// Setter.
        setter: Option<Value>,
    },
}

/// Where a property was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the object.
    InObject,
    /// In its properties array.
    OutOfObject,
    /// In its dictionary.
    Dictionary,
    /// In its map's descriptors.
    Descriptor,
}

/// A named property.
#[derive(Debug, Clone)]
pub struct Property {
    /// Name.
    pub key: Key,
    /// Value.
    pub slot: Slot,
    /// Where it was found.
    pub place: Place,
}

/// Calls `each` for every own property with a name a script can see.
///
/// A property that cannot be read is handed over as an error and the rest
/// still follow.
pub fn each(
    heap: Heap<'_>,
    object: Value,
    each: &mut dyn FnMut(Result<Property>) -> ControlFlow<()>,
) -> Result<()> {
    every(heap, object, &mut |property| match property {
        Ok(Property { key: Key::Internal(_), .. }) => ControlFlow::Continue(()),
        property => each(property),
    })
}

/// The values under names that only V8 uses, with their descriptions, in order.
pub fn internal(heap: Heap<'_>, object: Value) -> Result<Vec<(Option<String>, Value)>> {
    let mut found = Vec::new();
    every(heap, object, &mut |property| {
        if let Ok(Property { key: Key::Internal(name), slot: Slot::Value(value), .. }) = property {
            found.push((name, value));
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// As [`each`], with the names that only V8 uses.
fn every(
    heap: Heap<'_>,
    object: Value,
    each: &mut dyn FnMut(Result<Property>) -> ControlFlow<()>,
) -> Result<()> {
    let ended = Cell::new(false);
    let mut each = |property| {
        let flow = each(property);
        ended.set(flow.is_break());
        flow
    };
    let mut at = object;
    for _ in 0..MAX_PROTOTYPES {
        let map = heap.map(at)?;
        if is_dictionary(heap, at, map)? {
            each_in_dictionary(heap, at, &mut each)?;
        } else {
            each_by_descriptors(heap, at, map, &mut each)?;
        }
        match hidden_prototype(heap, map)? {
            Some(prototype) if !ended.get() => at = prototype,
            _ => break,
        }
    }
    Ok(())
}

/// The prototype whose properties a script sees as the object's own, such as
/// that of `Math` (src/math.js, InstallFunctionsOnHiddenPrototype) `[3.6]`.
fn hidden_prototype(heap: Heap<'_>, map: Value) -> Result<Option<Value>> {
    let Some(bit) = heap.layout.find(C::HiddenPrototypeBit) else { return Ok(None) };
    let prototype = heap.field(map, C::MapPrototype)?;
    if !heap.is_heap_object(prototype) || !heap.kind(prototype)?.is_js_object() {
        return Ok(None);
    }
    let flags = heap.u8(heap.field_addr(heap.map(prototype)?, C::MapBitField)?)?;
    Ok((u64::from(flags) >> bit & 1 == 1).then_some(prototype))
}

/// Every own property with a name; the first error ends it.
pub fn all(heap: Heap<'_>, object: Value) -> Result<Vec<Property>> {
    let mut found = Vec::new();
    let mut failed = None;
    each(heap, object, &mut |property| match property {
        Ok(property) => {
            found.push(property);
            ControlFlow::Continue(())
        }
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(found), Err)
}

/// The own property of this name.
pub fn get(heap: Heap<'_>, object: Value, name: &str) -> Result<Option<Slot>> {
    let mut found = None;
    each(heap, object, &mut |property| match property {
        Ok(Property { key: Key::Name(key), slot, .. }) if key == name => {
            found = Some(slot);
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    })?;
    Ok(found)
}

/// Prototypes that are looked through for a name.
const MAX_PROTOTYPES: u32 = 64;

/// The object's or an inherited `Symbol.toStringTag`, where it is plain data.
pub fn tag(heap: Heap<'_>, object: Value) -> Result<Option<String>> {
    let mut at = object;
    for _ in 0..MAX_PROTOTYPES {
        if !heap.is_heap_object(at) || !heap.kind(at)?.is_js_object() {
            break;
        }
        let mut found = None;
        each(heap, at, &mut |property| match property {
            Ok(Property { key: Key::Symbol(Some(name)), slot: Slot::Value(value), .. })
                if name == "Symbol.toStringTag" =>
            {
                found = Some(value);
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        })?;
        if let Some(value) = found {
            let is_text = heap.is_heap_object(value) && heap.kind(value)? == Kind::String;
            return if is_text { string::name(heap, value).map(Some) } else { Ok(None) };
        }
        at = heap.field(heap.map(at)?, C::MapPrototype)?;
    }
    Ok(None)
}

/// How many properties an object has that keeps them in a dictionary, which says so.
pub fn count_in_dictionary(heap: Heap<'_>, object: Value) -> Result<Option<u64>> {
    dictionary::count(heap, heap.field(object, C::Properties)?)
}

/// Whether an object keeps its named properties in a dictionary.
pub fn in_dictionary(heap: Heap<'_>, object: Value) -> Result<bool> {
    is_dictionary(heap, object, heap.map(object)?)
}

/// As [`in_dictionary`], with the object's map at hand.
///
/// Maps have a bit for it since V8 3.12; before, V8 looks at the properties.
fn is_dictionary(heap: Heap<'_>, object: Value, map: Value) -> Result<bool> {
    match heap.layout.find(C::DictionaryMapShift) {
        Some(shift) => Ok(bit_field3(heap, map)? >> shift & 1 == 1),
        None => dictionary::has_shape(heap, heap.field(object, C::Properties)?),
    }
}

fn bit_field3(heap: Heap<'_>, map: Value) -> Result<u64> {
    if heap.layout.find(C::MapBitField3Int).is_some() {
        return heap.u32(heap.field_addr(map, C::MapBitField3Int)?).map(u64::from);
    }
    heap.smi_field(map, C::MapBitField3Smi, "map bit field").map(i64::cast_unsigned)
}

/// The name as a script sees it.
fn key(heap: Heap<'_>, name: Value) -> Result<Key> {
    if let Some(known) = heap.memo.name(name.0) {
        return Ok(Key::Name(known));
    }
    match heap.kind(name)? {
        Kind::String => {
            let text = string::name(heap, name)?;
            if text.is_empty() && is_hidden_name(heap, name)? {
                return Ok(Key::Internal(None));
            }
            heap.memo.add_name(name.0, &text);
            Ok(Key::Name(text))
        }
        Kind::Symbol => Ok(match primitive::symbol(heap, name)? {
            (description, SymbolKind::Public) => Key::Symbol(description),
            (Some(name), SymbolKind::PrivateName) => Key::Private(name),
            (description, _) => Key::Internal(description),
        }),
        _ => Err(Error::WrongType {
            object: name,
            found: heap.class_name(name)?,
            expected: "property name",
        }),
    }
}

/// Whether an empty name is the one under which V8 before 5 keeps an object's
/// hash code and the like: its hash is zero, which no other string's is
/// (src/heap/heap.cc, hidden_string). The two lowest bits are flags.
fn is_hidden_name(heap: Heap<'_>, name: Value) -> Result<bool> {
    Ok(match heap.layout.find(C::NameHash) {
        Some(_) => heap.u32(heap.field_addr(name, C::NameHash)?)? >> 2 == 0,
        None => false,
    })
}

/// A getter or setter, if there is one: a function, or the template of one that
/// was not made yet.
fn accessor_part(heap: Heap<'_>, part: Value) -> Option<Value> {
    let absent = !heap.is_heap_object(part)
        || matches!(heap.kind(part), Ok(Kind::Oddball | Kind::Hole) | Err(_));
    (!absent).then_some(part)
}

/// An accessor pair as getter and setter.
pub fn accessor_pair(heap: Heap<'_>, pair: Value) -> Result<Slot> {
    Ok(Slot::Accessor {
        getter: accessor_part(heap, heap.field(pair, C::AccessorGetter)?),
        setter: accessor_part(heap, heap.field(pair, C::AccessorSetter)?),
    })
}

/// Whether a pair is what it is called. V8 3.11 also keeps maps to go on to in
/// pairs, and leaves holes when the maps are gone (src/objects.h,
/// AccessorPair::ContainsAccessor) [core].
fn is_accessor(heap: Heap<'_>, pair: Value) -> Result<bool> {
    let parts = [heap.field(pair, C::AccessorGetter)?, heap.field(pair, C::AccessorSetter)?];
    let is_map = |part: &Value| matches!(heap.kind(*part), Ok(Kind::Map));
    Ok(!parts.iter().any(is_map) && !parts.iter().all(|part| primitive::is_hole(heap, *part)))
}

/// Accessors of a property; none for V8's native ones, which a script sees as
/// plain values but which have no value in memory.
fn accessor(heap: Heap<'_>, value: Value) -> Result<Option<Slot>> {
    match heap.kind(value)? {
        Kind::AccessorPair if is_accessor(heap, value)? => accessor_pair(heap, value).map(Some),
        // V8 before 3.8 has arrays for pairs.
        Kind::FixedArray => {
            let pair = FixedArray::new(heap, value)?;
            Ok(Some(Slot::Accessor {
                getter: accessor_part(heap, pair.get(0)?),
                setter: accessor_part(heap, pair.get(1)?),
            }))
        }
        _ => Ok(None),
    }
}

fn each_in_dictionary(
    heap: Heap<'_>,
    object: Value,
    each: &mut dyn FnMut(Result<Property>) -> ControlFlow<()>,
) -> Result<()> {
    let table = heap.field(object, C::Properties)?;
    let kind = match heap.kind(object)? {
        Kind::Global => DictionaryKind::Global,
        _ => DictionaryKind::Name,
    };
    let mut entries = dictionary::entries(heap, table, kind)?;
    if let Some(shift) = heap.layout.find(C::DictIndexShift) {
        entries.sort_by_key(|entry| entry.details >> shift);
    }
    for entry in entries {
        let property = (|| {
            let slot = if is_accessor_details(heap, entry.details)
                || heap.is_heap_object(entry.value)
                    && matches!(heap.kind(entry.value), Ok(Kind::AccessorPair | Kind::AccessorInfo))
            {
                match accessor(heap, entry.value)? {
                    Some(slot) => slot,
                    None => return Ok(None),
                }
            } else {
                Slot::Value(entry.value)
            };
            let key = key(heap, entry.key)?;
            Ok(Some(Property { key, slot, place: Place::Dictionary }))
        })();
        if let Some(property) = property.transpose() {
            if each(property).is_break() {
                break;
            }
        }
    }
    Ok(())
}

/// Whether details call the property an accessor: by a kind bit since V8 6, by
/// the property's type before.
fn is_accessor_details(heap: Heap<'_>, details: u64) -> bool {
    let is = |mask: C, value: C| match (heap.layout.find(mask), heap.layout.find(value)) {
        (Some(mask), Some(value)) => details & mask.cast_unsigned() == value.cast_unsigned(),
        _ => false,
    };
    is(C::PropKindMask, C::PropKindAccessor) || is(C::PropTypeMask, C::PropTypeCallbacks)
}

/// The descriptors of a map: an object of its own, or a FixedArray.
struct Descriptors<'a> {
    heap: Heap<'a>,
    base: u64,
    count: u64,
    /// Values and details, where they stand apart from the keys.
    content: Option<FixedArray<'a>>,
}

impl<'a> Descriptors<'a> {
    fn new(heap: Heap<'a>, map: Value) -> Result<Descriptors<'a>> {
        let layout = heap.layout;
        let array = heap.field(map, C::MapDescriptors)?;
        if !heap.is_heap_object(array) {
            // Old maps without descriptors have flags in this field.
            return Ok(Descriptors { heap, base: 0, count: 0, content: None });
        }
        let words = layout.get(C::PropDescSize)?.unsigned_abs().max(1);
        let mut content = None;
        let (base, capacity) = match layout.find(C::DescriptorHeaderSize) {
            // src/objects/descriptor-array.tq: the number of all descriptors
            // is the first 16-bit field after the map.
            Some(header) => {
                let start = heap.addr(array)?;
                let all = heap.u16(start + heap.word_size())?;
                (start + header.unsigned_abs(), u64::from(all))
            }
            None => {
                let fixed = FixedArray::new(heap, array)?;
                let first = layout.get(C::PropIdxFirst)?.unsigned_abs();
                let rest = fixed.len().saturating_sub(first);
                if let (Some(index), 1..) = (layout.find(C::PropIdxContent), rest) {
                    let part = fixed.get(index.unsigned_abs())?;
                    content = Some(FixedArray::new(heap, part)?);
                }
                (fixed.addr(first), if content.is_some() { rest } else { rest / words })
            }
        };
        let count = match (layout.find(C::OwnDescriptorsMask), layout.find(C::OwnDescriptorsShift))
        {
            (Some(mask), Some(shift)) => {
                ((bit_field3(heap, map)? & mask.cast_unsigned()) >> shift).min(capacity)
            }
            _ => capacity,
        };
        if count > MAX_LENGTH {
            return Err(Error::Corrupt { addr: array.0, what: "descriptor count", found: count });
        }
        Ok(Descriptors { heap, base, count, content })
    }

    fn part(&self, index: u64, part: C) -> Result<Value> {
        let layout = self.heap.layout;
        if let Some(content) = &self.content {
            // src/objects.h, DescriptorArray: pairs of value and details.
            return match part {
                C::PropDescValue => content.get(index * 2),
                C::PropDescDetails => content.get(index * 2 + 1),
                _ => self.heap.word(self.base + index * self.heap.word_size()).map(Value),
            };
        }
        let words = layout.get(C::PropDescSize)?.unsigned_abs();
        let at = index * words + layout.get(part)?.unsigned_abs();
        self.heap.word(self.base + at * self.heap.word_size()).map(Value)
    }
}

/// What details say of a property.
enum Kept {
    /// Field of this number.
    Field { index: u64, double: bool },
    /// Constant in the descriptor.
    Constant,
    /// Accessors in the descriptor.
    Accessor,
    /// No property: a transition of old maps.
    Nothing,
}

fn kept(heap: Heap<'_>, details: u64, value: Value) -> Result<Kept> {
    let layout = heap.layout;
    let bits = |mask: C, shift: C| -> Result<u64> {
        Ok((details & layout.mask(mask)?) >> layout.get(shift)?)
    };
    let double = layout.find(C::PropRepresentationDouble).is_some_and(|double| {
        bits(C::PropRepresentationMask, C::PropRepresentationShift) == Ok(double.cast_unsigned())
    });
    let index = || match layout.find(C::PropIndexMask) {
        Some(_) => bits(C::PropIndexMask, C::PropIndexShift),
        // Before V8 3.26 the descriptor's value is the field's number.
        None => heap.smi(value).and_then(|n| u64::try_from(n).ok()).ok_or(Error::Corrupt {
            addr: value.0,
            what: "field index",
            found: value.0,
        }),
    };
    if layout.find(C::PropKindMask).is_some() {
        let field = bits(C::PropLocationMask, C::PropLocationShift)?
            == layout.mask(C::PropLocationField)?;
        return Ok(match (is_accessor_details(heap, details), field) {
            (true, _) => Kept::Accessor,
            (false, true) => Kept::Field { index: index()?, double },
            (false, false) => Kept::Constant,
        });
    }
    let ty = (details & layout.mask(C::PropTypeMask)?).cast_signed();
    if ty == layout.get(C::PropTypeField)? {
        Ok(Kept::Field { index: index()?, double })
    } else if Some(ty) == layout.find(C::PropTypeCallbacks) {
        Ok(Kept::Accessor)
    } else if layout.find(C::PropTypeFirstPhantom).is_some_and(|first| ty >= first) {
        Ok(Kept::Nothing)
    } else {
        Ok(Kept::Constant)
    }
}

fn each_by_descriptors(
    heap: Heap<'_>,
    object: Value,
    map: Value,
    each: &mut dyn FnMut(Result<Property>) -> ControlFlow<()>,
) -> Result<()> {
    let descriptors = Descriptors::new(heap, map)?;
    let mut order: Vec<u64> = (0..descriptors.count).collect();
    if let Some(shift) = heap.layout.find(C::DescIndexShift) {
        // What cannot be read comes last, and says so.
        order.sort_by_cached_key(|&i| {
            let details = descriptors.part(i, C::PropDescDetails).ok();
            let details = details.and_then(|word| heap.smi(word)).map(i64::cast_unsigned);
            details.map_or(u64::MAX, |details| details >> shift)
        });
    }
    for (count, index) in order.into_iter().enumerate() {
        if count & 0xff == 0 {
            heap.check_interrupt()?;
        }
        let property = by_descriptor(heap, object, map, &descriptors, index);
        if let Some(property) = property.transpose() {
            if each(property).is_break() {
                break;
            }
        }
    }
    Ok(())
}

fn by_descriptor(
    heap: Heap<'_>,
    object: Value,
    map: Value,
    descriptors: &Descriptors<'_>,
    index: u64,
) -> Result<Option<Property>> {
    let name = descriptors.part(index, C::PropDescKey)?;
    let details = descriptors.part(index, C::PropDescDetails)?;
    let details = heap
        .smi(details)
        .ok_or(Error::Corrupt { addr: details.0, what: "property details", found: details.0 })?
        .cast_unsigned();
    let value = descriptors.part(index, C::PropDescValue)?;
    let (slot, place) = match kept(heap, details, value)? {
        Kept::Nothing => return Ok(None),
        Kept::Constant => (Slot::Value(value), Place::Descriptor),
        Kept::Accessor => match accessor(heap, value)? {
            Some(slot) => (slot, Place::Descriptor),
            None => return Ok(None),
        },
        Kept::Field { index, double } => field(heap, object, map, index, double)?,
    };
    Ok(Some(Property { key: key(heap, name)?, slot, place }))
}

/// Where in an object the fields begin that are not in its properties array, and
/// how many there are.
fn in_object(heap: Heap<'_>, map: Value) -> Result<(u64, u64)> {
    let word = heap.word_size();
    let size = heap.instance_size(map)?;
    Ok(match heap.layout.find(C::MapInobjectStart) {
        Some(_) => {
            let words = heap.u8(heap.field_addr(map, C::MapInobjectStart)?)?;
            let start = u64::from(words) * word;
            (start, size.saturating_sub(start) / word)
        }
        None => {
            let count = u64::from(heap.u8(heap.field_addr(map, C::MapInobjectCount)?)?);
            (size.saturating_sub(count * word), count)
        }
    })
}

/// The properties that all objects of a map keep in the same place.
#[derive(Debug, Default)]
pub struct Fields {
    /// Distance from the object's first byte, and name.
    pub in_object: Vec<(u64, Key)>,
    /// Whether there are others.
    pub outside: bool,
}

/// Where objects of a map that have no dictionary keep their properties.
pub fn fields(heap: Heap<'_>, map: Value) -> Result<Fields> {
    let descriptors = Descriptors::new(heap, map)?;
    let (start, count) = in_object(heap, map)?;
    let mut fields = Fields::default();
    for i in 0..descriptors.count {
        let details = descriptors.part(i, C::PropDescDetails)?;
        let Some(details) = heap.smi(details).map(i64::cast_unsigned) else { continue };
        match kept(heap, details, descriptors.part(i, C::PropDescValue)?)? {
            Kept::Nothing => {}
            Kept::Field { index, .. } if index < count => {
                let name = key(heap, descriptors.part(i, C::PropDescKey)?)?;
                fields.in_object.push((start + index * heap.word_size(), name));
            }
            Kept::Field { .. } | Kept::Constant | Kept::Accessor => fields.outside = true,
        }
    }
    fields.in_object.sort_by_key(|(offset, _)| *offset);
    Ok(fields)
}

/// The field of this number: in the object, or in its properties array.
fn field(
    heap: Heap<'_>,
    object: Value,
    map: Value,
    index: u64,
    double: bool,
) -> Result<(Slot, Place)> {
    let word = heap.word_size();
    let (start, count) = in_object(heap, map)?;
    if index < count {
        let addr = heap.addr(object)? + start + index * word;
        if double && is_raw_double(heap, map, index)? {
            return Ok((Slot::Double(heap.f64_bits(addr)?), Place::InObject));
        }
        return Ok((Slot::Value(Value(heap.word(addr)?)), Place::InObject));
    }
    let array = FixedArray::properties(heap, heap.field(object, C::Properties)?)?;
    Ok((Slot::Value(array.get(index - count)?), Place::OutOfObject))
}

/// Whether an in-object double field has no HeapNumber (V8 4.5 to 8.4): its bit
/// in the map's layout descriptor is set (src/objects/layout-descriptor.h).
fn is_raw_double(heap: Heap<'_>, map: Value, index: u64) -> Result<bool> {
    if heap.layout.find(C::MapLayoutDescriptor).is_none() {
        return Ok(false);
    }
    let descriptor = heap.field(map, C::MapLayoutDescriptor)?;
    match heap.smi(descriptor) {
        Some(bits) => Ok(index < 32 && bits.cast_unsigned() >> index & 1 == 1),
        None => {
            let array = FixedArray::new(heap, descriptor)?;
            let byte = heap.u8(array.addr(0) + index / 8)?;
            Ok(byte >> (index % 8) & 1 == 1)
        }
    }
}
