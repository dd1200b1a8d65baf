//! Completion.

use super::argv::{Arg, ArgVec};
use super::{fail, name, printing};
use crate::errors::Errno;
use crate::registry::{Dcmd, DcmdBody};
use mdb_sys::*;
use std::collections::BTreeSet;
use std::ffi::{c_char, c_int, c_uint};

/// What the user may go on with.
#[derive(Debug, Default)]
pub struct Candidates {
    /// The part already typed.
    pub base: String,
    /// Whole names that begin with it.
    pub names: BTreeSet<String>,
}

/// The candidates a module's pointer stands for.
///
/// # Safety
/// `cookie` is the pointer its completion function was called with.
unsafe fn candidates<'a>(cookie: *mut mdb_tab_cookie_t) -> Option<&'a mut Candidates> {
    // SAFETY: promised by the caller; see `complete`.
    unsafe { cookie.cast::<Candidates>().as_mut() }
}

/// Asks a command what its arguments may go on with.
pub fn complete(dcmd: &Dcmd, words: &[&str], after_blank: bool) -> Candidates {
    let mut found = Candidates::default();
    let DcmdBody::Foreign(foreign) = &dcmd.body else { return found };
    let Some(function) = foreign.complete else { return found };
    let args = ArgVec::new(words.iter().map(|w| Arg::text(w.as_bytes())).collect());
    let flags = if after_blank { DCMD_TAB_SPACE } else { 0 };
    let (argc, argv) = args.raw();
    let cookie = (&raw mut found).cast::<mdb_tab_cookie_t>();
    // SAFETY: the module's own function; the cookie is only passed back to us
    // before it returns.
    unsafe { function(cookie, flags, argc, argv) };
    found
}

#[no_mangle]
unsafe extern "C" fn mdb_tab_insert(cookie: *mut mdb_tab_cookie_t, text: *const c_char) {
    // SAFETY: the module passes its cookie and a C string.
    if let (Some(found), text) = unsafe { (candidates(cookie), name(text)) } {
        if text.starts_with(&found.base) {
            found.names.insert(text);
        }
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_tab_setmbase(cookie: *mut mdb_tab_cookie_t, text: *const c_char) {
    // SAFETY: the module passes its cookie and a C string.
    if let (Some(found), text) = unsafe { (candidates(cookie), name(text)) } {
        found.names.retain(|n| n.starts_with(&text));
        found.base = text;
    }
}

// Types are known from CTF data only, which no file on Linux carries: there
// is nothing to complete.

#[no_mangle]
extern "C" fn mdb_tab_complete_type(
    _cookie: *mut mdb_tab_cookie_t,
    _prefix: *const c_char,
    _flags: c_uint,
) -> c_int {
    0
}

#[no_mangle]
extern "C" fn mdb_tab_complete_member(
    _cookie: *mut mdb_tab_cookie_t,
    _name: *const c_char,
    _member: *const c_char,
) -> c_int {
    0
}

#[no_mangle]
extern "C" fn mdb_tab_complete_mt(
    _cookie: *mut mdb_tab_cookie_t,
    _flags: c_uint,
    _argc: c_int,
    _argv: *const mdb_arg_t,
) -> c_int {
    1
}

/// Joins the words of a type name such as `struct foo` and takes them off the
/// arguments.
#[no_mangle]
unsafe extern "C" fn mdb_tab_typename(
    argc: *mut c_int,
    argv: *mut *const mdb_arg_t,
    buf: *mut c_char,
    size: usize,
) -> c_int {
    if argc.is_null() || argv.is_null() {
        return fail(Errno::INVAL);
    }
    // SAFETY: the module passes pointers to its own count and arguments.
    let args = unsafe { ArgVec::from_raw(*argc, *argv) };
    let words: Vec<_> = args.args().iter().map_while(Arg::as_str).collect();
    let taken = match words.first().map(AsRef::as_ref) {
        Some("struct" | "union" | "enum") => 2,
        Some(_) => 1,
        None => return fail(Errno::INVAL),
    };
    if words.len() < taken {
        return fail(Errno::INVAL);
    }
    let text = words[..taken].join(" ");
    // SAFETY: the buffer is of this size; that many arguments are there.
    unsafe {
        printing::store(text.as_bytes(), buf, size);
        *argc -= taken as c_int;
        *argv = (*argv).add(taken);
    }
    0
}
