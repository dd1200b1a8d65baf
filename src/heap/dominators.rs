//! What would be freed with an object: the dominator tree of the heap and the
//! bytes below each object in it.
//!
//! An object dominates another if every way to that one from a root leads
//! through it. The algorithm is Semi-NCA (L. Georgiadis, Linear-Time Algorithms
//! for Dominators and Related Problems, 2005).

use super::column::Column;
use super::graph::Graph;
use super::mark;
use super::paths;
use super::whole::Whole;
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::memory::Use;
use alloc::vec;
use alloc::vec::Vec;

/// Stands for no object.
const NONE: u32 = u32::MAX;

/// The dominator tree.
#[derive(Debug)]
pub struct Dominators {
    /// The object that immediately dominates each; `NONE` for those that only the
    /// roots together do, and for dead ones.
    of: Column,
    /// Words that each object dominates, its own among them.
    retained: Column,
    /// Bytes of a word.
    word: u64,
    /// Numbers of all objects that can be reached, parents before children.
    order: Vec<u32>,
}

impl Dominators {
    /// Makes the tree.
    pub fn find(heap: Heap<'_>, whole: &Whole) -> Result<Dominators> {
        let objects = &whole.objects;
        let starts = starts(heap, whole)?;
        // Of its own, to be given back as soon as it is of no more use: what follows
        // is as large.
        let graph = Graph::read(heap, objects, whole.life(heap)?)?;
        let tree = Tree::walk(heap, &graph, starts.into_iter())?;
        let (first, all) = tree.predecessors(heap, &graph)?;
        drop(graph);
        let idom = tree.dominators(heap, first, all)?;
        let word = heap.word_size();
        let mut words = Column::default();
        objects.sweep(heap, |seen, _| {
            words.push(u32::try_from(seen.size / word).unwrap_or(u32::MAX));
            Ok(())
        })?;
        let mut of = Column::filled(objects.len(), NONE);
        for at in (1..tree.ids.len()).rev() {
            let (id, above) = (tree.ids[at], idom[at]);
            if above > 0 {
                let dominator = tree.ids[above as usize];
                of.set(id as usize, dominator);
                let sum = words.get(dominator as usize).saturating_add(words.get(id as usize));
                words.set(dominator as usize, sum);
            }
        }
        let mut order = tree.ids;
        order.remove(0);
        Ok(Dominators { of, retained: words, word, order })
    }

    /// The object that immediately dominates another; none where only the roots
    /// together do.
    pub fn of(&self, id: u32) -> Option<u32> {
        Some(self.of.get(id as usize)).filter(|id| *id != NONE)
    }

    /// Bytes that would be freed with an object, its own among them.
    pub fn retained(&self, id: u32) -> u64 {
        u64::from(self.retained.get(id as usize)) * self.word
    }

    /// Numbers of all objects that can be reached, each after what dominates it.
    pub fn order(&self) -> &[u32] {
        &self.order
    }
}

/// What the tree begins with: global objects and stacks; and of the other words
/// outside of the heap, which may be there by accident, those to what these do
/// not reach.
pub fn starts(heap: Heap<'_>, whole: &Whole) -> Result<Vec<u32>> {
    let objects = &whole.objects;
    let roots = whole.roots(heap)?.unwrap_or_default();
    // V8's table of unique strings is no reason for a string to live.
    let is_unique: Vec<bool> = objects
        .maps
        .iter()
        .map(|map| {
            let class = heap.layout.types.lookup(map.number).1;
            class.is_some_and(|class| class.contains("Internalized"))
        })
        .collect();
    let mut starts = paths::globals(heap, whole)?;
    starts.extend(roots.iter().filter(|root| root.used == Use::Stack).map(|root| root.id));
    let reached = mark::reach(heap, objects, starts.iter().map(|id| objects.starts.place_of(*id)))?;
    let rest = roots.iter().map(|root| root.id);
    starts.extend(rest.filter(|id| !reached.has(*id) && !is_unique[objects.map_id(*id) as usize]));
    Ok(starts)
}

/// A depth-first walk; positions in it, not numbers of objects, are what the
/// algorithm works on. Position 0 stands for all roots.
struct Tree {
    ids: Vec<u32>,
    parents: Vec<u32>,
    /// Position of each object; 0 for those that were not reached.
    positions: Column,
    starts: Vec<u32>,
}

