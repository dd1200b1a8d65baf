//! Maps, oddballs, numbers, arrays, objects, functions, collections.

use super::{Heap, Tagged};

/// Kinds of elements an array can have.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Any values.
    Tagged,
    /// Any values, and holes.
    Holey,
    /// Unboxed doubles.
    Doubles,
    /// A hash table.
    Dictionary,
}

/// Bytes of a JSObject before its in-object properties.
const OBJECT: u64 = 24;

impl Heap {
    pub(super) fn write_roots(&mut self) {
        let map = self.take(self.release.map[3]);
        self.meta_map = Tagged(map + 1);
        self.put(map, map + 1);
        self.fill_map(self.meta_map, self.type_number("MAP_TYPE"), self.release.map[3]);
        // Types are read from text, so there must be text before oddballs.
        for (name, kind) in
            [("undefined", "Undefined"), ("null", "Null"), ("true", "True"), ("false", "False")]
        {
            let kind = self.oddball_kind(kind);
            let value = self.oddball(name, kind);
            self.oddballs.insert(name, value);
        }
        let hole = match self.release.hole_type {
            Some(number) => {
                let map = self.map_of("hole", number, 16);
                self.allocate(map, 16)
            }
            None => {
                let kind = if self.release.old { 2 } else { self.known("v8dbg_OddballTheHole") };
                self.oddball("hole", kind)
            }
        };
        self.oddballs.insert("hole", hole);
    }

    /// In 3.14 kinds are not in the metadata.
    fn oddball_kind(&self, name: &str) -> u64 {
        match (self.release.old, name) {
            (false, _) => self.known(&format!("v8dbg_Oddball{name}")),
            (true, "False") => 0,
            (true, "True") => 1,
            (true, "Null") => 3,
            (true, _) => 5,
        }
    }

    fn oddball(&mut self, text: &str, kind: u64) -> Tagged {
        let number = self.type_number("ODDBALL_TYPE");
        let map = self.map_of("oddball", number, 48);
        let text = self.one_byte(text);
        let oddball = self.allocate(map, 48);
        let (text_at, kind_at) = if self.release.old { (8, 24) } else { (16, 40) };
        self.set(oddball, text_at, text);
        self.poke(oddball, kind_at, kind << 32);
        oddball
    }

    /// `undefined`, `null`, `true`, `false` or `hole`.
    pub fn odd(&self, name: &str) -> Tagged {
        self.oddballs[name]
    }

    /// A boxed double.
    pub fn number(&mut self, value: f64) -> Tagged {
        let number = self.type_number("HEAP_NUMBER_TYPE");
        let map = self.map_of("number", number, 16);
        let object = self.allocate(map, 16);
        self.poke(object, 8, value.to_bits());
        object
    }

    /// A FixedArray.
    pub fn fixed_array(&mut self, values: &[Tagged]) -> Tagged {
        let number = self.type_number("FIXED_ARRAY_TYPE");
        let map = self.map_of("array", number, 0);
        self.list(map, values)
    }

    fn list(&mut self, map: Tagged, values: &[Tagged]) -> Tagged {
        let array = self.allocate(map, 16 + 8 * values.len() as u64);
        self.poke(array, 8, (values.len() as u64) << 32);
        for (index, &value) in values.iter().enumerate() {
            self.set(array, 16 + 8 * index as u64, value);
        }
        array
    }

    /// An array of values; holes are [`Heap::odd`]`("hole")`.
    pub fn array(&mut self, values: &[Tagged]) -> Tagged {
        let holey = values.contains(&self.odd("hole"));
        let elements = self.fixed_array(values);
        self.js_array(if holey { Kind::Holey } else { Kind::Tagged }, elements, values.len() as i32)
    }

    /// An array of unboxed doubles; `None` is a hole.
    pub fn doubles(&mut self, values: &[Option<f64>]) -> Tagged {
        let number = self.type_number("FIXED_DOUBLE_ARRAY_TYPE");
        let map = self.map_of("doubles", number, 0);
        let bits: Vec<_> = values
            .iter()
            .map(|value| Tagged(value.map_or(self.release.hole_bits, f64::to_bits)))
            .collect();
        let elements = self.list(map, &bits);
        self.js_array(Kind::Doubles, elements, values.len() as i32)
    }

    /// An array with elements in a hash table.
    pub fn sparse(&mut self, values: &[(u32, Tagged)], length: i32) -> Tagged {
        let mut entries = Vec::new();
        for &(index, value) in values {
            entries.extend([self.smi(index as i32), value, self.smi(0)]);
        }
        let prefix = if self.release.old { 2 } else { 1 };
        let elements = self.hash_table(prefix, &entries, values.len());
        self.js_array(Kind::Dictionary, elements, length)
    }

