//! Why an object is alive: a shortest chain of pointers to it from a root.

use super::column::{Bits, Column};
use super::graph::Graph;
use super::links::{self, Link};
use super::maps::Map;
use super::roots::Root;
use super::whole::Whole;
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::memory::Use;
use crate::v8::value::Value;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// Objects that may stand between two that a script sees.
const BETWEEN: usize = 5;

/// What a path begins with, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A global object.
    Global,
    /// A word outside of the heap that is not on a stack.
    Outside,
    /// A word on a stack.
    Stack,
}

/// Every origin.
pub const ORIGINS: [Origin; 3] = [Origin::Global, Origin::Outside, Origin::Stack];

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// How the value before refers to this one; none for the first, and where it
    /// cannot be told.
    pub link: Option<Link>,
    /// The value.
    pub value: Value,
}

/// A path from a root to a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// What kind of root.
    pub origin: Origin,
    /// The root, unless it is a global object.
    pub root: Option<Root>,
    /// The values from the root on; the last one is the one asked for.
    pub steps: Vec<Step>,
}

/// The global objects of a heap, by number.
pub fn globals(heap: Heap<'_>, whole: &Whole) -> Result<Vec<u32>> {
    let life = whole.life(heap)?;
    let is_global = |map: &Map| {
        map.kind == Kind::Global && heap.layout.types.lookup(map.number).1 == Some("JSGlobalObject")
    };
    Ok(whole.objects.of_maps(is_global).filter(|id| life.has(*id)).collect())
}

/// The shortest path to an object from roots of one kind; none where there is
/// none.
pub fn find(heap: Heap<'_>, whole: &Whole, id: u32, origin: Origin) -> Result<Option<Path>> {
    let roots = whole.roots(heap)?.unwrap_or_default();
    let starts: Vec<u32> = match origin {
        Origin::Global => globals(heap, whole)?,
        Origin::Outside => roots.iter().filter(|r| r.used != Use::Stack).map(|r| r.id).collect(),
        Origin::Stack => roots.iter().filter(|r| r.used == Use::Stack).map(|r| r.id).collect(),
    };
    let Some(chain) = shortest(heap, whole.graph(heap)?, &starts, id)? else { return Ok(None) };
    let root = match origin {
        Origin::Global => None,
        _ => roots
            .iter()
            .find(|r| r.id == chain[0] && (r.used == Use::Stack) == (origin == Origin::Stack))
            .copied(),
    };
    let chain: Vec<Value> = chain.into_iter().map(|id| whole.objects.value(heap, id)).collect();
    Ok(Some(Path { origin, root, steps: named(heap, &chain)? }))
}

/// Numbers of the objects on a shortest way, both ends among them.
fn shortest(heap: Heap<'_>, graph: &Graph, starts: &[u32], to: u32) -> Result<Option<Vec<u32>>> {
    let mut before = Column::filled(graph.len(), u32::MAX);
    let mut seen = Bits::new(graph.len());
    let mut open: VecDeque<u32> = starts.iter().copied().filter(|id| seen.add(*id)).collect();
    let mut steps = 0u32;
    while let Some(id) = open.pop_front() {
        if id == to {
            let mut chain = Vec::from([id]);
            let mut at = before.get(id as usize);
            while at != u32::MAX {
                chain.push(at);
                at = before.get(at as usize);
            }
            chain.reverse();
            return Ok(Some(chain));
        }
        steps += 1;
        if steps.is_multiple_of(4096) && heap.target.interrupted() {
            return Err(Error::Interrupted);
        }
        for next in graph.all(id) {
            if seen.add(next) {
                before.set(next as usize, id);
                open.push_back(next);
            }
        }
    }
    Ok(None)
}

/// Names the links of a chain of pointers. Objects between two values that are
/// V8's own affair are left out.
fn named(heap: Heap<'_>, chain: &[Value]) -> Result<Vec<Step>> {
    let mut steps = Vec::from([Step { link: None, value: chain[0] }]);
    let mut at = 0;
    while at + 1 < chain.len() {
        let last = (at + BETWEEN).min(chain.len() - 1);
        let mut next = (at + 1, None);
        for to in (at + 1..=last).rev() {
            match links::between(heap, chain[at], chain[to]) {
                Ok(Some(link)) if !link.is_weak() => {
                    next = (to, Some(link));
                    break;
                }
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                _ => {}
            }
        }
        at = next.0;
        steps.push(Step { link: next.1, value: chain[at] });
    }
    Ok(steps)
}
