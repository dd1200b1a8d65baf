//! Numeric properties: the elements of arrays and objects.

use crate::v8::dictionary::{self, DictionaryKind};
use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::primitive;
use crate::v8::properties::{self, Slot};
use crate::v8::value::Value;
use alloc::vec::Vec;

/// How an object keeps its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backing {
    Tagged,
    Double,
    Dictionary,
    /// Arguments that are also variables: [context, array, slots...].
    Sloppy,
    /// Elements of typed arrays and external arrays: not listed here.
    None,
}

fn backing(heap: Heap<'_>, object: Value) -> Result<Backing> {
    let layout = heap.layout;
    let map = heap.map(object)?;
    let bits = i64::from(heap.u8(heap.field_addr(map, C::MapBitField2)?)?);
    if let Some(bit) = layout.find(C::FastElementsBit) {
        let store = heap.field(object, C::Elements)?;
        return Ok(if bits >> bit & 1 == 1 {
            Backing::Tagged
        } else if heap.kind(store)? == Kind::FixedArray && dictionary::has_shape(heap, store)? {
            Backing::Dictionary
        } else {
            Backing::None
        });
    }
    let kind = (bits & layout.get(C::ElementsKindMask)?) >> layout.get(C::ElementsKindShift)?;
    let is = |id: C| layout.find(id) == Some(kind);
    let dictionary_kind = layout.get(C::ElementsDictionary)?;
    Ok(if is(C::ElementsDouble) || is(C::ElementsHoleyDouble) {
        Backing::Double
    } else if kind == dictionary_kind || is(C::ElementsSlowStringWrapper) {
        Backing::Dictionary
    } else if is(C::ElementsFastSloppy) || is(C::ElementsSlowSloppy) {
        Backing::Sloppy
    } else if kind < dictionary_kind || is(C::ElementsFastStringWrapper) {
        Backing::Tagged
    } else {
        Backing::None
    })
}

/// An element, or the hole where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Element {
    /// Index.
    pub index: u64,
    /// Value; none for a hole.
    pub slot: Option<Slot>,
}

/// Elements of one object, read as they are asked for.
pub struct Elements<'a> {
    heap: Heap<'a>,
    source: Source<'a>,
    /// Elements up to here exist; the rest of an array's backing store is spare.
    end: u64,
}

enum Source<'a> {
    Tagged(FixedArray<'a>),
    Double { base: u64 },
    Listed(Vec<(u64, Slot)>),
}

impl<'a> Elements<'a> {
    /// Elements of any object.
    pub fn new(heap: Heap<'a>, object: Value) -> Result<Elements<'a>> {
        let end = match heap.kind(object)? {
            Kind::Array => Some(array_length(heap, object)?),
            _ => None,
        };
        let store = heap.field(object, C::Elements)?;
        let (source, capacity) = match backing(heap, object)? {
            Backing::None => (Source::Listed(Vec::new()), 0),
            Backing::Tagged => {
                let array = FixedArray::new(heap, store)?;
                (Source::Tagged(array), array.len())
            }
            Backing::Double => {
                let array = FixedArray::new(heap, store)?;
                (Source::Double { base: array.addr(0) }, array.len())
            }
            Backing::Dictionary => (Source::Listed(listed(heap, store)?), u64::MAX),
            Backing::Sloppy => (Source::Listed(sloppy(heap, store)?), u64::MAX),
        };
        let end = match &source {
            Source::Listed(_) => end.unwrap_or(u64::MAX),
            // Upstream's rule, and V8's: length beyond capacity is corruption.
            _ if end.is_some_and(|end| end > capacity) => {
                return Err(Error::Corrupt {
                    addr: object.0,
                    what: "array length beyond its backing store",
                    found: end.unwrap_or(0),
                });
            }
            _ => end.unwrap_or(capacity),
        };
        Ok(Elements { heap, source, end })
    }

    /// Whether elements stand in a list because most indices have none.
    pub fn is_sparse(&self) -> bool {
        matches!(self.source, Source::Listed(_))
    }

    /// One past the last index of arrays; capacity or unbounded for others.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Elements from the `start`th position on, at most `count`; for sparse
    /// ones positions count existing elements. Fewer mean the end.
    pub fn batch(&self, start: u64, count: u64) -> Result<Vec<Element>> {
        let heap = self.heap;
        match &self.source {
            Source::Listed(list) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX).min(list.len());
                let stop = start.saturating_add(count as usize).min(list.len());
                let element = |&(index, slot): &(u64, Slot)| Element { index, slot: Some(slot) };
                Ok(list[start..stop].iter().filter(|e| e.0 < self.end).map(element).collect())
            }
            Source::Tagged(array) => {
                let count = count.min(self.end.saturating_sub(start));
                let values = array.batch(start, count)?;
                let mut elements = Vec::with_capacity(values.len());
                let mut hole = None;
                for (i, value) in values.into_iter().enumerate() {
                    // One hole is all holes: look it up once.
                    let is_hole = hole == Some(value)
                        || heap.is_heap_object(value) && primitive::is_hole(heap, value);
                    if is_hole {
                        hole = Some(value);
                    }
                    let slot = (!is_hole).then_some(Slot::Value(value));
                    elements.push(Element { index: start + i as u64, slot });
                }
                Ok(elements)
            }
            Source::Double { base } => {
                let hole = heap.layout.mask(C::DoubleHole)?;
                let count = count.min(self.end.saturating_sub(start));
                (start..start + count)
                    .map(|index| {
                        let bits = heap.f64_bits(base + index * 8)?;
                        let slot = (bits != hole).then_some(Slot::Double(bits));
                        Ok(Element { index, slot })
                    })
                    .collect()
            }
        }
    }

    /// The element of this index; none for holes and beyond the end.
    pub fn get(&self, index: u64) -> Result<Option<Slot>> {
        if let Source::Listed(list) = &self.source {
            let at = list.binary_search_by_key(&index, |e| e.0);
            return Ok(at.ok().map(|at| list[at].1));
        }
        if index >= self.end {
            return Ok(None);
        }
        Ok(self.batch(index, 1)?.first().and_then(|e| e.slot))
    }

    /// The object in memory where a hole is; none among doubles, whose holes
    /// are a special number.
    pub fn hole_at(&self, index: u64) -> Result<Option<Value>> {
        match &self.source {
            Source::Tagged(array) => array.get(index).map(Some),
            Source::Double { .. } | Source::Listed(_) => Ok(None),
        }
    }

    /// Calls `each` for every element that exists, holes left out.
    pub fn each_present(&self, each: &mut dyn FnMut(u64, Slot) -> Result<bool>) -> Result<()> {
        const BATCH: u64 = 1024;
        let mut start = 0;
        loop {
            self.heap.check_interrupt()?;
            let elements = self.batch(start, BATCH)?;
            for element in &elements {
                if let Some(slot) = element.slot {
                    if !each(element.index, slot)? {
                        return Ok(());
                    }
                }
            }
            if (elements.len() as u64) < BATCH {
                return Ok(());
            }
            start += BATCH;
        }
    }
}

