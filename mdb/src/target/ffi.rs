//! System calls and memory maps: the one file of the target layer with `unsafe` code.

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::null_mut;

use memmap2::Mmap;

/// `NT_PRSTATUS`: the general registers.
pub(super) const REGSET_GENERAL: u32 = 1;
/// `NT_PRFPREG`: the x87 and SSE registers.
pub(super) const REGSET_FLOAT: u32 = 2;
/// `NT_X86_XSTATE`: the whole XSAVE area.
pub(super) const REGSET_XSTATE: u32 = 0x202;

/// What `waitpid` said of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Nothing yet.
    Running,
    /// It stopped for the debugger, or with its whole process by a job control signal.
    Stopped,
    /// It stopped because it is about to receive this signal.
    Signal(i32),
}

/// Maps a file for reading.
pub(super) fn map_file(file: &File) -> io::Result<Mmap> {
    // SAFETY: the map is private and only read. Its length is that of the file now; a file cut
    // short while it is mapped would raise SIGBUS, as it does in every debugger that maps cores.
    unsafe { Mmap::map(file) }
}

/// The first offset from `at` on at which a file has data; none if there is none, or if
/// the system cannot tell.
pub(super) fn next_data(file: &File, at: u64) -> Option<u64> {
    seek(file, at, libc::SEEK_DATA)
}

/// The first offset from `at` on at which a file was never written.
pub(super) fn next_hole(file: &File, at: u64) -> Option<u64> {
    seek(file, at, libc::SEEK_HOLE)
}

/// The position of the file is nobody's: its bytes are mapped.
fn seek(file: &File, at: u64, whence: i32) -> Option<u64> {
    let at = libc::off_t::try_from(at).ok()?;
    // SAFETY: the descriptor is open as long as the file is; no memory is involved.
    let found = unsafe { libc::lseek(file.as_raw_fd(), at, whence) };
    u64::try_from(found).ok()
}

fn ptrace(request: u32, tid: i32, addr: usize, data: *mut c_void) -> io::Result<()> {
    // SAFETY: callers pass either integers in the place of pointers, which the kernel does not
    // follow for those requests, or pointers to live buffers whose size the request knows.
    let result = unsafe { libc::ptrace(request, tid, addr as *mut c_void, data) };
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Becomes the tracer of a thread, which keeps running.
pub(super) fn seize(tid: i32) -> io::Result<()> {
    ptrace(libc::PTRACE_SEIZE, tid, 0, null_mut())
}

/// Asks a seized thread to stop.
pub(super) fn interrupt(tid: i32) -> io::Result<()> {
    ptrace(libc::PTRACE_INTERRUPT, tid, 0, null_mut())
}

/// Lets a stopped thread go, handing it `signal` if that is not 0.
pub(super) fn detach(tid: i32, signal: i32) -> io::Result<()> {
    ptrace(libc::PTRACE_DETACH, tid, 0, signal as usize as *mut c_void)
}

/// Reads a register set of a stopped thread and returns its length.
pub(super) fn regset(tid: i32, set: u32, buf: &mut [u8]) -> io::Result<usize> {
    let mut iov = libc::iovec { iov_base: buf.as_mut_ptr().cast(), iov_len: buf.len() };
    ptrace(libc::PTRACE_GETREGSET, tid, set as usize, (&raw mut iov).cast())?;
    Ok(iov.iov_len.min(buf.len()))
}

/// Reads the `siginfo_t` of a stopped thread.
pub(super) fn siginfo(tid: i32) -> io::Result<[u8; 128]> {
    const { assert!(size_of::<libc::siginfo_t>() == 128) };
    let mut info = [0u64; 16];
    ptrace(libc::PTRACE_GETSIGINFO, tid, 0, info.as_mut_ptr().cast())?;
    let mut bytes = [0u8; 128];
    for (to, word) in bytes.chunks_exact_mut(8).zip(info) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    Ok(bytes)
}

/// Asks what a seized thread does, without waiting; none if it is gone.
pub(super) fn poll_thread(tid: i32) -> Option<Wait> {
    let mut status = 0;
    // SAFETY: `status` is a live integer.
    let result = unsafe { libc::waitpid(tid, &mut status, libc::__WALL | libc::WNOHANG) };
    match result {
        -1 => None,
        0 => Some(Wait::Running),
        _ if !libc::WIFSTOPPED(status) => None,
        // The event number stands above the signal; 0 is a stop on the way to a signal handler.
        _ if status >> 16 == 0 => Some(Wait::Signal(libc::WSTOPSIG(status))),
        _ => Some(Wait::Stopped),
    }
}

/// Copies memory of another process. May transfer fewer bytes than asked for.
pub(super) fn read_process(pid: i32, addr: u64, buf: &mut [u8]) -> io::Result<usize> {
    let local = libc::iovec { iov_base: buf.as_mut_ptr().cast(), iov_len: buf.len() };
    let remote = libc::iovec { iov_base: addr as usize as *mut c_void, iov_len: buf.len() };
    // SAFETY: the local vector describes `buf`, which is writable for its whole length; the
    // kernel checks the remote one.
    let count = unsafe { libc::process_vm_readv(pid, &local, 1, &remote, 1, 0) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// The effective user of this process.
pub(super) fn effective_user() -> u32 {
    // SAFETY: the call takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}
