//! Every object by what a person would call it: JavaScript objects by their
//! constructor, the rest by what it is for.

use super::names::Names;
use super::objects::Objects;
use crate::v8::constructor;
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use alloc::string::String;
use alloc::vec::Vec;

/// The class of every map.
#[derive(Debug)]
pub struct Classes {
    by_map: Vec<u32>,
    names: Names,
}

impl Classes {
    /// Names the objects of a heap.
    pub fn find(heap: Heap<'_>, objects: &Objects) -> Result<Classes> {
        let mut classes = Classes { by_map: Vec::new(), names: Names::default() };
        // An object of each map: what the map says of itself is not enough.
        let mut examples: Vec<Option<u32>> = objects.maps.iter().map(|_| None).collect();
        for (id, map) in (0u32..).zip(objects.map_ids()) {
            examples[map as usize].get_or_insert(id);
        }
        for (map, example) in objects.maps.iter().zip(examples) {
            let name: String = match (of_kind(map.kind, map.is_free), example) {
                (Some(name), _) => name.into(),
                (None, Some(id)) => {
                    let object = objects.value(heap, id);
                    match constructor::name(heap, object) {
                        Err(Error::Interrupted) => return Err(Error::Interrupted),
                        Ok(Some(name)) if !name.is_empty() => name,
                        _ => "(no constructor)".into(),
                    }
                }
                // Nothing will be counted in it.
                (None, None) => "(unused)".into(),
            };
            let number = classes.names.number(&name);
            classes.by_map.push(number);
        }
        Ok(classes)
    }

    /// Number of an object's class.
    pub fn of(&self, objects: &Objects, id: u32) -> u32 {
        self.by_map[objects.map_id(id) as usize]
    }

    /// Name of a class.
    pub fn name(&self, class: u32) -> &str {
        self.names.get(class)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Name of the objects of a kind; none for those named after their constructor.
fn of_kind(kind: Kind, is_free: bool) -> Option<&'static str> {
    Some(match kind {
        _ if is_free => "(free memory)",
        Kind::String => "(string)",
        Kind::Symbol => "(symbol)",
        Kind::HeapNumber | Kind::BigInt => "(number)",
        Kind::Function => "(closure)",
        Kind::FixedArray | Kind::FixedDoubleArray | Kind::ByteArray => "(array)",
        Kind::Context => "(context)",
        Kind::Map => "(map)",
        // Its constructor is Object, which says nothing of it.
        Kind::Global => "global",
        kind if kind.is_code() => "(code)",
        kind if kind.is_js_object() || kind == Kind::Proxy => return None,
        _ => "(system)",
    })
}
