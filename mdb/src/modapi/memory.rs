//! Reading and writing the target.

use super::{name, string, with};
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::target::MemError;
use mdb_sys::GElf_Sym;
use std::ffi::{c_char, c_void};

/// Address spaces of `mdb_aread`, as the pointers that name them.
mod space {
    pub const VIRT: isize = -1;
    pub const VIRT_I: isize = -2;
    pub const VIRT_S: isize = -3;
    pub const FILE: isize = -5;
}

/// The error number for a failed transfer of `wanted` bytes.
pub fn errno_of(m: &Debugger, error: MemError, wanted: usize) -> Errno {
    match error {
        MemError::NoMap => Errno::NOMAP,
        MemError::Partial(got) => {
            m.partial.set((got, wanted));
            Errno::PARTIAL
        }
        MemError::ReadOnly => Errno::TGTRDONLY,
        MemError::NotSupported => Errno::TGTNOTSUP,
    }
}

enum Place {
    Memory,
    File,
}

/// # Safety
/// `buf` is null or has room for `size` bytes.
unsafe fn read(place: Place, buf: *mut c_void, size: usize, addr: u64) -> isize {
    with(|m| {
        if m.stopped().is_some() {
            return Err(Errno::CANCEL);
        }
        if size == 0 || buf.is_null() || size > isize::MAX as usize {
            return Err(Errno::NOMAP);
        }
        // SAFETY: promised by the caller; bytes need no initialisation to be written.
        let bytes = unsafe { std::slice::from_raw_parts_mut(buf.cast::<u8>(), size) };
        let target = m.target();
        let result = match place {
            Place::Memory => target.read(addr, bytes),
            Place::File => target.read_file(addr, bytes),
        };
        match result {
            Ok(()) => Ok(size as isize),
            Err(error) => Err(errno_of(m, error, size)),
        }
    })
}

/// # Safety
/// `buf` is null or holds `size` bytes.
unsafe fn write(buf: *const c_void, size: usize, addr: u64) -> isize {
    with(|m| {
        if m.stopped().is_some() {
            return Err(Errno::CANCEL);
        }
        if size == 0 || buf.is_null() || size > isize::MAX as usize {
            return Err(Errno::NOMAP);
        }
        // SAFETY: promised by the caller.
        let bytes = unsafe { std::slice::from_raw_parts(buf.cast::<u8>(), size) };
        write_bytes(m, bytes, addr).map(|()| size as isize)
    })
}

/// Writes to the target's memory, if it was opened for writing.
pub fn write_bytes(m: &Debugger, bytes: &[u8], addr: u64) -> Result<(), Errno> {
    if !m.settings.writable.get() {
        return Err(Errno::TGTRDONLY);
    }
    m.with_target_mut(|target| target.write(addr, bytes))?
        .map_err(|error| errno_of(m, error, bytes.len()))
}

/// Reads a C string of at most `limit` bytes; an error only if its first byte
/// cannot be read. The flag says whether the NUL was found.
pub fn read_string(m: &Debugger, addr: u64, limit: usize) -> Result<(Vec<u8>, bool), Errno> {
    const CHUNK: u64 = 256;
    let target = m.target();
    let mut text: Vec<u8> = Vec::new();
    while text.len() < limit {
        if m.stopped().is_some() {
            return Err(Errno::CANCEL);
        }
        let at = addr.wrapping_add(text.len() as u64);
        // No chunk crosses a page, so that a string may end right before an
        // unmapped one.
        let size = (CHUNK - at % CHUNK).min((limit - text.len()) as u64) as usize;
        let mut chunk = [0; CHUNK as usize];
        let chunk = &mut chunk[..size];
        if let Err(error) = target.read(at, chunk) {
            let got = if let MemError::Partial(got) = error { got.min(size) } else { 0 };
            if text.is_empty() && got == 0 {
                return Err(errno_of(m, MemError::NoMap, limit));
            }
            let end = chunk[..got].iter().position(|&b| b == 0);
            text.extend_from_slice(&chunk[..end.unwrap_or(got)]);
            return Ok((text, true));
        }
        if let Some(end) = chunk.iter().position(|&b| b == 0) {
            text.extend_from_slice(&chunk[..end]);
            return Ok((text, true));
        }
        text.extend_from_slice(chunk);
    }
    Ok((text, false))
}

#[no_mangle]
unsafe extern "C" fn mdb_vread(buf: *mut c_void, size: usize, addr: usize) -> isize {
    // SAFETY: the module passes a buffer of this size.
    unsafe { read(Place::Memory, buf, size, addr as u64) }
}

#[no_mangle]
unsafe extern "C" fn mdb_vwrite(buf: *const c_void, size: usize, addr: usize) -> isize {
    // SAFETY: the module passes a buffer of this size.
    unsafe { write(buf, size, addr as u64) }
}

#[no_mangle]
unsafe extern "C" fn mdb_fread(buf: *mut c_void, size: usize, addr: usize) -> isize {
    // SAFETY: the module passes a buffer of this size.
    unsafe { read(Place::File, buf, size, addr as u64) }
}

#[no_mangle]
extern "C" fn mdb_fwrite(_buf: *const c_void, _size: usize, _addr: usize) -> isize {
    // The executable is another program's file: it is never written to.
    with(|_| Err::<isize, _>(Errno::TGTRDONLY))
}

