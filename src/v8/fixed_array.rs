//! Backing arrays: a length word and data words.

use crate::v8::error::{Error, Result};
use crate::v8::heap::{Heap, MAX_LENGTH};
use crate::v8::layout::C;
use crate::v8::value::Value;
use alloc::vec;
use alloc::vec::Vec;

/// Words read at a time.
const BATCH: u64 = 512;

/// A backing array: any object with a length word and data words, hash tables
/// and contexts among them.
#[derive(Clone, Copy)]
pub struct FixedArray<'a> {
    heap: Heap<'a>,
    data: u64,
    length: u64,
}

impl<'a> FixedArray<'a> {
    /// Opens an array. The type is the caller's business.
    pub fn new(heap: Heap<'a>, object: Value) -> Result<FixedArray<'a>> {
        let addr = heap.field_addr(object, C::FixedArrayLength)?;
        let word = heap.word(addr)?;
        let length = heap.smi(Value(word)).and_then(|n| u64::try_from(n).ok());
        match length.filter(|n| *n <= MAX_LENGTH) {
            Some(length) => {
                Ok(FixedArray { heap, data: heap.field_addr(object, C::FixedArrayData)?, length })
            }
            None => Err(Error::Corrupt { addr, what: "array length", found: word }),
        }
    }

    /// Opens a PropertyArray, whose length word also holds a hash.
    pub fn properties(heap: Heap<'a>, object: Value) -> Result<FixedArray<'a>> {
        FixedArray::masked(heap, object, C::PropertyArrayLengthMask)
    }

    /// Opens a Context, whose length word once held a flag too.
    pub fn context(heap: Heap<'a>, object: Value) -> Result<FixedArray<'a>> {
        FixedArray::masked(heap, object, C::ContextLengthMask)
    }

    /// Opens an array with the length in some bits of its word, if that is so.
    fn masked(heap: Heap<'a>, object: Value, mask: C) -> Result<FixedArray<'a>> {
        let Some(mask) = heap.layout.find(mask) else {
            return FixedArray::new(heap, object);
        };
        let raw = heap.smi_field(object, C::FixedArrayLength, "array length")?;
        let length = raw.cast_unsigned() & mask.cast_unsigned();
        if length > MAX_LENGTH {
            let addr = heap.field_addr(object, C::FixedArrayLength)?;
            return Err(Error::Corrupt { addr, what: "array length", found: length });
        }
        Ok(FixedArray { heap, data: heap.field_addr(object, C::FixedArrayData)?, length })
    }

    /// Number of elements.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Address of an element.
    pub fn addr(&self, index: u64) -> u64 {
        self.data.wrapping_add(index.wrapping_mul(self.heap.word_size()))
    }

    /// An element.
    pub fn get(&self, index: u64) -> Result<Value> {
        if index >= self.length {
            return Err(Error::Corrupt { addr: self.data, what: "array index", found: index });
        }
        self.heap.word(self.addr(index)).map(Value)
    }

    /// Elements from `start` on, at most `count`, read in one go.
    pub fn batch(&self, start: u64, count: u64) -> Result<Vec<Value>> {
        let count = count.min(self.length.saturating_sub(start));
        let word = self.heap.word_size() as usize;
        let mut bytes = vec![0; count as usize * word];
        self.heap.target.read(self.addr(start), &mut bytes)?;
        let value = |chunk: &[u8]| {
            let mut full = [0; 8];
            full[..word].copy_from_slice(chunk);
            Value(u64::from_le_bytes(full))
        };
        Ok(bytes.chunks_exact(word).map(value).collect())
    }

    /// Every element from `start` on, read in batches.
    pub fn iter_from(&self, start: u64) -> impl Iterator<Item = Result<Value>> + 'a {
        let array = *self;
        let mut next = start;
        let mut ready = Vec::new().into_iter();
        let mut failed = false;
        core::iter::from_fn(move || {
            if let Some(value) = ready.next() {
                return Some(Ok(value));
            }
            if failed || next >= array.length {
                return None;
            }
            let read = array.heap.check_interrupt().and_then(|()| array.batch(next, BATCH));
            match read {
                Ok(values) => {
                    next += values.len() as u64;
                    ready = values.into_iter();
                    ready.next().map(Ok)
                }
                Err(error) => {
                    failed = true;
                    Some(Err(error))
                }
            }
        })
    }

    /// Every element.
    pub fn iter(&self) -> impl Iterator<Item = Result<Value>> + 'a {
        self.iter_from(0)
    }
}
