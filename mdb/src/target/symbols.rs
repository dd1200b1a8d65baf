//! Symbol tables: in their order, by name through the file's own hash table, by address.
//!
//! Nothing is read before the first look-up, and no name is ever copied: node has more than
//! 100,000 symbols.

mod by_addr;

use std::ffi::c_char;
use std::ops::Range;
use std::sync::OnceLock;

use mdb_sys::GElf_Sym;

use by_addr::ByAddr;

use super::elf::Elf;
use super::notes::le;
use super::Width;

const SHT_SYMTAB: u32 = 2;
const SHT_DYNSYM: u32 = 11;
const SHT_GNU_HASH: u32 = 0x6fff_fff6;

const SHN_UNDEF: u16 = 0;
const SHN_ABS: u16 = 0xfff1;
const SHN_LORESERVE: u16 = 0xff00;

const STB_LOCAL: u8 = 0;
const STB_GLOBAL: u8 = 1;
const STT_NOTYPE: u8 = 0;
const STT_FUNC: u8 = 2;
const STT_TLS: u8 = 6;

/// The type of a symbol.
pub(super) fn kind(sym: &GElf_Sym) -> u8 {
    sym.st_info & 15
}

fn binding(sym: &GElf_Sym) -> u8 {
    sym.st_info >> 4
}

/// One symbol table of a file.
#[derive(Debug, Clone)]
struct Table {
    symbols: Range<usize>,
    names: Range<usize>,
    dynamic: bool,
}

/// A name where it stands in its table of strings: its end is not looked for before it is asked.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    /// From the first byte on; holds a NUL.
    rest: &'a [u8],
}

impl<'a> Name<'a> {
    fn bytes(self) -> &'a [u8] {
        memchr::memchr(0, self.rest).map_or(&[], |len| &self.rest[..len])
    }

    /// A C string that lives as long as the file is open.
    pub(super) fn as_ptr(self) -> *const c_char {
        self.rest.as_ptr().cast()
    }
}

/// A symbol as found: its table and index, its name and its unrelocated value.
#[derive(Clone, Copy)]
pub(super) struct Hit<'a> {
    pub(super) name: &'a str,
    pub(super) sym: GElf_Sym,
    pub(super) dynamic: bool,
    pub(super) index: u32,
}

/// Where the symbol tables of a file are, and indexes made on demand.
#[derive(Default)]
pub(super) struct Symbols {
    tables: OnceLock<Tables>,
    by_name: OnceLock<NameIndex>,
    by_addr: ByAddr,
}

#[derive(Debug, Clone, Default)]
struct Tables {
    symtab: Option<Table>,
    dynsym: Option<Table>,
    gnu_hash: Option<Range<usize>>,
}

const fn symbol_size(width: Width) -> usize {
    match width {
        Width::Bits32 => 16,
        Width::Bits64 => 24,
    }
}

/// Reads a symbol; one that is cut off is all zeros.
fn decode(width: Width, raw: &[u8]) -> GElf_Sym {
    match width {
        Width::Bits32 => decode_32(raw.first_chunk().unwrap_or(&[0; 16])),
        Width::Bits64 => decode_64(raw.first_chunk().unwrap_or(&[0; 24])),
    }
}

fn decode_32(raw: &[u8; 16]) -> GElf_Sym {
    let word = |at: usize| u32::from_le_bytes([raw[at], raw[at + 1], raw[at + 2], raw[at + 3]]);
    GElf_Sym {
        st_name: word(0),
        st_info: raw[12],
        st_other: raw[13],
        st_shndx: u16::from_le_bytes([raw[14], raw[15]]),
        st_value: word(4).into(),
        st_size: word(8).into(),
    }
}

