//! What is known of the whole heap, each part made when it is first asked for
//! and kept until the target moves.

use super::backrefs::Backrefs;
use super::column::Bits;
use super::dominators::Dominators;
use super::graph::Graph;
use super::groups::Groups;
use super::mark::Marking;
use super::objects::Objects;
use super::roots::{self, Root};
use super::watched::{Gaps, Watched};
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::memory::{staged, Target};
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

/// Knowledge of the whole heap.
#[derive(Debug)]
pub struct Whole {
    /// All objects.
    pub objects: Objects,
    gaps: Gaps,
    roots: OnceCell<Option<Vec<Root>>>,
    /// How far it is known what is alive, while not all of it is.
    marking: RefCell<Option<Marking>>,
    life: OnceCell<Life>,
    groups: OnceCell<Groups>,
    backrefs: OnceCell<Backrefs>,
    graph: OnceCell<Graph>,
    dominators: OnceCell<Dominators>,
}

/// Which objects are alive.
#[derive(Debug)]
pub struct Life {
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
    /// Searches the heap, also for which memory holds pointers to what if that is known
    /// to be asked next.
    pub fn find(heap: Heap<'_>, with_brk: bool, with_refs: bool) -> Result<Whole> {
        let gaps = Gaps::new(heap.target);
        let target = &Watched { target: heap.target, gaps: &gaps };
        let mut refs = with_refs.then(|| Backrefs::new(heap));
        let objects = staged(heap.target, "searching for objects", || {
            Objects::find(Heap { target, ..heap }, with_brk, refs.as_mut())
        })?;
        Ok(Whole {
            objects,
            gaps,
            roots: OnceCell::new(),
            marking: RefCell::new(None),
            life: OnceCell::new(),
            groups: OnceCell::new(),
            backrefs: refs.map_or_else(OnceCell::new, OnceCell::from),
            graph: OnceCell::new(),
            dominators: OnceCell::new(),
        })
    }

    /// The value of a cell, made now if it was not before.
    fn kept<'a, T>(
        &'a self,
        heap: Heap<'_>,
        cell: &'a OnceCell<T>,
        stage: &'static str,
        make: impl FnOnce(Heap<'_>) -> Result<T>,
    ) -> Result<&'a T> {
        if let Some(made) = cell.get() {
            return Ok(made);
        }
        let target = &Watched { target: heap.target, gaps: &self.gaps };
        let made = staged(heap.target, stage, || make(Heap { target, ..heap }))?;
        Ok(cell.get_or_init(|| made))
    }

    /// Whether more could be found now, because of memory that could not be read
    /// when this was.
    pub fn is_stale(&self, target: &dyn Target) -> bool {
        self.gaps.can_be_filled(target)
    }

    /// How many bytes could not be read so far, and where the first is.
    pub fn missing(&self) -> Option<(u64, u64)> {
        self.gaps.missing()
    }

    /// What keeps objects alive; none where the debugger does not tell what memory
    /// there is.
    pub fn roots(&self, heap: Heap<'_>) -> Result<Option<&[Root]>> {
        let roots = self.kept(heap, &self.roots, "looking for roots", |heap| {
            roots::find(heap, &self.objects)
        })?;
        Ok(roots.as_deref())
    }

    /// Which objects are alive.
    pub fn life(&self, heap: Heap<'_>) -> Result<&Life> {
        let known = self.roots(heap)?;
        self.kept(heap, &self.life, "following pointers", |heap| {
            let alive = match known {
                Some(roots) => {
                    let mut marking = self.marking(heap, roots)?;
                    marking.go_on(heap, &self.objects, None)?;
                    Some(marking.found(&self.objects))
                }
                None => None,
            };
            Ok(Life { alive })
        })
    }

    /// Whether an object is alive, found out with as little work as that takes.
    pub fn is_alive(&self, heap: Heap<'_>, id: u32) -> Result<bool> {
        let roots = match (self.life.get(), self.roots(heap)?) {
            (None, Some(roots)) => roots,
            _ => return Ok(self.life(heap)?.has(id)),
        };
        let target = &Watched { target: heap.target, gaps: &self.gaps };
        let heap = Heap { target, ..heap };
        staged(heap.target, "following pointers", || {
            let mut marking = self.marking(heap, roots)?;
            let alive = marking.go_on(heap, &self.objects, Some(id))?;
            *self.marking.borrow_mut() = Some(marking);
            Ok(alive)
        })
    }

    /// The marking that was begun, or a new one.
    fn marking(&self, heap: Heap<'_>, roots: &[Root]) -> Result<Marking> {
        match self.marking.take() {
            Some(marking) => Ok(marking),
            None => Marking::new(heap, &self.objects, roots.iter().map(|root| root.place)),
        }
    }

    /// Which memory holds pointers to what.
    pub fn backrefs(&self, heap: Heap<'_>) -> Result<&Backrefs> {
        self.kept(heap, &self.backrefs, "reading pointers", |heap| {
            Backrefs::read(heap, &self.objects.stretches)
        })
    }

    /// Which object points to which: a third of the size of the heap, so only for
    /// those who cannot do without.
    pub fn graph(&self, heap: Heap<'_>) -> Result<&Graph> {
        let life = self.life(heap)?;
        self.kept(heap, &self.graph, "reading pointers", |heap| {
            Graph::read(heap, &self.objects, life)
        })
    }

    /// What would be freed with what.
    pub fn dominators(&self, heap: Heap<'_>) -> Result<&Dominators> {
        self.kept(heap, &self.dominators, "finding what keeps what alive", |heap| {
            Dominators::find(heap, self)
        })
    }

    /// JavaScript objects by what they look like.
    pub fn groups(&self, heap: Heap<'_>) -> Result<&Groups> {
        let life = self.life(heap)?;
        self.kept(heap, &self.groups, "grouping objects", |heap| {
            Groups::find(heap, &self.objects, life)
        })
    }
}
