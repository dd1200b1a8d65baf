//! Where objects begin: a bit for each word of the heap, and the number of an
//! object by its address and back.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// Words of the target that a block has bits for.
const WORDS: usize = 1 << 15;
const ROWS: usize = WORDS / 64;

/// The bits of an aligned stretch of memory.
#[derive(Debug)]
struct Block {
    /// Its address, in blocks.
    number: u64,
    /// Number of its first object.
    first: u32,
    bits: Box<[u64]>,
    /// Objects of the block before each row of bits.
    before: Box<[u16]>,
}

/// The first byte of every object, in the order of addresses.
#[derive(Debug)]
pub struct Starts {
    /// Bytes of a block and of a word, as powers of two.
    block_shift: u32,
    word_shift: u32,
    blocks: Vec<Block>,
    /// Block of a number, by hash; positions count from one.
    table: Vec<u32>,
    len: u32,
}

impl Starts {
    /// No objects yet, in memory of words of this size.
    pub fn new(word: u64) -> Starts {
        let word_shift = word.trailing_zeros();
        let block_shift = word_shift + WORDS.trailing_zeros();
        Starts { block_shift, word_shift, blocks: Vec::new(), table: Vec::new(), len: 0 }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an object that begins after all others. Not more than 2^32 - 1 fit.
    pub fn push(&mut self, addr: u64) -> bool {
        let Some(len) = self.len.checked_add(1) else { return false };
        let number = addr >> self.block_shift;
        if self.blocks.last().is_none_or(|block| block.number != number) {
            let (bits, before) = (vec![0; ROWS].into(), vec![0; ROWS].into());
            self.blocks.push(Block { number, first: self.len, bits, before });
        }
        let (row, bit) = self.place(addr);
        if let Some(block) = self.blocks.last_mut() {
            block.bits[row] |= 1 << bit;
        }
        self.len = len;
        true
    }

    /// Makes numbers available, once all objects are in.
    pub fn seal(&mut self) {
        for block in &mut self.blocks {
            let mut count = 0;
            for (bits, before) in block.bits.iter().zip(&mut block.before) {
                *before = count;
                count += bits.count_ones() as u16;
            }
        }
        self.table = vec![0; (self.blocks.len() * 2).next_power_of_two()];
        for (at, block) in self.blocks.iter().enumerate() {
            let mut slot = hash(block.number) & (self.table.len() - 1);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (self.table.len() - 1);
            }
            self.table[slot] = at as u32 + 1;
        }
    }

    fn place(&self, addr: u64) -> (usize, u32) {
        let word = (addr >> self.word_shift) as usize % WORDS;
        (word / 64, word as u32 % 64)
    }

    fn block(&self, number: u64) -> Option<&Block> {
        let mask = self.table.len().wrapping_sub(1);
        let mut slot = hash(number) & mask;
        loop {
            let block = &self.blocks[(*self.table.get(slot)? as usize).checked_sub(1)?];
            if block.number == number {
                return Some(block);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The number of the object that begins at an address.
    pub fn id(&self, addr: u64) -> Option<u32> {
        let block = self.block(addr >> self.block_shift)?;
        let (row, bit) = self.place(addr);
        let bits = block.bits[row];
        let aligned = addr & ((1 << self.word_shift) - 1) == 0;
        if !aligned || bits >> bit & 1 == 0 {
            return None;
        }
        let before = (bits & ((1 << bit) - 1)).count_ones();
        Some(block.first + u32::from(block.before[row]) + before)
    }

    /// The last object that begins at an address or before it, within the
    /// distance of `reach` bytes.
    pub fn at_or_before(&self, addr: u64, reach: u64) -> Option<u32> {
        let number = addr >> self.block_shift;
        // Blocks without objects do not exist.
        let at = self.blocks.partition_point(|block| block.number <= number).checked_sub(1)?;
        let block = &self.blocks[at];
        let id = if block.number == number {
            let (row, bit) = self.place(addr);
            let until = block.bits[row] & (u64::MAX >> (63 - bit));
            (block.first + u32::from(block.before[row]) + until.count_ones()).checked_sub(1)?
        } else {
            self.blocks.get(at + 1).map_or(self.len, |next| next.first).checked_sub(1)?
        };
        (addr - self.addr(id) <= reach).then_some(id)
    }

    /// The address of an object that exists.
    pub fn addr(&self, id: u32) -> u64 {
        let at = self.blocks.partition_point(|block| block.first <= id) - 1;
        let block = &self.blocks[at];
        let mut left = id - block.first;
        let row = block.before.partition_point(|before| u32::from(*before) <= left) - 1;
        left -= u32::from(block.before[row]);
        let mut bits = block.bits[row];
        for _ in 0..left {
            bits &= bits - 1;
        }
        self.address(block, row, bits.trailing_zeros())
    }

    fn address(&self, block: &Block, row: usize, bit: u32) -> u64 {
        (block.number << self.block_shift) + ((row as u64 * 64 + u64::from(bit)) << self.word_shift)
    }

    /// Every address in order.
    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.blocks.iter().flat_map(move |block| {
            block.bits.iter().enumerate().flat_map(move |(row, bits)| {
                let mut bits = *bits;
                core::iter::from_fn(move || {
                    let bit = (bits != 0).then(|| bits.trailing_zeros())?;
                    bits &= bits - 1;
                    Some(self.address(block, row, bit))
                })
            })
        })
    }
}

/// Fibonacci hashing: blocks lie at regular distances.
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