fn decode_64(raw: &[u8; 24]) -> GElf_Sym {
    let word = |at: usize| u32::from_le_bytes([raw[at], raw[at + 1], raw[at + 2], raw[at + 3]]);
    let double = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
    GElf_Sym {
        st_name: word(0),
        st_info: raw[4],
        st_other: raw[5],
        st_shndx: u16::from_le_bytes([raw[6], raw[7]]),
        st_value: double(8),
        st_size: double(16),
    }
}

/// A table of one file, ready to be read.
#[derive(Clone, Copy)]
struct View<'a> {
    width: Width,
    symbols: &'a [u8],
    names: &'a [u8],
    dynamic: bool,
}

impl<'a> View<'a> {
    fn len(&self) -> usize {
        self.symbols.len() / symbol_size(self.width)
    }

    fn symbol(&self, index: usize) -> Option<GElf_Sym> {
        let size = symbol_size(self.width);
        let start = index.checked_mul(size)?;
        Some(decode(self.width, self.symbols.get(start..start.checked_add(size)?)?))
    }

    /// The name; empty if it lies outside the table of strings, which ends with a NUL.
    fn name(&self, sym: &GElf_Sym) -> Name<'a> {
        let rest = self.names.get(sym.st_name as usize..).filter(|rest| !rest.is_empty());
        Name { rest: rest.unwrap_or(b"\0") }
    }

    fn has_name(&self, sym: &GElf_Sym, name: &[u8]) -> bool {
        let rest = self.names.get(sym.st_name as usize..).unwrap_or_default();
        rest.get(name.len()) == Some(&0) && rest.starts_with(name)
    }

    fn hit(&self, index: usize, sym: GElf_Sym) -> Option<Hit<'a>> {
        let name = std::str::from_utf8(self.name(&sym).bytes()).ok()?;
        Some(Hit { name, sym, dynamic: self.dynamic, index: index as u32 })
    }

    /// Shows all symbols but the first with their names, until `each` returns false.
    ///
    /// Names lie in no order, so that each costs the time of a memory access, which is most of
    /// the time there is to lose. Touching the names of a batch first lets those overlap.
    fn each_named(self, mut each: impl FnMut(usize, GElf_Sym, Name<'a>) -> bool) {
        const BATCH: usize = 32;
        let size = symbol_size(self.width);
        let mut symbols = Vec::with_capacity(BATCH);
        for (batch, raw) in self.symbols.chunks(BATCH * size).enumerate() {
            symbols.clear();
            symbols.extend(raw.chunks_exact(size).map(|raw| decode(self.width, raw)));
            let byte = |sym: &GElf_Sym, at: usize| self.names.get(sym.st_name as usize + at);
            let touched = symbols.iter().filter_map(|sym| Some(byte(sym, 0)? ^ byte(sym, 64)?));
            std::hint::black_box(touched.fold(0, |all, byte| all ^ byte));
            for (slot, sym) in symbols.iter().enumerate().skip(usize::from(batch == 0)) {
                if !each(batch * BATCH + slot, *sym, self.name(sym)) {
                    return;
                }
            }
        }
    }

    /// All symbols but the first, which is always empty.
    fn iter(self) -> impl Iterator<Item = (usize, GElf_Sym)> + 'a {
        let width = self.width;
        let raw = self.symbols.chunks_exact(symbol_size(width)).enumerate().skip(1);
        raw.map(move |(index, raw)| (index, decode(width, raw)))
    }
}

/// How well a symbol of a wanted name or address serves: larger is better.
fn rank(sym: &GElf_Sym) -> (bool, bool, bool, bool) {
    let binding = binding(sym);
    (
        sym.st_shndx != SHN_UNDEF,
        kind(sym) != STT_NOTYPE,
        binding != STB_LOCAL,
        binding == STB_GLOBAL,
    )
}

