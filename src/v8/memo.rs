//! What is asked again and again of memory that stands still: which words lead to
//! maps, and what the names of properties are.
//!
//! Answers are kept by the word they are about, in tables of fixed size where a new
//! one takes the place of an old one. They are true until the target moves.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

/// Maps remembered; a power of two.
const MAPS: usize = 1 << 10;
/// Maps of maps, and words that were taken for some; a power of two.
const METAS: usize = 1 << 8;
/// Names remembered; a power of two.
const NAMES: usize = 1 << 10;
/// Longest name remembered, in bytes.
const LONGEST: usize = 64;

/// Answers.
pub struct Memo {
    maps: Box<[Cell<u64>]>,
    metas: Box<[Cell<(u64, bool)>]>,
    names: RefCell<Vec<(u64, Box<str>)>>,
}

impl Default for Memo {
    /// None yet: no pointer is zero.
    fn default() -> Memo {
        Memo {
            maps: vec![Cell::new(0); MAPS].into(),
            metas: vec![Cell::new((0, false)); METAS].into(),
            names: RefCell::new(Vec::new()),
        }
    }
}

/// The place of a word in a table of this many (Fibonacci hashing).
#[inline]
fn slot(word: u64, slots: usize) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize % slots
}

impl Memo {
    /// Whether a word is known to lead to a map.
    #[inline]
    pub fn is_map(&self, word: u64) -> bool {
        word != 0 && self.maps[slot(word, MAPS)].get() == word
    }

    /// From now on it is known.
    #[inline]
    pub fn add_map(&self, word: u64) {
        self.maps[slot(word, MAPS)].set(word);
    }

    /// Whether a word leads to the map of maps, if that is known.
    #[inline]
    pub fn is_meta(&self, word: u64) -> Option<bool> {
        let (known, is_meta) = self.metas[slot(word, METAS)].get();
        (known == word && word != 0).then_some(is_meta)
    }

    /// From now on it is known.
    pub fn add_meta(&self, word: u64, is_meta: bool) {
        self.metas[slot(word, METAS)].set((word, is_meta));
    }

    /// The name that a word leads to, if that is known.
    pub fn name(&self, word: u64) -> Option<String> {
        let names = self.names.borrow();
        let (known, name) = names.get(slot(word, NAMES))?;
        (*known == word && word != 0).then(|| String::from(&**name))
    }

    /// From now on it is known, unless it is long.
    pub fn add_name(&self, word: u64, name: &str) {
        if name.len() > LONGEST {
            return;
        }
        let mut names = self.names.borrow_mut();
        if names.is_empty() {
            names.resize_with(NAMES, Default::default);
        }
        names[slot(word, NAMES)] = (word, name.into());
    }

    /// Nothing is known any more.
    pub fn clear(&self) {
        self.maps.iter().for_each(|slot| slot.set(0));
        self.metas.iter().for_each(|slot| slot.set((0, false)));
        self.names.borrow_mut().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_told_until_it_is_forgotten() {
        let memo = Memo::default();
        assert!(!memo.is_map(0) && !memo.is_map(0x1001));
        assert_eq!((memo.is_meta(0), memo.is_meta(0x1001)), (None, None));
        assert_eq!((memo.name(0), memo.name(0x1001)), (None, None));
        memo.add_map(0x1001);
        memo.add_meta(0x1001, true);
        memo.add_meta(0x2001, false);
        memo.add_name(0x3001, "length");
        memo.add_name(0x4001, &"x".repeat(LONGEST + 1));
        assert!(memo.is_map(0x1001) && !memo.is_map(0x2001));
        assert_eq!((memo.is_meta(0x1001), memo.is_meta(0x2001)), (Some(true), Some(false)));
        assert_eq!((memo.name(0x3001).as_deref(), memo.name(0x4001)), (Some("length"), None));
        memo.clear();
        assert!(!memo.is_map(0x1001));
        assert_eq!((memo.is_meta(0x2001), memo.name(0x3001)), (None, None));
    }

    #[test]
    fn a_word_is_not_taken_for_another_in_its_place() {
        let memo = Memo::default();
        // More than there are places.
        for word in (1..=4 * MAPS as u64).map(|number| number * 8 + 1) {
            memo.add_map(word);
            memo.add_meta(word, false);
            memo.add_name(word, &alloc::format!("{word}"));
        }
        let words = || (1..=4 * MAPS as u64).map(|number| number * 8 + 1);
        let maps = words().filter(|word| memo.is_map(*word)).count();
        assert!(maps > 0 && maps <= MAPS, "{maps}");
        assert!(words().filter(|word| memo.is_meta(*word).is_some()).count() <= METAS);
        let named = words().filter_map(|word| Some((word, memo.name(word)?)));
        assert!(
            named.map(|(word, name)| assert_eq!(name, alloc::format!("{word}"))).count() <= NAMES
        );
    }
}
