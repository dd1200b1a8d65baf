//! SIGINT while the module works: kept back, but noticed.

use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, Ordering};
use libc::{sigset_t, SIGINT, SIG_BLOCK, SIG_SETMASK};

/// Whether the module is at work, which it is exactly while SIGINT is blocked:
/// read when the debugger is being terminated from a signal handler.
static BUSY: AtomicBool = AtomicBool::new(false);

/// Whether the module was interrupted at work, by a signal other than SIGINT.
pub fn busy() -> bool {
    BUSY.load(Ordering::SeqCst)
}

/// The mask before SIGINT was blocked.
pub struct Blocked(sigset_t);

/// Blocks SIGINT, so that MDB's handler cannot jump out of the module.
pub fn block() -> Blocked {
    let mut set = MaybeUninit::<sigset_t>::zeroed();
    let mut before = MaybeUninit::<sigset_t>::zeroed();
    // SAFETY: both sets are written before they are used; the calls cannot
    // fail with these arguments.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), SIGINT);
        libc::sigprocmask(SIG_BLOCK, set.as_ptr(), before.as_mut_ptr());
        BUSY.store(true, Ordering::SeqCst);
        Blocked(before.assume_init())
    }
}

impl Blocked {
    /// Restores the mask. A SIGINT that came meanwhile is delivered here, and
    /// the debugger may jump away: the caller must own nothing.
    pub fn restore(self) {
        BUSY.store(false, Ordering::SeqCst);
        // SAFETY: the set is the one sigprocmask filled in.
        unsafe {
            libc::sigprocmask(SIG_SETMASK, &self.0, core::ptr::null_mut());
        }
    }
}

/// Whether SIGINT is waiting.
pub fn interrupted() -> bool {
    let mut set = MaybeUninit::<sigset_t>::zeroed();
    // SAFETY: sigpending writes the set.
    unsafe {
        libc::sigpending(set.as_mut_ptr()) == 0 && libc::sigismember(set.as_ptr(), SIGINT) == 1
    }
}
