//! Whole heaps in made-up memory: V8's chunks with random objects on them, what
//! moved objects left, memory that is missing; and beside them stacks, data and
//! memory of C++ with words that point into the heap.
//!
//! It shares no code with the reader. What a heap should be found to hold is told
//! by [`World::objects`], which it was laid out from.

use super::synth::release::V11_3;
use super::synth::Heap;
use super::zoo::Process;
use std::collections::BTreeMap;
use v8::session::Session;
use v8::v8::layout::{read_metadata, supplement, Layout};
use v8::v8::memory::{Fault, Mapping, Symbol, Target, Use};

/// Bytes of a chunk, and its alignment.
const CHUNK: u64 = 0x4_0000;
/// Bytes from the start of a chunk to its first object.
const HEADER: u64 = 0x1000;
/// Bytes of memory that is there or missing at once.
const PAGE: u64 = 0x1000;
/// Bytes below the stack pointer that belong to the stack (System V ABI).
const RED_ZONE: u64 = 128;

/// What differs between the layouts that heaps are made in.
pub struct Shape {
    pub word: u64,
    base: u64,
    /// Instance types: map, array, object, text, memory to be used again.
    types: [u16; 5],
    /// Type of a single word to be used again, which metadata does not name.
    filler: u16,
    /// Types of a weak collection, of a weak cell and of a weak reference.
    weak: Option<[u16; 3]>,
    /// Bytes of a map, and from the start of a text to its length and characters.
    map: u64,
    text: [u64; 2],
    /// Whether words may be marked as weak pointers.
    marks: bool,
}

/// A session for heaps of a shape.
pub fn session(shape: &Shape) -> Session {
    if shape.word == 8 {
        let target = Process(Heap::new(&V11_3));
        return Session::with_layout(Layout::from_metadata(read_metadata(&target), 8));
    }
    let fits = |config: &&supplement::Config| config.base() == "node-0.8" && config.word == 4;
    let config = supplement::canned().find(fits).expect("the table is there");
    Session::with_layout(Layout::from_canned(config, 4, None))
}

/// V8 11.3 (Node 20): src/objects/*.tq, and the types of its metadata.
pub static NEW: Shape = Shape {
    word: 8,
    base: 0x2a5b_0000_0000,
    types: [255, 175, 1057, 40, 251],
    filler: 250,
    weak: Some([2110, 275, 2151]),
    map: 80,
    text: [12, 16],
    marks: true,
};

/// V8 3.11 (Node 0.8) on a 32-bit system: src/objects.h.
pub static OLD: Shape = Shape {
    word: 4,
    base: 0x3f00_0000,
    types: [128, 163, 170, 4, 135],
    filler: 146,
    weak: None,
    map: 40,
    text: [4, 12],
    marks: false,
};

/// What an object is, as far as what it keeps alive differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Map,
    Array,
    Object,
    Text,
    /// A collection whose table is the object at this address.
    WeakMap,
    /// The table of one: pairs of key and value from the sixth word on.
    Table,
    /// Its third and fourth word keep nothing alive.
    WeakCell,
    /// Its fourth word keeps nothing alive.
    WeakRef,
    Free,
}

/// An object, as it was laid out.
#[derive(Clone, Debug)]
pub struct Object {
    pub addr: u64,
    pub size: u64,
    pub what: What,
    pub map: u64,
}

/// Numbers that are as random each time.
pub struct Random(pub u64);

impl Random {
    /// A number below `limit` (xorshift64*).
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }
}

/// A stretch of memory.
struct Memory {
    base: u64,
    bytes: Vec<u8>,
    used: Use,
}

/// A process with such a heap.
pub struct World {
    pub shape: &'static Shape,
    memories: Vec<Memory>,
    /// Chunks: where their objects begin and end.
    pub areas: Vec<(u64, u64)>,
    /// Everything that was laid out, in the order of addresses.
    pub objects: Vec<Object>,
    /// First byte of the page that is missing.
    pub missing: Option<u64>,
    sp: u64,
}

/// What [`World::new`] leaves out, for oracles that do not know it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    All,
    /// No weak collections.
    NoPairs,
}

