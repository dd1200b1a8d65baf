//! What a module uses of illumos' libproc.
//!
//! The debugger is linked with libproc, so its functions are there in the
//! process; but other debuggers that offer the module API may do without. A
//! module that referred to them would not load there: they are looked up with
//! `dlsym`, under the names below.
//!
//! Source: illumos `<libproc.h>`, `<procfs.h>` (`prmap_t`, `MA_*`).

use core::ffi::{c_char, c_int, c_void, CStr};

/// Name of [`Pmapping_iter_t`].
pub const PMAPPING_ITER: &CStr = c"Pmapping_iter";
/// Name of the blob of `mdb_get_xdata` that is a `*mut ps_prochandle`.
pub const PSHANDLE: &CStr = c"pshandle";

/// `pr_mflags`: executable.
pub const MA_EXEC: c_int = 0x01;
/// `pr_mflags`: writable.
pub const MA_WRITE: c_int = 0x02;
/// `pr_mflags`: readable.
pub const MA_READ: c_int = 0x04;
/// `pr_mflags`: shared.
pub const MA_SHARED: c_int = 0x08;
/// `pr_mflags`: the brk heap.
pub const MA_BREAK: c_int = 0x10;
/// `pr_mflags`: the main thread's stack.
pub const MA_STACK: c_int = 0x20;
/// `pr_mflags`: no file behind it; not to be relied on in cores.
pub const MA_ANON: c_int = 0x40;

/// A process as libproc knows it; opaque.
#[repr(C)]
pub struct ps_prochandle {
    _opaque: [u8; 0],
}

/// A mapping, in the form of the debugger's own width.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct prmap_t {
    /// First address.
    pub pr_vaddr: usize,
    /// Bytes.
    pub pr_size: usize,
    /// Name below `/proc/PID/object`.
    pub pr_mapname: [c_char; 64],
    /// Offset in the file.
    pub pr_offset: i64,
    /// `MA_*`.
    pub pr_mflags: c_int,
    /// Bytes of a page.
    pub pr_pagesize: c_int,
    /// Segment of shared memory, -1 for none.
    pub pr_shmid: c_int,
    /// Unused.
    pub pr_filler: [c_int; 1],
}

/// Is shown a mapping and the path of its load object, null for memory of no
/// file; other than 0 ends the iteration.
pub type proc_map_f =
    unsafe extern "C" fn(data: *mut c_void, map: *const prmap_t, name: *const c_char) -> c_int;

/// Shows every mapping, in the order of addresses, to a function; returns what
/// that returned last, or -1.
pub type Pmapping_iter_t = unsafe extern "C" fn(
    process: *mut ps_prochandle,
    function: Option<proc_map_f>,
    data: *mut c_void,
) -> c_int;
