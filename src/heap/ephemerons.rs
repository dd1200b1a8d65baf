//! The entries of weak collections: each keeps its value alive as long as its
//! key is.

use super::column::Bits;
use super::objects::Objects;
use super::window::Window;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// All entries of the weak collections of a heap.
#[derive(Debug)]
pub struct Ephemerons {
    /// The tables they are in, in order.
    tables: Vec<u32>,
    /// Key and value of each, in this order.
    entries: Vec<(u32, u32)>,
    /// The objects that are keys or tables: few of all.
    concerned: Bits,
}

impl Ephemerons {
    /// Reads all entries.
    pub fn read(heap: Heap<'_>, objects: &Objects) -> Result<Ephemerons> {
        let mut tables = Vec::new();
        let mut concerned = Bits::new(objects.len());
        let mut entries = Vec::new();
        let mut window = Window::new(heap.target);
        if let Some(offset) = heap.layout.find(C::CollectionTable) {
            for id in objects.of_maps(|map| map.kind == Kind::WeakCollection) {
                heap.check_interrupt()?;
                let table = heap.word(objects.starts.addr(id).wrapping_add_signed(offset));
                let table = table.ok().and_then(|table| objects.id(Value(table)));
                if let Some(table) = table.filter(|table| concerned.add(*table)) {
                    tables.push(table);
                    read(heap, objects, table, &mut window, &mut entries);
                }
            }
        }
        tables.sort_unstable();
        entries.sort_unstable();
        for (key, _) in &entries {
            concerned.add(*key);
        }
        Ok(Ephemerons { tables, entries, concerned })
    }

    /// Whether an object is the table of a weak collection: what it points to is
    /// not kept alive by it.
    #[inline]
    pub fn is_table(&self, id: u32) -> bool {
        self.concerned.has(id) && self.tables.binary_search(&id).is_ok()
    }

    /// The values that live as long as an object because it is their key.
    #[inline]
    pub fn held_by(&self, id: u32) -> impl Iterator<Item = u32> + '_ {
        self.of_key(id).iter().map(|(_, value)| *value)
    }

    /// The entries whose key an object is.
    #[inline]
    pub fn of_key(&self, id: u32) -> &[(u32, u32)] {
        if !self.concerned.has(id) {
            return &[];
        }
        let first = self.entries.partition_point(|(key, _)| *key < id);
        let rest = &self.entries[first..];
        &rest[..rest.partition_point(|(key, _)| *key == id)]
    }
}

/// Entries of a hash table of keys and values behind a header of three counts
/// (src/objects/hash-table.h).
fn read(
    heap: Heap<'_>,
    objects: &Objects,
    table: u32,
    window: &mut Window<'_>,
    entries: &mut Vec<(u32, u32)>,
) {
    let word = heap.word_size();
    let addr = objects.starts.addr(table);
    window.enter(objects.stretch(addr).1);
    let mut at = 5 * word;
    let size = objects.size(heap, table);
    while at + 2 * word <= size {
        let mut id = |addr| objects.id(Value(window.word(addr)?));
        if let (Some(key), Some(value)) = (id(addr + at), id(addr + at + word)) {
            entries.push((key, value));
        }
        at += 2 * word;
    }
}