#[no_mangle]
unsafe extern "C" fn mdb_aread(
    buf: *mut c_void,
    size: usize,
    addr: usize,
    space: *mut c_void,
) -> isize {
    match space as isize {
        // SAFETY: the module passes a buffer of this size.
        space::VIRT | space::VIRT_I | space::VIRT_S => unsafe {
            read(Place::Memory, buf, size, addr as u64)
        },
        // SAFETY: as above.
        space::FILE => unsafe { read(Place::File, buf, size, addr as u64) },
        _ => with(|_| Err::<isize, _>(Errno::TGTNOTSUP)),
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_awrite(
    buf: *const c_void,
    size: usize,
    addr: usize,
    space: *mut c_void,
) -> isize {
    match space as isize {
        // SAFETY: the module passes a buffer of this size.
        space::VIRT | space::VIRT_I | space::VIRT_S => unsafe { write(buf, size, addr as u64) },
        space::FILE => with(|_| Err::<isize, _>(Errno::TGTRDONLY)),
        _ => with(|_| Err::<isize, _>(Errno::TGTNOTSUP)),
    }
}

#[no_mangle]
extern "C" fn mdb_pread(_buf: *mut c_void, _size: usize, _addr: u64) -> isize {
    with(|_| Err::<isize, _>(Errno::TGTNOTSUP))
}

#[no_mangle]
extern "C" fn mdb_pwrite(_buf: *const c_void, _size: usize, _addr: u64) -> isize {
    with(|_| Err::<isize, _>(Errno::TGTNOTSUP))
}

#[no_mangle]
extern "C" fn mdb_ioread(_buf: *mut c_void, _size: usize, _addr: usize) -> isize {
    with(|_| Err::<isize, _>(Errno::TGTNOTSUP))
}

#[no_mangle]
extern "C" fn mdb_iowrite(_buf: *const c_void, _size: usize, _addr: usize) -> isize {
    with(|_| Err::<isize, _>(Errno::TGTNOTSUP))
}

#[no_mangle]
unsafe extern "C" fn mdb_readstr(buf: *mut c_char, size: usize, addr: usize) -> isize {
    with(|m| {
        if size == 0 || buf.is_null() || size > isize::MAX as usize {
            return Err(Errno::INVAL);
        }
        if m.stopped().is_some() {
            return Err(Errno::CANCEL);
        }
        let (text, ended) = read_string(m, addr as u64, size)?;
        let kept = text.len().min(size - 1);
        // SAFETY: kept + 1 bytes fit in the buffer of `size` bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), buf.cast(), kept);
            buf.add(kept).write(0);
        }
        Ok(if ended { kept as isize } else { size as isize })
    })
}

#[no_mangle]
unsafe extern "C" fn mdb_writestr(text: *const c_char, addr: usize) -> isize {
    // SAFETY: the module passes a C string.
    let Some(text) = (unsafe { string(text) }) else {
        return with(|_| Err::<isize, _>(Errno::INVAL));
    };
    with(|m| {
        let bytes = [text, b"\0"].concat();
        write_bytes(m, &bytes, addr as u64).map(|()| text.len() as isize)
    })
}

/// # Safety
/// `text` is null or a C string.
unsafe fn symbol(text: *const c_char) -> Result<GElf_Sym, Errno> {
    let m = Debugger::current().ok_or(Errno::INVAL)?;
    // SAFETY: promised by the caller.
    let text = unsafe { name(text) };
    m.target().symbol_by_name(None, &text).map(|s| s.sym).ok_or(Errno::NOSYM)
}

#[no_mangle]
unsafe extern "C" fn mdb_readsym(buf: *mut c_void, size: usize, text: *const c_char) -> isize {
    // SAFETY: the module passes a C string and a buffer of this size.
    match unsafe { symbol(text) } {
        // SAFETY: as above.
        Ok(sym) => unsafe { read(Place::Memory, buf, size, sym.st_value) },
        Err(errno) => with(|_| Err::<isize, _>(errno)),
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_writesym(buf: *const c_void, size: usize, text: *const c_char) -> isize {
    // SAFETY: the module passes a C string and a buffer of this size.
    match unsafe { symbol(text) } {
        // SAFETY: as above.
        Ok(sym) => unsafe { write(buf, size, sym.st_value) },
        Err(errno) => with(|_| Err::<isize, _>(errno)),
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_readvar(buf: *mut c_void, text: *const c_char) -> isize {
    // SAFETY: the module passes a C string and a buffer as large as the object.
    match unsafe { symbol(text) } {
        // SAFETY: as above.
        Ok(sym) => unsafe { read(Place::Memory, buf, sym.st_size as usize, sym.st_value) },
        Err(errno) => with(|_| Err::<isize, _>(errno)),
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_writevar(buf: *const c_void, text: *const c_char) -> isize {
    // SAFETY: the module passes a C string and a buffer as large as the object.
    match unsafe { symbol(text) } {
        // SAFETY: as above.
        Ok(sym) => unsafe { write(buf, sym.st_size as usize, sym.st_value) },
        Err(errno) => with(|_| Err::<isize, _>(errno)),
    }
}
