//! What keeps objects alive from outside of V8's heap.
//!
//! V8 knows its roots exactly: tables, handles, stacks. Where they are differs
//! from release to release, so here every aligned word of writable memory that
//! is not V8's heap counts as a root if an object begins where it points to.
//! That finds all of them, and a few words that point to an object by chance or
//! are left from before: what has no root is dead for certain, what has one may
//! be dead all the same.

use super::objects::{untagged, Objects};
use super::starts::Place;
use super::window::{next_page, words, Window};
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::memory::{Mapping, Use};
use crate::v8::thread::stack_pointer;
use alloc::vec::Vec;

/// Bytes between two looks for an interrupt.
const PATIENCE: u64 = 256 << 10;
/// Bytes beyond the end of a stack that its functions may use (System V ABI for
/// AMD64, 3.2.2).
const RED_ZONE: u64 = 128;

/// A word outside of the heap that points into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    /// Where the word is.
    pub at: u64,
    /// Number of the object.
    pub id: u32,
    /// Where it begins.
    pub place: Place,
    /// What memory the word lies in.
    pub used: Use,
}

/// The roots of a heap, in the order of addresses; none where the debugger does
/// not tell what memory there is.
pub fn find(heap: Heap<'_>, objects: &Objects) -> Result<Option<Vec<Root>>> {
    let Some(mappings) = heap.target.mappings() else { return Ok(None) };
    let threads = heap.target.threads();
    let pointers: Vec<u64> =
        threads.iter().filter_map(|id| stack_pointer(heap.target, *id)).collect();
    let mut roots = Vec::new();
    let mut window = Window::new(heap.target);
    for mapping in mappings.iter().filter(|m| m.readable && m.writable) {
        let on_it = |sp: &u64| (mapping.start..mapping.end).contains(sp);
        if let Some(sp) = pointers.iter().copied().filter(on_it).min() {
            // What lies beyond the end of a stack is left from before.
            let part = (sp.saturating_sub(RED_ZONE).max(mapping.start), mapping.end);
            search(heap, objects, &mut window, Use::Stack, part, &mut roots)?;
            continue;
        }
        for part in outside(mapping, objects) {
            search(heap, objects, &mut window, mapping.used, part, &mut roots)?;
        }
    }
    roots.sort_by_key(|root: &Root| root.at);
    Ok(Some(roots))
}

/// The parts of a mapping that are not V8's heap.
fn outside(mapping: &Mapping, objects: &Objects) -> Vec<(u64, u64)> {
    let mut parts = Vec::new();
    let mut start = mapping.start;
    let heap = match objects.exact() {
        true => objects.pages.list.iter().map(|page| (page.base, page.end)).collect(),
        // Without pages: what holds objects is heap.
        false => holding(objects),
    };
    let from = heap.partition_point(|(_, end)| *end <= mapping.start);
    for (base, end) in &heap[from..] {
        if *base >= mapping.end {
            break;
        }
        if start < *base {
            parts.push((start, *base));
        }
        start = start.max(*end);
    }
    if start < mapping.end {
        parts.push((start, mapping.end));
    }
    parts
}

/// The stretches that hold objects.
fn holding(objects: &Objects) -> Vec<(u64, u64)> {
    let holds = |(start, end): &&(u64, u64)| {
        objects.starts.at_or_before(end - 1, end - 1 - start).is_some()
    };
    objects.stretches.iter().filter(holds).copied().collect()
}

fn search(
    heap: Heap<'_>,
    objects: &Objects,
    window: &mut Window<'_>,
    used: Use,
    (start, end): (u64, u64),
    roots: &mut Vec<Root>,
) -> Result<()> {
    let word = heap.word_size();
    window.enter(end);
    let mut at = start.next_multiple_of(word);
    while at < end {
        if heap.target.interrupted() {
            return Err(Error::Interrupted);
        }
        let Some(bytes) = window.some(at, PATIENCE) else {
            at = next_page(at);
            continue;
        };
        for (i, value) in words(bytes, word as usize).enumerate() {
            let place = untagged(value).and_then(|addr| objects.starts.place(addr));
            if let Some(place) = place {
                let id = objects.starts.id_at(place);
                roots.push(Root { at: at + i as u64 * word, id, place, used });
            }
        }
        at += bytes.len().max(word as usize) as u64;
    }
    Ok(())
}
