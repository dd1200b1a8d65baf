//! Which memory a search of the whole heap reads.
//!
//! V8 maps its heap itself, so it lies in mappings without a name: everything
//! that is no file and no `brk` heap. The latter holds what C++ allocates; a
//! `malloc` that takes memory from nowhere else can be searched on demand.

use super::follow;
use crate::v8::error::Result;
use crate::v8::memory::{Mapping, Target, Use};
use alloc::vec::Vec;

/// A stretch of memory to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// First address.
    pub start: u64,
    /// First address after it.
    pub end: u64,
    /// The mapping it is; none where the debugger lists none.
    pub mapping: Option<Mapping>,
}

/// What there is to search.
#[derive(Debug, PartialEq, Eq)]
pub struct Regions {
    /// In the order of addresses; they do not overlap.
    pub list: Vec<Region>,
    /// How they were had.
    pub source: Source,
}

/// Where regions come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The debugger's list of mappings.
    Mappings,
    /// Pointers, followed from the stack.
    Pointers {
        /// Whether there was more than is looked at.
        cut: bool,
    },
}

impl Regions {
    /// The regions of a target, with the `brk` heap if asked for.
    ///
    /// Where the debugger does not list mappings, all memory that is reached by
    /// following V8's pointers from the stack: there, what is a file or the
    /// `brk` heap cannot be told apart from the rest.
    pub fn of(target: &dyn Target, with_brk: bool) -> Result<Regions> {
        match target.mappings() {
            Some(mappings) => {
                let list = searched(mappings, with_brk);
                Ok(Regions { list, source: Source::Mappings })
            }
            None => {
                let (stretches, cut) = follow::reachable(target)?;
                let region = |(start, end)| Region { start, end, mapping: None };
                let list = stretches.into_iter().map(region).collect();
                Ok(Regions { list, source: Source::Pointers { cut } })
            }
        }
    }

    /// Their bytes.
    pub fn size(&self) -> u64 {
        self.list.iter().map(|region| region.end - region.start).fold(0, u64::saturating_add)
    }
}

fn searched(mut mappings: Vec<Mapping>, with_brk: bool) -> Vec<Region> {
    mappings.retain(|m| {
        let wanted = match m.used {
            Use::File => false,
            Use::Heap => with_brk,
            Use::Stack | Use::Anonymous => true,
        };
        wanted && m.readable
    });
    mappings.sort_by_key(|m| m.start);
    let mut list: Vec<Region> = Vec::with_capacity(mappings.len());
    for mapping in mappings {
        // The headers of a damaged core may name memory twice.
        let start = list.last().map_or(mapping.start, |last| mapping.start.max(last.end));
        if start < mapping.end {
            list.push(Region { start, end: mapping.end, mapping: Some(mapping) });
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(start: u64, end: u64, used: Use, readable: bool) -> Mapping {
        Mapping { start, end, used, readable, writable: true, executable: false }
    }

    #[test]
    fn nameless_readable_memory_is_searched() {
        let all = [
            mapping(0x5000, 0x6000, Use::Anonymous, true),
            mapping(0x1000, 0x2000, Use::File, true),
            mapping(0x2000, 0x3000, Use::Heap, true),
            mapping(0x3000, 0x4000, Use::Anonymous, false),
            mapping(0x7000, 0x8000, Use::Stack, true),
        ];
        let starts = |with_brk| -> Vec<u64> {
            searched(all.to_vec(), with_brk).iter().map(|region| region.start).collect()
        };
        assert_eq!(starts(false), [0x5000, 0x7000]);
        assert_eq!(starts(true), [0x2000, 0x5000, 0x7000]);
    }

    #[test]
    fn memory_is_read_once() {
        let all = [
            mapping(0x1000, 0x4000, Use::Anonymous, true),
            mapping(0x2000, 0x3000, Use::Anonymous, true),
            mapping(0x3000, 0x5000, Use::Anonymous, true),
            mapping(0x9000, 0x9000, Use::Anonymous, true),
        ];
        let found: Vec<_> =
            searched(all.to_vec(), false).iter().map(|r| (r.start, r.end)).collect();
        assert_eq!(found, [(0x1000, 0x4000), (0x4000, 0x5000)]);
    }
}
