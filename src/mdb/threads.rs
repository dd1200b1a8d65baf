//! Threads of the target, from the debugger's own walker.

use alloc::alloc::handle_alloc_error;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::ffi::{c_int, c_void};
use mdb_sys as sys;

/// Threads taken at most.
const MAX_THREADS: usize = 1 << 16;

/// The id of each thread; none where the debugger has no such walker, as on a
/// file that is no process.
pub fn threads() -> Vec<u64> {
    let mut found = Found { ids: Vec::new(), exhausted: false };
    // SAFETY: the name ends with a NUL. A walk jumps where its walker or its
    // callback does: that of threads is the debugger's and prints nothing, and
    // `collect` allocates without failing. It gets `found`, which nothing else
    // uses meanwhile.
    let status = unsafe { sys::mdb_walk(c"thread".as_ptr(), collect, (&raw mut found).cast()) };
    if found.exhausted {
        handle_alloc_error(Layout::new::<u64>());
    }
    if status != 0 {
        return Vec::new();
    }
    found.ids
}

/// What the callback below collects.
struct Found {
    ids: Vec<u64>,
    /// Whether memory ran out: the jump that ends a command then must not start
    /// below the debugger's own walk.
    exhausted: bool,
}

unsafe extern "C" fn collect(id: usize, _layer: *const c_void, data: *mut c_void) -> c_int {
    // SAFETY: our own `Found`.
    let found = unsafe { &mut *data.cast::<Found>() };
    if found.ids.len() == MAX_THREADS {
        return sys::WALK_DONE;
    }
    if found.ids.try_reserve(1).is_err() {
        found.exhausted = true;
        return sys::WALK_ERR;
    }
    found.ids.push(id as u64);
    sys::WALK_NEXT
}