    fn js_array(&mut self, kind: Kind, elements: Tagged, length: i32) -> Tagged {
        let number = self.type_number("JS_ARRAY_TYPE");
        let map = self.map_of(&format!("array {kind:?}"), number, 32);
        self.set_kind(map, kind);
        let array = self.allocate(map, 32);
        let (empty, length) = (self.fixed_array(&[]), self.smi(length));
        self.set(array, 8, empty);
        self.set(array, 16, elements);
        self.set(array, 24, length);
        array
    }

    fn set_kind(&mut self, map: Tagged, kind: Kind) {
        let number = match kind {
            Kind::Tagged => 2,
            Kind::Holey => 3,
            Kind::Doubles => 5,
            Kind::Dictionary => self.known("v8dbg_elements_dictionary_elements"),
        };
        let (at, shift) = (15, if self.release.old { 3 } else { 2 });
        self.bytes_at(map.0 - 1 + at, &[(number << shift) as u8]);
    }

    /// An object with named properties, the first `inside` of them in the
    /// object itself, the rest in its property array.
    pub fn object(&mut self, properties: &[(&str, Tagged)], inside: usize) -> Tagged {
        let inside = inside.min(properties.len());
        let size = OBJECT + 8 * inside as u64;
        let map = self.object_map(size, inside as u64);
        let names: Vec<Tagged> = properties.iter().map(|(name, _)| self.one_byte(name)).collect();
        let descriptors = self.descriptors(&names);
        self.set(map, self.release.map[2], descriptors);
        let count = properties.len() as u64;
        match self.release.old {
            // Eleven bits for enumerable properties come first.
            true => self.poke(map, 56, count << (32 + 11)),
            false => self.poke(
                map,
                16,
                count << self.known("v8dbg_bit_field3_number_of_own_descriptors_shift"),
            ),
        }
        let values: Vec<Tagged> = properties.iter().map(|&(_, value)| value).collect();
        let outside = self.fixed_array(&values[inside..]);
        let elements = self.fixed_array(&[]);
        let object = self.allocate(map, size);
        self.set(object, 8, outside);
        self.set(object, 16, elements);
        for (index, &value) in values[..inside].iter().enumerate() {
            self.set(object, OBJECT + 8 * index as u64, value);
        }
        object
    }

    /// An object whose properties are in a hash table, in this order.
    pub fn dictionary(&mut self, properties: &[(&str, Tagged)]) -> Tagged {
        let map = self.object_map(OBJECT, 0);
        match self.release.old {
            true => {
                self.poke(map, 56, 1 << (32 + self.known("v8dbg_bit_field3_dictionary_map_shift")))
            }
            false => {
                self.poke(map, 16, 1 << self.known("v8dbg_bit_field3_is_dictionary_map_shift"))
            }
        }
        // The index that gives the order is in the upper bits of the details.
        let shift = if self.release.old { 7 } else { 8 };
        let mut entries = Vec::new();
        for (index, (name, value)) in properties.iter().enumerate() {
            let details = (index as i32 + 1) << shift;
            entries.extend([self.one_byte(name), *value, self.smi(details)]);
        }
        // In the table the order is that of hashes: any but the right one.
        let reversed: Vec<_> = entries.chunks(3).rev().flatten().copied().collect();
        let table = self.hash_table(self.release.dictionary_prefix, &reversed, properties.len());
        let elements = self.fixed_array(&[]);
        let object = self.allocate(map, OBJECT);
        self.set(object, 8, table);
        self.set(object, 16, elements);
        object
    }

    /// Counts, `prefix` words, entries of three words, and empty entries.
    fn hash_table(&mut self, prefix: u64, entries: &[Tagged], count: usize) -> Tagged {
        let capacity = (2 * count).next_power_of_two().max(4);
        let mut words = vec![self.smi(count as i32), self.smi(0), self.smi(capacity as i32)];
        // In 3.14 the prefix counts from where the capacity ends, too.
        words.resize(3 + prefix as usize, self.smi(0));
        if !entries.is_empty() {
            words.extend_from_slice(&entries[..3]);
        }
        words.extend([self.odd("undefined"); 3]);
        if entries.len() > 3 {
            words.extend_from_slice(&entries[3..]);
        }
        words.resize(3 + prefix as usize + 3 * capacity, self.odd("undefined"));
        self.fixed_array(&words)
    }

