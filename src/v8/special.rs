//! Objects with state of their own: dates, regular expressions, collections,
//! promises, wrappers.

use crate::v8::constructor;
use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::{Heap, MAX_LENGTH};
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::primitive;
use crate::v8::properties;
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// What kind of object a script sees. Errors have no type of their own before
/// V8 5.2, nor promises before V8 5, nor buffers in V8 3: their constructor tells.
pub fn kind(heap: Heap<'_>, value: Value) -> Result<Kind> {
    let kind = heap.kind(value)?;
    let types = &heap.layout.types;
    let (errors, promises) = (types.number_of("JSError"), types.number_of("JSPromise"));
    if kind != Kind::Object || errors.is_some() && promises.is_some() {
        return Ok(kind);
    }
    let base = constructor::base_name(heap, value)?.unwrap_or_default();
    Ok(match base.as_str() {
        "Promise" if promises.is_none() => Kind::Promise,
        "ArrayBuffer" if types.number_of("JSArrayBuffer").is_none() => Kind::ArrayBuffer,
        "Error" | "EvalError" | "RangeError" | "ReferenceError" | "SyntaxError" | "TypeError"
        | "URIError"
            if errors.is_none() =>
        {
            Kind::Error
        }
        _ => kind,
    })
}

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
    entries(heap, object, u64::MAX)
}

/// As [`collection`], but only the first so many places, of which some may be empty.
pub fn entries(heap: Heap<'_>, object: Value, most: u64) -> Result<Vec<(Value, Value)>> {
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
    for i in 0..used.min(most) {
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
    let (flags, result) = match heap.layout.find(C::PromiseFlags) {
        Some(_) => (
            heap.smi_field(object, C::PromiseFlags, "promise flags")?,
            heap.field(object, C::PromiseResult)?,
        ),
        None => old_promise(heap, object)?,
    };
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

/// State and value of a promise before V8 6: the first two of the properties it
/// has under V8's own names (src/promise.js, src/js/promise.js, PromiseSet).
fn old_promise(heap: Heap<'_>, object: Value) -> Result<(i64, Value)> {
    let internal = properties::internal(heap, object)?;
    let [(_, status), (_, value), ..] = internal[..] else {
        return Err(Error::WrongType {
            object,
            found: heap.class_name(object)?,
            expected: "promise",
        });
    };
    match heap.smi(status) {
        // Rejected ones had the status -1 first.
        Some(-1) => Ok((2, value)),
        Some(status) => Ok((status, value)),
        None => Err(Error::Corrupt { addr: object.0, what: "promise status", found: status.0 }),
    }
}

/// The primitive in a wrapper such as `new Number(1)`.
pub fn wrapped(heap: Heap<'_>, object: Value) -> Result<Value> {
    heap.field(object, C::WrapperValue)
}

/// Target and handler of a proxy; none for a revoked one.
pub fn proxy(heap: Heap<'_>, object: Value) -> Result<Option<(Value, Value)>> {
    let target = heap.field(object, C::ProxyTarget)?;
    let handler = heap.field(object, C::ProxyHandler)?;
    Ok((!primitive::is_oddball(heap, handler, "null")).then_some((target, handler)))
}

/// What a WeakRef refers to; undefined once it was collected.
pub fn weak_target(heap: Heap<'_>, object: Value) -> Result<Value> {
    heap.field(object, C::WeakRefTarget)
}

/// Entries of a WeakMap (key, value) or WeakSet (key, true), in table order.
pub fn weak_collection(heap: Heap<'_>, object: Value) -> Result<Vec<(Value, Value)>> {
    let table = heap.field(object, C::CollectionTable)?;
    // Without a table until the first entry, in V8 before 4.
    if !heap.is_heap_object(table) || primitive::is_oddball(heap, table, "undefined") {
        return Ok(Vec::new());
    }
    // src/objects/hash-table.h: three counts, then keys and values.
    let table = FixedArray::new(heap, table)?;
    let mut entries = Vec::new();
    let mut key = None;
    for (i, word) in table.iter_from(3).enumerate() {
        if i & 0xfff == 0 {
            heap.check_interrupt()?;
        }
        match key.take() {
            None => key = Some(word?),
            Some(key) => {
                let empty =
                    primitive::is_hole(heap, key) || primitive::is_oddball(heap, key, "undefined");
                if !empty && heap.is_heap_object(key) {
                    entries.push((key, word?));
                }
            }
        }
    }
    Ok(entries)
}

/// Exports of the module that a namespace object belongs to, in table order
/// (src/objects/module.tq, SourceTextModule: a hash table of name and Cell).
pub fn module_exports(heap: Heap<'_>, object: Value) -> Result<Vec<(String, Value)>> {
    let module = heap.field(object, C::NamespaceModule)?;
    let table = FixedArray::new(heap, heap.field(module, C::ModuleExports)?)?;
    let words = table.iter_from(3).collect::<Result<Vec<_>>>()?;
    let mut exports = Vec::new();
    for entry in words.chunks_exact(2) {
        let (name, cell) = (entry[0], entry[1]);
        if heap.is_heap_object(name) && heap.kind(name)? == Kind::String {
            // src/objects/cell.tq: the value follows the map.
            let value = heap.word(heap.addr(cell)? + heap.word_size()).map(Value)?;
            exports.push((string::name(heap, name)?, value));
        }
    }
    Ok(exports)
}

/// Whether a generator can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeneratorState {
    /// At its start or at a `yield` or `await`.
    Suspended,
    /// Executing; also an async function that has finished.
    Running,
    /// Finished.
    Closed,
}

impl GeneratorState {
    /// The state in a word.
    pub fn word(self) -> &'static str {
        match self {
            GeneratorState::Suspended => "suspended",
            GeneratorState::Running => "running",
            GeneratorState::Closed => "closed",
        }
    }
}

/// What the state of a function that can be suspended is called after.
pub fn generator_class(heap: Heap<'_>, object: Value) -> Result<&'static str> {
    Ok(match heap.class_name(object)?.as_str() {
        "JSAsyncGeneratorObject" => "AsyncGenerator",
        "JSAsyncFunctionObject" => "AsyncFunction",
        _ => "Generator",
    })
}

/// State of a generator, async generator or async function.
pub fn generator_state(heap: Heap<'_>, object: Value) -> Result<GeneratorState> {
    let at = heap.smi_field(object, C::GeneratorContinuation, "generator continuation")?;
    Ok(if at == heap.layout.get(C::GeneratorClosed)? {
        GeneratorState::Closed
    } else if at == heap.layout.get(C::GeneratorExecuting)? {
        GeneratorState::Running
    } else {
        GeneratorState::Suspended
    })
}

/// The function a generator runs.
pub fn generator_function(heap: Heap<'_>, object: Value) -> Result<Value> {
    heap.field(object, C::GeneratorFunction)
}

/// The global object itself, of the proxy that scripts see instead: it is the
/// proxy's prototype (src/objects/js-objects.h, JSGlobalProxy).
pub fn global(heap: Heap<'_>, object: Value) -> Result<Value> {
    if heap.class_name(object)? != "JSGlobalProxy" {
        return Ok(object);
    }
    let prototype = heap.field(heap.map(object)?, C::MapPrototype)?;
    let is_global = heap.is_heap_object(prototype) && heap.kind(prototype)? == Kind::Global;
    Ok(if is_global { prototype } else { object })
}