impl Tree {
    fn walk(heap: Heap<'_>, graph: &Graph, starts: impl Iterator<Item = u32>) -> Result<Tree> {
        let mut tree = Tree {
            ids: vec![NONE],
            parents: vec![0],
            positions: Column::filled(graph.len(), 0),
            starts: starts.collect(),
        };
        tree.starts.sort_unstable();
        tree.starts.dedup();
        let mut steps = 0u32;
        // Objects whose pointers are being followed, and the next pointer.
        let mut open: Vec<(u32, u32)> = Vec::new();
        for start in tree.starts.clone() {
            if tree.positions.get(start as usize) == 0 {
                tree.enter(start, 0);
                open.push((start, 0));
            }
            while let Some((id, at)) = open.last_mut() {
                steps = steps.wrapping_add(1);
                if steps.is_multiple_of(4096) && heap.target.interrupted() {
                    return Err(Error::Interrupted);
                }
                let from = *id;
                match graph.nth(from, *at) {
                    Some(to) => {
                        *at += 1;
                        if tree.positions.get(to as usize) == 0 {
                            tree.enter(to, tree.positions.get(from as usize));
                            open.push((to, 0));
                        }
                    }
                    None => {
                        open.pop();
                    }
                }
            }
        }
        Ok(tree)
    }

    fn enter(&mut self, id: u32, parent: u32) {
        self.positions.set(id as usize, self.ids.len() as u32);
        self.ids.push(id);
        self.parents.push(parent);
    }

    /// Predecessors of every position: where they begin, and they.
    fn predecessors(&self, heap: Heap<'_>, graph: &Graph) -> Result<(Vec<u32>, Vec<u32>)> {
        let count = self.ids.len();
        let mut first = vec![0u32; count + 1];
        let each = |visit: &mut dyn FnMut(u32, u32)| -> Result<()> {
            for start in &self.starts {
                visit(0, self.positions.get(*start as usize));
            }
            for at in 1..count {
                if at.is_multiple_of(4096) {
                    heap.check_interrupt()?;
                }
                for to in graph.all(self.ids[at]) {
                    match self.positions.get(to as usize) {
                        0 => {}
                        to => visit(at as u32, to),
                    }
                }
            }
            Ok(())
        };
        each(&mut |_, to| first[to as usize + 1] += 1)?;
        for at in 0..count {
            first[at + 1] += first[at];
        }
        let mut next = first.clone();
        let mut all = vec![0u32; first[count] as usize];
        each(&mut |from, to| {
            let slot = &mut next[to as usize];
            all[*slot as usize] = from;
            *slot += 1;
        })?;
        Ok((first, all))
    }

    /// The position that immediately dominates each; its predecessors are the part
    /// of `all` that begins at its number in `first`.
    fn dominators(&self, heap: Heap<'_>, first: Vec<u32>, all: Vec<u32>) -> Result<Vec<u32>> {
        let count = self.ids.len();
        let mut forest = Forest {
            ancestor: self.parents.clone(),
            semi: (0..count as u32).collect(),
            label: (0..count as u32).collect(),
            path: Vec::new(),
        };
        for at in (1..count).rev() {
            if at.is_multiple_of(4096) && heap.target.interrupted() {
                return Err(Error::Interrupted);
            }
            let mut least = self.parents[at];
            for from in &all[first[at] as usize..first[at + 1] as usize] {
                let best = forest.least(*from, at as u32 + 1);
                least = least.min(forest.semi[best as usize]);
            }
            forest.semi[at] = least;
        }
        drop((first, all));
        let Forest { semi, .. } = forest;
        let mut idom = self.parents.clone();
        for at in 1..count {
            let mut above = idom[at];
            while above > semi[at] {
                above = idom[above as usize];
            }
            idom[at] = above;
        }
        Ok(idom)
    }
}

/// The part of the walk that was looked at, with shortened ways up.
struct Forest {
    ancestor: Vec<u32>,
    semi: Vec<u32>,
    label: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    /// The position with the least semidominator on the way up from `at`, as far
    /// as positions from `linked` on go.
    fn least(&mut self, at: u32, linked: u32) -> u32 {
        if self.ancestor[at as usize] < linked {
            return self.label[at as usize];
        }
        let mut top = at;
        while self.ancestor[top as usize] >= linked {
            self.path.push(top);
            top = self.ancestor[top as usize];
        }
        while let Some(below) = self.path.pop() {
            let (b, t) = (below as usize, top as usize);
            self.ancestor[b] = self.ancestor[t];
            if self.semi[self.label[t] as usize] < self.semi[self.label[b] as usize] {
                self.label[b] = self.label[t];
            }
            top = below;
        }
        self.label[at as usize]
    }
}
