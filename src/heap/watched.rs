//! A target that remembers what it could not tell.
//!
//! Memory that cannot be read once may be there the next time. What was found
//! without it is incomplete, and is not to be kept for longer than that lasts.

use crate::v8::memory::{Fault, Mapping, Symbol, Target, Use};
use crate::v8::thread::stack_pointer;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

/// Reads remembered of the first, and as many of the last: where memory is missing for
/// good, what is missing for a while may come behind many others.
const FAULTS: usize = 16;
/// Memory is there or missing by the page.
const PAGE: u64 = 4096;

/// What a target could not tell.
#[derive(Debug, Default)]
pub struct Gaps {
    /// Memory that is mapped but could not be read: the first of these reads.
    faults: RefCell<Vec<Fault>>,
    /// The last reads that failed, also of what is not known to be mapped: the list
    /// may lack some.
    last_faults: RefCell<VecDeque<Fault>>,
    /// What of it is no file, by pages: in order, and none touches the next.
    missing: RefCell<Vec<(u64, u64)>>,
    /// The list of mappings.
    no_mappings: Cell<bool>,
    /// The threads.
    no_threads: Cell<bool>,
    /// Registers of these threads.
    no_registers: RefCell<Vec<u64>>,
    /// What is mapped.
    mapped: Vec<Mapping>,
    /// Whether anything could not be read, or was not looked at because of ^C.
    cut: Cell<bool>,
}

impl Gaps {
    /// No gaps yet.
    pub fn new(target: &dyn Target) -> Gaps {
        let mappings = target.mappings();
        let no_mappings = Cell::new(mappings.is_none());
        let readable = mappings.into_iter().flatten().filter(|mapping| mapping.readable);
        Gaps { mapped: readable.collect(), no_mappings, ..Gaps::default() }
    }

    /// Whether the target could tell now what it could not before.
    pub fn can_be_filled(&self, target: &dyn Target) -> bool {
        // All of it: the beginning may have been there before.
        let is_there = |fault: &Fault| target.read(fault.addr, &mut vec![0; fault.len]).is_ok();
        let has_registers = |id: &u64| stack_pointer(target, *id).is_some();
        self.faults.borrow().iter().any(is_there)
            || self.last_faults.borrow().iter().any(is_there)
            || self.no_mappings.get() && target.mappings().is_some()
            || self.no_threads.get() && !target.threads().is_empty()
            || self.no_registers.borrow().iter().any(has_registers)
    }

    /// How many bytes are missing, and where the first is; none if all is there.
    pub fn missing(&self) -> Option<(u64, u64)> {
        let missing = self.missing.borrow();
        let bytes = missing.iter().map(|(start, end)| end - start).sum();
        missing.first().map(|(start, _)| (bytes, *start))
    }

    /// Whether nothing has come in between: what was found can be kept.
    pub fn is_whole(&self) -> bool {
        !self.cut.get()
    }

    fn add(&self, fault: Fault) {
        self.cut.set(true);
        let end = fault.addr.saturating_add(fault.len as u64);
        let is_it = |mapping: &&Mapping| fault.addr < mapping.end && mapping.start < end;
        let mut last = self.last_faults.borrow_mut();
        last.truncate(FAULTS - 1);
        last.push_front(fault);
        let Some(mapping) = self.mapped.iter().find(is_it) else { return };
        let mut faults = self.faults.borrow_mut();
        if faults.len() < FAULTS {
            faults.push(fault);
        }
        // Larger reads are tried again page by page.
        let page = fault.addr & !(PAGE - 1);
        if mapping.used != Use::File && end <= page.saturating_add(PAGE) {
            insert(&mut self.missing.borrow_mut(), page, page.saturating_add(PAGE));
        }
    }
}

/// Adds a page to stretches of memory.
fn insert(stretches: &mut Vec<(u64, u64)>, start: u64, end: u64) {
    let at = stretches.partition_point(|(_, to)| *to < start);
    match stretches.get_mut(at) {
        Some((from, to)) if *from <= end => {
            *from = start.min(*from);
            *to = end.max(*to);
            // It may have closed the gap to the next.
            let to = *to;
            if let Some((_, next_end)) = stretches.get(at + 1).copied().filter(|next| next.0 <= to)
            {
                stretches[at].1 = next_end;
                stretches.remove(at + 1);
            }
        }
        _ => stretches.insert(at, (start, end)),
    }
}

