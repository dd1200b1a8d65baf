//! Printing, from frames that own nothing.

use super::signals;
use super::state::{Ready, STATE};
use core::ffi::{c_char, CStr};

/// What to hand to the debugger next; pointers into the state, which stay
/// valid until the next call.
enum Next {
    Text(*const c_char),
    Warning(*const c_char),
    Attribute(*const c_char),
    Margin(i8),
    Nothing,
}

fn next() -> Next {
    // SAFETY: no other reference is live: this is called between entries.
    let Some(state) = (unsafe { STATE.get() }) else { return Next::Nothing };
    state.printing = state.ready.pop();
    match &state.printing {
        Some(Ready::Text(text)) => Next::Text(text.as_ptr()),
        Some(Ready::Warning(text)) => Next::Warning(text.as_ptr()),
        Some(Ready::Attribute(attribute)) => Next::Attribute(attribute.as_ptr()),
        Some(Ready::Margin(columns)) => Next::Margin(*columns),
        None => Next::Nothing,
    }
}

/// Prints what is ready. The debugger may jump away from here.
pub fn print_ready() {
    loop {
        // Freeing the last piece must not be cut short either.
        let blocked = signals::block();
        let piece = next();
        blocked.restore();
        // SAFETY: the pointers are C strings in the state, which nothing
        // changes before the next call of `next`. This frame owns nothing.
        unsafe {
            match piece {
                Next::Text(text) => mdb_sys::mdb_printf(c"%s".as_ptr(), text),
                Next::Warning(text) => mdb_sys::mdb_warn(c"%s\n".as_ptr(), text),
                Next::Attribute(format) => mdb_sys::mdb_printf(format),
                Next::Margin(columns) => {
                    let width = columns.unsigned_abs().into();
                    if columns < 0 {
                        mdb_sys::mdb_dec_indent(width);
                    } else {
                        mdb_sys::mdb_inc_indent(width);
                    }
                }
                Next::Nothing => return,
            }
        }
    }
}

/// Prints static text. The debugger may jump away from here.
pub fn print_static(text: &'static CStr) {
    // SAFETY: static text; this frame owns nothing.
    unsafe { mdb_sys::mdb_printf(c"%s".as_ptr(), text.as_ptr()) }
}
