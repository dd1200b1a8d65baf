//! Bytes outside the heap: array buffers, views, typed arrays.

use crate::v8::constructor;
use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::Heap;
use crate::v8::layout::C;
use crate::v8::primitive;
use crate::v8::properties::{self, Slot};
use crate::v8::value::Value;
use alloc::string::String;

/// No buffer is larger (src/objects/js-array-buffer.h: 2^53 at most, less in practice).
const MAX_BYTES: u64 = 1 << 50;

/// Type of the elements of a typed array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ElementType {
    Uint8,
    Uint8Clamped,
    Int8,
    Uint16,
    Int16,
    Uint32,
    Int32,
    Float16,
    Float32,
    Float64,
    BigUint64,
    BigInt64,
}

impl ElementType {
    /// Bytes of an element.
    pub fn size(self) -> u64 {
        match self {
            ElementType::Uint8 | ElementType::Uint8Clamped | ElementType::Int8 => 1,
            ElementType::Uint16 | ElementType::Int16 | ElementType::Float16 => 2,
            ElementType::Uint32 | ElementType::Int32 | ElementType::Float32 => 4,
            ElementType::Float64 | ElementType::BigUint64 | ElementType::BigInt64 => 8,
        }
    }

    /// By the name of the array's class (`Uint8Array`) or, before V8 3.28, of
    /// the class of its elements (`ExternalUnsignedByteArray`).
    fn by_class(name: &str) -> Option<ElementType> {
        Some(match name.strip_prefix("External").unwrap_or(name) {
            "Uint8Array" | "UnsignedByteArray" => ElementType::Uint8,
            "Uint8ClampedArray" | "PixelArray" => ElementType::Uint8Clamped,
            "Int8Array" | "ByteArray" => ElementType::Int8,
            "Uint16Array" | "UnsignedShortArray" => ElementType::Uint16,
            "Int16Array" | "ShortArray" => ElementType::Int16,
            "Uint32Array" | "UnsignedIntArray" => ElementType::Uint32,
            "Int32Array" | "IntArray" => ElementType::Int32,
            "Float16Array" => ElementType::Float16,
            "Float32Array" | "FloatArray" => ElementType::Float32,
            "Float64Array" | "DoubleArray" => ElementType::Float64,
            "BigUint64Array" => ElementType::BigUint64,
            "BigInt64Array" => ElementType::BigInt64,
            _ => return None,
        })
    }
}

/// Bytes of a typed array or of external elements.
#[derive(Debug, Clone)]
pub struct Bytes {
    /// Name of the array's built-in class.
    pub class: String,
    /// Type of its elements.
    pub ty: ElementType,
    /// Elements.
    pub length: u64,
    /// Address of the first one.
    pub data: u64,
    /// Whether the buffer it shows was detached: it has no elements then.
    pub detached: bool,
}

/// A length or offset of a buffer or view: a small integer in old V8, raw since.
fn size(heap: Heap<'_>, object: Value, field: C) -> Result<u64> {
    let addr = heap.field_addr(object, field)?;
    let word = heap.word(addr)?;
    let bytes = if heap.layout.is(C::BufferSmiLengths) {
        primitive::length(heap, Value(word), addr, "byte length")?
    } else {
        word
    };
    if bytes > MAX_BYTES {
        return Err(Error::Corrupt { addr, what: "byte length", found: word });
    }
    Ok(bytes)
}

/// Elements of a typed array.
pub fn typed_array(heap: Heap<'_>, object: Value) -> Result<Bytes> {
    let class = constructor::base_name(heap, object)?.unwrap_or_default();
    let Some(ty) = ElementType::by_class(&class) else {
        return Err(Error::WrongType { object, found: class, expected: "typed array" });
    };
    let detached = is_detached(heap, heap.field(object, C::ViewBuffer)?)?;
    let length = if detached { 0 } else { view_length(heap, object)? / ty.size() };
    // On-heap elements: base is the elements object, external the distance
    // from its tagged address; off-heap ones: base is zero.
    let (external, base) = if heap.layout.find(C::TypedExternal).is_some() {
        (heap.field(object, C::TypedExternal)?.0, heap.field(object, C::TypedBase)?.0)
    } else {
        let store = heap.field(object, C::Elements)?;
        if heap.class_name(store)?.starts_with("External") {
            (heap.field(store, C::ExternalArrayPointer)?.0, 0)
        } else {
            (heap.field(store, C::StoreExternal)?.0, heap.field(store, C::StoreBase)?.0)
        }
    };
    Ok(Bytes { class, ty, length, data: external.wrapping_add(base), detached })
}

/// External elements of an ordinary object: Buffers and typed arrays of Node
/// before 0.11; none for objects without.
pub fn external_elements(heap: Heap<'_>, object: Value) -> Result<Option<Bytes>> {
    if heap.layout.find(C::ExternalArrayPointer).is_none() {
        return Ok(None);
    }
    let store = heap.field(object, C::Elements)?;
    let class = heap.class_name(store)?;
    let external = class.starts_with("External").then(|| ElementType::by_class(&class));
    let Some(ty) = external.flatten() else { return Ok(None) };
    let length = match heap.layout.find(C::ExternalArrayLength) {
        Some(_) => external_length(heap, store)?,
        None => FixedArray::new(heap, store)?.len(),
    };
    let data = heap.field(store, C::ExternalArrayPointer)?.0;
    let class = constructor::name(heap, object)?.unwrap_or_default();
    Ok(Some(Bytes { class, ty, length, data, detached: false }))
}

