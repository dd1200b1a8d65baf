//! Work on the whole heap.

pub mod backrefs;
pub mod classes;
pub mod column;
pub mod dominators;
mod follow;
pub mod graph;
pub mod groups;
pub mod links;
pub mod maps;
pub mod objects;
pub mod pages;
pub mod paths;
pub mod referrers;
pub mod regions;
pub mod roots;
pub mod starts;
mod watched;
pub mod whole;
pub mod window;
