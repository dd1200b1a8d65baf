//! Synthetic heaps of V8 3.1, 3.6 and 3.11, at either word size: what node 0.4,
//! 0.6 and 0.8 keep in memory, for the configurations of binaries without
//! metadata. Offsets are words, as src/objects.h of all three counts them.
//!
//! As the builder of newer heaps, it shares no code with the reader.

use std::collections::BTreeMap;

/// Above 16 MB, so that a cut address shows; below 4 GB, for either word size.
const BASE: u64 = 0x3f2e_0000;

/// What differs between the lines.
pub struct Line {
    /// Configuration.
    pub config: &'static str,
    /// Types: object, array, function, its shared part, fixed array, external bytes.
    types: [u8; 6],
    /// Words before the keys of descriptors.
    first: usize,
    /// Where the array of values and details is, if that is another one.
    content: Option<usize>,
    /// Second bit field of maps whose elements are plain, and holey, and doubles.
    kinds: [u8; 3],
    /// Bits below the index in details.
    shift: u32,
    /// Whether oddballs have numbers.
    numbered: bool,
    /// Whether strings can be parts of others, and arrays unboxed doubles.
    pub slices: bool,
    /// Whether the length of external bytes is an `int`.
    raw_length: bool,
}

/// Node 0.4, 0.6 and 0.8.
pub static LINES: [Line; 3] = [
    Line {
        config: "node-0.4",
        types: [160, 165, 167, 157, 156, 137],
        first: 2,
        content: Some(0),
        kinds: [1 << 2, 1 << 2, 0],
        shift: 7,
        numbered: false,
        slices: false,
        raw_length: true,
    },
    Line {
        config: "node-0.6.5",
        types: [163, 168, 172, 160, 159, 136],
        first: 3,
        content: Some(1),
        kinds: [0, 0, 1 << 4],
        shift: 8,
        numbered: true,
        slices: true,
        raw_length: false,
    },
    Line {
        config: "node-0.8",
        types: [170, 176, 181, 164, 163, 137],
        first: 3,
        content: None,
        kinds: [2 << 3, 3 << 3, 4 << 3],
        shift: 8,
        numbered: true,
        slices: true,
        raw_length: false,
    },
];

const MAP: u8 = 128;
const ODDBALL: u8 = 130;
const HEAP_NUMBER: u8 = 132;
const FIXED_DOUBLES: [u8; 3] = [0, 144, 145];
/// A sequence of bytes; of 16-bit units; two parts; a slice.
const ONE_BYTE: u8 = 4;
const TWO_BYTE: u8 = 0;
const CONS: u8 = 5;
const SLICED: u8 = 7;

/// A heap under construction.
pub struct OldHeap {
    /// Its line.
    pub line: &'static Line,
    /// Bytes of a word.
    pub word: u64,
    memory: Vec<u8>,
    meta_map: u64,
    oddballs: BTreeMap<&'static str, u64>,
}

impl OldHeap {
    /// A heap with the values every heap has.
    pub fn new(line: &'static Line, word: u64) -> OldHeap {
        let mut heap =
            OldHeap { line, word, memory: Vec::new(), meta_map: 0, oddballs: BTreeMap::new() };
        heap.meta_map = heap.take(8) + 1;
        let own = heap.meta_map;
        heap.set(own, 0, own);
        heap.fill_map(own, MAP, 8, 0, 0);
        for (name, kind) in [("undefined", 5), ("null", 3), ("true", 1), ("false", 0), ("hole", 2)]
        {
            let text = heap.one_byte(name);
            let oddball = heap.allocate(ODDBALL, 4);
            heap.set(oddball, 1, text);
            if line.numbered {
                let kind = heap.smi(kind);
                heap.set(oddball, 3, kind);
            }
            heap.oddballs.insert(name, oddball);
        }
        heap
    }