/// Offset and bytes of a DataView of Node 0.8, whose elements are the bytes it
/// shows; none for other objects.
pub fn old_data_view(heap: Heap<'_>, object: Value) -> Result<Option<(i64, u64)>> {
    let Some(bytes) = external_elements(heap, object)?.filter(|b| b.class == "DataView") else {
        return Ok(None);
    };
    let offset = match properties::get(heap, object, "byteOffset")? {
        Some(Slot::Value(offset)) => heap.smi(offset),
        _ => None,
    };
    Ok(offset.map(|offset| (offset, bytes.length)))
}

fn external_length(heap: Heap<'_>, store: Value) -> Result<u64> {
    let addr = heap.field_addr(store, C::ExternalArrayLength)?;
    match u64::from(heap.u32(addr)?) {
        length if length <= MAX_BYTES => Ok(length),
        found => Err(Error::Corrupt { addr, what: "length of an external array", found }),
    }
}

/// Bytes and address of an array buffer.
pub fn array_buffer(heap: Heap<'_>, object: Value) -> Result<(u64, u64)> {
    if let Some(bytes) = external_elements(heap, object)? {
        return Ok((bytes.length, bytes.data));
    }
    Ok((size(heap, object, C::BufferLength)?, heap.field(object, C::BufferStore)?.0))
}

/// Whether an array buffer is shared between threads.
pub fn is_shared(heap: Heap<'_>, object: Value) -> bool {
    constructor::base_name(heap, object).is_ok_and(|n| n.as_deref() == Some("SharedArrayBuffer"))
}

/// Whether a buffer's bytes were handed on, to another thread for example.
pub fn is_detached(heap: Heap<'_>, buffer: Value) -> Result<bool> {
    let known = (heap.layout.find(C::BufferFlagsDistance), heap.layout.find(C::BufferDetachedMask));
    let (Some(distance), Some(mask)) = known else { return Ok(false) };
    let flags = heap.field_addr(buffer, C::BufferStore)?.wrapping_add_signed(distance);
    Ok(i64::from(heap.u32(flags)?) & mask != 0)
}

/// Buffer, offset and bytes of a view; none of a buffer that was detached.
pub fn view(heap: Heap<'_>, object: Value) -> Result<(Value, u64, u64)> {
    let buffer = heap.field(object, C::ViewBuffer)?;
    if is_detached(heap, buffer)? {
        return Ok((buffer, 0, 0));
    }
    Ok((buffer, size(heap, object, C::ViewByteOffset)?, view_length(heap, object)?))
}

/// Bytes of a view. One made without a length over a buffer that can grow has
/// those of the buffer (src/objects/js-array-buffer.tq, is_length_tracking).
fn view_length(heap: Heap<'_>, object: Value) -> Result<u64> {
    let tracking = match heap.layout.find(C::ViewFlags) {
        Some(_) => heap.u32(heap.field_addr(object, C::ViewFlags)?)? & 1 == 1,
        None => false,
    };
    if !tracking {
        return size(heap, object, C::ViewByteLength);
    }
    let whole = size(heap, heap.field(object, C::ViewBuffer)?, C::BufferLength)?;
    Ok(whole.saturating_sub(size(heap, object, C::ViewByteOffset)?))
}

/// A number of a typed array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// An ordinary number.
    Float(f64),
    /// A BigInt.
    Int(i128),
}

/// An element of a typed array.
pub fn element(heap: Heap<'_>, bytes: &Bytes, index: u64) -> Result<Number> {
    let size = bytes.ty.size();
    let mut raw = [0; 8];
    heap.target.read(bytes.data.wrapping_add(index * size), &mut raw[..size as usize])?;
    let bits = u64::from_le_bytes(raw);
    Ok(Number::Float(match bytes.ty {
        ElementType::Uint8
        | ElementType::Uint8Clamped
        | ElementType::Uint16
        | ElementType::Uint32 => bits as f64,
        ElementType::Int8 => f64::from(bits as u8 as i8),
        ElementType::Int16 => f64::from(bits as u16 as i16),
        ElementType::Int32 => f64::from(bits as u32 as i32),
        ElementType::Float16 => half(bits as u16),
        ElementType::Float32 => f64::from(f32::from_bits(bits as u32)),
        ElementType::Float64 => f64::from_bits(bits),
        ElementType::BigUint64 => return Ok(Number::Int(bits.into())),
        ElementType::BigInt64 => return Ok(Number::Int(bits.cast_signed().into())),
    }))
}

/// An IEEE 754 half as a double.
fn half(bits: u16) -> f64 {
    let fraction = u64::from(bits & 0x3ff);
    let sign = u64::from(bits >> 15) << 63;
    let magnitude = match bits >> 10 & 0x1f {
        0 => return if sign == 0 { 1.0 } else { -1.0 } * fraction as f64 / 16_777_216.0,
        0x1f => 0x7ff << 52 | fraction << 42,
        exponent => (u64::from(exponent) + 1008) << 52 | fraction << 42,
    };
    f64::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn halves_become_doubles() {
        assert_eq!(half(0x3c00), 1.0);
        assert_eq!(half(0xc100), -2.5);
        assert_eq!(half(0x0001), 2f64.powi(-24));
        assert_eq!(half(0x7c00), f64::INFINITY);
        assert!(half(0x7e00).is_nan());
        assert!(half(0x8000).is_sign_negative());
    }
}
