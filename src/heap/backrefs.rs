//! Who refers to a value: which words of the heap hold a pointer to it.
//!
//! A list of all pointers by what they point to would be half as large as the
//! heap. Instead, memory is read once, and for each small piece of it a filter
//! (a Bloom filter) is made of the pointers in it. A question then reads the few
//! pieces whose filter says that they may have the answer.

use super::window::{next_page, words, words_of, Window};
use super::{TAG, TAG_MASK};
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::C;
use crate::v8::value::Value;
use alloc::vec;
use alloc::vec::Vec;

/// Bytes of memory that share a filter.
const PIECE: usize = 64 << 10;
/// Words of 64 bits in a filter: a quarter of a byte for each word of the target.
const FILTER: usize = 256;

/// Filters of the pointers in memory.
#[derive(Debug)]
pub struct Backrefs {
    /// First byte and end of each piece.
    pieces: Vec<(u64, u64)>,
    filters: Vec<Vec<u64>>,
    /// See [`marks`].
    marks: u64,
}

/// The two bits of a pointer in a filter: the word they are in, and they.
#[inline]
fn bits(value: u64) -> (usize, u64) {
    let hash = (value >> 2).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash >> 56) as usize % FILTER, 1 << (hash >> 50 & 63) | 1 << (hash >> 44 & 63))
}

/// The mark of weak pointers (src/common/globals.h, kWeakHeapObjectTag).
const WEAK: u64 = 2;

/// What a pointer may be marked with: before there were weak ones, words with that
/// tag were Failures.
fn marks(heap: Heap<'_>) -> u64 {
    heap.layout.find(C::FailureTag).map_or(WEAK, |_| 0)
}

/// A pointer without its mark.
#[inline]
fn strong(word: u64, marks: u64) -> Option<u64> {
    let unmarked = word & !marks;
    (unmarked & TAG_MASK == TAG).then_some(unmarked)
}

impl Backrefs {
    /// None read yet.
    pub fn new(heap: Heap<'_>) -> Backrefs {
        Backrefs { pieces: Vec::new(), filters: Vec::new(), marks: marks(heap) }
    }

    /// Reads all pointers in these stretches of memory.
    pub fn read(heap: Heap<'_>, stretches: &[(u64, u64)]) -> Result<Backrefs> {
        match heap.word_size() {
            8 => Backrefs::read_by::<8>(heap, stretches),
            _ => Backrefs::read_by::<4>(heap, stretches),
        }
    }

    fn read_by<const WORD: usize>(heap: Heap<'_>, stretches: &[(u64, u64)]) -> Result<Backrefs> {
        let mut refs = Backrefs::new(heap);
        let mut window = Window::new(heap.target);
        for (start, end) in stretches {
            window.enter(*end);
            let mut at = *start;
            while end - at >= WORD as u64 {
                heap.check_interrupt()?;
                let Some(bytes) = window.rest(at, WORD as u64) else {
                    at = next_page(at).min(*end);
                    continue;
                };
                refs.add::<WORD>(at, bytes);
                at += bytes.len() as u64;
            }
        }
        Ok(refs)
    }

    /// Adds the pointers in these bytes, which begin at an address.
    pub fn add<const WORD: usize>(&mut self, addr: u64, bytes: &[u8]) {
        let mut start = addr;
        for piece in bytes.chunks(PIECE) {
            let mut filter = vec![0u64; FILTER];
            for word in words_of::<WORD>(piece) {
                // Of all words too, not to wait each time for what this one is.
                let (at, bits) = bits(word & !self.marks);
                filter[at] |= if strong(word, self.marks).is_some() { bits } else { 0 };
            }
            let end = start + piece.len() as u64;
            self.pieces.push((start, end));
            self.filters.push(filter);
            start = end;
        }
    }

    /// The addresses of all words that point to a value, in order, and whether
    /// each does so weakly.
    pub fn of(&self, heap: Heap<'_>, value: Value) -> Result<Vec<(u64, bool)>> {
        let word = heap.word_size() as usize;
        let (at, bits) = bits(value.0);
        let mut window = Window::new(heap.target);
        let mut found = Vec::new();
        for ((start, end), filter) in self.pieces.iter().zip(&self.filters) {
            if filter[at] & bits != bits {
                continue;
            }
            if heap.target.interrupted() {
                return Err(Error::Interrupted);
            }
            window.enter(*end);
            let Some(bytes) = window.bytes(*start, end - start) else { continue };
            for (i, word_found) in words(bytes, word).enumerate() {
                if strong(word_found, self.marks) == Some(value.0) {
                    found.push((start + (i * word) as u64, word_found != value.0));
                }
            }
        }
        Ok(found)
    }
}
