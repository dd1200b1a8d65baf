//! Memory that can be reached from the stack, for debuggers that do not say
//! what is mapped.

use super::{TAG, TAG_MASK};
use crate::v8::error::{Error, Result};
use crate::v8::memory::{Target, MAIN_THREAD};
use crate::v8::thread::stack_pointer;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

const PAGE: u64 = 4096;
/// Pages looked at: 16 GiB.
const PAGES: u64 = 1 << 22;
/// Pages remembered as absent.
const ABSENT: usize = 1 << 20;
/// Nothing is mapped below, so that null pointers with an offset fault.
const LOWEST: u64 = 0x1_0000;

/// Stretches of readable memory, from start to end, and whether there are more.
pub fn reachable(target: &dyn Target) -> Result<(Vec<(u64, u64)>, bool)> {
    let stack =
        stack_pointer(target, MAIN_THREAD).ok_or(Error::Missing("registers of thread 1"))?;
    let mut found = Found {
        target,
        stretches: BTreeMap::new(),
        absent: BTreeSet::new(),
        last: (0, 0),
        left: PAGES,
    };
    let mut unseen: Vec<(u64, u64)> = found.add(stack & !(PAGE - 1)).into_iter().collect();
    let mut page = [0; PAGE as usize];
    while let Some((start, end)) = unseen.pop() {
        for addr in (start..end).step_by(PAGE as usize) {
            if target.interrupted() {
                return Err(Error::Interrupted);
            }
            // It could be read a moment ago; a live target may have gone on.
            if target.read(addr, &mut page).is_ok() {
                for word in page.chunks_exact(target.word_size()) {
                    unseen.extend(found.lead(number(word)));
                }
            }
        }
    }
    Ok((merged(found.stretches), found.left == 0))
}

fn number(word: &[u8]) -> u64 {
    word.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

struct Found<'a> {
    target: &'a dyn Target,
    /// End of each stretch, by its start.
    stretches: BTreeMap<u64, u64>,
    absent: BTreeSet<u64>,
    /// The stretch of the last pointer, as the next is likely to lead there too.
    last: (u64, u64),
    /// Pages that may still be looked at.
    left: u64,
}

impl Found<'_> {
    /// The stretch a word leads to, if it is a pointer and the stretch is new.
    fn lead(&mut self, word: u64) -> Option<(u64, u64)> {
        let highest = if self.target.word_size() == 4 { 1 << 32 } else { 1 << 47 };
        let page = word & !(PAGE - 1);
        if word & TAG_MASK != TAG || page < LOWEST || page >= highest {
            return None;
        }
        self.add(page)
    }

    fn knows(&mut self, page: u64) -> bool {
        if (self.last.0..self.last.1).contains(&page) {
            return true;
        }
        let before = self.stretches.range(..=page).next_back();
        match before.filter(|(_, end)| page < **end) {
            Some((start, end)) => {
                self.last = (*start, *end);
                true
            }
            None => false,
        }
    }

    /// Whether a page is there and not known.
    fn is_new(&mut self, page: u64) -> bool {
        if self.left == 0 || self.knows(page) || self.absent.contains(&page) {
            return false;
        }
        if self.target.read(page, &mut [0]).is_ok() {
            self.left -= 1;
            return true;
        }
        if self.absent.len() < ABSENT {
            self.absent.insert(page);
        }
        false
    }

    /// Adds the stretch around a page, if there is one and it is new.
    fn add(&mut self, page: u64) -> Option<(u64, u64)> {
        if !self.is_new(page) {
            return None;
        }
        let (mut start, mut end) = (page, page + PAGE);
        while start >= LOWEST && self.is_new(start - PAGE) {
            start -= PAGE;
        }
        while end.checked_add(PAGE).is_some() && self.is_new(end) {
            end += PAGE;
        }
        self.stretches.insert(start, end);
        Some((start, end))
    }
}

/// Joins stretches that adjoin.
fn merged(stretches: BTreeMap<u64, u64>) -> Vec<(u64, u64)> {
    let mut list: Vec<(u64, u64)> = Vec::new();
    for (start, end) in stretches {
        match list.last_mut().filter(|last| last.1 == start) {
            Some(last) => last.1 = end,
            None => list.push((start, end)),
        }
    }
    list
}
