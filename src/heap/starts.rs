//! Where objects begin: a bit for each word of the heap, and the number of an
//! object by its address and back.

use alloc::vec;
use alloc::vec::Vec;

/// Words of the target that a block has bits for.
pub const WORDS: usize = 1 << 15;
/// Rows of 64 bits in a block.
pub const ROWS: usize = WORDS / 64;

/// Where an object begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The block, counted from the first.
    pub block: u32,
    /// The word in the block.
    pub word: u16,
}

impl Place {
    /// The row of bits, counted from the first block's first, and the bit in it.
    #[inline]
    pub fn row(self) -> (usize, u32) {
        let word = u32::from(self.word);
        (self.block as usize * ROWS + word as usize / 64, word % 64)
    }

    /// The place of a bit of a row.
    #[inline]
    fn at(row: usize, bit: u32) -> Place {
        let word = (row % ROWS) as u32 * 64 + bit;
        Place { block: (row / ROWS) as u32, word: word as u16 }
    }
}

/// The first byte of every object, in the order of addresses.
#[derive(Debug)]
pub struct Starts {
    /// Bytes of a block and of a word, as powers of two.
    block_shift: u32,
    word_shift: u32,
    /// The address of each block, in blocks.
    blocks: Vec<u64>,
    /// The bits of all blocks, row by row.
    bits: Vec<u64>,
    /// Objects before each row.
    before: Vec<u32>,
    /// Addresses of blocks and their positions, by hash; positions count from one.
    table: Vec<(u64, u32)>,
    len: u32,
}