/// A target, and where what it cannot tell is noted.
pub struct Watched<'a> {
    /// The target.
    pub target: &'a dyn Target,
    /// The notes.
    pub gaps: &'a Gaps,
}

impl Target for Watched<'_> {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        self.target.read(addr, buf).inspect_err(|fault| self.gaps.add(*fault))
    }

    fn word_size(&self) -> usize {
        self.target.word_size()
    }

    fn symbols(&self, prefix: &str) -> Vec<Symbol> {
        self.target.symbols(prefix)
    }

    fn symbol(&self, name: &str) -> Option<u64> {
        self.target.symbol(name)
    }

    fn symbol_range(&self, name: &str) -> Option<(u64, u64)> {
        self.target.symbol_range(name)
    }

    fn symbol_at(&self, addr: u64) -> Option<String> {
        self.target.symbol_at(addr)
    }

    fn threads(&self) -> Vec<u64> {
        let threads = self.target.threads();
        self.gaps.no_threads.set(self.gaps.no_threads.get() || threads.is_empty());
        threads
    }

    fn register(&self, thread: u64, name: &str) -> Option<u64> {
        let value = self.target.register(thread, name);
        let mut without = self.gaps.no_registers.borrow_mut();
        if value.is_none() && !without.contains(&thread) {
            without.push(thread);
        }
        value
    }

    fn mappings(&self) -> Option<Vec<Mapping>> {
        let mappings = self.target.mappings();
        self.gaps.no_mappings.set(self.gaps.no_mappings.get() || mappings.is_none());
        mappings
    }

    fn local_time(&self, seconds: i64) -> Option<String> {
        self.target.local_time(seconds)
    }

    fn interrupted(&self) -> bool {
        let interrupted = self.target.interrupted();
        self.gaps.cut.set(self.gaps.cut.get() || interrupted);
        interrupted
    }

    fn stage(&self, what: &'static str) -> &'static str {
        self.target.stage(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A target of which some memory is missing for good, and some for a while.
    struct Holes {
        is_back: Cell<bool>,
    }

    /// What is missing for good.
    const GOOD: u64 = 0x10_0000;
    /// What comes back.
    const WHILE: u64 = 0x20_0000;

    impl Target for Holes {
        fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
            let is_there = (WHILE..WHILE + PAGE).contains(&addr) && self.is_back.get();
            is_there.then_some(()).ok_or(Fault { addr, len: buf.len() })
        }

        fn word_size(&self) -> usize {
            8
        }

        fn symbols(&self, _: &str) -> Vec<Symbol> {
            Vec::new()
        }

        fn symbol(&self, _: &str) -> Option<u64> {
            None
        }

        fn symbol_at(&self, _: u64) -> Option<String> {
            None
        }

        fn register(&self, _: u64, _: &str) -> Option<u64> {
            None
        }

        fn mappings(&self) -> Option<Vec<Mapping>> {
            let used = Use::Anonymous;
            let (start, end, readable) = (GOOD, WHILE, true);
            Some(vec![Mapping { start, end, used, readable, writable: true, executable: false }])
        }
    }

    #[test]
    fn what_comes_back_is_seen_behind_what_does_not() {
        let target = Holes { is_back: Cell::new(false) };
        let gaps = Gaps::new(&target);
        let watched = Watched { target: &target, gaps: &gaps };
        for at in 0..100 {
            assert!(watched.read(GOOD + at * PAGE, &mut [0; 8]).is_err());
        }
        assert!(watched.read(WHILE, &mut [0; 8]).is_err());
        assert!(!gaps.can_be_filled(&target));
        target.is_back.set(true);
        assert!(gaps.can_be_filled(&target));
    }

    #[test]
    fn pages_become_stretches() {
        let mut stretches = Vec::new();
        for page in [5, 6, 1, 9, 8, 5, 2, 7, 3, 1] {
            insert(&mut stretches, page * PAGE, (page + 1) * PAGE);
        }
        assert_eq!(stretches, [(PAGE, 4 * PAGE), (5 * PAGE, 10 * PAGE)]);
        insert(&mut stretches, 4 * PAGE, 5 * PAGE);
        assert_eq!(stretches, [(PAGE, 10 * PAGE)]);
    }
}
