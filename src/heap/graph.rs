//! Which object points to which.

use super::column::Column;
use super::ephemerons::Ephemerons;
use super::objects::{Objects, Seen};
use super::whole::Life;
use super::window::{next_page, words, Window};
use super::{TAG, TAG_MASK};
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::value::Value;

/// Bytes of an object read at a time.
const PIECE: u64 = 64 << 10;

/// The strong pointers among the objects of a heap.
#[derive(Debug)]
pub struct Graph {
    /// Where the pointers of each object begin; one more at the end.
    first: Column,
    to: Column,
    weak: Ephemerons,
}

impl Graph {
    /// Reads all pointers; of weak collections only those that are alive.
    pub fn read(heap: Heap<'_>, objects: &Objects, life: &Life) -> Result<Graph> {
        let mut first = Column::default();
        let mut to = Column::default();
        let weak = Ephemerons::read(heap, objects)?.alive(|table| life.has(table));
        objects.sweep(heap, |seen, window| {
            let begin = u32::try_from(to.len()).map_err(|_| Error::Corrupt {
                addr: seen.addr,
                what: "number of pointers",
                found: u64::MAX,
            })?;
            first.push(begin);
            if weak.is_table(seen.id) {
                return Ok(());
            }
            each(heap, objects, &seen, window, &mut |_, id| to.push(id));
            Ok(())
        })?;
        first.push(to.len() as u32);
        Ok(Graph { first, to, weak })
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.first.len() - 1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What an object points to.
    pub fn from(&self, id: u32) -> impl Iterator<Item = u32> + '_ {
        let range = self.first.get(id as usize)..self.first.get(id as usize + 1);
        range.map(|at| self.to.get(at as usize))
    }

    /// The `n`th object in [`Graph::all`].
    pub fn nth(&self, id: u32, n: u32) -> Option<u32> {
        let (first, end) = (self.first.get(id as usize), self.first.get(id as usize + 1));
        match first.checked_add(n)? {
            at if at < end => Some(self.to.get(at as usize)),
            at => self.weak.of_key(id).get((at - end) as usize).map(|entry| entry.value),
        }
    }

    /// What an object points to and what it keeps alive as a key.
    pub fn all(&self, id: u32) -> impl Iterator<Item = u32> + '_ {
        self.from(id).chain(self.weak.of_key(id).iter().map(|entry| entry.value))
    }
}

/// Calls `each` with the place and the object of every strong pointer in an
/// object, that to its map first.
pub fn each(
    heap: Heap<'_>,
    objects: &Objects,
    seen: &Seen<'_>,
    window: &mut Window<'_>,
    each: &mut dyn FnMut(u64, u32),
) {
    let word = heap.word_size();
    if let Some(id) = objects.id(seen.map.value) {
        each(0, id);
    }
    if seen.map.is_raw || seen.map.is_free {
        return;
    }
    let mut at = word;
    while at < seen.size {
        let Some(bytes) = window.some(seen.addr + at, (seen.size - at).min(PIECE)) else {
            at = next_page(seen.addr + at) - seen.addr;
            continue;
        };
        for (i, value) in words(bytes, word as usize).enumerate() {
            let offset = at + i as u64 * word;
            if value & TAG_MASK == TAG && !seen.map.weak.contains(&offset) {
                if let Some(id) = objects.id(Value(value)) {
                    each(offset, id);
                }
            }
        }
        at += bytes.len().max(word as usize) as u64;
    }
}
