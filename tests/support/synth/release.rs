//! What differs between the layouts the builder knows.

/// A V8 line.
pub struct Release {
    /// For messages.
    pub name: &'static str,
    /// Names and values of the binary's `v8dbg_` symbols.
    pub metadata: &'static str,
    /// Major, minor, build, patch.
    pub version: [i32; 4],
    /// V8 3.14: eight-bit types, descriptors in ordinary arrays, lengths of
    /// strings as small integers.
    pub old: bool,
    /// Map: prototype, constructor, descriptors, and the whole.
    pub map: [u64; 4],
    /// Strings: where characters, parts and pointers begin.
    pub string_data: u64,
    /// JSFunction: shared, context, and the whole.
    pub function: [u64; 3],
    /// SharedFunctionInfo: name, script, and the whole.
    pub shared: [u64; 3],
    /// DescriptorArray: bytes before the first descriptor.
    pub descriptors: u64,
    /// NameDictionary: words between the counts and the first entry.
    pub dictionary_prefix: u64,
    /// Bits in a double that stand for a hole.
    pub hole_bits: u64,
    /// Type of the hole, where it is no oddball.
    pub hole_type: Option<u64>,
}

/// Node 0.10.
pub static V3_14: Release = Release {
    name: "V8 3.14",
    metadata: include_str!("metadata/3.14.txt"),
    version: [3, 14, 5, 11],
    old: true,
    map: [16, 24, 40, 64],
    string_data: 24,
    function: [40, 48, 72],
    shared: [8, 64, 160],
    descriptors: 16 + 2 * 8,
    dictionary_prefix: 2,
    hole_bits: 0x7fff_ffff_ffff_ffff,
    hole_type: None,
};

/// Node 20.
pub static V11_3: Release = Release {
    name: "V8 11.3",
    metadata: include_str!("metadata/11.3.txt"),
    version: [11, 3, 244, 8],
    old: false,
    map: [24, 32, 40, 80],
    string_data: 16,
    function: [24, 32, 64],
    shared: [16, 32, 64],
    descriptors: 24,
    dictionary_prefix: 3,
    hole_bits: 0xfff7_ffff_fff7_ffff,
    hole_type: None,
};

/// Node 26.
pub static V14_6: Release = Release {
    name: "V8 14.6",
    metadata: include_str!("metadata/14.6.txt"),
    version: [14, 6, 202, 33],
    old: false,
    map: [24, 32, 40, 80],
    string_data: 16,
    function: [32, 40, 64],
    shared: [24, 40, 72],
    descriptors: 32,
    dictionary_prefix: 3,
    hole_bits: 0xfff7_ffff_fff7_ffff,
    hole_type: Some(274),
};
