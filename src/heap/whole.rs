//! What is known of the whole heap, each part made when it is first asked for
//! and kept until the target moves.

use super::backrefs::Backrefs;
use super::column::Bits;
use super::dominators::Dominators;
use super::graph::Graph;
use super::groups::Groups;
use super::objects::Objects;
use super::roots::{self, Root};
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use alloc::vec::Vec;
use core::cell::OnceCell;

/// Knowledge of the whole heap.
#[derive(Debug)]
pub struct Whole {
    /// All objects.
    pub objects: Objects,
    life: OnceCell<Life>,
    groups: OnceCell<Groups>,
    backrefs: OnceCell<Backrefs>,
    graph: OnceCell<Graph>,
    dominators: OnceCell<Dominators>,
}

/// Which objects are alive.
#[derive(Debug)]
pub struct Life {
    /// What keeps them alive; empty where that is not known.
    pub roots: Vec<Root>,
    /// Those that can be reached; all of them where the roots are not known.
    alive: Option<Bits>,
}

impl Life {
    /// Whether an object can be reached.
    pub fn has(&self, id: u32) -> bool {
        self.alive.as_ref().is_none_or(|alive| alive.has(id))
    }

    /// Whether anything is known of it.
    pub fn is_known(&self) -> bool {
        self.alive.is_some()
    }
}

impl Whole {
    /// Searches the heap.
    pub fn find(heap: Heap<'_>, with_brk: bool) -> Result<Whole> {
        Ok(Whole {
            objects: Objects::find(heap, with_brk)?,
            life: OnceCell::new(),
            groups: OnceCell::new(),
            backrefs: OnceCell::new(),
            graph: OnceCell::new(),
            dominators: OnceCell::new(),
        })
    }

    /// Which objects are alive.
    pub fn life(&self, heap: Heap<'_>) -> Result<&Life> {
        kept(&self.life, || {
            let Some(roots) = roots::find(heap, &self.objects)? else {
                return Ok(Life { roots: Vec::new(), alive: None });
            };
            let graph = Graph::read(heap, &self.objects)?;
            let mut alive = Bits::new(self.objects.len());
            graph.reach(heap, roots.iter().map(|root| root.id), &mut alive)?;
            Ok(Life { roots, alive: Some(alive) })
        })
    }

    /// Which memory holds pointers to what.
    pub fn backrefs(&self, heap: Heap<'_>) -> Result<&Backrefs> {
        kept(&self.backrefs, || Backrefs::read(heap, &self.objects.stretches))
    }

    /// Which object points to which: a third of the size of the heap, so only for
    /// those who cannot do without.
    pub fn graph(&self, heap: Heap<'_>) -> Result<&Graph> {
        kept(&self.graph, || Graph::read(heap, &self.objects))
    }

    /// What would be freed with what.
    pub fn dominators(&self, heap: Heap<'_>) -> Result<&Dominators> {
        kept(&self.dominators, || Dominators::find(heap, self))
    }

    /// JavaScript objects by what they look like.
    pub fn groups(&self, heap: Heap<'_>) -> Result<&Groups> {
        let life = self.life(heap)?;
        kept(&self.groups, || Groups::find(heap, &self.objects, life))
    }
}

/// The value of a cell, made now if it was not before.
fn kept<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if cell.get().is_none() {
        // Nothing else can have filled it meanwhile.
        let _ = cell.set(make()?);
    }
    cell.get().ok_or(crate::v8::error::Error::Interrupted)
}
