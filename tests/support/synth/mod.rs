//! Synthetic heaps: V8 objects laid out in made-up memory, for tests of the
//! decoders that need no process.
//!
//! The builder shares no code with the reader, so that the two cannot agree on
//! the same mistake. What it knows of a layout is written down in `release` and
//! in the metadata of real binaries, under `metadata/`.

mod objects;
pub mod old;
pub mod release;
mod strings;

use release::Release;

use std::collections::BTreeMap;

/// Where the made-up memory lies. Above 32 bits, so that a cut address shows.
const BASE: u64 = 0x1f2e_0000_0000;

/// A tagged value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tagged(pub u64);

/// A heap under construction.
pub struct Heap {
    /// Whose layout it has.
    pub release: &'static Release,
    memory: Vec<u8>,
    symbols: Vec<(String, u64)>,
    metadata: BTreeMap<&'static str, i32>,
    maps: BTreeMap<String, Tagged>,
    /// The map of maps.
    meta_map: Tagged,
    oddballs: BTreeMap<&'static str, Tagged>,
}

impl Heap {
    /// A heap with metadata, version and the values every heap has.
    pub fn new(release: &'static Release) -> Heap {
        let metadata = release
            .metadata
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(name, value)| (name, value.parse().expect("metadata values are numbers")))
            .collect();
        let mut heap = Heap {
            release,
            memory: Vec::new(),
            symbols: Vec::new(),
            metadata,
            maps: BTreeMap::new(),
            meta_map: Tagged(0),
            oddballs: BTreeMap::new(),
        };
        heap.write_symbols();
        heap.write_roots();
        heap
    }

    /// Every address and what lies there.
    pub fn memory(&self) -> (u64, &[u8]) {
        (BASE, &self.memory)
    }

    /// Names and addresses of the symbols.
    pub fn symbols(&self) -> &[(String, u64)] {
        &self.symbols
    }

    /// Reads as a debugger would: all or nothing.
    pub fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        let found = addr.checked_sub(BASE).and_then(|start| {
            let start = usize::try_from(start).ok()?;
            self.memory.get(start..start.checked_add(buf.len())?)
        });
        found.map(|bytes| buf.copy_from_slice(bytes)).is_some()
    }

    /// Replaces the word `offset` bytes into an object, to damage it.
    pub fn poke(&mut self, object: Tagged, offset: u64, word: u64) {
        self.put(object.0 - 1 + offset, word);
    }

    /// A small integer.
    pub fn smi(&self, value: i32) -> Tagged {
        Tagged((value as u32 as u64) << 32)
    }

    fn write_symbols(&mut self) {
        let mut values: Vec<(String, i32)> =
            self.metadata.iter().map(|(&name, &value)| (name.to_owned(), value)).collect();
        for (part, value) in
            ["6major_", "6minor_", "6build_", "6patch_"].iter().zip(self.release.version)
        {
            values.push((format!("_ZN2v88internal7Version{part}E"), value));
        }
        for (name, value) in values {
            let addr = self.take(8);
            self.put(addr, value as u32 as u64);
            self.symbols.push((name, addr));
        }
    }

    /// A number of the real binary's metadata.
    fn known(&self, name: &str) -> u64 {
        let value = self.metadata.get(name).unwrap_or_else(|| panic!("no {name} in the metadata"));
        u64::try_from(*value).expect("offsets and types are not negative")
    }

    /// A type's number, by the end of its symbol.
    fn type_number(&self, name: &str) -> u64 {
        let suffix = format!("__{name}");
        let found = self
            .metadata
            .iter()
            .find(|(symbol, _)| symbol.starts_with("v8dbg_type_") && symbol.ends_with(&suffix));
        let (_, value) = found.unwrap_or_else(|| panic!("no type {name} in the metadata"));
        u64::try_from(*value).expect("types are not negative")
    }

    /// Zeroed memory, aligned to words.
    fn take(&mut self, bytes: u64) -> u64 {
        let start = self.memory.len().next_multiple_of(8);
        self.memory.resize(start + bytes as usize, 0);
        BASE + start as u64
    }

    fn bytes_at(&mut self, addr: u64, bytes: &[u8]) {
        let start = (addr - BASE) as usize;
        self.memory[start..start + bytes.len()].copy_from_slice(bytes);
    }

    fn put(&mut self, addr: u64, word: u64) {
        self.bytes_at(addr, &word.to_le_bytes());
    }

    /// An object of `size` bytes with this map, otherwise zero.
    fn allocate(&mut self, map: Tagged, size: u64) -> Tagged {
        let addr = self.take(size);
        self.put(addr, map.0);
        Tagged(addr + 1)
    }

    fn set(&mut self, object: Tagged, offset: u64, value: Tagged) {
        self.poke(object, offset, value.0);
    }
}