/// Length of an array.
pub fn array_length(heap: Heap<'_>, array: Value) -> Result<u64> {
    let addr = heap.field_addr(array, C::ArrayLength)?;
    primitive::length(heap, Value(heap.word(addr)?), addr, "array length")
}

fn listed(heap: Heap<'_>, table: Value) -> Result<Vec<(u64, Slot)>> {
    let mut list = Vec::new();
    for entry in dictionary::entries(heap, table, DictionaryKind::Number)? {
        let index = primitive::length(heap, entry.key, entry.slot, "element index")?;
        let pair = heap.is_heap_object(entry.value)
            && heap.kind(entry.value).is_ok_and(|kind| kind == Kind::AccessorPair);
        let slot = if pair {
            properties::accessor_pair(heap, entry.value)?
        } else {
            Slot::Value(entry.value)
        };
        list.push((index, slot));
    }
    list.sort_by_key(|e| e.0);
    Ok(list)
}

/// Arguments of a sloppy function: those still linked to a variable are in its
/// context, the others in a store of their own (src/objects/arguments.h).
fn sloppy(heap: Heap<'_>, store: Value) -> Result<Vec<(u64, Slot)>> {
    let (context, arguments, mapped) = if heap.class_name(store)? == "SloppyArgumentsElements" {
        // Own object: length, context, arguments, mapped entries.
        let length = heap.smi_field(store, C::FixedArrayLength, "arguments length")?;
        let at = |i: u64| heap.word(heap.addr(store)? + (2 + i) * heap.word_size()).map(Value);
        let mut mapped = Vec::new();
        for i in 0..length.clamp(0, 65536).cast_unsigned() {
            mapped.push(at(2 + i)?);
        }
        (at(0)?, at(1)?, mapped)
    } else {
        let array = FixedArray::new(heap, store)?;
        let mapped = array.iter_from(2).collect::<Result<Vec<_>>>()?;
        (array.get(0)?, array.get(1)?, mapped)
    };
    let mut list: Vec<(u64, Slot)> = Vec::new();
    let slots = FixedArray::new(heap, context)?;
    for (i, entry) in mapped.iter().enumerate() {
        if let Some(slot) = heap.smi(*entry).and_then(|n| u64::try_from(n).ok()) {
            list.push((i as u64, Slot::Value(slots.get(slot)?)));
        }
    }
    let hash = heap.class_name(arguments)?;
    if hash == "FixedArray" {
        for (i, value) in FixedArray::new(heap, arguments)?.iter().enumerate() {
            let value = value?;
            if !primitive::is_hole(heap, value) {
                list.push((i as u64, Slot::Value(value)));
            }
        }
    } else {
        list.extend(listed(heap, arguments)?);
    }
    list.sort_by_key(|e| e.0);
    list.dedup_by_key(|e| e.0);
    Ok(list)
}