impl World {
    /// A heap of some hundred objects.
    pub fn new(shape: &'static Shape, seed: u64, kinds: Kinds) -> World {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let memory = |base, size: u64, used| Memory { base, bytes: vec![0; size as usize], used };
        let chunks = 3 + random.below(3);
        let mut memories: Vec<Memory> =
            (0..chunks).map(|at| memory(shape.base + at * CHUNK, CHUNK, Use::Anonymous)).collect();
        let large = shape.base + 8 * CHUNK;
        memories.push(memory(large, 2 * CHUNK, Use::Anonymous));
        // Off the alignment of chunks.
        memories.push(memory(shape.base + 0x60_0000 + PAGE, 4 * PAGE, Use::Anonymous));
        memories.push(memory(shape.base + 0x30_0000 + PAGE, 2 * PAGE, Use::File));
        memories.push(memory(shape.base + 0x40_0000 + PAGE, 4 * PAGE, Use::Stack));
        let mut world = World {
            shape,
            memories,
            areas: Vec::new(),
            objects: Vec::new(),
            missing: None,
            sp: shape.base + 0x40_0000 + PAGE + 0x1830,
        };
        world.lay_out(&mut random, chunks, large, kinds);
        world.point(&mut random);
        world.root(&mut random);
        if random.below(2) == 1 {
            // The second chunk has no memory to be used again, whose insides would be
            // taken for objects.
            world.missing = Some(shape.base + CHUNK + PAGE * (2 + random.below(4)));
        }
        world
    }

