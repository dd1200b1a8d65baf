//! The values that refer to a value, with what V8 puts between them left out.

use super::links::{self, Link};
use super::whole::Whole;
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::value::Value;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

/// A value that refers to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Referrer {
    /// The value.
    pub value: Value,
    /// How it refers; none where that cannot be told.
    pub link: Option<Link>,
}

/// What a search comes upon.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A pointer at this address, in the object at that one.
    Pointer(u64, Value),
    /// An object of this class, of which it is not known what refers to it for
    /// what reason.
    GivingUp(Value, String),
    /// Too many objects in between.
    TooFar(Value),
}

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// Each value once, in the order of addresses within the same distance.
    pub list: Vec<Referrer>,
    /// Whether some that lie further away were not looked for.
    pub cut: bool,
}

/// Objects between two values that scripts do not see.
const PARTS: &[&str] = &[
    "FixedArray",
    "PropertyArray",
    "NameDictionary",
    "NumberDictionary",
    "GlobalDictionary",
    "HashTable",
    "OrderedHashTable",
    "EphemeronHashTable",
    "SloppyArgumentsElements",
    "Cell",
    "PropertyCell",
    "ContextCell",
    "AccessorPair",
    "PromiseReaction",
    "PromiseCapability",
    "ScriptContextTable",
    "JSGlobalPropertyCell",
    "ErrorStackData",
    "WeakCell",
];

/// Finds what refers to a value, across at most `limit` objects in between, and
/// tells `trace` of every step with its distance.
pub fn find(
    heap: Heap<'_>,
    whole: &Whole,
    target: Value,
    limit: u64,
    trace: &mut dyn FnMut(u64, Event),
) -> Result<Found> {
    let objects = &whole.objects;
    let backrefs = whole.backrefs(heap)?;
    let mut found = Found::default();
    let mut known = BTreeSet::new();
    let mut open = VecDeque::from([(target, 0)]);
    while let Some((value, distance)) = open.pop_front() {
        for (at, _) in backrefs.of(heap, value)? {
            let Some(id) = objects.starts.at_or_before(at, u64::MAX) else { continue };
            let start = objects.starts.addr(id);
            let inside = at > start && at - start < objects.size(heap, id);
            let map = objects.map(id);
            if !inside || map.is_raw || map.is_free || !whole.is_alive(heap, id)? {
                continue;
            }
            let holder = objects.value(heap, id);
            if holder == target || !known.insert(holder) {
                continue;
            }
            trace(distance, Event::Pointer(at, holder));
            let kind = map.kind;
            let class = heap.layout.types.lookup(map.number).1;
            if kind == Kind::String || kind.is_js_object() || kind == Kind::Proxy {
                let link = link(heap, holder, target)?;
                // A function further out has the scope of the variable around it,
                // but not the variable.
                if link.is_some() || distance == 0 || kind != Kind::Function {
                    found.list.push(Referrer { value: holder, link });
                }
            } else if kind != Kind::Context && class.is_some_and(|class| !PARTS.contains(&class)) {
                let class = class.unwrap_or_default().into();
                trace(distance, Event::GivingUp(holder, class));
            } else if distance < limit {
                open.push_back((holder, distance + 1));
            } else {
                trace(distance, Event::TooFar(holder));
                found.cut = true;
            }
        }
    }
    Ok(found)
}

fn link(heap: Heap<'_>, from: Value, to: Value) -> Result<Option<Link>> {
    match links::between(heap, from, to) {
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Err(_) => Ok(None),
        found => found,
    }
}
