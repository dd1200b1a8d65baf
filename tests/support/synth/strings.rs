//! Strings of every representation, and symbols.

use super::{Heap, Tagged};

/// Representations, as the low bits of a string's type.
const SEQUENTIAL: u64 = 0;
const CONS: u64 = 1;
const EXTERNAL: u64 = 2;
const SLICED: u64 = 3;
const THIN: u64 = 5;

impl Heap {
    /// A flat string of characters up to U+00FF.
    pub fn one_byte(&mut self, text: &str) -> Tagged {
        let bytes: Vec<u8> =
            text.chars().map(|c| u8::try_from(c).expect("one byte per character")).collect();
        let string = self.string(SEQUENTIAL, true, bytes.len(), bytes.len() as u64);
        self.bytes_at(string.0 - 1 + self.release.string_data, &bytes);
        string
    }

    /// A flat string of UTF-16 units.
    pub fn two_byte(&mut self, text: &str) -> Tagged {
        self.units(&text.encode_utf16().collect::<Vec<_>>())
    }

    /// The same, of any units.
    pub fn units(&mut self, units: &[u16]) -> Tagged {
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let string = self.string(SEQUENTIAL, false, units.len(), bytes.len() as u64);
        self.bytes_at(string.0 - 1 + self.release.string_data, &bytes);
        string
    }

    /// Two strings one after the other, not copied.
    pub fn cons(&mut self, first: Tagged, second: Tagged) -> Tagged {
        let length = self.length(first) + self.length(second);
        let narrow = self.is_one_byte(first) && self.is_one_byte(second);
        let string = self.string(CONS, narrow, length, 16);
        let data = self.release.string_data;
        self.set(string, data, first);
        self.set(string, data + 8, second);
        string
    }

    /// A part of another string.
    pub fn sliced(&mut self, parent: Tagged, offset: i32, length: usize) -> Tagged {
        let string = self.string(SLICED, self.is_one_byte(parent), length, 16);
        let data = self.release.string_data;
        self.set(string, data, parent);
        let offset = self.smi(offset);
        self.set(string, data + 8, offset);
        string
    }

    /// A string that has become another one; V8 3.14 has none.
    pub fn thin(&mut self, actual: Tagged) -> Tagged {
        assert!(!self.release.old, "{} has no thin strings", self.release.name);
        let length = self.length(actual);
        let string = self.string(THIN, self.is_one_byte(actual), length, 8);
        self.set(string, self.release.string_data, actual);
        string
    }

    /// A string whose characters lie outside the heap.
    pub fn external(&mut self, text: &str) -> Tagged {
        let narrow = text.chars().all(|c| u32::from(c) < 0x100);
        let units: Vec<u16> = text.encode_utf16().collect();
        let bytes: Vec<u8> = match narrow {
            true => units.iter().map(|&unit| unit as u8).collect(),
            false => units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        };
        let data = self.take(bytes.len() as u64);
        self.bytes_at(data, &bytes);
        let resource = self.take(48);
        let string = self.string(EXTERNAL, narrow, units.len(), 16);
        // The resource, and a copy of its pointer to the characters.
        self.poke(string, self.release.string_data, resource);
        self.poke(string, self.release.string_data + 8, data);
        string
    }

    /// A symbol; V8 3.14 has none.
    pub fn symbol(&mut self, description: &str) -> Tagged {
        let number = self.type_number("SYMBOL_TYPE");
        let map = self.map_of("symbol", number, 0);
        let description = self.one_byte(description);
        let symbol = self.allocate(map, 24);
        self.set(symbol, 16, description);
        symbol
    }

    fn string(&mut self, form: u64, narrow: bool, length: usize, data: u64) -> Tagged {
        let number = match (self.release.old, narrow) {
            (true, true) => form | 4,
            (true, false) => form,
            (false, true) => form | 0x28,
            (false, false) => form | 0x20,
        };
        let map = self.map_of(&format!("string {form} {narrow}"), number, 0);
        let string = self.allocate(map, self.release.string_data + data);
        match self.release.old {
            true => self.poke(string, 8, (length as u64) << 32),
            // The hash in the lower half is not computed.
            false => self.poke(string, 8, (length as u64) << 32 | 3),
        }
        string
    }

    fn length(&self, string: Tagged) -> usize {
        let mut word = [0; 8];
        assert!(self.read(string.0 - 1 + 8, &mut word), "the string is in this heap");
        (u64::from_le_bytes(word) >> 32) as usize
    }

    fn is_one_byte(&self, string: Tagged) -> bool {
        let mut map = [0; 8];
        assert!(self.read(string.0 - 1, &mut map), "the string is in this heap");
        let mut number = [0];
        assert!(self.read(u64::from_le_bytes(map) - 1 + 12, &mut number), "so is its map");
        number[0] & if self.release.old { 4 } else { 8 } != 0
    }
}