    fn put_bytes(&mut self, addr: u64, bytes: &[u8]) {
        let holds = |m: &&mut Memory| m.base <= addr && addr - m.base < m.bytes.len() as u64;
        let memory = self.memories.iter_mut().find(holds).expect("only what is mapped is written");
        let at = (addr - memory.base) as usize;
        memory.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn put(&mut self, addr: u64, word: u64) {
        let bytes = word.to_le_bytes();
        self.put_bytes(addr, &bytes[..self.shape.word as usize]);
    }

    /// Replaces some word of an object by another, or by an address of an object.
    pub fn damage(&mut self, victim: usize, word: u64, bits: u64) {
        let object = |at: usize| &self.objects[at % self.objects.len()];
        let (size, replacement) = (
            object(victim).size,
            match bits % 3 {
                0 => bits >> 2,
                1 => (bits >> 40) << 32,
                _ => object((bits >> 2) as usize).addr + 1,
            },
        );
        let at = word % (size / self.shape.word) * self.shape.word;
        let addr = object(victim).addr + at;
        self.put(addr, replacement);
    }

    /// The word at an address, if it can be read.
    pub fn word(&self, addr: u64) -> Option<u64> {
        let mut bytes = [0; 8];
        self.read(addr, &mut bytes[..self.shape.word as usize]).ok()?;
        Some(u64::from_le_bytes(bytes))
    }

    fn smi(&self, value: u64) -> u64 {
        if self.shape.word == 4 {
            value << 1
        } else {
            value << 32
        }
    }

    /// Writes the header of a chunk: its size, itself, its first and last object.
    fn chunk(&mut self, base: u64, size: u64, end: u64) {
        let word = self.shape.word;
        for (at, value) in [size, 0x10, base, base + HEADER, end].into_iter().enumerate() {
            self.put(base + at as u64 * word, value);
        }
        self.areas.push((base + HEADER, end));
    }

    /// Lays out objects of all kinds one after the other.
    fn lay_out(&mut self, random: &mut Random, chunks: u64, large: u64, kinds: Kinds) {
        let shape = self.shape;
        let word = shape.word;
        let [map, array, object, text, free] = shape.types;
        let mut at = shape.base + HEADER;
        let meta = at;
        let mut maps = BTreeMap::new();
        let weak = shape.weak.filter(|_| kinds == Kinds::All);
        let cells = shape.weak.map(|[_, cell, reference]| {
            [(What::WeakCell, cell, 6 * word), (What::WeakRef, reference, 4 * word)]
        });
        let pairs = weak.map(|[pairs, ..]| [(What::WeakMap, pairs, 4 * word)]);
        let mut wanted = vec![
            (What::Map, map, shape.map),
            (What::Free, shape.filler, word),
            (What::Free, free, 0),
            (What::Array, array, 0),
            (What::Text, text, 0),
        ];
        wanted.extend((0..4).map(|fields| (What::Object, object, (3 + fields) * word)));
        wanted.extend(cells.into_iter().flatten());
        wanted.extend(pairs.into_iter().flatten());
        for (what, number, size) in &wanted {
            self.put(at, meta + 1);
            self.put_bytes(at + word, &[(size / word) as u8]);
            self.put_bytes(at + word + 4, &number.to_le_bytes()[..if word == 8 { 2 } else { 1 }]);
            self.objects.push(Object { addr: at, size: shape.map, what: What::Map, map: meta });
            maps.entry((*what as u8, *size)).or_insert(at);
            at += shape.map;
        }
        let filler = maps[&(What::Free as u8, word)];
        let space = maps[&(What::Free as u8, 0)];
        let (array, text) = (maps[&(What::Array as u8, 0)], maps[&(What::Text as u8, 0)]);
        for chunk in 0..chunks {
            let base = shape.base + chunk * CHUNK;
            if chunk > 0 {
                at = base + HEADER;
            }
            let end = base + CHUNK - word * random.below(64);
            self.chunk(base, CHUNK, end);
            for _ in 0..20 + random.below(50) {
                // The length of what begins before a page is not on that page.
                while (at + 2 * word) % PAGE <= word {
                    self.push(at, word, What::Free, filler);
                    at += word;
                }
                let (what, map, size) = match random.below(14) {
                    0..4 => (
                        What::Array,
                        array,
                        (2 + random.below(if chunk == 1 { 400 } else { 30 })) * word,
                    ),
                    4 => {
                        let length = random.below(40);
                        let size = (shape.text[1] + length).next_multiple_of(word);
                        (What::Text, text, size.max(3 * word))
                    }
                    5 if chunk != 1 => (What::Free, space, (2 + random.below(20)) * word),
                    6 => (What::Free, filler, word),
                    7..9 if weak.is_some() => {
                        (What::Table, array, (5 + 2 * random.below(10)) * word)
                    }
                    9..11 if weak.is_some() => {
                        (What::WeakMap, maps[&(What::WeakMap as u8, 4 * word)], 4 * word)
                    }
                    11 if cells.is_some() => {
                        let (what, _, size) = cells.expect("checked")[random.below(2) as usize];
                        (what, maps[&(what as u8, size)], size)
                    }
                    _ => {
                        let size = (3 + random.below(4)) * word;
                        (What::Object, maps[&(What::Object as u8, size)], size)
                    }
                };
                self.push(at, size, what, map);
                at += size;
            }
            // What is left is free, or all of it one text.
            let (what, map) = if chunk == 1 { (What::Text, text) } else { (What::Free, space) };
            self.push(at, end - at, what, map);
        }
        let size = (CHUNK + PAGE).next_multiple_of(word);
        self.chunk(large, (HEADER + size).next_multiple_of(PAGE), large + HEADER + size);
        self.push(large + HEADER, size, What::Array, array);
    }

    fn push(&mut self, addr: u64, size: u64, what: What, map: u64) {
        let word = self.shape.word;
        self.put(addr, map + 1);
        let count = match what {
            What::Array | What::Table => Some((addr + word, size / word - 2)),
            What::Free if size > word => Some((addr + word, size)),
            _ => None,
        };
        if let Some((at, count)) = count {
            let count = self.smi(count);
            self.put(at, count);
        }
        if what == What::Text {
            let [length, chars] = self.shape.text;
            let count = size - chars;
            match word {
                8 => self.put_bytes(addr + length, &(count as u32).to_le_bytes()),
                _ => self.put(addr + length, count << 1),
            }
        }
        self.objects.push(Object { addr, size, what, map });
    }

    /// Fills what is left of the objects with pointers to each other and other words.
    fn point(&mut self, random: &mut Random) {
        let word = self.shape.word;
        let objects = self.objects.clone();
        let of =
            |what| objects.iter().filter(|o| o.what == what).map(|o| o.addr).collect::<Vec<_>>();
        let tables = of(What::Table);
        let is_target = |o: &&Object| !matches!(o.what, What::Map | What::Free | What::Table);
        let targets: Vec<u64> = objects.iter().filter(is_target).map(|o| o.addr).collect();
        for object in &objects {
            let mut first = match object.what {
                What::Map => continue,
                What::Text => continue,
                // What moved objects have left.
                What::Free if object.size <= 2 * word => continue,
                What::Free | What::Array | What::Table => 2 * word,
                What::Object | What::WeakCell | What::WeakRef | What::WeakMap => word,
            };
            let large = object.size > 1000 * word;
            while first < object.size {
                let target = targets[random.below(targets.len() as u64) as usize];
                // About as many as let half of the heap be alive; tables are full.
                let limit = if large { 400 } else { 16 };
                let value = match random.below(limit) {
                    0 => target + 1,
                    1..11 if object.what == What::Table => target + 1,
                    4 => self.smi(random.below(1000)),
                    5 if self.shape.marks => target + 3,
                    6 => target + word + 1,
                    7 if object.what == What::Free => {
                        self.word(target).expect("nothing is missing yet")
                    }
                    8 => target,
                    _ => 0,
                };
                self.put(object.addr + first, value);
                first += word;
            }
            if let (What::WeakMap, false) = (object.what, tables.is_empty()) {
                let table = tables[random.below(tables.len() as u64) as usize];
                self.put(object.addr + 3 * word, table + 1);
            }
        }
    }

    /// Words outside of the heap that point into it.
    fn root(&mut self, random: &mut Random) {
        let word = self.shape.word;
        let targets: Vec<u64> =
            self.objects.iter().filter(|o| o.what != What::Free).map(|o| o.addr).collect();
        for base in [0x60_0000, 0x30_0000, 0x40_0000] {
            let start = self.shape.base + base + PAGE;
            for _ in 0..1 + random.below(6) {
                let target = targets[random.below(targets.len() as u64) as usize];
                let at = start + random.below(2 * PAGE / word) * word;
                self.put(at, target + random.below(4).min(1));
            }
        }
    }

    /// The words that count as roots, those of stacks first: the place and the word.
    pub fn roots(&self) -> Vec<(u64, u64, Use)> {
        let mut roots = Vec::new();
        for memory in &self.memories {
            if self.areas.iter().any(|(start, _)| start - HEADER == memory.base) {
                continue;
            }
            let end = memory.base + memory.bytes.len() as u64;
            let start = match memory.used {
                Use::Stack => self.sp - RED_ZONE,
                _ => memory.base,
            };
            for at in (start..end).step_by(self.shape.word as usize) {
                roots.push((at, self.word(at).expect("it is all there"), memory.used));
            }
        }
        roots
    }

    /// Whether a byte is there.
    pub fn is_there(&self, addr: u64) -> bool {
        self.missing.is_none_or(|page| !(page..page + PAGE).contains(&addr))
    }
}

impl Target for World {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        let fault = Fault { addr, len: buf.len() };
        let end = addr.checked_add(buf.len() as u64).ok_or(fault)?;
        if self.missing.is_some_and(|page| addr < page + PAGE && page < end) {
            return Err(fault);
        }
        // Neighbours are one piece of memory.
        let mut at = addr;
        while at < end {
            let holds = |m: &&Memory| m.base <= at && at - m.base < m.bytes.len() as u64;
            let memory = self.memories.iter().find(holds).ok_or(fault)?;
            let stop = end.min(memory.base + memory.bytes.len() as u64);
            let bytes = &memory.bytes[(at - memory.base) as usize..(stop - memory.base) as usize];
            buf[(at - addr) as usize..(stop - addr) as usize].copy_from_slice(bytes);
            at = stop;
        }
        Ok(())
    }

    fn word_size(&self) -> usize {
        self.shape.word as usize
    }

    fn symbols(&self, _prefix: &str) -> Vec<Symbol> {
        Vec::new()
    }

    fn symbol(&self, _name: &str) -> Option<u64> {
        None
    }

    fn symbol_at(&self, _addr: u64) -> Option<String> {
        None
    }

    fn threads(&self) -> Vec<u64> {
        vec![1]
    }

    fn register(&self, _thread: u64, name: &str) -> Option<u64> {
        matches!(name, "rsp" | "esp").then_some(self.sp)
    }

    fn mappings(&self) -> Option<Vec<Mapping>> {
        let of = |memory: &Memory| Mapping {
            start: memory.base,
            end: memory.base + memory.bytes.len() as u64,
            used: memory.used,
            readable: true,
            writable: true,
            executable: false,
        };
        Some(self.memories.iter().map(of).collect())
    }
}
