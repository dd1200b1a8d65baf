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

/// An entry: objects by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The key.
    pub key: u32,
    /// What lives as long as the key and the table do.
    pub value: u32,
    /// The table it is in.
    pub table: u32,
}

/// All entries of the weak collections of a heap.
#[derive(Debug)]
pub struct Ephemerons {
    /// Each table, and where its entries are in the list.
    tables: Vec<(u32, Vec<u32>)>,
    /// In the order of keys.
    entries: Vec<Entry>,
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
                    tables.push((table, Vec::new()));
                    read(heap, objects, table, &mut window, &mut entries);
                }
            }
        }
        tables.sort_unstable();
        Ok(Ephemerons { tables, entries: Vec::new(), concerned }.with(entries))
    }

    /// The tables, and these entries.
    fn with(mut self, mut entries: Vec<Entry>) -> Ephemerons {
        entries.sort_unstable();
        self.tables.iter_mut().for_each(|(_, list)| list.clear());
        for (at, entry) in (0u32..).zip(&entries) {
            self.concerned.add(entry.key);
            if let Some(table) = self.position(entry.table) {
                self.tables[table].1.push(at);
            }
        }
        Ephemerons { entries, ..self }
    }

    /// Only the entries of tables that are alive.
    pub fn alive(mut self, is_alive: impl Fn(u32) -> bool) -> Ephemerons {
        let mut entries = core::mem::take(&mut self.entries);
        entries.retain(|entry| is_alive(entry.table));
        self.with(entries)
    }

    fn position(&self, table: u32) -> Option<usize> {
        self.tables.binary_search_by_key(&table, |(table, _)| *table).ok()
    }

    /// Whether an object is the table of a weak collection: what it points to is
    /// not kept alive by it.
    #[inline]
    pub fn is_table(&self, id: u32) -> bool {
        self.concerned.has(id) && self.position(id).is_some()
    }

    /// The entries whose key an object is.
    #[inline]
    pub fn of_key(&self, id: u32) -> &[Entry] {
        if !self.concerned.has(id) {
            return &[];
        }
        let first = self.entries.partition_point(|entry| entry.key < id);
        let rest = &self.entries[first..];
        &rest[..rest.partition_point(|entry| entry.key == id)]
    }

    /// The entries of a table.
    pub fn of_table(&self, id: u32) -> impl Iterator<Item = Entry> + '_ {
        let list = self.position(id).map_or(&[][..], |at| &self.tables[at].1[..]);
        list.iter().map(|at| self.entries[*at as usize])
    }
}

/// Entries of a hash table of keys and values behind a header of three counts
/// (src/objects/hash-table.h).
fn read(
    heap: Heap<'_>,
    objects: &Objects,
    table: u32,
    window: &mut Window<'_>,
    entries: &mut Vec<Entry>,
) {
    let word = heap.word_size();
    let addr = objects.starts.addr(table);
    window.enter(objects.stretch(addr).1);
    let mut at = 5 * word;
    let size = objects.size(heap, table);
    while at + 2 * word <= size {
        let mut id = |addr| objects.id(Value(window.word(addr)?));
        if let (Some(key), Some(value)) = (id(addr + at), id(addr + at + word)) {
            entries.push(Entry { key, value, table });
        }
        at += 2 * word;
    }
}
