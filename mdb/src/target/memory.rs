//! The memory of a core file: what the file holds, and what files on disk add to it.

use super::elf::{page_ceil, Elf};
use super::objects::Image;
use super::{MapFlags, MemError};

/// Memory that the core describes.
#[derive(Debug, Clone, Copy)]
pub(super) struct CoreSegment {
    pub(super) base: u64,
    /// Bytes of address space.
    pub(super) memsz: u64,
    /// Bytes that the core was meant to hold.
    pub(super) filesz: u64,
    /// Bytes that it does hold: fewer if it was cut off.
    pub(super) present: u64,
    pub(super) offset: u64,
    pub(super) flags: MapFlags,
}

/// Memory that a file on disk has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backing {
    pub(super) base: u64,
    pub(super) end: u64,
    pub(super) offset: u64,
    /// Index of the object.
    pub(super) image: usize,
}

/// Bytes found at an address, and how many.
enum Piece<'a> {
    /// Of a file, from an offset on.
    File(&'a Elf, u64, u64),
    Zeros(u64),
}

/// Where to look for memory; both lists are sorted by address.
pub(super) struct Memory<'a> {
    pub(super) core: Option<&'a Elf>,
    pub(super) segments: &'a [CoreSegment],
    pub(super) backings: &'a [Backing],
    pub(super) images: &'a [Option<Image>],
}

impl<'a> Memory<'a> {
    /// Reads all of `buf` or says how much could be read.
    pub(super) fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), MemError> {
        let mut done = 0;
        while done < buf.len() {
            let piece = addr.checked_add(done as u64).and_then(|addr| self.piece(addr));
            let rest = &mut buf[done..];
            let len = rest.len();
            let at_most = |count| len.min(usize::try_from(count).unwrap_or(usize::MAX));
            let count = match piece {
                Some(Piece::File(elf, offset, count)) => {
                    let count = at_most(count);
                    elf.copy(offset, &mut rest[..count])
                }
                Some(Piece::Zeros(count)) => {
                    let count = at_most(count);
                    rest[..count].fill(0);
                    count
                }
                None => 0,
            };
            match (count, done) {
                (0, 0) => return Err(MemError::NoMap),
                (0, _) => return Err(MemError::Partial(done)),
                _ => done += count,
            }
        }
        Ok(())
    }

    /// The longest run of bytes known at an address.
    fn piece(&self, addr: u64) -> Option<Piece<'a>> {
        let after = self.segments.partition_point(|segment| segment.base <= addr);
        if let Some(segment) = after.checked_sub(1).map(|index| &self.segments[index]) {
            let into = addr - segment.base;
            if into < segment.present {
                let start = segment.offset + into;
                return Some(Piece::File(self.core?, start, segment.present - into));
            }
            if into < segment.filesz {
                // Cut off: the file on disk may differ from what the process had written here.
                return None;
            }
        }
        let next = self.segments.get(after).map_or(u64::MAX, |segment| segment.base);
        let index = self.backings.partition_point(|backing| backing.base <= addr).checked_sub(1)?;
        let backing = &self.backings[index];
        let elf = &self.images.get(backing.image)?.as_ref()?.elf;
        let size = backing.end.min(next).checked_sub(addr).filter(|size| *size > 0)?;
        let offset = backing.offset.checked_add(addr - backing.base)?;
        let in_file = (elf.bytes().len() as u64).saturating_sub(offset).min(size);
        if in_file > 0 {
            return Some(Piece::File(elf, offset, in_file));
        }
        // The rest of the last page of a file reads as zeros, what follows raises SIGBUS.
        let end = page_ceil(elf.bytes().len() as u64);
        Some(Piece::Zeros(end.checked_sub(offset)?.min(size)))
    }
}

/// Maps the files behind an object's segments, as the program loader does.
pub(super) fn backings_of(index: usize, image: &Image) -> Vec<Backing> {
    use super::elf::page_floor;
    let loads = image.elf.loads().filter(|segment| segment.filesz > 0);
    let backing = |segment: &super::elf::Segment| {
        let base = page_floor(segment.vaddr).wrapping_add(image.bias);
        let size =
            page_ceil(segment.vaddr.checked_add(segment.filesz)?) - page_floor(segment.vaddr);
        let end = base.checked_add(size)?;
        Some(Backing { base, end, offset: page_floor(segment.offset), image: index })
    };
    loads.filter_map(backing).collect()
}
