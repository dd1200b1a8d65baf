//! A synthetic heap with values of every kind, as the module sees a process,
//! and damage to it.

use super::synth::old::OldHeap;
use super::synth::release::{Release, V11_3, V14_6, V3_14};
use super::synth::{Heap, Tagged};
use v8::session::Session;
use v8::v8::layout::{read_metadata, Layout};
use v8::v8::memory::{Fault, Symbol, Target};

/// All lines that heaps are built for.
pub const ALL: &[&Release] = &[&V3_14, &V11_3, &V14_6];

/// A heap that was laid out in made-up memory.
pub trait Made {
    /// Reads as a debugger would: all or nothing.
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool;
    /// Bytes of a word.
    fn word_size(&self) -> usize;
    /// Names and addresses of the symbols.
    fn symbols(&self) -> &[(String, u64)];
}

impl Made for Heap {
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        Heap::read(self, addr, buf)
    }

    fn word_size(&self) -> usize {
        8
    }

    fn symbols(&self) -> &[(String, u64)] {
        Heap::symbols(self)
    }
}

impl Made for OldHeap {
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        OldHeap::read(self, addr, buf)
    }

    fn word_size(&self) -> usize {
        self.word as usize
    }

    fn symbols(&self) -> &[(String, u64)] {
        &[]
    }
}

/// Such a heap as the module sees a process.
pub struct Process<H>(pub H);

impl<H: Made> Target for Process<H> {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        let len = buf.len();
        if self.0.read(addr, buf) {
            Ok(())
        } else {
            Err(Fault { addr, len })
        }
    }

    fn word_size(&self) -> usize {
        self.0.word_size()
    }

    fn symbols(&self, prefix: &str) -> Vec<Symbol> {
        let symbols = self.0.symbols().iter().filter(|(name, _)| name.starts_with(prefix));
        symbols.map(|(name, value)| Symbol { name: name.clone(), value: *value }).collect()
    }

    fn symbol(&self, name: &str) -> Option<u64> {
        self.0.symbols().iter().find(|(known, _)| known == name).map(|&(_, value)| value)
    }

    fn symbol_at(&self, _addr: u64) -> Option<String> {
        None
    }

    fn register(&self, _thread: u64, _name: &str) -> Option<u64> {
        None
    }
}

/// A session that has read the metadata.
pub fn session(process: &Process<Heap>) -> Session {
    Session::with_layout(Layout::from_metadata(read_metadata(process), 8))
}

/// Values of every kind in one heap.
pub fn zoo(release: &'static Release) -> (Heap, Vec<Tagged>) {
    let mut heap = Heap::new(release);
    let (left, right) = (heap.one_byte("left part"), heap.two_byte("right ∑"));
    let mut values = vec![left, right, heap.cons(left, right), heap.sliced(left, 2, 4)];
    values.push(heap.external("external"));
    values.push(heap.number(2.5));
    values.push(heap.function("work"));
    values.push(heap.doubles(&[Some(1.5), None]));
    let elements = values.clone();
    values.push(heap.array(&elements));
    let named: Vec<_> = ["a", "b", "c", "d"].into_iter().zip(elements).collect();
    values.push(heap.object(&named, 2));
    values.push(heap.dictionary(&named));
    values.push(heap.sparse(&[(3, left), (900, right)], 1000));
    if !release.old {
        values.push(heap.collection(&[(left, right)], true));
        values.push(heap.symbol("s"));
    }
    (heap, values)
}

/// Replaces a word of one of the values.
pub fn damage(heap: &mut Heap, values: &[Tagged], victim: usize, word: u64, bits: u64) {
    let victim = values[victim % values.len()];
    let (base, memory) = heap.memory();
    let offset = (word * 8).min(base + memory.len() as u64 - victim.0 - 8);
    // Small numbers and addresses in the heap do more harm than noise.
    let replacement = match bits % 3 {
        0 => bits,
        1 => (bits >> 40) << 32,
        _ => values[(bits >> 8) as usize % values.len()].0,
    };
    heap.poke(victim, offset & !7, replacement);
}
