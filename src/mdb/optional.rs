//! Functions that not every debugger has: one that is only referred to would keep
//! the module from being loaded into the others.

use core::ffi::{c_void, CStr};

/// The function of a name, if it is anywhere in the debugger's process.
pub fn find(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: the name ends with a NUL.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}
