//! Named blobs of the target, and its mappings in the form libproc gives them.

use super::{name, with};
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::target::{Kind, MapFlags, Mapping, Target};
use mdb_sys::libproc::{self, prmap_t, proc_map_f, ps_prochandle};
use std::ffi::{c_char, c_int, c_void, CString};
use std::sync::atomic::{AtomicI32, Ordering};

/// 1 when the target is a core.
#[no_mangle]
static mdb_prop_postmortem: AtomicI32 = AtomicI32::new(0);
/// 1 when the target is a kernel: never.
#[no_mangle]
static mdb_prop_kernel: AtomicI32 = AtomicI32::new(0);
/// Data model: 1 for ILP32, 2 for LP64.
#[no_mangle]
static mdb_prop_datamodel: AtomicI32 = AtomicI32::new(2);

/// Makes the exported properties say what the target is.
pub fn announce_target(target: &Target) {
    let core = target.kind() == Kind::Core;
    mdb_prop_postmortem.store(core.into(), Ordering::Relaxed);
    mdb_prop_kernel.store(0, Ordering::Relaxed);
    let model = match target.width() {
        crate::target::Width::Bits32 => 1,
        crate::target::Width::Bits64 => 2,
    };
    mdb_prop_datamodel.store(model, Ordering::Relaxed);
}

/// Names that exist, whether or not this target has them.
const KNOWN: [&str; 9] =
    ["auxv", "cred", "ehdr", "lwpstatus", "pshandle", "psinfo", "pstatus", "siginfo", "utsname"];

/// What `pshandle` points to. Only its address means anything.
static HANDLE: u8 = 0;

fn handle() -> *const c_void {
    (&raw const HANDLE).cast()
}

#[no_mangle]
unsafe extern "C" fn mdb_get_xdata(text: *const c_char, buf: *mut c_void, size: usize) -> isize {
    with(|m| {
        // SAFETY: the module passes a C string.
        let text = unsafe { name(text) };
        let target = m.target();
        let has_process = matches!(target.kind(), Kind::Core | Kind::Live);
        let blob = if text == "pshandle" && has_process {
            if !buf.is_null() && size != size_of::<*const c_void>() {
                return Err(Errno::INVAL);
            }
            (handle() as usize).to_ne_bytes().to_vec()
        } else if let Some(blob) = target.xdata(&text) {
            blob
        } else if KNOWN.contains(&text.as_str()) {
            return Err(Errno::NODATA);
        } else {
            return Err(Errno::NOXD);
        };
        if buf.is_null() {
            return if size == 0 { Ok(blob.len() as isize) } else { Err(Errno::INVAL) };
        }
        let copied = size.min(blob.len());
        // SAFETY: the module passes a buffer of `size` bytes.
        unsafe { std::ptr::copy_nonoverlapping(blob.as_ptr(), buf.cast(), copied) };
        Ok(copied as isize)
    })
}

fn describe(mapping: &Mapping) -> prmap_t {
    let flags = [
        (MapFlags::EXEC, libproc::MA_EXEC),
        (MapFlags::WRITE, libproc::MA_WRITE),
        (MapFlags::READ, libproc::MA_READ),
        (MapFlags::SHARED, libproc::MA_SHARED),
        (MapFlags::BREAK, libproc::MA_BREAK),
        (MapFlags::STACK, libproc::MA_STACK),
        (MapFlags::ANON, libproc::MA_ANON),
    ];
    let mut pr_mapname = [0; 64];
    if let Some(path) = &mapping.name {
        let base = crate::symbols::basename(path).bytes().take(63);
        for (to, byte) in pr_mapname.iter_mut().zip(base) {
            *to = byte as c_char;
        }
    }
    prmap_t {
        pr_vaddr: mapping.base as usize,
        pr_size: mapping.size as usize,
        pr_mapname,
        pr_offset: mapping.offset as i64,
        pr_mflags: flags.iter().filter(|(f, _)| mapping.flags.contains(*f)).map(|(_, b)| b).sum(),
        pr_pagesize: 4096,
        pr_shmid: -1,
        pr_filler: [0],
    }
}

#[no_mangle]
unsafe extern "C" fn Pmapping_iter(
    process: *mut ps_prochandle,
    callback: Option<proc_map_f>,
    data: *mut c_void,
) -> c_int {
    let (Some(m), Some(callback)) = (Debugger::current(), callback) else { return -1 };
    if !std::ptr::eq(process.cast(), handle()) {
        return super::fail(Errno::INVAL);
    }
    let target = m.target();
    for mapping in &target.used_mappings() {
        if m.stopped().is_some() {
            return super::fail(Errno::CANCEL);
        }
        let map = describe(mapping);
        let path = mapping.name.as_ref().map(|n| CString::new(n.as_str()).unwrap_or_default());
        let path = path.as_ref().map_or(std::ptr::null(), |n| n.as_ptr());
        // SAFETY: the module's function; what it is shown outlives the call.
        let result = unsafe { callback(data, &map, path) };
        if result != 0 {
            return result;
        }
    }
    0
}
