//! `mdb_printf` and its kin: the Rust side of the variadic functions.

use super::{get_errno, string};
use crate::debugger::Debugger;
use crate::output::Stream;
use crate::printf::{self, Args, BitName, Buffer};
use mdb_sys::mdb_bitmask_t;
use std::ffi::{c_char, c_int, c_long, c_ulong, c_void};

/// Arguments of a variadic function; made by the C side.
#[repr(C)]
pub struct RawArgs {
    _private: [u8; 0],
}

extern "C" {
    fn host_next_int(args: *mut RawArgs) -> c_int;
    fn host_next_long(args: *mut RawArgs) -> c_long;
    fn host_next_double(args: *mut RawArgs) -> f64;
    fn host_next_long_double(args: *mut RawArgs) -> f64;
    fn host_next_pointer(args: *mut RawArgs) -> *mut c_void;
    fn mdb_printf(format: *const c_char, ...);
    fn mdb_warn(format: *const c_char, ...);
    fn mdb_snprintf(buf: *mut c_char, size: usize, format: *const c_char, ...) -> usize;
    fn mdb_getopts(argc: c_int, argv: *const c_void, ...) -> c_int;
    fn mdb_whatis_report_address(whatis: *mut c_void, addr: usize, format: *const c_char, ...);
}

/// Keeps the linker from dropping the variadic functions, which only modules call.
#[used]
static KEEP: Keep = Keep {
    _printf: mdb_printf,
    _warn: mdb_warn,
    _snprintf: mdb_snprintf,
    _getopts: mdb_getopts,
    _report: mdb_whatis_report_address,
};

struct Keep {
    _printf: unsafe extern "C" fn(*const c_char, ...),
    _warn: unsafe extern "C" fn(*const c_char, ...),
    _snprintf: unsafe extern "C" fn(*mut c_char, usize, *const c_char, ...) -> usize,
    _getopts: unsafe extern "C" fn(c_int, *const c_void, ...) -> c_int,
    _report: unsafe extern "C" fn(*mut c_void, usize, *const c_char, ...),
}

/// The arguments of one call.
pub struct CallArgs(*mut RawArgs);

impl CallArgs {
    /// # Safety
    /// `raw` comes from the C side and is valid while this lives; the caller
    /// of the variadic function passed what its format asks for.
    pub unsafe fn new(raw: *mut RawArgs) -> CallArgs {
        CallArgs(raw)
    }

    /// The next argument as a pointer.
    pub fn pointer(&mut self) -> *mut c_void {
        // SAFETY: see `new`.
        unsafe { host_next_pointer(self.0) }
    }
}

impl Args for CallArgs {
    fn int(&mut self) -> i32 {
        // SAFETY: see `new`.
        unsafe { host_next_int(self.0) }
    }

    fn long(&mut self) -> i64 {
        // SAFETY: see `new`.
        unsafe { host_next_long(self.0) }
    }

    fn double(&mut self) -> f64 {
        // SAFETY: see `new`.
        unsafe { host_next_double(self.0) }
    }

    fn long_double(&mut self) -> f64 {
        // SAFETY: see `new`.
        unsafe { host_next_long_double(self.0) }
    }

    fn string(&mut self) -> Option<Vec<u8>> {
        let text = self.pointer();
        // SAFETY: the format asks for a C string, and the caller passed one.
        unsafe { string(text.cast()) }.map(<[u8]>::to_vec)
    }

    fn bytes16(&mut self) -> Option<[u8; 16]> {
        let bytes = self.pointer().cast::<[u8; 16]>();
        // SAFETY: the format asks for a pointer to 16 bytes.
        (!bytes.is_null()).then(|| unsafe { bytes.read_unaligned() })
    }

    fn bits(&mut self) -> Vec<BitName> {
        let mut row = self.pointer().cast::<mdb_bitmask_t>();
        let mut table = Vec::new();
        while !row.is_null() {
            // SAFETY: the table ends with a row without a name.
            let (entry, name) = unsafe { (&*row, string((*row).bm_name)) };
            let Some(name) = name else { break };
            table.push((name.to_vec(), entry.bm_mask, entry.bm_bits));
            // SAFETY: this row was not the last.
            row = unsafe { row.add(1) };
        }
        table
    }
}

/// Copies text into a C buffer, cut to fit and terminated.
///
/// # Safety
/// `buf` is null or has room for `size` bytes.
pub unsafe fn store(text: &[u8], buf: *mut c_char, size: usize) {
    if buf.is_null() || size == 0 {
        return;
    }
    let length = text.len().min(size - 1);
    // SAFETY: length + 1 bytes fit.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), buf.cast(), length);
        buf.add(length).write(0);
    }
}

/// Formats into memory.
pub fn format_text(m: &Debugger, format: &[u8], args: &mut dyn Args) -> Vec<u8> {
    let mut buffer = Buffer::default();
    printf::print(format, args, &mut buffer, m);
    buffer.text
}

#[no_mangle]
unsafe extern "C" fn host_printf(format: *const c_char, args: *mut RawArgs) {
    // SAFETY: the module passes a C string and what it asks for.
    let (format, mut args) = unsafe { (string(format), CallArgs::new(args)) };
    if let (Some(m), Some(format)) = (Debugger::current(), format) {
        m.with_sink(|sink| printf::print(format, &mut args, sink, m));
    }
}

#[no_mangle]
unsafe extern "C" fn host_warn(format: *const c_char, args: *mut RawArgs) {
    let errno = get_errno();
    // SAFETY: the module passes a C string and what it asks for.
    let (format, mut args) = unsafe { (string(format), CallArgs::new(args)) };
    let (Some(m), Some(format)) = (Debugger::current(), format) else { return };
    if m.stopped().is_some() {
        return;
    }
    let mut text = b"mdb: ".to_vec();
    text.extend(format_text(m, format, &mut args));
    if !format.contains(&b'\n') {
        text.extend_from_slice(b": ");
        text.extend_from_slice(m.errno_text(errno).as_bytes());
        text.push(b'\n');
    }
    m.error_raw(&text);
}

#[no_mangle]
unsafe extern "C" fn host_snprintf(
    buf: *mut c_char,
    size: usize,
    format: *const c_char,
    args: *mut RawArgs,
) -> usize {
    // SAFETY: the module passes a C string and what it asks for.
    let (format, mut args) = unsafe { (string(format), CallArgs::new(args)) };
    let text = match (Debugger::current(), format) {
        (Some(m), Some(format)) => format_text(m, format, &mut args),
        _ => Vec::new(),
    };
    // SAFETY: the module passes a buffer of this size.
    unsafe { store(&text, buf, size) };
    text.len()
}

#[no_mangle]
extern "C" fn mdb_flush() {
    if let Some(m) = Debugger::current() {
        m.with_sink(Stream::flush);
    }
}

fn indent(change: i64) -> c_ulong {
    let mut before = 0;
    if let Some(m) = Debugger::current() {
        if let Ok(mut output) = m.output.try_borrow_mut() {
            before = output.top().indent_by(change);
        }
    }
    before
}

#[no_mangle]
extern "C" fn mdb_inc_indent(columns: c_ulong) -> c_ulong {
    indent(i64::try_from(columns).unwrap_or(i64::MAX))
}

#[no_mangle]
extern "C" fn mdb_dec_indent(columns: c_ulong) -> c_ulong {
    indent(-i64::try_from(columns).unwrap_or(i64::MAX))
}
