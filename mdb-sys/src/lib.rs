//! Raw bindings of the module API of MDB, the illumos modular debugger.
//!
//! Names are the C names of `<sys/mdb_modapi.h>`. What each function does,
//! what it returns and which of them may leave by `longjmp` is documented in
//! the Modular Debugger Guide and, where it matters to a Rust caller, beside
//! the declaration: **LJ** marks a function that may never return because the
//! debugger jumps over its caller. No caller of an LJ function may own a value
//! with a destructor at the time of the call.
//!
//! Functions that older hosts lack (added after API version 4) are not
//! declared: a module is loaded with all symbols bound at once, so a missing
//! one would make the whole load fail. Look them up with `dlsym`.
#![no_std]
#![allow(non_camel_case_types)]

#[cfg(not(feature = "bindgen"))]
mod bindings;
#[cfg(feature = "bindgen")]
mod bindings {
    #![allow(missing_docs, non_upper_case_globals, dead_code, unused_qualifications)]
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}
mod layout;
pub mod libproc;
mod recover;

pub use bindings::*;
pub use recover::{mdb_sys_escape, mdb_sys_guard, mdb_sys_guard_reset};
