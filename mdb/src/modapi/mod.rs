//! The module interface: what the program exports, how it loads and calls
//! modules, and the few system services that need unsafe code. All unsafe code
//! of the host outside `target/ffi.rs` is in this folder.
//!
//! Functions called by modules find the session through
//! [`Debugger::current`](crate::debugger::Debugger::current); on any other
//! thread than the debugger's they fail. None of them unwinds or jumps over
//! the module's frames: ^C, the pager's `q` and a bad number only leave a note
//! that makes output vanish, reads fail and loops end at their next round.

mod alloc;
mod argv;
mod callbacks;
mod commands;
mod dump;
mod foreign;
mod loader;
pub mod memory;
mod numbers;
mod options;
mod printing;
pub mod signals;
mod symbols;
mod tab;
pub mod time;
pub mod tty;
mod walk;
mod whatis;
mod xdata;

pub use alloc::GcBlock;
pub use argv::{Arg, ArgVec};
pub use callbacks::{fire, Event, Hooks};
pub use dump::{dump, DumpFlags};
pub use foreign::{ForeignDcmd, ForeignWalker};
pub use loader::{load, unload, unload_all, ForeignModule, LoadOptions};
pub use options::{getopts, Opt};
pub use tab::{complete, Candidates};
pub use walk::walk;
pub use whatis::{ask as ask_whatis, Report as WhatisReport};
pub use xdata::announce_target;

use crate::debugger::Debugger;
use crate::errors::Errno;
use std::ffi::{c_char, c_int, CStr};

/// Sets the thread's `errno`.
fn set_errno(errno: Errno) {
    // SAFETY: the location is valid for the life of the thread.
    unsafe { *libc::__errno_location() = errno.0 };
}

/// The thread's `errno`.
fn get_errno() -> Errno {
    // SAFETY: as above.
    Errno(unsafe { *libc::__errno_location() })
}

/// Sets `errno` and gives the -1 that goes with it.
fn fail(errno: Errno) -> c_int {
    set_errno(errno);
    -1
}

/// A string a module passed; none for a null pointer.
///
/// # Safety
/// `text` is null or a C string that stays as it is for `'a`.
unsafe fn string<'a>(text: *const c_char) -> Option<&'a [u8]> {
    // SAFETY: promised by the caller.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// A name a module passed, empty for a null pointer.
///
/// # Safety
/// As for [`string`].
unsafe fn name(text: *const c_char) -> String {
    // SAFETY: promised by the caller.
    let bytes = unsafe { string(text) }.unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs `work` in the session of this thread; -1 when there is none or `work`
/// fails, with `errno` set.
fn with<T: Into<isize>>(work: impl FnOnce(&'static Debugger) -> Result<T, Errno>) -> isize {
    match Debugger::current().ok_or(Errno::INVAL).and_then(work) {
        Ok(value) => value.into(),
        Err(errno) => {
            set_errno(errno);
            -1
        }
    }
}

/// [`with`] for functions that return an `int`.
fn with_int(work: impl FnOnce(&'static Debugger) -> Result<(), Errno>) -> c_int {
    match Debugger::current().ok_or(Errno::INVAL).and_then(work) {
        Ok(()) => 0,
        Err(errno) => fail(errno),
    }
}
