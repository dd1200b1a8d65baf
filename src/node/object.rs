//! Objects of Node's own JavaScript, by the names of their properties.

use crate::heap::whole::Whole;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::primitive;
use crate::v8::properties::{self, Key, Property, Slot};
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// Characters of a text that are read.
const TEXT: u64 = 1024;

/// The own properties of an object.
pub struct Object<'a> {
    heap: Heap<'a>,
    properties: Vec<Property>,
}

impl<'a> Object<'a> {
    /// Reads an object; properties that cannot be read are left out.
    pub fn read(heap: Heap<'a>, object: Value) -> Result<Object<'a>> {
        let mut found = Vec::new();
        properties::each(heap, object, &mut |property| {
            found.extend(property);
            ControlFlow::Continue(())
        })?;
        Ok(Object { heap, properties: found })
    }

    fn slot(&self, wanted: impl Fn(&Key) -> bool) -> Option<Slot> {
        self.properties.iter().find(|property| wanted(&property.key)).map(|found| found.slot)
    }

    /// Whether it has a property of this name.
    pub fn has(&self, name: &str) -> bool {
        self.slot(|key| matches!(key, Key::Name(own) if own == name)).is_some()
    }

    /// The value of a property.
    pub fn get(&self, name: &str) -> Option<Value> {
        match self.slot(|key| matches!(key, Key::Name(own) if own == name))? {
            Slot::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The value under a symbol with this description.
    pub fn symbol(&self, description: &str) -> Option<Value> {
        let wanted = |key: &Key| matches!(key, Key::Symbol(Some(own)) if own == description);
        match self.slot(wanted)? {
            Slot::Value(value) => Some(value),
            _ => None,
        }
    }

    /// A property that is an object.
    pub fn object(&self, name: &str) -> Option<Object<'a>> {
        Object::read(self.heap, self.get(name).filter(|value| is_object(self.heap, *value))?).ok()
    }

    /// A property that is a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.slot(|key| matches!(key, Key::Name(own) if own == name))? {
            Slot::Value(value) => primitive::number(self.heap, value).ok(),
            Slot::Double(bits) => Some(f64::from_bits(bits)),
            Slot::Accessor { .. } => None,
        }
    }

    /// A property that is a text, as far as it is short.
    pub fn text(&self, name: &str) -> Option<String> {
        text(self.heap, self.get(name)?, TEXT)
    }

    /// Whether a property is `true`.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| is_true(self.heap, value))
    }
}

/// The characters of a value that is a text, not more than `limit`.
pub fn text(heap: Heap<'_>, value: Value, limit: u64) -> Option<String> {
    let is_text = heap.is_heap_object(value) && heap.kind(value) == Ok(Kind::String);
    let text = is_text.then(|| string::read(heap, value, limit).ok()).flatten()?;
    Some(text.to_utf8())
}

/// Whether a value is `true`.
pub fn is_true(heap: Heap<'_>, value: Value) -> bool {
    crate::v8::describe::describe(heap, value).contains("\"true\"")
}

/// Whether a value is an object of JavaScript.
pub fn is_object(heap: Heap<'_>, value: Value) -> bool {
    heap.is_heap_object(value) && heap.kind(value).is_ok_and(Kind::is_js_object)
}

/// The objects that are alive and whose constructor has a name that is wanted, in the
/// order of their addresses.
pub fn of_classes(
    heap: Heap<'_>,
    whole: &Whole,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Value>> {
    let groups = whole.groups(heap)?;
    let life = whole.life(heap)?;
    let mut list = Vec::new();
    for (number, group) in groups.list.iter().enumerate() {
        if group.constructor.as_deref().is_some_and(&is_wanted) {
            heap.check_interrupt()?;
            let members = groups.members(&whole.objects, number).filter(|id| life.has(*id));
            list.extend(members.map(|id| whole.objects.value(heap, id)));
        }
    }
    list.sort();
    Ok(list)
}
