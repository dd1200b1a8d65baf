//! Completion: what the debugger asks for when the user presses Tab.

use super::args::{Arg, Choice};
use super::command::{Dcmd, Row};
use super::entry::{arguments, enter, guarded};
use super::optional;
use crate::cmd::complete::complete;
use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::{c_char, c_int, c_uint, c_void, CStr};
use mdb_sys as sys;

/// Seconds after which names are not waited for any longer: nobody can interrupt it.
const PATIENCE: i64 = 2;

/// Hands the debugger what may follow a command, as far as that is known soon.
fn offer(
    frame: usize,
    row: &Row,
    operands: Choice,
    cookie: *mut sys::mdb_tab_cookie_t,
    flags: c_uint,
    words: Vec<Arg>,
) {
    let state = enter(frame, false);
    let words: Vec<_> = words.iter().map(Arg::to_text).collect();
    let after_blank = flags & sys::DCMD_TAB_SPACE != 0;
    state.target.limit(Some(PATIENCE));
    let found = complete(row, operands, &words, after_blank, &state.session, &state.target);
    state.target.limit(None);
    // Where nothing can be found there is nothing to offer; the command itself will
    // say why.
    let (Ok(found), Some(begin), Some(insert)) =
        (found, tell(c"mdb_tab_setmbase"), tell(c"mdb_tab_insert"))
    else {
        return;
    };
    let each = |text: &str, tell: Tell| {
        let Ok(text) = CString::new(text) else { return };
        // SAFETY: the cookie is the debugger's own; it copies the text and returns.
        unsafe { tell(cookie, text.as_ptr()) };
    };
    each(&found.typed, begin);
    found.words.iter().for_each(|word| each(word, insert));
}

/// A function that takes a word.
type Tell = unsafe extern "C" fn(*mut sys::mdb_tab_cookie_t, *const c_char);

/// One of the debugger's functions for completion, which the oldest lack.
fn tell(name: &CStr) -> Option<Tell> {
    let found = optional::find(name)?;
    // SAFETY: those of these names have this type.
    Some(unsafe { core::mem::transmute::<*mut c_void, Tell>(found) })
}

/// `dc_tabp` of a command.
///
/// # Safety
///
/// Only for the debugger.
pub unsafe extern "C" fn tab<T: Dcmd>(
    cookie: *mut sys::mdb_tab_cookie_t,
    flags: c_uint,
    argc: c_int,
    argv: *const sys::mdb_arg_t,
) -> c_int {
    // SAFETY: no guard of the module is active when the debugger calls it.
    unsafe { sys::mdb_sys_guard_reset() };
    let (row, operands) = (const { &T::ROW }, T::OPERANDS);
    let here = 0u8;
    let frame = core::ptr::addr_of!(here).addr();
    let done = guarded(&mut || offer(frame, row, operands, cookie, flags, arguments(argc, argv)));
    core::hint::black_box(&here);
    c_int::from(done.is_none())
}
