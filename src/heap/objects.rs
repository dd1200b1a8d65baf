//! Every object of a heap: where it is and what its map is.
//!
//! Found by walking V8's pages from object to object. What lies between two
//! objects that is none (what a moved object left, memory not yet handed out) is
//! gone through word by word until one is a map again. Where no pages are
//! recognized, as before V8 3.8, all memory is gone through like that, and what
//! is found is evidence only: [`Objects::exact`] tells.

use super::backrefs::Backrefs;
use super::column::Narrow;
use super::maps::{Map, Maps, HEAD};
use super::pages::{self, Page, Pages};
use super::regions::{Region, Regions};
use super::starts::{Place, Starts};
use super::window::{next_page, wide, Window};
use super::{TAG, TAG_MASK};
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// The objects of a heap.
#[derive(Debug)]
pub struct Objects {
    /// Where they begin.
    pub starts: Starts,
    /// Number of each one's map.
    map_of: Narrow,
    /// The maps.
    pub maps: Maps,
    /// The pages they lie on; none where pages are not recognized.
    pub pages: Pages,
    /// The memory that was searched.
    pub stretches: Vec<(u64, u64)>,
    /// Whether the `brk` heap was searched too.
    pub with_brk: bool,
}

/// An object on the way through the heap.
pub struct Seen<'a> {
    /// Its number.
    pub id: u32,
    /// Its address, without tag.
    pub addr: u64,
    /// Its size in bytes.
    pub size: u64,
    /// Number of its map.
    pub map_id: u32,
    /// Its map.
    pub map: &'a Map,
}

impl Seen<'_> {
    /// The object.
    pub fn value(&self, heap: Heap<'_>) -> Value {
        heap.tagged(self.addr)
    }
}

/// The address that a word points to, if it is a strong pointer.
#[inline]
pub fn untagged(word: u64) -> Option<u64> {
    (word & TAG_MASK == TAG).then(|| word - TAG)
}

impl Objects {
    /// Searches the heap. `refs`, which is empty, is filled on the way: that is faster
    /// than to read all memory again.
    pub fn find(heap: Heap<'_>, with_brk: bool, refs: Option<&mut Backrefs>) -> Result<Objects> {
        let regions = Regions::of(heap.target, with_brk)?;
        let pages = pages::find(heap, &regions)?;
        let stretches: Vec<(u64, u64)> = if pages.list.is_empty() {
            regions.list.iter().map(|Region { start, end, .. }| (*start, *end)).collect()
        } else {
            pages.list.iter().map(|page| (page.start, page.end)).collect()
        };
        let mut objects = Objects {
            starts: Starts::new(heap.word_size()),
            map_of: Narrow::default(),
            maps: Maps::new(heap),
            pages,
            stretches: Vec::new(),
            with_brk,
        };
        objects.learn(heap)?;
        match heap.word_size() {
            8 => objects.walk::<8>(heap, &stretches, refs)?,
            _ => objects.walk::<4>(heap, &stretches, refs)?,
        }
        objects.starts.seal();
        objects.stretches = stretches;
        Ok(objects)
    }

    /// Gets to know the maps of memory that is to be used again, which lie on
    /// read-only pages: what such memory holds are no objects any more.
    fn learn(&mut self, heap: Heap<'_>) -> Result<()> {
        let mut window = Window::new(heap.target);
        let spaces = self.pages.spaces(heap);
        let is_read_only =
            |space: &Option<String>| space.as_ref().is_none_or(|name| name.starts_with("ReadOnly"));
        let pages = self.pages.list.iter().zip(&spaces);
        let pages: Vec<Page> =
            pages.filter(|(_, space)| is_read_only(space)).map(|(page, _)| page.clone()).collect();
        for page in pages {
            window.enter(page.end);
            let mut at = page.start;
            while at < page.end {
                heap.check_interrupt()?;
                let found = window.word(at).and_then(|word| self.maps.find(heap, word));
                let map = found.map(|found| found.map);
                let size = map.and_then(|map| self.maps.size(&mut window, map, at, page.end));
                // Maps are found by themselves too: not all have objects.
                if map.is_some_and(|map| self.maps.get(map).kind == Kind::Map) {
                    self.maps.find(heap, heap.tagged(at).0);
                }
                at += size.unwrap_or(heap.word_size());
            }
        }
        self.maps.seal(heap);
        Ok(())
    }

    /// Whether objects were walked from one to the next.
    pub fn exact(&self) -> bool {
        !self.pages.list.is_empty()
    }

    /// Walks through all objects, and adds the pointers of all memory to `refs`, if
    /// there is one; else what is inside of large objects is not even read.
    fn walk<const WORD: usize>(
        &mut self,
        heap: Heap<'_>,
        stretches: &[(u64, u64)],
        mut refs: Option<&mut Backrefs>,
    ) -> Result<()> {
        let mut window = Window::new(heap.target);
        for (start, end) in stretches {
            window.enter(*end);
            // What is read next, and the object that is walked to next.
            let (mut from, mut at) = (*start, *start);
            while end - from >= WORD as u64 {
                heap.check_interrupt()?;
                let Some(bytes) = window.rest(from, HEAD) else {
                    from = next_page(from).min(*end);
                    at = at.max(from);
                    continue;
                };
                let behind = from + bytes.len() as u64;
                at = self.walk_bytes::<WORD>(heap, bytes, from, at, *end)?;
                from = match &mut refs {
                    Some(refs) => {
                        let next = at.min(behind);
                        refs.add::<WORD>(from, &bytes[..(next - from) as usize]);
                        next
                    }
                    None => at,
                };
            }
        }
        Ok(())
    }

