//! Long lists of 32-bit numbers, one for each object of a heap.
//!
//! They grow by pieces: a list that is copied to grow takes three times its size
//! for a moment, which for a large heap is what the debugger can spare least.

use alloc::vec;
use alloc::vec::Vec;
use core::slice;

/// Numbers in a piece.
const PIECE: usize = 1 << 16;

/// A list of numbers.
#[derive(Debug, Default)]
pub struct Column {
    pieces: Vec<Vec<u32>>,
    len: usize,
}

impl Column {
    /// A list of `len` times the same number.
    pub fn filled(len: usize, number: u32) -> Column {
        let mut pieces = Vec::with_capacity(len.div_ceil(PIECE));
        let mut left = len;
        while left > 0 {
            pieces.push(vec![number; left.min(PIECE)]);
            left -= left.min(PIECE);
        }
        Column { pieces, len }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds one.
    pub fn push(&mut self, number: u32) {
        match self.pieces.last_mut().filter(|piece| piece.len() < PIECE) {
            Some(piece) => piece.push(number),
            None => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(number);
                self.pieces.push(piece);
            }
        }
        self.len += 1;
    }

    /// The number at a position that exists.
    pub fn get(&self, at: usize) -> u32 {
        self.pieces[at / PIECE][at % PIECE]
    }

    /// Replaces the number at a position that exists.
    pub fn set(&mut self, at: usize, number: u32) {
        self.pieces[at / PIECE][at % PIECE] = number;
    }

    /// All numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.pieces.iter().flatten().copied()
    }
}

/// A list of numbers of which most, or all, are below 2^16.
#[derive(Debug, Default)]
pub struct Narrow {
    pieces: Vec<Piece>,
}

/// Part of such a list: wide from the first large number on.
#[derive(Debug)]
enum Piece {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Piece::Narrow(list) => list.len(),
            Piece::Wide(list) => list.len(),
        }
    }

    #[inline]
    fn get(&self, at: usize) -> u32 {
        match self {
            Piece::Narrow(list) => u32::from(list[at]),
            Piece::Wide(list) => list[at],
        }
    }

    #[inline]
    fn push(&mut self, number: u32) {
        match (&mut *self, u16::try_from(number)) {
            (Piece::Narrow(list), Ok(number)) => list.push(number),
            (Piece::Wide(list), _) => list.push(number),
            (Piece::Narrow(_), Err(_)) => self.widen(number),
        }
    }

    #[cold]
    fn widen(&mut self, number: u32) {
        let mut wide = Vec::with_capacity(PIECE);
        wide.extend((0..self.len()).map(|at| self.get(at)));
        wide.push(number);
        *self = Piece::Wide(wide);
    }
}

impl Narrow {
    /// Adds one.
    #[inline]
    pub fn push(&mut self, number: u32) {
        match self.pieces.last_mut().filter(|piece| piece.len() < PIECE) {
            Some(piece) => piece.push(number),
            None => self.push_piece(number),
        }
    }

    #[cold]
    fn push_piece(&mut self, number: u32) {
        let mut piece = Piece::Narrow(Vec::with_capacity(PIECE));
        piece.push(number);
        self.pieces.push(piece);
    }

    /// The number at a position that exists.
    #[inline]
    pub fn get(&self, at: usize) -> u32 {
        self.pieces[at / PIECE].get(at % PIECE)
    }

    /// All numbers in order.
    pub fn iter(&self) -> NarrowIter<'_> {
        NarrowIter { narrow: [].iter(), wide: [].iter(), pieces: self.pieces.iter() }
    }
}

/// Goes through all numbers of such a list.
pub struct NarrowIter<'a> {
    /// What is left of the piece; one of the two is empty.
    narrow: slice::Iter<'a, u16>,
    wide: slice::Iter<'a, u32>,
    pieces: slice::Iter<'a, Piece>,
}

impl Iterator for NarrowIter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        loop {
            if let Some(number) = self.narrow.next() {
                return Some(u32::from(*number));
            }
            if let Some(number) = self.wide.next() {
                return Some(*number);
            }
            match self.pieces.next()? {
                Piece::Narrow(list) => self.narrow = list.iter(),
                Piece::Wide(list) => self.wide = list.iter(),
            }
        }
    }
}

/// A set of positions in such a list.
#[derive(Debug, Clone)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The empty set, for lists of this length.
    pub fn new(len: usize) -> Bits {
        Bits(vec![0; len.div_ceil(64)])
    }

    /// Whether a position is in the set.
    pub fn has(&self, at: u32) -> bool {
        self.0[at as usize / 64] >> (at % 64) & 1 == 1
    }

    /// Adds a position; whether it is new.
    pub fn add(&mut self, at: u32) -> bool {
        let word = &mut self.0[at as usize / 64];
        let bit = 1 << (at % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Adds some of the `count` positions from `at` on, not more than 64: those of
    /// which a bit is set.
    #[inline]
    pub fn add_run(&mut self, at: u32, bits: u64, count: u32) {
        if count == 0 {
            return;
        }
        let (word, shift) = (at as usize / 64, at % 64);
        self.0[word] |= bits << shift;
        if shift + count > 64 {
            self.0[word + 1] |= bits >> (64 - shift);
        }
    }

    /// How many positions are in the set between the last multiple of 64 and `at`.
    pub fn before_in_word(&self, at: u32) -> u32 {
        (self.0[at as usize / 64] & ((1 << (at % 64)) - 1)).count_ones()
    }

    /// How many positions are in the set.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_where_they_are() {
        let mut column = Column::default();
        for i in 0..200_000 {
            column.push(i ^ 7);
        }
        column.set(70_000, 1);
        assert_eq!(column.len(), 200_000);
        assert_eq!((column.get(0), column.get(70_000), column.get(199_999)), (7, 1, 199_999 ^ 7));
        assert_eq!(column.iter().count(), 200_000);
        assert_eq!(Column::filled(70_000, 9).iter().filter(|n| *n == 9).count(), 70_000);
    }

    #[test]
    fn large_numbers_fit_into_narrow_lists() {
        let mut narrow = Narrow::default();
        let numbers =
            || (0..200_000).map(|i| if i % 70_000 == 69_999 { i << 8 } else { i & 0xffff });
        numbers().for_each(|number| narrow.push(number));
        assert!(narrow.iter().eq(numbers()));
        assert!(numbers().enumerate().all(|(at, number)| narrow.get(at) == number));
    }

    #[test]
    fn positions_are_added_once() {
        let mut bits = Bits::new(130);
        assert!(bits.add(129) && bits.add(0) && !bits.add(129));
        assert!(bits.has(129) && !bits.has(128));
        assert_eq!(bits.count(), 2);
        bits.add_run(60, 0b100011, 6);
        bits.add_run(64, u64::MAX, 64);
        bits.add_run(128, 0, 2);
        assert!(bits.has(60) && bits.has(61) && !bits.has(62) && bits.has(65) && bits.has(127));
        assert_eq!(bits.count(), 2 + 2 + 64);
    }
}
