//! MDB's side of the module: commands and walkers as the debugger calls them,
//! target memory, output, memory allocation, panics.
//!
//! The only place in the module with `unsafe`. What the files below `entry`
//! uphold, and what makes each block sound:
//!
//! - MDB is single-threaded and calls the module on one thread only.
//! - MDB may `longjmp` out of any function marked LJ in `mdb-sys`, so those
//!   are called only from frames that own nothing (`entry`, `print`).
//! - SIGINT, from whose handler MDB may `longjmp` too, is blocked while any
//!   other frame of the module is on the stack.

pub mod args;
pub mod command;
#[allow(unsafe_code)]
pub mod files;
pub mod output;
pub mod walker;

#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod alloc;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
pub mod entry;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod mappings;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod optional;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod panic;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod print;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod progress;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod signals;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod state;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod tab;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod target;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod threads;
#[cfg(not(feature = "std"))]
#[allow(unsafe_code)]
mod whatis;