    /// A function with a name and nothing else.
    pub fn function(&mut self, name: &str) -> Tagged {
        let [name_at, script_at, size] = self.release.shared;
        let number = self.type_number("SHARED_FUNCTION_INFO_TYPE");
        let map = self.map_of("shared", number, size);
        let (name, undefined) = (self.one_byte(name), self.odd("undefined"));
        let shared = self.allocate(map, size);
        self.set(shared, name_at, name);
        self.set(shared, script_at, undefined);
        let [shared_at, context_at, size] = self.release.function;
        let number = self.type_number("JS_FUNCTION_TYPE");
        let map = self.map_of("function", number, size);
        let empty = self.fixed_array(&[]);
        let function = self.allocate(map, size);
        for (at, value) in [(8, empty), (16, empty), (shared_at, shared), (context_at, undefined)] {
            self.set(function, at, value);
        }
        function
    }

    /// A Map (pairs) or, with `undefined` for values, a Set; not in 3.14.
    pub fn collection(&mut self, entries: &[(Tagged, Tagged)], is_map: bool) -> Tagged {
        let name = if is_map { "JS_MAP_TYPE" } else { "JS_SET_TYPE" };
        let number = self.type_number(name);
        let buckets = 2;
        let mut words = vec![self.smi(entries.len() as i32), self.smi(0), self.smi(buckets)];
        words.extend([self.smi(-1), self.smi(-1)]);
        for &(key, value) in entries {
            words.push(key);
            words.extend(is_map.then_some(value));
            words.push(self.smi(-1));
        }
        let table = self.fixed_array(&words);
        let map = self.map_of(name, number, 32);
        let empty = self.fixed_array(&[]);
        let object = self.allocate(map, 32);
        for (at, value) in [(8, empty), (16, empty), (24, table)] {
            self.set(object, at, value);
        }
        object
    }

    fn descriptors(&mut self, names: &[Tagged]) -> Tagged {
        let count = names.len() as u64;
        let mut entries = Vec::new();
        for (index, &name) in names.iter().enumerate() {
            // 3.14: details then the field's index as the value; later the
            // index is in the details and the value is the field's type.
            let field = index as i32;
            entries.extend(match self.release.old {
                true => {
                    let field_type = self.known("v8dbg_prop_type_field") as i32;
                    [name, self.smi(field_type), self.smi(field)]
                }
                false => {
                    let shift = self.known("v8dbg_prop_index_shift");
                    let tagged = self.known("v8dbg_prop_representation_tagged")
                        << self.known("v8dbg_prop_representation_shift");
                    let details = (field << shift) | tagged as i32;
                    [name, self.smi(details), self.smi(0)]
                }
            });
        }
        if self.release.old {
            let mut words = vec![self.smi(0), self.smi(0)];
            words.append(&mut entries);
            return self.fixed_array(&words);
        }
        let number = self.type_number("DESCRIPTOR_ARRAY_TYPE");
        let map = self.map_of("descriptors", number, 0);
        let header = self.release.descriptors;
        let array = self.allocate(map, header + 8 * entries.len() as u64);
        // Two counts of 16 bits: all, and those in use.
        self.poke(array, 8, count | count << 16);
        for (index, &word) in entries.iter().enumerate() {
            self.set(array, header + 8 * index as u64, word);
        }
        array
    }

    fn object_map(&mut self, size: u64, inside: u64) -> Tagged {
        let number = self.type_number("JS_OBJECT_TYPE");
        let map = self.new_map(number, size);
        let start = if self.release.old { inside } else { OBJECT / 8 };
        self.bytes_at(map.0 - 1 + 9, &[start as u8]);
        self.set_kind(map, Kind::Holey);
        map
    }

    /// The one map of this name, made on first use.
    pub(super) fn map_of(&mut self, name: &str, number: u64, size: u64) -> Tagged {
        if let Some(&map) = self.maps.get(name) {
            return map;
        }
        let map = self.new_map(number, size);
        self.maps.insert(name.to_owned(), map);
        map
    }

    fn new_map(&mut self, number: u64, size: u64) -> Tagged {
        let map = self.allocate(self.meta_map, self.release.map[3]);
        self.fill_map(map, number, size);
        map
    }

    fn fill_map(&mut self, map: Tagged, number: u64, size: u64) {
        let addr = map.0 - 1;
        self.bytes_at(addr + 8, &[(size / 8) as u8]);
        match self.release.old {
            true => self.bytes_at(addr + 12, &[number as u8]),
            false => self.bytes_at(addr + 12, &(number as u16).to_le_bytes()),
        }
        // Without a constructor: `null`, once there is one.
        if let Some(&null) = self.oddballs.get("null") {
            let [prototype, constructor, ..] = self.release.map;
            self.set(map, prototype, null);
            self.set(map, constructor, null);
        }
    }
}
