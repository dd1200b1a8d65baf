//! What can be reached: every object that roots lead to.
//!
//! Pointers are followed in memory itself: a list of them all would be a third as
//! large as the heap. Objects that were reached wait with others of the same block
//! of memory, so that a block is read once for many of them.

use super::column::Bits;
use super::ephemerons::Ephemerons;
use super::objects::{untagged, Objects};
use super::starts::{Place, Starts, ROWS};
use super::window::{next_page, words_of, Window};
use super::{TAG, TAG_MASK};
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;

/// Objects looked at between two looks for an interrupt.
const PATIENCE: u32 = 4096;
/// Bytes of an object looked at between two looks for an interrupt.
const PIECE: u64 = 256 << 10;
/// Objects of a block that are read one by one before all of it is.
const FEW: u32 = 32;

/// The objects that can be reached from those at these places. An object keeps its
/// map alive, and table and key of an entry of a weak collection together the value.
pub fn reach(heap: Heap<'_>, objects: &Objects, from: impl Iterator<Item = Place>) -> Result<Bits> {
    let mut marking = Marking::new(heap, objects, from)?;
    marking.go_on(heap, objects, None)?;
    Ok(marking.found(objects))
}

/// Such a search on its way: who asks for one object need not wait for all.
#[derive(Debug)]
pub struct Marking {
    open: Open,
    weak: Ephemerons,
    /// The maps that were reached, by number.
    used: Vec<bool>,
}

impl Marking {
    /// Begins with the objects at these places.
    pub fn new(
        heap: Heap<'_>,
        objects: &Objects,
        from: impl Iterator<Item = Place>,
    ) -> Result<Marking> {
        let weak = Ephemerons::read(heap, objects)?;
        let mut open = Open::new(&objects.starts);
        from.for_each(|place| open.reach(place));
        Ok(Marking { open, weak, used: vec![false; objects.maps.len()] })
    }

    /// Goes on until an object is reached, or until nothing is left; whether the
    /// object was. After an error it is of no use any more.
    pub fn go_on(&mut self, heap: Heap<'_>, objects: &Objects, until: Option<u32>) -> Result<bool> {
        match heap.word_size() {
            8 => self.go_on_by::<8>(heap, objects, until),
            _ => self.go_on_by::<4>(heap, objects, until),
        }
    }

    fn go_on_by<const WORD: usize>(
        &mut self,
        heap: Heap<'_>,
        objects: &Objects,
        until: Option<u32>,
    ) -> Result<bool> {
        let Marking { open, weak, used } = self;
        let starts = &objects.starts;
        let until = until.map(|id| starts.place_of(id));
        let mut memory = Memory::new(heap, objects);
        let mut steps = 0u32;
        while !until.is_some_and(|place| open.has_reached(place)) {
            let Some(block) = open.next() else { return Ok(false) };
            memory.enter(block);
            while let Some(place) = open.take() {
                steps = steps.wrapping_add(1);
                if steps.is_multiple_of(PATIENCE) {
                    heap.check_interrupt()?;
                }
                let id = starts.id_at(place);
                let map_id = objects.map_id(id);
                if !used[map_id as usize] {
                    used[map_id as usize] = true;
                    open.follow(starts, objects.maps.get(map_id).value.0);
                }
                // The second of an entry's table and key to be looked at finds the first
                // reached.
                for entry in weak.of_key(id) {
                    if open.has_reached(starts.place_of(entry.table)) {
                        open.reach(starts.place_of(entry.value));
                    }
                }
                if weak.is_table(id) {
                    for entry in weak.of_table(id) {
                        if open.has_reached(starts.place_of(entry.key)) {
                            open.reach(starts.place_of(entry.value));
                        }
                    }
                } else {
                    memory.words::<WORD>(heap, place, map_id, |word| open.follow(starts, word))?;
                }
            }
        }
        Ok(true)
    }

    /// All that were reached, by number.
    pub fn found(&self, objects: &Objects) -> Bits {
        self.open.found(&objects.starts)
    }
}

/// What was reached, and what of it is still to be looked at.
#[derive(Debug)]
struct Open {
    /// The objects that were not reached, as rows of bits where they begin. Most pointers
    /// lead to others, so that only these bits are wanted in a processor's cache.
    left: Vec<u64>,
    /// Those that were, and were not looked at yet.
    open: Vec<u64>,
    /// Blocks with something to be looked at, and which they are.
    blocks: VecDeque<u32>,
    waits: Vec<bool>,
    /// The block that is being looked at, and its first row that has something.
    block: u32,
    row: usize,
}

impl Open {
    fn new(starts: &Starts) -> Open {
        Open {
            left: starts.rows().to_vec(),
            open: vec![0; starts.rows().len()],
            blocks: VecDeque::new(),
            waits: vec![false; starts.blocks()],
            block: u32::MAX,
            row: 0,
        }
    }

