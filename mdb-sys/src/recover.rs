//! The C part of the crate: a non-local exit for panics.

use core::ffi::{c_int, c_void};

extern "C" {
    /// Calls `function(argument)`; 0 when it returned, 1 when
    /// [`mdb_sys_escape`] ended it. Calls nest.
    pub fn mdb_sys_guard(function: extern "C" fn(*mut c_void), argument: *mut c_void) -> c_int;
    /// Ends the innermost [`mdb_sys_guard`]; returns only if there is none.
    /// Destructors of the frames in between do not run.
    pub fn mdb_sys_escape();
    /// Forgets guards whose frames a `longjmp` of the host removed.
    pub fn mdb_sys_guard_reset();
}
