//! Work on the whole heap.

pub mod regions;

mod follow;
