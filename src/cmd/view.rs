//! What an object shows of itself besides its properties: the entries of a
//! collection, the state of a promise or generator, the bytes of a buffer.
//!
//! The words are those of `util.inspect`, which people know; how they are laid
//! out is the printer's affair.

use super::location;
use crate::v8::error::{Error, Result};
use crate::v8::function::Function;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::properties;
use crate::v8::special::{self, PromiseState};
use crate::v8::stack_trace::{self, Captured, Site};
use crate::v8::value::Value;
use crate::v8::{binary, constructor, string};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Bytes of a buffer that are shown, as many as `util.inspect` does.
const MAX_BYTES: u64 = 50;
/// What a buffer without its bytes is called.
const DETACHED: &str = "(detached)";
/// Characters of the text of a stack that are looked at.
const MAX_STACK: u64 = 1 << 16;

/// One entry of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Text that stands for itself, such as `<pending>`.
    Note(String),
    /// A value.
    Value(Value),
    /// A value after a word on it, such as `<rejected>`.
    Marked(&'static str, Value),
    /// Key and value.
    Pair(Value, Value),
    /// Name and value.
    Named(String, Value),
}

/// What is shown between an object's head and its properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// What stands before the bracket, such as `Map(2)`.
    pub head: String,
    /// The brackets.
    pub brackets: [char; 2],
    /// What stands in them.
    pub entries: Vec<Entry>,
    /// Whether the entries are few and short, to be put on one line.
    pub inline: bool,
}

impl View {
    fn new(head: String, entries: Vec<Entry>) -> View {
        View { head, brackets: ['{', '}'], entries, inline: true }
    }

    fn many(head: String, entries: Vec<Entry>) -> View {
        View { inline: false, ..View::new(head, entries) }
    }
}

