//! Objects with state of their own: dates, regular expressions, collections,
//! promises, wrappers.

use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::{Heap, MAX_LENGTH};
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::primitive;
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Milliseconds since 1970 of a date; NaN for an invalid one.
pub fn date(heap: Heap<'_>, object: Value) -> Result<f64> {
    let addr = heap.field_addr(object, C::DateValue)?;
    if heap.layout.is(C::DateRaw) {
        return heap.f64_bits(addr).map(f64::from_bits);
    }
    primitive::number(heap, Value(heap.word(addr)?))
}

/// Source and flags of a regular expression.
pub fn regexp(heap: Heap<'_>, object: Value) -> Result<(String, String)> {
    let (source, flags) = if heap.layout.find(C::RegExpSource).is_some() {
        (heap.field(object, C::RegExpSource)?, heap.field(object, C::RegExpFlags)?)
    } else {
        // src/objects.h, JSRegExp: kSourceIndex, kFlagsIndex.
        let data = FixedArray::new(heap, heap.field(object, C::RegExpData)?)?;
        (data.get(1)?, data.get(2)?)
    };
    let bits = heap.smi(flags).unwrap_or(0);
    // src/regexp/regexp-flags.h; the first three since V8 1.
    const FLAGS: [(i64, char); 9] = [
        (1 << 7, 'd'),
        (1 << 0, 'g'),
        (1 << 1, 'i'),
        (1 << 6, 'l'),
        (1 << 2, 'm'),
        (1 << 5, 's'),
        (1 << 4, 'u'),
        (1 << 8, 'v'),
        (1 << 3, 'y'),
    ];
    let flags = FLAGS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, c)| *c).collect();
    let source = string::read(heap, source, MAX_LENGTH)?.to_utf8();
    // ECMA-262, EscapeRegExpPattern: an empty source would be a comment.
    let source = if source.is_empty() { "(?:)".into() } else { source };
    Ok((source, flags))
}

/// Entries of a Map (key, value) or a Set (value twice), in insertion order.
pub fn collection(heap: Heap<'_>, object: Value) -> Result<Vec<(Value, Value)>> {
    let words = match heap.kind(object)? {
        Kind::MapCollection => 3,
        _ => 2,
    };
    let table = FixedArray::new(heap, heap.field(object, C::CollectionTable)?)?;
    let count = |id: C| -> Result<u64> {
        let word = table.get(heap.layout.get(id)?.unsigned_abs())?;
        let n = heap.smi(word).and_then(|n| u64::try_from(n).ok()).filter(|n| *n <= table.len());
        n.ok_or(Error::Corrupt { addr: table.addr(0), what: "hash table count", found: word.0 })
    };
    let used = count(C::OrderedElements)? + count(C::OrderedDeleted)?;
    // Three counts, the buckets, then entries that end with a chain link.
    let first = 3 + count(C::OrderedBuckets)?;
    let mut entries = Vec::new();
    for i in 0..used {
        if i & 0xfff == 0 {
            heap.check_interrupt()?;
        }
        let at = first + i * words;
        let key = table.get(at)?;
        if !primitive::is_hole(heap, key) {
            entries.push((key, if words == 3 { table.get(at + 1)? } else { key }));
        }
    }
    Ok(entries)
}

/// State of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseState {
    /// Not settled.
    Pending,
    /// With this value.
    Fulfilled(Value),
    /// With this reason.
    Rejected(Value),
}

/// State of a promise.
pub fn promise(heap: Heap<'_>, object: Value) -> Result<PromiseState> {
    let flags = heap.smi_field(object, C::PromiseFlags, "promise flags")?;
    let result = heap.field(object, C::PromiseResult)?;
    // include/v8-promise.h, PromiseState.
    match flags & 3 {
        0 => Ok(PromiseState::Pending),
        1 => Ok(PromiseState::Fulfilled(result)),
        2 => Ok(PromiseState::Rejected(result)),
        _ => Err(Error::Corrupt {
            addr: object.0,
            what: "promise state",
            found: flags.cast_unsigned(),
        }),
    }
}

/// The primitive in a wrapper such as `new Number(1)`.
pub fn wrapped(heap: Heap<'_>, object: Value) -> Result<Value> {
    heap.field(object, C::WrapperValue)
}

/// Target and handler of a proxy; the handler alone for old ones.
pub fn proxy(heap: Heap<'_>, object: Value) -> Result<(Value, Value)> {
    Ok((heap.field(object, C::ProxyTarget)?, heap.field(object, C::ProxyHandler)?))
}

/// What a WeakRef refers to; undefined once it was collected.
pub fn weak_target(heap: Heap<'_>, object: Value) -> Result<Value> {
    heap.field(object, C::WeakRefTarget)
}