impl Symbols {
    fn tables(&self, elf: &Elf) -> &Tables {
        self.tables.get_or_init(|| {
            let sections = elf.sections();
            let table = |kind: u32| {
                let section = sections.iter().find(|section| section.kind == kind)?;
                let names = sections.get(section.link as usize)?;
                let symbols = elf.range(section.offset, section.size);
                let names = elf.range(names.offset, names.size);
                // Behind the last NUL no name would end.
                let end = memchr::memrchr(0, &elf.bytes()[names.clone()]).map_or(0, |at| at + 1);
                let names = names.start..names.start + end;
                let dynamic = kind == SHT_DYNSYM;
                // Indexes are kept in 32 bits.
                let sane = symbols.len() / symbol_size(elf.width) < u32::MAX as usize;
                (sane && !symbols.is_empty()).then_some(Table { symbols, names, dynamic })
            };
            let hash = sections.iter().find(|section| section.kind == SHT_GNU_HASH);
            let gnu_hash = hash.map(|section| elf.range(section.offset, section.size));
            Tables { symtab: table(SHT_SYMTAB), dynsym: table(SHT_DYNSYM), gnu_hash }
        })
    }

    fn view<'a>(&self, elf: &'a Elf, table: &Table) -> View<'a> {
        let bytes = elf.bytes();
        View {
            width: elf.width,
            symbols: &bytes[table.symbols.clone()],
            names: &bytes[table.names.clone()],
            dynamic: table.dynamic,
        }
    }

    /// The table to use for a kind; a stripped file has only the dynamic one.
    fn table<'a>(&self, elf: &'a Elf, dynamic: bool) -> Option<View<'a>> {
        let tables = self.tables(elf);
        let table = if dynamic { &tables.dynsym } else { &tables.symtab };
        Some(self.view(elf, table.as_ref().or(tables.dynsym.as_ref())?))
    }

    /// Shows each symbol until `each` returns false: its name, itself, its index.
    pub(super) fn each<'a>(
        &self,
        elf: &'a Elf,
        dynamic: bool,
        each: &mut dyn FnMut(Name<'a>, GElf_Sym, u32) -> bool,
    ) {
        let Some(view) = self.table(elf, dynamic) else { return };
        view.each_named(|index, sym, name| each(name, sym, index as u32));
    }

    /// As [`Symbols::each`], those with names of UTF-8.
    pub(super) fn each_hit<'a>(
        &self,
        elf: &'a Elf,
        dynamic: bool,
        each: &mut dyn FnMut(Hit<'a>) -> bool,
    ) {
        let Some(view) = self.table(elf, dynamic) else { return };
        view.each_named(|index, sym, name| match std::str::from_utf8(name.bytes()) {
            Ok(name) => each(Hit { name, sym, dynamic: view.dynamic, index: index as u32 }),
            Err(_) => true,
        });
    }

    /// The best defined symbol of a name: an exported one, else any.
    pub(super) fn named<'a>(&self, elf: &'a Elf, name: &str) -> Option<Hit<'a>> {
        let tables = self.tables(elf);
        if let (Some(hash), Some(dynsym)) = (&tables.gnu_hash, &tables.dynsym) {
            let view = self.view(elf, dynsym);
            let found = gnu_hash_find(&view, &elf.bytes()[hash.clone()], name.as_bytes());
            if let Some(hit) = found.and_then(|(index, sym)| view.hit(index, sym)) {
                return Some(hit);
            }
            tables.symtab.as_ref()?;
        }
        let view = self.table(elf, false)?;
        let index = self.by_name.get_or_init(|| NameIndex::new(&view));
        let (at, sym) = index.find(&view, name.as_bytes())?;
        view.hit(at, sym)
    }

    /// The symbol that an unrelocated address belongs to: one whose extent holds it when
    /// `distance` is 0, else the nearest before it at less than that distance.
    pub(super) fn at<'a>(&self, elf: &'a Elf, addr: u64, distance: u64) -> Option<Hit<'a>> {
        let view = self.table(elf, false)?;
        let index = self.by_addr.find(elf, &view, addr, distance)? as usize;
        view.hit(index, view.symbol(index)?)
    }
}