/// The view of an object; none for one that consists of its properties alone.
pub fn of(heap: Heap<'_>, object: Value, kind: Kind) -> Result<Option<View>> {
    Ok(Some(match kind {
        Kind::MapCollection => {
            let entries = special::collection(heap, object)?;
            let head = counted(heap, object, "Map", entries.len());
            View::many(head, pairs(entries))
        }
        Kind::SetCollection => {
            let entries = special::collection(heap, object)?;
            let head = counted(heap, object, "Set", entries.len());
            View::many(head, keys(entries))
        }
        Kind::WeakCollection => weak_collection(heap, object)?,
        Kind::Promise => promise(heap, object)?,
        Kind::Proxy => proxy(heap, object)?,
        Kind::WeakRef => {
            let target = special::weak_target(heap, object)?;
            View::new(class(heap, object, "WeakRef"), vec![Entry::Value(target)])
        }
        Kind::Generator => generator(heap, object)?,
        Kind::ArrayBuffer => buffer(heap, object)?,
        Kind::DataView => {
            let (buffer, offset, length) = binary::view(heap, object)?;
            let detached = binary::is_detached(heap, buffer)?.then(|| DETACHED.into());
            let notes = [
                alloc::format!("byteLength: {length}"),
                alloc::format!("byteOffset: {offset}"),
                alloc::format!("buffer: {buffer}"),
            ];
            let notes = detached.into_iter().chain(notes).map(Entry::Note).collect();
            View::new(class(heap, object, "DataView"), notes)
        }
        Kind::Object if binary::old_data_view(heap, object)?.is_some() => {
            let (offset, length) = binary::old_data_view(heap, object)?.unwrap_or_default();
            let notes =
                [alloc::format!("byteLength: {length}"), alloc::format!("byteOffset: {offset}")];
            View::new("DataView".into(), notes.map(Entry::Note).into())
        }
        Kind::Global => View::many("Object [global]".into(), Vec::new()),
        Kind::Error => {
            let lines = stack(heap, object)?.into_iter().map(Entry::Note).collect();
            View::many(class(heap, object, "Error"), lines)
        }
        Kind::Object if !heap.is_plain_object(object)? => match tagged(heap, object)? {
            Some(head) if head.ends_with("[Module]") => namespace(heap, object)?,
            Some(head) => View::many(head, Vec::new()),
            None => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

/// Name of an object's class, with that of the built-in class it is derived
/// from where the two differ: `Registry [Map]`.
fn class(heap: Heap<'_>, object: Value, base: &str) -> String {
    match constructor::name(heap, object) {
        Ok(Some(name)) if base == "Error" || name.is_empty() || name == base => name,
        Ok(Some(name)) => alloc::format!("{name} [{base}]"),
        _ => base.into(),
    }
}

fn counted(heap: Heap<'_>, object: Value, base: &str, count: usize) -> String {
    match constructor::name(heap, object) {
        Ok(Some(name)) if name != base => alloc::format!("{name}({count}) [{base}]"),
        _ => alloc::format!("{base}({count})"),
    }
}

fn pairs(entries: Vec<(Value, Value)>) -> Vec<Entry> {
    entries.into_iter().map(|(key, value)| Entry::Pair(key, value)).collect()
}

fn keys(entries: Vec<(Value, Value)>) -> Vec<Entry> {
    entries.into_iter().map(|(key, _)| Entry::Value(key)).collect()
}

fn weak_collection(heap: Heap<'_>, object: Value) -> Result<View> {
    let entries = special::weak_collection(heap, object)?;
    let is_set = heap.class_name(object)? == "JSWeakSet";
    let base = if is_set { "WeakSet" } else { "WeakMap" };
    let head = counted(heap, object, base, entries.len());
    Ok(View::many(head, if is_set { keys(entries) } else { pairs(entries) }))
}

fn promise(heap: Heap<'_>, object: Value) -> Result<View> {
    let entry = match special::promise(heap, object)? {
        PromiseState::Pending => Entry::Note("<pending>".into()),
        PromiseState::Fulfilled(value) => Entry::Value(value),
        PromiseState::Rejected(reason) => Entry::Marked("<rejected>", reason),
    };
    Ok(View::new(class(heap, object, "Promise"), vec![entry]))
}

fn proxy(heap: Heap<'_>, object: Value) -> Result<View> {
    Ok(match special::proxy(heap, object)? {
        Some((target, handler)) => View {
            brackets: ['[', ']'],
            ..View::new("Proxy".into(), vec![Entry::Value(target), Entry::Value(handler)])
        },
        None => View::new("Proxy".into(), vec![Entry::Note("<revoked>".into())]),
    })
}

/// `Object [Generator] { <suspended> NAME }`.
fn generator(heap: Heap<'_>, object: Value) -> Result<View> {
    let head = alloc::format!("Object [{}]", special::generator_class(heap, object)?);
    let state = special::generator_state(heap, object)?.word();
    let function = special::generator_function(heap, object)?;
    let name = Function::new(heap, function)?.name();
    Ok(View::new(head, vec![Entry::Note(alloc::format!("<{state}> {name}"))]))
}

/// `ArrayBuffer { [Uint8Contents]: <01 02>, byteLength: 2, data: ADDRESS }`, or
/// `ArrayBuffer { (detached), byteLength: 0 }`.
fn buffer(heap: Heap<'_>, object: Value) -> Result<View> {
    let (length, data) = binary::array_buffer(heap, object)?;
    let base = if binary::is_shared(heap, object) { "SharedArrayBuffer" } else { "ArrayBuffer" };
    if binary::is_detached(heap, object)? {
        let notes = [DETACHED.into(), "byteLength: 0".into()];
        return Ok(View::new(class(heap, object, base), notes.map(Entry::Note).into()));
    }
    let bytes = first_bytes(heap, length, data).unwrap_or_else(|error| alloc::format!("{error}"));
    let more = match length.saturating_sub(MAX_BYTES) {
        0 => String::new(),
        more => alloc::format!(" ... {more} more bytes"),
    };
    let contents = alloc::format!("[Uint8Contents]: <{bytes}{more}>");
    let notes =
        [contents, alloc::format!("byteLength: {length}"), alloc::format!("data: {data:x}")];
    Ok(View::new(class(heap, object, base), notes.map(Entry::Note).into()))
}

/// The first bytes of a buffer, in hexadecimal.
pub fn first_bytes(heap: Heap<'_>, length: u64, data: u64) -> Result<String> {
    let mut bytes = [0; MAX_BYTES as usize];
    let bytes = &mut bytes[..length.min(MAX_BYTES) as usize];
    heap.target.read(data, bytes)?;
    let words: Vec<_> = bytes.iter().map(|byte| alloc::format!("{byte:02x}")).collect();
    Ok(words.join(" "))
}

/// The stack an error was made on, a line each. Its first line is left out: it
/// is the class and the message.
pub fn stack(heap: Heap<'_>, error: Value) -> Result<Vec<String>> {
    Ok(match stack_trace::of(heap, error) {
        Ok(Some(Captured::Sites(sites))) => {
            sites.into_iter().map(|site| frame(heap, site)).collect()
        }
        Ok(Some(Captured::Text(text))) => {
            let text = string::read(heap, text, MAX_STACK)?.to_utf8();
            let is_frame = |line: &&str| line.trim_start().starts_with("at ");
            let lines = text.lines().skip_while(|line| !is_frame(line));
            lines.map(|line| line.trim_start().into()).collect()
        }
        Ok(None) => Vec::new(),
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        Err(error) => vec![alloc::format!("<stack: {error}>")],
    })
}

/// `at NAME (FILE:LINE:COLUMN)`, as V8 writes it.
fn frame(heap: Heap<'_>, site: Site) -> String {
    let Ok(function) = Function::new(heap, site.function) else {
        return alloc::format!("at {}", site.function);
    };
    let name = function.name();
    let place = match function.shared.script() {
        // V8 before 6 has its own functions in scripts of such names.
        Ok(Some(script))
            if script.name().is_ok_and(|n| n.is_some_and(|n| n.starts_with("native "))) =>
        {
            "native".into()
        }
        Ok(Some(script)) => location::in_script(&script, site.position),
        _ => "<anonymous>".into(),
    };
    match name.as_str() {
        "" | "<anonymous> (as <anon>)" => alloc::format!("at {place}"),
        _ => alloc::format!("at {name} ({place})"),
    }
}

/// `Module { "name": VALUE }`, for the namespace of an ES module.
fn namespace(heap: Heap<'_>, object: Value) -> Result<View> {
    let exports = special::module_exports(heap, object)?;
    let entries = exports.into_iter().map(|(name, value)| Entry::Named(name, value)).collect();
    Ok(View::many("Module".into(), entries))
}

/// Class and tag, where they differ, of an object of a type of its own: an
/// iterator, what Intl and WebAssembly are made of, an object made by C++.
pub fn class_and_tag(heap: Heap<'_>, object: Value) -> Result<(Option<String>, Option<String>)> {
    let name = constructor::name(heap, object)?.filter(|name| !name.is_empty());
    let tag = properties::tag(heap, object)?.filter(|tag| name.as_ref() != Some(tag));
    Ok((name, tag))
}

fn tagged(heap: Heap<'_>, object: Value) -> Result<Option<String>> {
    Ok(match class_and_tag(heap, object)? {
        (name, Some(tag)) => Some(tagged_name(name.as_deref().unwrap_or("Object"), &tag)),
        (name, None) => name,
    })
}

/// `Class [Tag]`.
pub fn tagged_name(name: &str, tag: &str) -> String {
    alloc::format!("{name} [{tag}]")
}
