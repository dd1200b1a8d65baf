//! Mappings of the target, from libproc where the debugger has it.

use super::optional;
use crate::v8::memory::{Mapping, Use};
use alloc::alloc::handle_alloc_error;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::ffi::{c_char, c_int, c_void};
use core::ptr;
use mdb_sys as sys;
use mdb_sys::libproc as proc;

/// Every mapping; none where the debugger has no libproc, the target is no
/// process, or the list breaks off.
pub fn mappings() -> Option<Vec<Mapping>> {
    let iter = pmapping_iter()?;
    let process = handle()?;
    let mut found = Found { mappings: Vec::new(), exhausted: false };
    // SAFETY: the handle is the debugger's own. The callback gets `found`,
    // which nothing else uses meanwhile, and does not leave by a jump.
    let status = unsafe { iter(process, Some(collect), (&raw mut found).cast()) };
    if found.exhausted {
        handle_alloc_error(Layout::new::<Mapping>());
    }
    (status == 0).then_some(found.mappings)
}

/// The function, if it is anywhere in the debugger's process.
fn pmapping_iter() -> Option<proc::Pmapping_iter_t> {
    let found = optional::find(proc::PMAPPING_ITER)?;
    // SAFETY: a function of this name has this type, in libproc and in the
    // debuggers that stand in for it.
    Some(unsafe { core::mem::transmute::<*mut c_void, proc::Pmapping_iter_t>(found) })
}

/// The target as libproc knows it.
fn handle() -> Option<*mut proc::ps_prochandle> {
    let mut process: *mut proc::ps_prochandle = ptr::null_mut();
    let size = size_of_val(&process);
    // SAFETY: the name ends with a NUL, and the buffer is a pointer.
    let n = unsafe { sys::mdb_get_xdata(proc::PSHANDLE.as_ptr(), (&raw mut process).cast(), size) };
    (usize::try_from(n) == Ok(size) && !process.is_null()).then_some(process)
}

/// What the callback below collects.
struct Found {
    mappings: Vec<Mapping>,
    /// Whether memory ran out: the jump that ends a command then must not start
    /// below libproc's own iteration.
    exhausted: bool,
}

unsafe extern "C" fn collect(
    data: *mut c_void,
    map: *const proc::prmap_t,
    name: *const c_char,
) -> c_int {
    // SAFETY: libproc hands over a valid mapping, and our own `Found`.
    let (map, found) = unsafe { (&*map, &mut *data.cast::<Found>()) };
    if found.mappings.try_reserve(1).is_err() {
        found.exhausted = true;
        return 1;
    }
    let has = |flag| map.pr_mflags & flag != 0;
    let start = map.pr_vaddr as u64;
    // The last page of the address space may end where it begins to count.
    if let Some(end) = start.checked_add(map.pr_size as u64) {
        found.mappings.push(Mapping {
            start,
            end,
            // Not by MA_ANON, which cores do not have on all mappings.
            used: match () {
                () if !name.is_null() => Use::File,
                () if has(proc::MA_BREAK) => Use::Heap,
                () if has(proc::MA_STACK) => Use::Stack,
                () => Use::Anonymous,
            },
            readable: has(proc::MA_READ),
            writable: has(proc::MA_WRITE),
            executable: has(proc::MA_EXEC),
        });
    }
    0
}
