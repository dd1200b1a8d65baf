//! Hash tables of properties: entries of key, value and details.

use crate::v8::error::Result;
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::primitive;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Which table it is; they differ in what stands before the entries and in an entry's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DictionaryKind {
    /// Named properties of an object.
    Name,
    /// Numeric properties of an object.
    Number,
    /// Properties of a global object: one cell an entry.
    Global,
}

/// A live entry.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Name or number.
    pub key: Value,
    /// Value or accessors.
    pub value: Value,
    /// Details, decoded by the caller.
    pub details: u64,
    /// Address of the value's slot.
    pub slot: u64,
}

/// Words of counts before everything else (src/objects/hash-table.h): elements,
/// deleted elements, capacity.
const COUNTS: u64 = 3;

/// Every live entry of a table, in table order.
pub fn entries(heap: Heap<'_>, table: Value, kind: DictionaryKind) -> Result<Vec<Entry>> {
    let layout = heap.layout;
    let (layout_prefix, words) = match kind {
        DictionaryKind::Name => (layout.get(C::NameDictPrefix)?, layout.get(C::NameDictEntry)?),
        DictionaryKind::Number => {
            (layout.get(C::NumberDictPrefix)?, layout.get(C::NumberDictEntry)?)
        }
        DictionaryKind::Global => (
            layout.get(C::NameDictPrefix)?,
            layout.find(C::GlobalDictEntry).map_or_else(|| layout.get(C::NameDictEntry), Ok)?,
        ),
    };
    let words = words.unsigned_abs().max(1);
    let array = FixedArray::new(heap, table)?;
    let prefix = match kind {
        DictionaryKind::Global => global_prefix(heap, &array, words)?,
        _ => None,
    };
    let first = COUNTS + prefix.unwrap_or(layout_prefix.unsigned_abs());
    let mut found = Vec::new();
    let mut entry = Vec::new();
    // The objects that stand for nothing, as far as they were met.
    let mut empty: Vec<Value> = Vec::new();
    for (i, word) in array.iter_from(first).enumerate() {
        entry.push(word?);
        if entry.len() < words as usize {
            continue;
        }
        let slot = array.addr(first + i as u64 + 1 - words);
        let key = entry[0];
        if !empty.contains(&key) {
            let is_later = kind == DictionaryKind::Name && found.len() >= AT_ONCE;
            if !is_later && is_empty(heap, key) {
                empty.push(key);
            } else if let Some(live) = live_entry(heap, &entry, slot, kind)? {
                found.push(live);
            }
        }
        entry.clear();
    }
    if found.len() > AT_ONCE && kind == DictionaryKind::Name {
        drop_empty(heap, &mut found)?;
    }
    Ok(found)
}

/// How many entries a table says it has.
pub fn count(heap: Heap<'_>, table: Value) -> Result<Option<u64>> {
    let count = FixedArray::new(heap, table)?.get(0)?;
    Ok(heap.smi(count).and_then(|count| u64::try_from(count).ok()))
}

/// Entries of a table that are looked at one by one. The names of more lie far from each
/// other in the order of a table, so that each is in memory that must be read for itself.
const AT_ONCE: usize = 1 << 12;

/// Whether a key says that there is no entry: empty slots hold undefined, deleted ones
/// the hole.
fn is_empty(heap: Heap<'_>, key: Value) -> bool {
    heap.is_heap_object(key) && matches!(heap.kind(key), Ok(Kind::Oddball | Kind::Hole))
}

/// Takes away what are no entries among those from [`AT_ONCE`] on, by looking at their
/// names in the order of their addresses.
fn drop_empty(heap: Heap<'_>, found: &mut Vec<Entry>) -> Result<()> {
    let mut order: Vec<(Value, usize)> =
        found.iter().map(|entry| entry.key).zip(0..).skip(AT_ONCE).collect();
    order.sort_unstable();
    let mut dropped = Vec::new();
    for (steps, (key, at)) in order.into_iter().enumerate() {
        if steps.is_multiple_of(1 << 12) {
            heap.check_interrupt()?;
        }
        if is_empty(heap, key) {
            dropped.push(at);
        }
    }
    dropped.sort_unstable();
    let (mut dropped, mut at) = (dropped.into_iter().peekable(), 0);
    found.retain(|_| {
        let is_dropped = dropped.next_if_eq(&at).is_some();
        at += 1;
        !is_dropped
    });
    Ok(())
}

/// Words between the counts and the entries of a global object's table: by its length
/// and its capacity, since from V8 10 on they are fewer than in other tables, which
/// metadata does not tell. Read in cores of Node 12 to 26.
fn global_prefix(heap: Heap<'_>, array: &FixedArray<'_>, words: u64) -> Result<Option<u64>> {
    let capacity = heap.smi(array.get(COUNTS - 1)?).and_then(|n| u64::try_from(n).ok());
    let used = capacity.and_then(|n| n.checked_mul(words)?.checked_add(COUNTS));
    Ok(used.and_then(|used| array.len().checked_sub(used)).filter(|prefix| *prefix < words.max(8)))
}

/// Whether a backing array looks like a dictionary of properties: its counts
/// fit each other and its length.
pub fn has_shape(heap: Heap<'_>, array: Value) -> Result<bool> {
    let layout = heap.layout;
    let array = FixedArray::new(heap, array)?;
    let (prefix, words) = (layout.get(C::NameDictPrefix)?, layout.get(C::NameDictEntry)?);
    let fixed = COUNTS + prefix.unsigned_abs();
    if array.len() < fixed {
        return Ok(false);
    }
    let count = |index: u64| -> Result<Option<u64>> {
        Ok(heap.smi(array.get(index)?).and_then(|n| u64::try_from(n).ok()))
    };
    let (Some(used), Some(deleted), Some(capacity)) = (count(0)?, count(1)?, count(2)?) else {
        return Ok(false);
    };
    Ok(capacity.is_power_of_two()
        && used.saturating_add(deleted) <= capacity
        && capacity.checked_mul(words.unsigned_abs()) == Some(array.len() - fixed))
}

fn live_entry(
    heap: Heap<'_>,
    words: &[Value],
    slot: u64,
    kind: DictionaryKind,
) -> Result<Option<Entry>> {
    let key = words[0];
    let word = heap.word_size();
    if kind == DictionaryKind::Global && words.len() < 3 {
        let cell = if words.len() == 1 { key } else { words[1] };
        let name = if words.len() == 1 { heap.field(cell, C::PropertyCellName)? } else { key };
        let value = heap.field(cell, C::PropertyCellValue)?;
        let slot = heap.field_addr(cell, C::PropertyCellValue)?;
        let live = !primitive::is_hole(heap, value);
        return Ok(live.then_some(Entry { key: name, value, details: 0, slot }));
    }
    let details = words.get(2).and_then(|d| heap.smi(*d)).unwrap_or(0).cast_unsigned();
    let mut value = words.get(1).copied().unwrap_or(Value(0));
    let mut slot = slot + word;
    let is_cell = kind == DictionaryKind::Global
        && heap.is_heap_object(value)
        && heap.kind(value) == Ok(Kind::PropertyCell);
    if is_cell {
        slot = heap.field_addr(value, C::PropertyCellValue)?;
        value = heap.field(value, C::PropertyCellValue)?;
        if primitive::is_hole(heap, value) {
            return Ok(None);
        }
    }
    Ok(Some(Entry { key, value, details, slot }))
}
