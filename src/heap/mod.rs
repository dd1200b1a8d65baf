//! Work on the whole heap.

pub mod backrefs;
pub mod classes;
pub mod column;
pub mod dominators;
mod ephemerons;
mod follow;
pub mod graph;
pub mod groups;
pub mod links;
pub mod maps;
pub mod mark;
pub mod names;
pub mod objects;
pub mod pages;
pub mod paths;
pub mod referrers;
pub mod regions;
pub mod roots;
pub mod settlers;
pub mod starts;
pub mod summary;
pub mod waits;
pub mod watched;
pub mod whole;
pub mod window;

/// A pointer to a heap object ends in these bits on every V8: `kHeapObjectTag`
/// and `kHeapObjectTagMask` (include/v8-internal.h; include/v8.h before 8.0).
const TAG: u64 = 1;
const TAG_MASK: u64 = 3;