/// Finds a defined symbol with `DT_GNU_HASH`: a filter, buckets, and chains of hashes whose
/// last member has the lowest bit set.
fn gnu_hash_find(view: &View<'_>, table: &[u8], name: &[u8]) -> Option<(usize, GElf_Sym)> {
    let word = |at: usize| Some(le(table.get(at..at.checked_add(4)?)?) as u32);
    let hash = name.iter().fold(5381u32, |h, b| h.wrapping_mul(33).wrapping_add(u32::from(*b)));
    let (buckets, first) = (word(0)?, word(4)? as usize);
    let filter_size = (word(8)? as usize).checked_mul(super::notes::word_size(view.width))?;
    let bucket = hash.checked_rem(buckets)? as usize;
    let start = filter_size.checked_add(16)?;
    let chains = start.checked_add((buckets as usize).checked_mul(4)?)?;
    let mut index = word(start.checked_add(bucket * 4)?)? as usize;
    if index < first {
        return None;
    }
    loop {
        let chained = word(chains.checked_add((index - first).checked_mul(4)?)?)?;
        if chained | 1 == hash | 1 {
            let sym = view.symbol(index)?;
            if sym.st_shndx != SHN_UNDEF && view.has_name(&sym, name) {
                return Some((index, sym));
            }
        }
        if chained & 1 == 1 {
            return None;
        }
        index += 1;
    }
}

/// An open-addressing hash table of symbol indexes, at most half full.
struct NameIndex {
    /// Upper half: hash. Lower half: index, 0 for a free slot.
    slots: Vec<u64>,
}

fn hash_name(name: &[u8]) -> u64 {
    let mix =
        |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let words = name.chunks_exact(8);
    let rest = le(words.remainder());
    let whole = |word: &[u8]| word.first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
    let hash = words.fold(name.len() as u64, |hash, word| mix(hash, whole(word)));
    let hash = mix(hash, rest);
    hash ^ hash >> 29
}

impl NameIndex {
    fn new(view: &View<'_>) -> NameIndex {
        let mut index = NameIndex { slots: vec![0; (view.len() * 2).next_power_of_two()] };
        view.each_named(|at, sym, name| {
            let name = name.bytes();
            if sym.st_shndx != SHN_UNDEF && !name.is_empty() {
                index.insert(view, at, &sym, name);
            }
            true
        });
        index
    }

    fn insert(&mut self, view: &View<'_>, at: usize, sym: &GElf_Sym, name: &[u8]) {
        let (tag, mut slot) = self.start(name);
        while self.slots[slot] != 0 {
            if self.slots[slot] >> 32 == tag {
                let other = self.slots[slot] as u32 as usize;
                if let Some(other) = view.symbol(other).filter(|other| view.has_name(other, name)) {
                    if rank(sym) > rank(&other) {
                        self.slots[slot] = tag << 32 | at as u64;
                    }
                    return;
                }
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = tag << 32 | at as u64;
    }

    fn find(&self, view: &View<'_>, name: &[u8]) -> Option<(usize, GElf_Sym)> {
        let (tag, mut slot) = self.start(name);
        while self.slots[slot] != 0 {
            if self.slots[slot] >> 32 == tag {
                let at = self.slots[slot] as u32 as usize;
                if let Some(sym) = view.symbol(at).filter(|sym| view.has_name(sym, name)) {
                    return Some((at, sym));
                }
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        None
    }

    fn start(&self, name: &[u8]) -> (u64, usize) {
        let hash = hash_name(name);
        (hash >> 32, hash as usize & (self.slots.len() - 1))
    }
}

/// Whether the value of a symbol moves with its object.
pub(super) fn is_relocated(sym: &GElf_Sym) -> bool {
    !matches!(sym.st_shndx, SHN_UNDEF | SHN_ABS) && kind(sym) != STT_TLS
}
