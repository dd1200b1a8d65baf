//! `mdb_alloc` and its kin.

use crate::debugger::Debugger;
use mdb_sys::{UM_GC, UM_SLEEP};
use std::ffi::{c_uint, c_void};

/// A block that is freed when the statement it was allocated in ends.
#[derive(Debug)]
pub struct GcBlock(*mut c_void);

impl Drop for GcBlock {
    fn drop(&mut self) {
        // SAFETY: the block came from malloc, and the module promised by
        // asking for UM_GC not to free it itself.
        unsafe { libc::free(self.0) };
    }
}

fn allocate(size: usize, flags: c_uint, zero: bool) -> *mut c_void {
    let rounded = match size.checked_next_multiple_of(4) {
        Some(rounded) if size > 0 && rounded <= isize::MAX as usize => rounded,
        _ => return std::ptr::null_mut(),
    };
    let block = match zero {
        // SAFETY: plain allocation; the size is not zero.
        true => unsafe { libc::calloc(1, rounded) },
        // SAFETY: as above.
        false => unsafe { libc::malloc(rounded) },
    };
    if block.is_null() {
        if flags & UM_SLEEP != 0 {
            if let Some(m) = Debugger::current() {
                m.error(format!("failed to allocate {size} bytes -- terminating"));
                crate::shell::exit(m, 1);
            }
            std::process::exit(1);
        }
        return block;
    }
    if flags & UM_GC != 0 {
        let Some(m) = Debugger::current() else { return block };
        if let Some(frame) = m.frames.borrow_mut().last_mut() {
            frame.garbage.push(GcBlock(block));
        }
    }
    block
}

/// Allocates a block the debugger frees when the statement ends.
pub fn garbage(size: usize) -> *mut c_void {
    allocate(size, UM_GC | UM_SLEEP, true)
}

#[no_mangle]
extern "C" fn mdb_alloc(size: usize, flags: c_uint) -> *mut c_void {
    allocate(size, flags, false)
}

#[no_mangle]
extern "C" fn mdb_zalloc(size: usize, flags: c_uint) -> *mut c_void {
    allocate(size, flags, true)
}

/// # Safety
/// `block` is null or came from `mdb_alloc` without `UM_GC` and is not freed yet.
#[no_mangle]
unsafe extern "C" fn mdb_free(block: *mut c_void, _size: usize) {
    // SAFETY: promised by the caller.
    unsafe { libc::free(block) };
}
