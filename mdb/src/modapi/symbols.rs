//! Symbols, load objects, registers and the target's state.

use super::{name, with_int};
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::symbols::basename;
use crate::target::{Kind, Object, Target};
use mdb_sys::*;
use std::ffi::{c_char, c_int, c_uint, c_void, CString};

/// Which objects a call means.
enum Which {
    Every,
    One(usize),
}

fn is_linker(object: &Object) -> bool {
    let base = basename(&object.path);
    base.starts_with("ld-") || base.starts_with("ld.so") || base.starts_with("ld64.so")
}

/// # Safety
/// `object` is one of the special pointers or a C string.
unsafe fn which(target: &Target, object: *const c_char) -> Result<Which, Errno> {
    let objects = target.objects();
    let found = match object as usize {
        usize::MAX => return Ok(Which::Every),
        0 => objects.iter().position(|o| o.executable),
        1 => objects.iter().position(is_linker),
        _ => {
            // SAFETY: not a special pointer, so a C string.
            let text = unsafe { name(object) };
            target.object_named(&text)
        }
    };
    found.map(Which::One).ok_or(Errno::NOOBJ)
}

/// # Safety
/// `to` is null or has room for a symbol.
unsafe fn store(symbol: GElf_Sym, to: *mut GElf_Sym) {
    if !to.is_null() {
        // SAFETY: promised by the caller.
        unsafe { to.write(symbol) };
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_lookup_by_name(text: *const c_char, to: *mut GElf_Sym) -> c_int {
    with_int(|m| {
        // SAFETY: the module passes a C string.
        let text = unsafe { name(text) };
        let symbol = m.target().symbol_by_name(None, &text).map(|s| s.sym).ok_or(Errno::NOSYM)?;
        // SAFETY: null or room for a symbol.
        unsafe { store(symbol, to) };
        Ok(())
    })
}

#[no_mangle]
unsafe extern "C" fn mdb_lookup_by_obj(
    object: *const c_char,
    text: *const c_char,
    to: *mut GElf_Sym,
) -> c_int {
    with_int(|m| {
        let target = m.target();
        // SAFETY: special pointer or C string.
        let path = match unsafe { which(&target, object) }? {
            Which::Every => None,
            Which::One(index) => target.objects().get(index).map(|o| o.path.clone()),
        };
        // SAFETY: the module passes a C string.
        let text = unsafe { name(text) };
        let symbol = target.symbol_by_name(path.as_deref(), &text).ok_or(Errno::NOSYM)?.sym;
        // SAFETY: null or room for a symbol.
        unsafe { store(symbol, to) };
        Ok(())
    })
}

#[no_mangle]
unsafe extern "C" fn mdb_lookup_by_addr(
    addr: usize,
    flags: c_uint,
    buf: *mut c_char,
    size: usize,
    to: *mut GElf_Sym,
) -> c_int {
    with_int(|m| {
        let found = m.find_symbol(addr as u64).ok_or(Errno::NOSYMADDR)?;
        if flags & MDB_SYM_EXACT != 0 && found.sym.st_value != addr as u64 {
            return Err(Errno::NOSYMADDR);
        }
        // SAFETY: the module passes a buffer of this size.
        unsafe { super::printing::store(found.name.as_bytes(), buf, size) };
        // SAFETY: null or room for a symbol.
        unsafe { store(found.sym, to) };
        Ok(())
    })
}

/// The interface's bit for a symbol's binding.
pub fn bind_bit(info: u8) -> c_uint {
    match info >> 4 {
        0 => MDB_BIND_LOCAL,
        2 => MDB_BIND_WEAK,
        // Unique symbols of GNU are global ones.
        _ => MDB_BIND_GLOBAL,
    }
}

/// The interface's bit for a symbol's type.
pub fn type_bit(info: u8) -> c_uint {
    match info & 15 {
        kind @ 0..=6 => MDB_TYPE_NOTYPE << kind,
        // Indirect functions of GNU.
        10 => MDB_TYPE_FUNC,
        _ => MDB_TYPE_NOTYPE,
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_symbol_iter(
    object: *const c_char,
    table: c_uint,
    kind: c_uint,
    callback: Option<mdb_symbol_cb_t>,
    data: *mut c_void,
) -> c_int {
    let mut result = 0;
    let status = with_int(|m| {
        let callback = callback.ok_or(Errno::INVAL)?;
        let known = kind & !(MDB_BIND_ANY | MDB_TYPE_ANY) == 0;
        let some = kind & MDB_BIND_ANY != 0 && kind & MDB_TYPE_ANY != 0;
        if !known || !some || !matches!(table, MDB_SYMTAB | MDB_DYNSYM) {
            return Err(Errno::INVAL);
        }
        let target = m.target();
        // SAFETY: special pointer or C string.
        let range = match unsafe { which(&target, object) }? {
            Which::Every => 0..target.objects().len(),
            Which::One(index) => index..index + 1,
        };
        for index in range {
            let base = target.objects().get(index).map_or("", |o| basename(&o.path));
            let object_name = CString::new(base).unwrap_or_default();
            let mut each = |name: *const c_char, sym: GElf_Sym, id: u32| {
                if m.stopped().is_some() {
                    return false;
                }
                let info = sym.st_info;
                if bind_bit(info) & kind == 0 || type_bit(info) & kind == 0 {
                    return true;
                }
                let shown = mdb_symbol_t {
                    sym_name: name,
                    sym_object: object_name.as_ptr(),
                    sym_sym: &sym,
                    sym_table: table,
                    sym_id: id,
                };
                // SAFETY: the module's function; what it is shown outlives the call.
                result = unsafe { callback(&shown, data) };
                result == 0
            };
            target.each_c_symbol(index, table == MDB_DYNSYM, &mut each);
            if m.stopped().is_some() {
                return Err(Errno::CANCEL);
            }
            if result != 0 {
                break;
            }
        }
        Ok(())
    });
    if status == 0 {
        result
    } else {
        status
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_object_iter(
    callback: Option<mdb_object_cb_t>,
    data: *mut c_void,
) -> c_int {
    let mut result = 0;
    let status = with_int(|m| {
        let callback = callback.ok_or(Errno::INVAL)?;
        let target = m.target();
        if target.objects().is_empty() {
            return Err(Errno::NOPROC);
        }
        for object in target.objects() {
            if m.stopped().is_some() {
                return Err(Errno::CANCEL);
            }
            let base = CString::new(basename(&object.path)).unwrap_or_default();
            let full = CString::new(object.path.as_str()).unwrap_or_default();
            let mut shown = mdb_object_t {
                obj_name: base.as_ptr(),
                obj_fullname: full.as_ptr(),
                obj_base: object.base as usize,
                obj_size: object.size as usize,
            };
            // SAFETY: the module's function; what it is shown outlives the call.
            result = unsafe { callback(&mut shown, data) };
            if result != 0 {
                break;
            }
        }
        Ok(())
    });
    if status == 0 {
        result
    } else {
        status
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_getareg(tid: usize, register: *const c_char, to: *mut u64) -> c_int {
    with_int(|m| {
        // SAFETY: the module passes a C string.
        let register = unsafe { name(register) };
        let target = m.target();
        if target.threads().is_empty() {
            return Err(Errno::NOPROC);
        }
        let registers = target.registers(tid as u64).ok_or(Errno::NOTHREAD)?;
        let found = registers.iter().find(|(n, _)| *n == register);
        let (_, value) = found.ok_or(Errno::BADREG)?;
        if !to.is_null() {
            // SAFETY: the module passes room for a number.
            unsafe { to.write(*value) };
        }
        Ok(())
    })
}

#[no_mangle]
extern "C" fn mdb_get_state() -> c_int {
    match Debugger::current().map(|m| m.target().kind()) {
        Some(Kind::Core) => MDB_STATE_DEAD,
        Some(Kind::Live) => MDB_STATE_STOPPED,
        _ => MDB_STATE_IDLE,
    }
}
