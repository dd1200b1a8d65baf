//! A target that remembers what it could not tell.
//!
//! Memory that cannot be read once may be there the next time. What was found
//! without it is incomplete, and is not to be kept for longer than that lasts.

use crate::v8::memory::{Fault, Mapping, Symbol, Target};
use crate::v8::thread::stack_pointer;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

/// Addresses remembered.
const FAULTS: usize = 16;

/// What a target could not tell.
#[derive(Debug, Default)]
pub struct Gaps {
    /// Memory that is mapped but could not be read.
    faults: RefCell<Vec<u64>>,
    /// The list of mappings.
    no_mappings: Cell<bool>,
    /// The threads.
    no_threads: Cell<bool>,
    /// Registers of these threads.
    no_registers: RefCell<Vec<u64>>,
    /// What is mapped.
    mapped: Vec<(u64, u64)>,
}

impl Gaps {
    /// No gaps yet.
    pub fn new(target: &dyn Target) -> Gaps {
        let mappings = target.mappings();
        let readable = mappings.iter().flatten().filter(|mapping| mapping.readable);
        let mapped = readable.map(|mapping| (mapping.start, mapping.end)).collect();
        Gaps { mapped, no_mappings: Cell::new(mappings.is_none()), ..Gaps::default() }
    }

    /// Whether the target could tell now what it could not before.
    pub fn can_be_filled(&self, target: &dyn Target) -> bool {
        let is_there = |addr: &u64| target.read(*addr, &mut [0]).is_ok();
        let has_registers = |id: &u64| stack_pointer(target, *id).is_some();
        self.faults.borrow().iter().any(is_there)
            || self.no_mappings.get() && target.mappings().is_some()
            || self.no_threads.get() && !target.threads().is_empty()
            || self.no_registers.borrow().iter().any(has_registers)
    }

    fn add(&self, fault: Fault) {
        let is_mapped = |(start, end): &(u64, u64)| {
            fault.addr < *end && *start < fault.addr.saturating_add(fault.len as u64)
        };
        let mut faults = self.faults.borrow_mut();
        if faults.len() < FAULTS && self.mapped.iter().any(is_mapped) {
            faults.push(fault.addr);
        }
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
        self.target.interrupted()
    }

    fn stage(&self, what: &'static str) -> &'static str {
        self.target.stage(what)
    }
}