    /// Walks through the objects in these bytes, which begin at an address, from `at` on,
    /// up to one of which there are too few; where that is.
    fn walk_bytes<const WORD: usize>(
        &mut self,
        heap: Heap<'_>,
        bytes: &[u8],
        start: u64,
        mut at: u64,
        end: u64,
    ) -> Result<u64> {
        // Of what begins with them there are as many as there can be.
        while let Some(head) = bytes.get((at - start) as usize..) {
            if (head.len() as u64) < HEAD && at > start {
                break;
            }
            let Some(first) = head.first_chunk::<WORD>().map(wide) else { break };
            let Some(found) = self.maps.find(heap, first) else {
                at += WORD as u64;
                continue;
            };
            let size = self.maps.size_by_head(found, head, end - at);
            if !self.starts.push(at) {
                let what = "number of objects";
                return Err(Error::Corrupt { addr: at, what, found: u64::MAX });
            }
            self.map_of.push(found.map);
            at += size.unwrap_or(WORD as u64);
        }
        Ok(at)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Number of the object a tagged word points to.
    #[inline]
    pub fn id(&self, value: Value) -> Option<u32> {
        self.starts.id(untagged(value.0)?)
    }

    /// An object by its number.
    pub fn value(&self, heap: Heap<'_>, id: u32) -> Value {
        heap.tagged(self.starts.addr(id))
    }

    /// Number of an object's map.
    pub fn map_id(&self, id: u32) -> u32 {
        self.map_of.get(id as usize)
    }

    /// An object's map.
    pub fn map(&self, id: u32) -> &Map {
        self.maps.get(self.map_id(id))
    }

    /// The objects with maps like these, in the order of addresses.
    pub fn of_maps(&self, wanted: impl Fn(&Map) -> bool) -> impl Iterator<Item = u32> + '_ {
        let wanted: Vec<bool> = self.maps.iter().map(wanted).collect();
        (0u32..).zip(self.map_ids()).filter(move |(_, map)| wanted[*map as usize]).map(|(id, _)| id)
    }

    /// The number of the map of every object, by number of object.
    pub fn map_ids(&self) -> impl Iterator<Item = u32> + '_ {
        self.map_of.iter()
    }

    /// The stretch of memory an object lies in, by its address.
    pub fn stretch(&self, addr: u64) -> (u64, u64) {
        let after = self.stretches.partition_point(|(start, _)| *start <= addr);
        after.checked_sub(1).map_or((addr, addr), |at| self.stretches[at])
    }

    /// Bytes of an object.
    pub fn size(&self, heap: Heap<'_>, id: u32) -> u64 {
        let addr = self.starts.addr(id);
        let (_, end) = self.stretch(addr);
        let mut window = Window::small(heap.target);
        window.enter(end);
        match self.starts.place(addr) {
            Some(place) => self.size_at(&mut window, place, self.map_id(id), end),
            None => 0,
        }
    }

    /// Bytes of the object at a place, which has this map and lies in a stretch
    /// that ends at `end`.
    #[inline]
    pub fn size_at(&self, window: &mut Window<'_>, place: Place, map_id: u32, end: u64) -> u64 {
        let addr = self.starts.addr_at(place);
        let size = self.maps.size(window, map_id, addr, end);
        size.unwrap_or_else(|| self.starts.after(place).map_or(end, |next| next.min(end)) - addr)
    }

    /// Goes through all objects in the order of addresses, with a window to read
    /// each one's contents by.
    pub fn sweep(
        &self,
        heap: Heap<'_>,
        each: impl FnMut(Seen<'_>, &mut Window<'_>) -> Result<()>,
    ) -> Result<()> {
        self.sweep_maps(heap, |_| true, each)
    }

    /// As [`Objects::sweep`], but only those with maps like these. Of the others not
    /// even the size is looked at.
    pub fn sweep_maps(
        &self,
        heap: Heap<'_>,
        wanted: impl Fn(&Map) -> bool,
        mut each: impl FnMut(Seen<'_>, &mut Window<'_>) -> Result<()>,
    ) -> Result<()> {
        let wanted: Vec<bool> = self.maps.iter().map(wanted).collect();
        let mut window = Window::new(heap.target);
        let Objects { starts, map_of, maps, stretches, .. } = self;
        let mut ends = stretches.iter();
        let (mut start, mut end) = (0, 0);
        let mut addrs = starts.iter();
        let mut next = addrs.next();
        for (id, map_id) in (0u32..).zip(map_of.iter()) {
            let Some(addr) = next else { break };
            next = addrs.next();
            if id % 4096 == 0 && heap.target.interrupted() {
                return Err(Error::Interrupted);
            }
            if !wanted[map_id as usize] {
                continue;
            }
            while !(start..end).contains(&addr) {
                match ends.next() {
                    Some(stretch) => (start, end) = *stretch,
                    None => return Ok(()),
                }
                window.enter(end);
            }
            let following = next.map_or(end, |addr| end.min(addr));
            let size = maps.size(&mut window, map_id, addr, end);
            let size = size.unwrap_or(following - addr).min(following - addr);
            let map = maps.get(map_id);
            each(Seen { id, addr, size, map_id, map }, &mut window)?;
        }
        Ok(())
    }
}
