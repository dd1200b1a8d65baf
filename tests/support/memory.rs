//! The memory of a core, read without the debugger: what tests compare with.

use std::fs;
use std::path::Path;

/// A stretch of memory: its address and its bytes.
struct Segment {
    start: u64,
    bytes: std::ops::Range<usize>,
    writable: bool,
}

/// The memory of an ELF64 core.
pub struct Memory {
    file: Vec<u8>,
    segments: Vec<Segment>,
    /// The map that is its own map, as a tagged pointer.
    meta_maps: Vec<u64>,
}

impl Memory {
    /// Reads a core whole.
    pub fn of(core: &Path) -> Memory {
        let file = fs::read(core).expect("the core can be read");
        let number = |at: usize, len: usize| {
            let mut bytes = [0; 8];
            bytes[..len].copy_from_slice(&file[at..at + len]);
            u64::from_le_bytes(bytes)
        };
        let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2));
        let headers = (0..count).map(|i| (table + i * size) as usize);
        let loaded = headers.filter(|at| number(*at, 4) == 1 && number(at + 32, 8) > 0);
        let segments = loaded.map(|at| {
            let offset = number(at + 8, 8) as usize;
            Segment {
                start: number(at + 16, 8),
                bytes: offset..offset + number(at + 32, 8) as usize,
                writable: number(at + 4, 4) & 2 != 0,
            }
        });
        let mut segments: Vec<Segment> = segments.collect();
        segments.sort_by_key(|segment| segment.start);
        let mut memory = Memory { file, segments, meta_maps: Vec::new() };
        // Often there is one; with contexts of their own, one for each.
        let own = |&(at, word): &(u64, u64)| word == at + 1;
        memory.meta_maps = memory.words(false).filter(own).map(|(_, word)| word).collect();
        memory
    }

    /// The word at an address.
    pub fn word(&self, addr: u64) -> Option<u64> {
        let after = self.segments.partition_point(|segment| segment.start <= addr);
        let segment = &self.segments[after.checked_sub(1)?];
        let at = segment.bytes.start.checked_add(usize::try_from(addr - segment.start).ok()?)?;
        let end = at.checked_add(8).filter(|end| *end <= segment.bytes.end)?;
        Some(u64::from_le_bytes(self.file[at..end].try_into().expect("a word has eight bytes")))
    }

    /// Every word with its address, of all memory or of the writable.
    pub fn words(&self, writable: bool) -> impl Iterator<Item = (u64, u64)> + '_ {
        let segments = self.segments.iter().filter(move |segment| segment.writable || !writable);
        segments.flat_map(|segment| {
            let words = self.file[segment.bytes.clone()].chunks_exact(8);
            words.enumerate().map(|(i, word)| {
                let word = u64::from_le_bytes(word.try_into().expect("a chunk has eight bytes"));
                (segment.start + i as u64 * 8, word)
            })
        })
    }

    /// Where the words lie that point to a value.
    pub fn pointers(&self, value: u64) -> Vec<u64> {
        self.words(true).filter(|(_, word)| *word == value).map(|(at, _)| at).collect()
    }

    /// Whether a word points to a map.
    pub fn is_map(&self, word: u64) -> bool {
        let map = || self.word(word.checked_sub(1)?);
        word % 8 == 1 && map().is_some_and(|map| self.meta_maps.contains(&map))
    }

    /// The object that an address lies in, as a tagged value, if none of its
    /// fields up to there is a map: searched upwards for at most `reach` bytes.
    pub fn container(&self, addr: u64, reach: u64) -> Option<u64> {
        let candidates = (0..reach / 8).map_while(|i| addr.checked_sub(i * 8));
        let words = candidates.map_while(|at| Some((at, self.word(at)?)));
        let mut maps = words.filter(|(_, word)| self.is_map(*word));
        maps.next().map(|(at, _)| at + 1)
    }
}
