//! Embedder fields: what a C++ program keeps in objects it made from templates,
//! behind V8's own fields and before the properties.

use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::{Layout, C};
use crate::v8::value::Value;

/// Base classes that are looked through for fields.
const MAX_BASES: u32 = 16;

/// Addresses of an object's embedder fields: first, and number.
pub fn fields(heap: Heap<'_>, object: Value) -> Result<(u64, u64)> {
    let word = heap.word_size();
    let map = heap.map(object)?;
    let kind = heap.kind(object)?;
    let class = heap.class_name(object)?;
    if !kind.is_js_object() {
        return Err(Error::WrongType { object, found: class, expected: "JSObject" });
    }
    let start = header(heap, object, &class)?;
    // As src/objects/js-objects-inl.h, JSObject::GetEmbedderFieldCount.
    let end = match heap.layout.find(C::MapInobjectStart) {
        Some(_) => u64::from(heap.u8(heap.field_addr(map, C::MapInobjectStart)?)?) * word,
        None => {
            let count = u64::from(heap.u8(heap.field_addr(map, C::MapInobjectCount)?)?);
            heap.instance_size(map)?.saturating_sub(count * word)
        }
    };
    Ok((heap.addr(object)?.wrapping_add(start), end.saturating_sub(start) / word))
}

/// The pointer in the embedder field at an address.
pub fn pointer(heap: Heap<'_>, addr: u64) -> Result<u64> {
    let word = heap.word(addr)?;
    // Old V8 makes small integers of them.
    match heap.layout.find(C::EmbedderPointerShift).and_then(|shift| u32::try_from(shift).ok()) {
        Some(shift) if heap.is_smi(Value(word)) => Ok(word.checked_shr(shift).unwrap_or(0)),
        _ => Ok(word),
    }
}

/// Bytes of V8's own part of an object: up to the last field its class has.
fn header(heap: Heap<'_>, object: Value, class: &str) -> Result<u64> {
    let layout = heap.layout;
    let word = heap.word_size();
    let base = layout.get(C::Elements)?.unsigned_abs() + word;
    let listed = layout.types.is_listed(heap.type_of(object)?);
    if heap.kind(object)? == Kind::Object && !listed {
        // Made from a template: see src/objects/js-objects.tq.
        let wrappable = layout.find(C::ApiObjectWrappable).map(i64::unsigned_abs);
        return Ok(wrappable.map_or(base, |offset| offset + word));
    }
    let mut end = base;
    let mut class = Some(class);
    for _ in 0..MAX_BASES {
        let Some(name) = class else { break };
        end = last_field(layout, name).map_or(end, |last| end.max((last + word) & !(word - 1)));
        class = layout.parent_of(name);
    }
    Ok(end)
}

/// Offset of the last field of a class.
fn last_field(layout: &Layout, class: &str) -> Option<u64> {
    let prefix = alloc::format!("class_{class}__");
    let offsets = layout.constants.family(&prefix);
    // Not a field: where those of the embedder begin in a plain object.
    let own = offsets.filter(|(name, _)| !name.starts_with("internal_fields"));
    own.filter_map(|(_, constant)| u64::try_from(constant.value).ok()).max()
}
