//! The debugger's `::whatis`, which asks modules what an address belongs to.

use super::entry::{enter, fail, guarded};
use super::output::Out;
use super::print::print_ready;
use crate::cmd::whatis::{self, Asked};
use core::ffi::{c_int, c_void};
use mdb_sys as sys;

/// The debugger's own list.
struct List(*mut sys::mdb_whatis_t);

impl Asked for List {
    fn overlaps(&self, start: u64, size: u64) -> bool {
        let (Ok(start), Ok(size)) = (usize::try_from(start), usize::try_from(size)) else {
            return false;
        };
        // SAFETY: the list that the debugger called with, while it waits.
        unsafe { sys::mdb_whatis_overlaps(self.0, start, size) != 0 }
    }

    fn take(&mut self, addr: u64) -> bool {
        let Ok(addr) = usize::try_from(addr) else { return false };
        let mut found = 0;
        // SAFETY: as above; there is room for an address.
        unsafe { sys::mdb_whatis_match(self.0, addr, 1, &mut found) != 0 }
    }
}

/// Called by the debugger with the addresses that nothing before has known.
unsafe extern "C" fn ask(list: *mut sys::mdb_whatis_t, _: *mut c_void) -> c_int {
    // SAFETY: no guard of the module is active when the debugger calls it.
    unsafe { sys::mdb_sys_guard_reset() };
    let here = 0u8;
    let frame = core::ptr::addr_of!(here).addr();
    let answered = guarded(&mut || {
        let state = enter(frame, false);
        let mut out = Out::new(false);
        let answer = whatis::answer(&mut state.session, &state.target, &mut List(list), &mut out);
        state.session.take_notes().into_iter().for_each(|note| out.warn(note));
        let status = match answer {
            Ok(()) => 0,
            Err(failure) => fail(failure, &mut out),
        };
        state.set_ready(frame, out.take());
        status
    });
    print_ready(frame);
    // Work after the call keeps the frame, whose place names the entry.
    core::hint::black_box(frame);
    answered.unwrap_or(sys::DCMD_ERR)
}

/// Tells the debugger to ask this module, after those that know allocators.
/// Only while the module is being loaded.
pub fn register() {
    // SAFETY: static text; the function stays as long as the module does, and MDB
    // forgets it then.
    unsafe {
        sys::mdb_whatis_register(
            c"v8".as_ptr(),
            ask,
            core::ptr::null_mut(),
            sys::WHATIS_PRIO_ALLOCATOR,
            sys::WHATIS_REG_NO_ID,
        );
    }
}