    /// Turns to the next block.
    fn next(&mut self) -> Option<u32> {
        self.block = self.blocks.pop_front()?;
        self.waits[self.block as usize] = false;
        self.row = self.block as usize * ROWS;
        Some(self.block)
    }

    /// The next object in the block, in the order of addresses: that is how memory
    /// is read fastest.
    #[inline]
    fn take(&mut self) -> Option<Place> {
        let first = self.block as usize * ROWS;
        while self.row < first + ROWS {
            let open = &mut self.open[self.row];
            if *open != 0 {
                let word = (self.row - first) as u32 * 64 + open.trailing_zeros();
                *open &= *open - 1;
                return Some(Place { block: self.block, word: word as u16 });
            }
            self.row += 1;
        }
        None
    }

    /// The object that a word points to, if it does, is reached.
    #[inline(always)]
    fn follow(&mut self, starts: &Starts, word: u64) {
        if let Some(place) = untagged(word).and_then(|addr| starts.near(addr)) {
            self.reach(place);
        }
    }

    /// The object at a place, if one begins there, is reached.
    #[inline(always)]
    fn reach(&mut self, place: Place) {
        let (at, bit) = place.row();
        let left = &mut self.left[at];
        if *left >> bit & 1 == 1 {
            *left &= !(1 << bit);
            self.open[at] |= 1 << bit;
            if place.block == self.block {
                self.row = self.row.min(at);
            } else if !self.waits[place.block as usize] {
                self.waits[place.block as usize] = true;
                self.blocks.push_back(place.block);
            }
        }
    }

    /// Whether the object at a place was reached.
    fn has_reached(&self, place: Place) -> bool {
        let (row, bit) = place.row();
        self.left[row] >> bit & 1 == 0
    }

    /// The numbers of all that were reached.
    fn found(&self, starts: &Starts) -> Bits {
        let mut found = Bits::new(starts.len());
        let mut id = 0;
        for (bits, left) in starts.rows().iter().zip(&self.left) {
            let (mut bits, count) = (*bits, bits.count_ones());
            let mut reached = 0;
            for at in 0..count {
                reached |= (!left >> bits.trailing_zeros() & 1) << at;
                bits &= bits - 1;
            }
            found.add_run(id, reached, count);
            id += count;
        }
        found
    }
}

/// The memory of the objects of a block.
struct Memory<'a> {
    objects: &'a Objects,
    /// First address of the block.
    base: u64,
    /// The stretch that the last object lies in.
    stretch: (u64, u64),
    /// Objects read since the block was entered.
    count: u32,
    single: Window<'a>,
    whole: Window<'a>,
}

impl<'a> Memory<'a> {
    fn new(heap: Heap<'a>, objects: &'a Objects) -> Memory<'a> {
        Memory {
            objects,
            base: 0,
            stretch: (0, 0),
            count: 0,
            single: Window::small(heap.target),
            whole: Window::new(heap.target),
        }
    }

    fn enter(&mut self, block: u32) {
        self.base = self.objects.starts.base(block);
        self.count = 0;
    }

    /// Calls `each` with every word of an object that looks like a strong pointer.
    #[inline]
    fn words<const WORD: usize>(
        &mut self,
        heap: Heap<'_>,
        place: Place,
        map_id: u32,
        mut each: impl FnMut(u64),
    ) -> Result<()> {
        let map = self.objects.maps.get(map_id);
        if map.is_raw || map.is_free {
            return Ok(());
        }
        let addr = self.objects.starts.addr_at(place);
        if !(self.stretch.0..self.stretch.1).contains(&addr) {
            self.stretch = self.objects.stretch(addr);
            self.single.enter(self.stretch.1);
            self.whole.enter(self.stretch.1);
        }
        self.count += 1;
        if self.count == FEW {
            self.whole.some(self.stretch.0.max(self.base), PIECE);
        }
        let window = if self.count < FEW { &mut self.single } else { &mut self.whole };
        let size = self.objects.size_at(window, place, map_id, self.stretch.1);
        let word = WORD as u64;
        let mut at = word;
        while at < size {
            let Some(bytes) = window.some(addr + at, (size - at).min(PIECE)) else {
                at = next_page(addr + at) - addr;
                continue;
            };
            let end = at + bytes.len() as u64;
            for value in words_of::<WORD>(bytes) {
                if value & TAG_MASK == TAG && !map.weak.contains(&at) {
                    each(value);
                }
                at += word;
            }
            at = end;
            if bytes.len() as u64 == PIECE && heap.target.interrupted() {
                return Err(Error::Interrupted);
            }
        }
        Ok(())
    }
}
