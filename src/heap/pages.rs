//! The pages of V8's heap: where objects lie one after the other.
//!
//! V8 maps memory in chunks of at least 256 KiB and begins each with a header
//! that says where the objects are. What is where in it has changed with almost
//! every release, so that it is recognized by what it must say: of the addresses
//! in it, the lowest within the chunk is the first object's, the highest the end
//! of the last; it tells the size of the chunk; and it points to itself. Since
//! V8 13 all that stands outside, and the chunk has a pointer to it
//! (src/heap/memory-chunk-layout.h, src/heap/mutable-page-metadata.h).
//! Seen so on cores of 0.8 to 26.

use super::regions::Regions;
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// Chunks are aligned to this or a multiple (src/common/globals.h, kPageSizeBits).
const ALIGNMENT: u64 = 1 << 18;
/// Words of a header that are looked at.
const WORDS: usize = 14;
/// Objects begin within this many bytes of a chunk: at 0x10 [26] to 0x4200 [6].
const LARGEST_HEADER: u64 = 0x8000;
/// Sizes of chunks are multiples of this, as they are mapped.
const COMMIT: u64 = 0x1000;
/// Largest size a chunk is believed to have.
const LARGEST: u64 = 1 << 40;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The chunk.
    pub base: u64,
    /// First byte for objects.
    pub start: u64,
    /// First byte after them.
    pub end: u64,
}

/// All pages of a heap.
#[derive(Debug, Default)]
pub struct Pages {
    /// In the order of addresses.
    pub list: Vec<Page>,
}

impl Pages {
    /// Name of the space that each page belongs to, as V8 calls it; none for
    /// read-only memory without an owner.
    pub fn spaces(&self, heap: Heap<'_>) -> Vec<Option<String>> {
        // What each word leads to that was looked at; most are no spaces.
        let mut known: BTreeMap<u64, Option<String>> = BTreeMap::new();
        let mut find = |table: [u64; WORDS]| {
            // Before V8 6.2 the pointer to the owner has a tag.
            let addrs = table.into_iter().map(|word| word & !(heap.word_size() - 1));
            let mut names = addrs
                .map(|addr| known.entry(addr).or_insert_with(|| space(heap.target, addr)).clone());
            names.find_map(|name| name)
        };
        let of = |page: &Page| {
            let header = words(heap, page.base)?;
            find(header).or_else(|| find(words(heap, header[1])?))
        };
        self.list.iter().map(of).collect()
    }
}

/// The pages in these regions.
pub fn find(heap: Heap<'_>, regions: &Regions) -> Result<Pages> {
    let mut pages: Vec<Page> = Vec::new();
    for region in &regions.list {
        let mut at = region.start.next_multiple_of(ALIGNMENT);
        while at < region.end {
            if heap.target.interrupted() {
                return Err(Error::Interrupted);
            }
            let seen = pages.last().is_some_and(|page| page.end > at);
            match page(heap, at).filter(|_| !seen) {
                Some(page) => {
                    at = page.end.next_multiple_of(ALIGNMENT);
                    pages.push(page);
                }
                None => at += ALIGNMENT,
            }
        }
    }
    Ok(Pages { list: pages })
}

fn words(heap: Heap<'_>, addr: u64) -> Option<[u64; WORDS]> {
    let mut table = [0; WORDS];
    for (i, word) in table.iter_mut().enumerate() {
        *word = heap.word(addr.checked_add(i as u64 * heap.word_size())?).ok()?;
    }
    Some(table)
}

/// The page in the chunk at this address, if there is one.
fn page(heap: Heap<'_>, base: u64) -> Option<Page> {
    let header = words(heap, base)?;
    // Read-only chunks and, before V8 3.28, new space do not point to themselves,
    // but to their end.
    let ends = |size: &u64| is_size(size) && header.contains(&base.wrapping_add(*size));
    if header.contains(&base) || header.iter().any(ends) {
        if let Some(page) = described(heap, base, &header) {
            // These two stand side by side.
            if header.windows(2).any(|pair| pair == [page.start, page.end]) {
                return Some(page);
            }
        }
    }
    let outside = header[1];
    if !outside.is_multiple_of(heap.word_size())
        || outside < COMMIT
        || outside & !(ALIGNMENT - 1) == base
    {
        return None;
    }
    let metadata = words(heap, outside)?;
    described(heap, base, &metadata)
}

fn is_size(word: &u64) -> bool {
    (COMMIT..LARGEST).contains(word) && word.is_multiple_of(COMMIT)
}

/// The page that a table of words describes.
fn described(heap: Heap<'_>, base: u64, table: &[u64; WORDS]) -> Option<Page> {
    // Where memory is low, addresses look like sizes: the chunk itself, its neighbours
    // and the end of its objects. The size ends not far behind the last object.
    let mut sizes: Vec<u64> = table.iter().copied().filter(is_size).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.into_iter().find_map(|size| {
        let limit = base.checked_add(size)?;
        let within =
            |addr: &u64| *addr > base && *addr <= limit && addr.is_multiple_of(heap.word_size());
        let inside = || table.iter().copied().filter(within);
        let (start, end) = (inside().min()?, inside().max()?);
        let fits = start < end && start - base <= LARGEST_HEADER && limit - end <= LARGEST_HEADER;
        fits.then_some(Page { base, start, end })
    })
}

/// Name of the space that the C++ object at this address is, by its table of
/// virtual functions, such as `OldSpace`.
fn space(target: &dyn Target, addr: u64) -> Option<String> {
    let word = target.word_size();
    if !addr.is_multiple_of(word as u64) || addr < COMMIT {
        return None;
    }
    let mut bytes = [0; 8];
    target.read(addr, &mut bytes[..word]).ok()?;
    let name = target.symbol_at(u64::from_le_bytes(bytes))?;
    // `_ZTVN2v88internal8OldSpaceE+0x10`, demangled or not.
    if !name.contains("_ZTV") && !name.contains("vtable") {
        return None;
    }
    let end = name.rfind("Space")? + "Space".len();
    let begin = name[..end].rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |at| at + 1);
    Some(name[begin..end].into())
}