impl Starts {
    /// No objects yet, in memory of words of this size.
    pub fn new(word: u64) -> Starts {
        let word_shift = word.trailing_zeros();
        let block_shift = word_shift + WORDS.trailing_zeros();
        Starts {
            block_shift,
            word_shift,
            blocks: Vec::new(),
            bits: Vec::new(),
            before: Vec::new(),
            table: Vec::new(),
            len: 0,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many blocks there are: those with objects.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// First address of a block.
    pub fn base(&self, block: u32) -> u64 {
        self.blocks[block as usize] << self.block_shift
    }

    /// The bits of all blocks, row by row.
    pub fn rows(&self) -> &[u64] {
        &self.bits
    }

    /// Adds an object that begins after all others. Not more than 2^32 - 1 fit.
    #[inline(always)]
    pub fn push(&mut self, addr: u64) -> bool {
        let Some(len) = self.len.checked_add(1) else { return false };
        let number = addr >> self.block_shift;
        if self.blocks.last() != Some(&number) {
            self.blocks.push(number);
            self.bits.resize(self.blocks.len() * ROWS, 0);
        }
        let word = self.word(addr) as usize;
        let from = self.bits.len() - ROWS;
        self.bits[from + word / 64] |= 1 << (word % 64);
        self.len = len;
        true
    }

    /// Makes numbers available, once all objects are in.
    pub fn seal(&mut self) {
        self.bits.shrink_to_fit();
        self.before = Vec::with_capacity(self.bits.len());
        let mut count = 0;
        for bits in &self.bits {
            self.before.push(count);
            count += bits.count_ones();
        }
        self.table = vec![(0, 0); (self.blocks.len() * 2).next_power_of_two()];
        for (at, number) in self.blocks.iter().enumerate() {
            let mut slot = hash(*number) & (self.table.len() - 1);
            while self.table[slot].1 != 0 {
                slot = (slot + 1) & (self.table.len() - 1);
            }
            self.table[slot] = (*number, at as u32 + 1);
        }
    }

    /// The word of an address in its block.
    #[inline]
    fn word(&self, addr: u64) -> u16 {
        ((addr >> self.word_shift) as usize % WORDS) as u16
    }

    #[inline]
    fn block(&self, number: u64) -> Option<u32> {
        let mask = self.table.len().wrapping_sub(1);
        let mut slot = hash(number) & mask;
        loop {
            let (found, at) = *self.table.get(slot)?;
            if found == number || at == 0 {
                return at.checked_sub(1);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The place of an address, if there are objects near it and one may begin there.
    #[inline]
    pub fn near(&self, addr: u64) -> Option<Place> {
        let block = self.block(addr >> self.block_shift)?;
        let aligned = addr & ((1 << self.word_shift) - 1) == 0;
        aligned.then(|| Place { block, word: self.word(addr) })
    }

    /// The place of the object that begins at an address.
    #[inline]
    pub fn place(&self, addr: u64) -> Option<Place> {
        let place = self.near(addr)?;
        let (row, bit) = place.row();
        (self.bits[row] >> bit & 1 == 1).then_some(place)
    }

    /// The number of the object at a place.
    #[inline]
    pub fn id_at(&self, place: Place) -> u32 {
        let (row, bit) = place.row();
        let before = (self.bits[row] & ((1 << bit) - 1)).count_ones();
        self.before[row] + before
    }

    /// The address of a place.
    #[inline]
    pub fn addr_at(&self, place: Place) -> u64 {
        self.base(place.block) + (u64::from(place.word) << self.word_shift)
    }

    /// The number of the object that begins at an address.
    #[inline]
    pub fn id(&self, addr: u64) -> Option<u32> {
        self.place(addr).map(|place| self.id_at(place))
    }

    /// The last object that begins at an address or before it, within the
    /// distance of `reach` bytes.
    pub fn at_or_before(&self, addr: u64, reach: u64) -> Option<u32> {
        let number = addr >> self.block_shift;
        // Blocks without objects do not exist.
        let at = self.blocks.partition_point(|block| *block <= number).checked_sub(1)?;
        let id = if self.blocks[at] == number {
            let place = Place { block: at as u32, word: self.word(addr) };
            let (row, bit) = place.row();
            (self.id_at(place) + (self.bits[row] >> bit & 1) as u32).checked_sub(1)?
        } else {
            self.before.get((at + 1) * ROWS).map_or(self.len, |first| *first).checked_sub(1)?
        };
        (addr - self.addr(id) <= reach).then_some(id)
    }

    /// The address of the object that follows the one at a place.
    pub fn after(&self, place: Place) -> Option<u64> {
        let (row, bit) = place.row();
        // Twice, as a shift by 64 is none.
        let rest = self.bits[row] & (u64::MAX << bit << 1);
        if rest != 0 {
            return Some(self.addr_at(Place::at(row, rest.trailing_zeros())));
        }
        let rows = self.bits.iter().enumerate().skip(row + 1);
        let mut rows = rows.filter(|(_, bits)| **bits != 0);
        rows.next().map(|(row, bits)| self.addr_at(Place::at(row, bits.trailing_zeros())))
    }

    /// The place of an object that exists.
    pub fn place_of(&self, id: u32) -> Place {
        let row = self.before.partition_point(|before| *before <= id) - 1;
        let mut bits = self.bits[row];
        for _ in self.before[row]..id {
            bits &= bits - 1;
        }
        Place::at(row, bits.trailing_zeros())
    }

    /// The address of an object that exists.
    pub fn addr(&self, id: u32) -> u64 {
        self.addr_at(self.place_of(id))
    }

    /// Every address in order.
    pub fn iter(&self) -> Iter<'_> {
        Iter { starts: self, row: 0, bits: self.bits.first().map_or(0, |bits| *bits) }
    }
}

/// Goes through the addresses of all objects.
pub struct Iter<'a> {
    starts: &'a Starts,
    row: usize,
    /// What is left of the row.
    bits: u64,
}

impl Iterator for Iter<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        while self.bits == 0 {
            self.bits = *self.starts.bits.get(self.row + 1)?;
            self.row += 1;
        }
        let bit = self.bits.trailing_zeros();
        self.bits &= self.bits - 1;
        Some(self.starts.addr_at(Place::at(self.row, bit)))
    }
}

/// Fibonacci hashing: blocks lie at regular distances.
#[inline]
fn hash(number: u64) -> usize {
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_correspond() {
        for word in [4, 8] {
            let mut starts = Starts::new(word);
            // Near and far, across blocks, up to the last word of one.
            let mut addrs: Vec<u64> = (0..5000).map(|i| 0x40_0000 + i * 3 * word).collect();
            addrs.extend([0x7fff_0000_0000 - word, 0x7fff_0000_0000, 0xffff_ffff_ffff_fff8]);
            addrs.iter().for_each(|addr| assert!(starts.push(*addr)));
            starts.seal();
            assert_eq!(starts.len(), addrs.len());
            assert!(starts.iter().eq(addrs.iter().copied()));
            for (id, addr) in addrs.iter().enumerate() {
                assert_eq!(starts.id(*addr), Some(id as u32));
                assert_eq!(starts.addr(id as u32), *addr);
                assert_eq!(starts.at_or_before(*addr + 1, 8), Some(id as u32));
            }
            assert_eq!(starts.id(0x40_0000 + word), None);
            assert_eq!(starts.id(0x40_0001), None);
            assert_eq!(starts.id(0), None);
            assert_eq!(starts.at_or_before(0x3f_ffff, u64::MAX), None);
            assert_eq!(starts.at_or_before(0x7000_0000_0000, u64::MAX), Some(4999));
            assert_eq!(starts.at_or_before(0x7000_0000_0000, 64), None);
        }
    }
}
