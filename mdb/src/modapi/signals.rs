//! ^C. The handler only leaves a note; the debugger looks at it between two
//! steps. A module may block SIGINT meanwhile and poll for it with
//! `sigpending`: the handler runs when it unblocks the signal.

use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

extern "C" fn on_interrupt(_signal: libc::c_int) {
    INTERRUPTED.store(true, Ordering::Relaxed);
}

extern "C" fn on_hangup(signal: libc::c_int) {
    super::tty::restore_from_handler();
    // SAFETY: both calls are async-signal-safe. Ending by the default action
    // detaches from a live target: the kernel lets it go on.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

/// Installs the handlers.
pub fn install() {
    set(libc::SIGINT, on_interrupt, libc::SA_RESTART);
    set(libc::SIGTERM, on_hangup, libc::SA_NODEFER);
    set(libc::SIGHUP, on_hangup, libc::SA_NODEFER);
    // SAFETY: ignoring signals touches no memory. Keys that quit or a closed
    // pipe must not end the session.
    unsafe {
        libc::signal(libc::SIGQUIT, libc::SIG_IGN);
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
    }
}

fn set(signal: libc::c_int, handler: extern "C" fn(libc::c_int), flags: libc::c_int) {
    // SAFETY: the structure is fully initialised, and the handlers call only
    // what is async-signal-safe.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = flags;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(signal, &action, std::ptr::null_mut());
    }
}

/// Whether ^C was pressed since the last call.
pub fn take_interrupt() -> bool {
    INTERRUPTED.load(Ordering::Relaxed) && INTERRUPTED.swap(false, Ordering::Relaxed)
}

/// Makes SIGINT arrive again, should a module have left it blocked.
pub fn unblock_interrupt() {
    // SAFETY: the set is initialised before it is used.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::sigaddset(&mut set, libc::SIGINT);
        libc::sigprocmask(libc::SIG_UNBLOCK, &set, std::ptr::null_mut());
    }
}
