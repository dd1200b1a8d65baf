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
const PIECE: u64 = 32 << 10;
/// Words of 64 bits in a filter: half a byte for each word of the target.
const FILTER: usize = 256;

/// Filters of the pointers in memory.
#[derive(Debug)]
pub struct Backrefs {
    /// First byte and end of each piece.
    pieces: Vec<(u64, u64)>,
    filters: Vec<Vec<u64>>,
}

/// The two bits of a pointer in a filter, as positions.
fn bits(value: u64) -> (usize, usize) {
    let hash = (value >> 2).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash >> 50) as usize, (hash >> 36) as usize % (FILTER * 64))
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
    /// Reads all pointers in these stretches of memory.
    pub fn read(heap: Heap<'_>, stretches: &[(u64, u64)]) -> Result<Backrefs> {
        match heap.word_size() {
            8 => Backrefs::read_by::<8>(heap, stretches),
            _ => Backrefs::read_by::<4>(heap, stretches),
        }
    }

    fn read_by<const WORD: usize>(heap: Heap<'_>, stretches: &[(u64, u64)]) -> Result<Backrefs> {
        let marks = marks(heap);
        let mut window = Window::new(heap.target);
        let (mut pieces, mut filters) = (Vec::new(), Vec::new());
        for (start, end) in stretches {
            window.enter(*end);
            let mut at = *start;
            while at < *end {
                if heap.target.interrupted() {
                    return Err(Error::Interrupted);
                }
                let Some(bytes) = window.some(at, (*end - at).min(PIECE)) else {
                    at = next_page(at);
                    continue;
                };
                let mut filter = vec![0u64; FILTER];
                for value in words_of::<WORD>(bytes).filter_map(|word| strong(word, marks)) {
                    let (a, b) = bits(value);
                    filter[a / 64] |= 1 << (a % 64);
                    filter[b / 64] |= 1 << (b % 64);
                }
                let size = bytes.len().max(WORD) as u64;
                pieces.push((at, at + size));
                filters.push(filter);
                at += size;
            }
        }
        Ok(Backrefs { pieces, filters })
    }

    /// The addresses of all words that point to a value, in order, and whether
    /// each does so weakly.
    pub fn of(&self, heap: Heap<'_>, value: Value) -> Result<Vec<(u64, bool)>> {
        let word = heap.word_size() as usize;
        let marks = marks(heap);
        let (a, b) = bits(value.0);
        let mut window = Window::new(heap.target);
        let mut found = Vec::new();
        for ((start, end), filter) in self.pieces.iter().zip(&self.filters) {
            let has = |bit: usize| filter[bit / 64] >> (bit % 64) & 1 == 1;
            if !has(a) || !has(b) {
                continue;
            }
            if heap.target.interrupted() {
                return Err(Error::Interrupted);
            }
            window.enter(*end);
            let Some(bytes) = window.bytes(*start, end - start) else { continue };
            for (i, word_found) in words(bytes, word).enumerate() {
                if strong(word_found, marks) == Some(value.0) {
                    found.push((start + (i * word) as u64, word_found != value.0));
                }
            }
        }
        Ok(found)
    }
}