    /// Reads as a debugger would: all or nothing.
    pub fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        let found = addr.checked_sub(BASE).and_then(|start| {
            let start = usize::try_from(start).ok()?;
            self.memory.get(start..start.checked_add(buf.len())?)
        });
        found.map(|bytes| buf.copy_from_slice(bytes)).is_some()
    }

    fn take(&mut self, words: u64) -> u64 {
        let start = self.memory.len().next_multiple_of(8);
        self.memory.resize(start + (words * self.word) as usize, 0);
        BASE + start as u64
    }

    fn bytes_at(&mut self, addr: u64, bytes: &[u8]) {
        let start = (addr - BASE) as usize;
        let end = start + bytes.len();
        self.memory.resize(self.memory.len().max(end), 0);
        self.memory[start..end].copy_from_slice(bytes);
    }

    /// Writes a word of an object.
    pub fn set(&mut self, object: u64, index: u64, value: u64) {
        let bytes = value.to_le_bytes();
        self.bytes_at(object - 1 + index * self.word, &bytes[..self.word as usize]);
    }

    fn fill_map(&mut self, map: u64, number: u8, words: u64, inside: u8, kind: u8) {
        let at = map - 1 + self.word;
        self.bytes_at(at, &[words as u8, inside, 0, 0, number, 0, 0, kind]);
        if let Some(&null) = self.oddballs.get("null") {
            let after = (self.word + 8) / self.word;
            self.set(map, after, null);
            self.set(map, after + 1, null);
            // Without descriptors there are flags, a small integer.
            self.set(map, after + 2, 0);
        }
    }

    fn map(&mut self, number: u8, words: u64, inside: u8, kind: u8) -> u64 {
        let map = self.take(8) + 1;
        let meta_map = self.meta_map;
        self.set(map, 0, meta_map);
        self.fill_map(map, number, words, inside, kind);
        map
    }

    fn allocate(&mut self, number: u8, words: u64) -> u64 {
        let map = self.map(number, words, 0, 0);
        let object = self.take(words) + 1;
        self.set(object, 0, map);
        object
    }

    /// A small integer: 31 bits, or the upper half of a word.
    pub fn smi(&self, value: i32) -> u64 {
        match self.word {
            4 => u64::from((value as u32) << 1),
            _ => u64::from(value as u32) << 32,
        }
    }

    /// `undefined`, `null`, `true`, `false` or `hole`.
    pub fn odd(&self, name: &str) -> u64 {
        self.oddballs[name]
    }

    /// A boxed double.
    pub fn number(&mut self, value: f64) -> u64 {
        let object = self.allocate(HEAP_NUMBER, 1 + 8 / self.word);
        self.bytes_at(object - 1 + self.word, &value.to_le_bytes());
        object
    }

    fn string(&mut self, number: u8, length: usize, words: u64) -> u64 {
        let string = self.allocate(number, 3 + words);
        let length = self.smi(length as i32);
        self.set(string, 1, length);
        // A hash that is not computed yet.
        self.set(string, 2, 3);
        string
    }

    /// A flat string of characters up to U+00FF.
    pub fn one_byte(&mut self, text: &str) -> u64 {
        let bytes: Vec<u8> =
            text.chars().map(|c| u8::try_from(c).expect("one byte per character")).collect();
        let words = (bytes.len() as u64).div_ceil(self.word);
        let string = self.string(ONE_BYTE, bytes.len(), words);
        self.bytes_at(string - 1 + 3 * self.word, &bytes);
        string
    }

    /// A flat string of UTF-16 units.
    pub fn two_byte(&mut self, text: &str) -> u64 {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let words = (bytes.len() as u64).div_ceil(self.word);
        let string = self.string(TWO_BYTE, bytes.len() / 2, words);
        self.bytes_at(string - 1 + 3 * self.word, &bytes);
        string
    }

    /// Two strings of one-byte characters, not copied.
    pub fn cons(&mut self, first: u64, second: u64, length: usize) -> u64 {
        let string = self.string(CONS, length, 2);
        self.set(string, 3, first);
        self.set(string, 4, second);
        string
    }

    /// A part of another string of one-byte characters.
    pub fn sliced(&mut self, parent: u64, offset: i32, length: usize) -> u64 {
        let string = self.string(SLICED, length, 2);
        let offset = self.smi(offset);
        self.set(string, 3, parent);
        self.set(string, 4, offset);
        string
    }

    fn list(&mut self, number: u8, words: &[u64]) -> u64 {
        let array = self.allocate(number, 2 + words.len() as u64);
        let length = self.smi(words.len() as i32);
        self.set(array, 1, length);
        for (index, &word) in words.iter().enumerate() {
            self.set(array, 2 + index as u64, word);
        }
        array
    }

    /// A FixedArray.
    pub fn fixed_array(&mut self, words: &[u64]) -> u64 {
        self.list(self.line.types[4], words)
    }

    /// An array; holes are [`OldHeap::odd`]`("hole")`.
    pub fn array(&mut self, values: &[u64]) -> u64 {
        let holey = values.contains(&self.odd("hole"));
        let elements = self.fixed_array(values);
        self.js_array(self.line.kinds[usize::from(holey)], elements, values.len())
    }

    /// An array of unboxed doubles; not in 3.1.
    pub fn doubles(&mut self, values: &[f64]) -> u64 {
        let line = LINES.iter().position(|line| std::ptr::eq(line, self.line));
        let number = FIXED_DOUBLES[line.expect("lines are those above")];
        let store = self.allocate(number, 2 + values.len() as u64 * 8 / self.word);
        let length = self.smi(values.len() as i32);
        self.set(store, 1, length);
        let start = store - 1 + 2 * self.word;
        for (index, value) in values.iter().enumerate() {
            self.bytes_at(start + 8 * index as u64, &value.to_le_bytes());
        }
        self.js_array(self.line.kinds[2], store, values.len())
    }

    fn js_array(&mut self, kind: u8, elements: u64, length: usize) -> u64 {
        let map = self.map(self.line.types[1], 4, 0, kind);
        let array = self.take(4) + 1;
        let (empty, length) = (self.fixed_array(&[]), self.smi(length as i32));
        for (index, word) in [map, empty, elements, length].into_iter().enumerate() {
            self.set(array, index as u64, word);
        }
        array
    }

    /// An object with these properties in this order, the first `inside` of
    /// them in itself. Their descriptors are in another order, as those of V8
    /// are, which sorts them by hash.
    pub fn object(&mut self, properties: &[(&str, u64)], inside: usize) -> u64 {
        let inside = inside.min(properties.len());
        let words = 3 + inside as u64;
        let map = self.map(self.line.types[0], words, inside as u8, self.line.kinds[0]);
        let descriptors = self.descriptors(properties);
        let after = (self.word + 8) / self.word;
        self.set(map, after + 2, descriptors);
        let values: Vec<u64> = properties.iter().map(|&(_, value)| value).collect();
        let (outside, elements) = (self.fixed_array(&values[inside..]), self.fixed_array(&[]));
        let object = self.take(words) + 1;
        let parts = [map, outside, elements].into_iter().chain(values[..inside].iter().copied());
        for (index, word) in parts.enumerate() {
            self.set(object, index as u64, word);
        }
        object
    }

    fn descriptors(&mut self, properties: &[(&str, u64)]) -> u64 {
        const FIELD: i32 = 1;
        let mut keys = Vec::new();
        let mut content = Vec::new();
        for (index, (name, _)) in properties.iter().enumerate().rev() {
            let details = self.smi(FIELD | (index as i32 + 1) << self.line.shift);
            keys.push(self.one_byte(name));
            content.push([self.smi(index as i32), details]);
        }
        let mut words = vec![self.smi(0); self.line.first];
        match self.line.content {
            Some(at) => {
                words[at] = self.fixed_array(&content.concat());
                words.append(&mut keys);
            }
            None => {
                let rows = keys.iter().zip(&content);
                words.extend(rows.flat_map(|(&key, &[value, details])| [key, details, value]));
            }
        }
        self.fixed_array(&words)
    }

    /// An object over bytes outside of the heap, as Buffers are.
    pub fn bytes(&mut self, bytes: &[u8]) -> u64 {
        let data = self.take((bytes.len() as u64).div_ceil(self.word));
        self.bytes_at(data, bytes);
        let store = self.allocate(self.line.types[5], 3);
        let length = match self.line.raw_length {
            true => bytes.len() as u64,
            false => self.smi(bytes.len() as i32),
        };
        self.set(store, 1, length);
        self.set(store, 2, data);
        let object = self.object(&[], 0);
        self.set(object, 2, store);
        object
    }

    /// A function with a name and nothing else.
    pub fn function(&mut self, name: &str) -> u64 {
        let (name, undefined) = (self.one_byte(name), self.odd("undefined"));
        let shared = self.allocate(self.line.types[3], 25);
        for index in 2..12 {
            self.set(shared, index, undefined);
        }
        self.set(shared, 1, name);
        let empty = self.fixed_array(&[]);
        let function = self.allocate(self.line.types[2], 9);
        for (index, word) in [(1, empty), (2, empty), (5, shared), (6, undefined)] {
            self.set(function, index, word);
        }
        function
    }
}
