//! Which object points to which.

use super::column::{Bits, Column};
use super::objects::{Objects, Seen};
use super::window::{next_page, words, Window};
use super::{TAG, TAG_MASK};
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// Bytes of an object read at a time.
const PIECE: u64 = 64 << 10;

/// The strong pointers among the objects of a heap.
#[derive(Debug)]
pub struct Graph {
    /// Where the pointers of each object begin; one more at the end.
    first: Column,
    to: Column,
    /// Key and value of each entry of a weak collection, by key: the value lives
    /// as long as its key.
    ephemerons: Vec<(u32, u32)>,
    /// The objects that are keys of such entries: few of all.
    keys: Bits,
}

impl Graph {
    /// Reads all pointers; those from objects to their maps only if asked for, as
    /// they are a third of all.
    pub fn read(heap: Heap<'_>, objects: &Objects, with_maps: bool) -> Result<Graph> {
        let mut first = Column::default();
        let mut to = Column::default();
        let mut ephemerons = Vec::new();
        let tables = weak_tables(heap, objects)?;
        objects.sweep(heap, &mut |seen, window| {
            let begin = u32::try_from(to.len()).map_err(|_| Error::Corrupt {
                addr: seen.addr,
                what: "number of pointers",
                found: u64::MAX,
            })?;
            first.push(begin);
            if tables.binary_search(&seen.id).is_ok() {
                entries(heap, objects, &seen, window, &mut ephemerons);
                return Ok(());
            }
            each(heap, objects, &seen, window, &mut |at, id| {
                if at > 0 || with_maps {
                    to.push(id);
                }
            });
            Ok(())
        })?;
        first.push(to.len() as u32);
        ephemerons.sort_unstable();
        let mut keys = Bits::new(objects.len());
        for (key, _) in &ephemerons {
            keys.add(*key);
        }
        Ok(Graph { first, to, ephemerons, keys })
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
            at => self.held(id).get((at - end) as usize).map(|(_, value)| *value),
        }
    }

    /// What an object points to and what it keeps alive as a key.
    pub fn all(&self, id: u32) -> impl Iterator<Item = u32> + '_ {
        self.from(id).chain(self.held_by(id))
    }

    /// The values that live as long as an object because it is their key.
    pub fn held_by(&self, id: u32) -> impl Iterator<Item = u32> + '_ {
        self.held(id).iter().map(|(_, value)| *value)
    }

    fn held(&self, id: u32) -> &[(u32, u32)] {
        if !self.keys.has(id) {
            return &[];
        }
        let first = self.ephemerons.partition_point(|(key, _)| *key < id);
        let rest = &self.ephemerons[first..];
        &rest[..rest.partition_point(|(key, _)| *key == id)]
    }

    /// Adds all that can be reached from `start` to `reached`.
    pub fn reach(
        &self,
        heap: Heap<'_>,
        start: impl Iterator<Item = u32>,
        reached: &mut Bits,
    ) -> Result<()> {
        let mut open: Vec<u32> = start.filter(|id| reached.add(*id)).collect();
        let mut steps = 0u32;
        while let Some(id) = open.pop() {
            steps += 1;
            if steps.is_multiple_of(4096) && heap.target.interrupted() {
                return Err(Error::Interrupted);
            }
            open.extend(self.all(id).filter(|to| reached.add(*to)));
        }
        Ok(())
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
    if let Some(id) = objects.id(heap, seen.map.value) {
        each(0, id);
    }
    if seen.map.is_raw || seen.map.is_free {
        return;
    }
    let weak = weak_words(heap, seen);
    let mut at = word;
    while at < seen.size {
        let Some(bytes) = window.some(seen.addr + at, (seen.size - at).min(PIECE)) else {
            at = next_page(seen.addr + at) - seen.addr;
            continue;
        };
        for (i, value) in words(bytes, word as usize).enumerate() {
            let offset = at + i as u64 * word;
            if value & TAG_MASK == TAG && !weak.contains(&offset) {
                if let Some(id) = objects.id(heap, Value(value)) {
                    each(offset, id);
                }
            }
        }
        at += bytes.len().max(word as usize) as u64;
    }
}

/// Places in an object of pointers that do not keep alive what they point to.
/// Those that V8 marks as weak themselves are not among them.
fn weak_words(heap: Heap<'_>, seen: &Seen<'_>) -> [u64; 2] {
    let word = heap.word_size();
    let field = |id| heap.layout.find(id).map_or(0, i64::unsigned_abs);
    match seen.map.kind {
        Kind::WeakRef => [field(C::WeakRefTarget), 0],
        // src/objects/js-weak-refs.tq: the registry, target and token.
        Kind::Other if heap.layout.types.lookup(seen.map.number).1 == Some("WeakCell") => {
            [2 * word, 3 * word]
        }
        _ => [0, 0],
    }
}

/// Numbers of the tables of all weak collections, in order.
fn weak_tables(heap: Heap<'_>, objects: &Objects) -> Result<Vec<u32>> {
    let mut tables = Vec::new();
    let Some(offset) = heap.layout.find(C::CollectionTable) else { return Ok(tables) };
    for id in objects.of_maps(|map| map.kind == Kind::WeakCollection) {
        let table = heap.word(objects.starts.addr(id).wrapping_add_signed(offset)).map(Value);
        tables.extend(table.ok().and_then(|table| objects.id(heap, table)));
    }
    tables.sort_unstable();
    Ok(tables)
}

/// Entries of a hash table of keys and values behind a header of three counts
/// (src/objects/hash-table.h).
fn entries(
    heap: Heap<'_>,
    objects: &Objects,
    seen: &Seen<'_>,
    window: &mut Window<'_>,
    found: &mut Vec<(u32, u32)>,
) {
    let word = heap.word_size();
    let mut at = 5 * word;
    while at + 2 * word <= seen.size {
        let mut id = |addr| objects.id(heap, Value(window.word(addr)?));
        if let (Some(key), Some(value)) = (id(seen.addr + at), id(seen.addr + at + word)) {
            found.push((key, value));
        }
        at += 2 * word;
    }
}
