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
    Instructions(u64, u64),
    Nothing,
}

fn next(frame: usize) -> Next {
    // SAFETY: no other reference is live: this is called between entries.
    let Some(state) = (unsafe { STATE.get() }) else { return Next::Nothing };
    let Some(pending) = state.pending(frame) else { return Next::Nothing };
    pending.printing = pending.ready.pop();
    match &pending.printing {
        Some(Ready::Text(text)) => Next::Text(text.as_ptr()),
        Some(Ready::Warning(text)) => Next::Warning(text.as_ptr()),
        Some(Ready::Attribute(attribute)) => Next::Attribute(attribute.as_ptr()),
        Some(Ready::Margin(columns)) => Next::Margin(*columns),
        Some(Ready::Instructions(start, end)) => Next::Instructions(*start, *end),
        None => Next::Nothing,
    }
}

/// Prints what the entry with this frame has ready. The debugger may jump away from here.
pub fn print_ready(frame: usize) {
    loop {
        // Freeing the last piece must not be cut short either.
        let blocked = signals::block();
        let piece = next(frame);
        blocked.restore();
        // SAFETY: the pointers are C strings in the state, which nothing
        // changes before this entry's next call of `next`; other entries do not
        // touch it. This frame owns nothing.
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
                Next::Instructions(start, end) => {
                    if !disassemble(start, end) {
                        mdb_sys::mdb_warn(c"failed to disassemble at %llx\n".as_ptr(), start);
                    }
                }
                Next::Nothing => return,
            }
        }
    }
}

/// Has the debugger print instructions, one a line and indented. It has no function for it,
/// only the format `i`; `+` moves on by what was formatted last.
///
/// The debugger may jump away from here.
fn disassemble(start: u64, end: u64) -> bool {
    let mut addr = start;
    while addr < end {
        // SAFETY: static text; this frame owns nothing.
        let next = unsafe {
            mdb_sys::mdb_set_dot(addr);
            // Formats have a margin of their own.
            mdb_sys::mdb_printf(c"%s".as_ptr(), c"        ".as_ptr());
            let shown = mdb_sys::mdb_eval(c"/i".as_ptr()) == 0;
            if !shown || mdb_sys::mdb_eval(c"+".as_ptr()) != 0 {
                return false;
            }
            mdb_sys::mdb_get_dot()
        };
        // Where nothing can be disassembled dot does not move.
        if next <= addr {
            return false;
        }
        addr = next;
    }
    true
}

/// Prints static text. The debugger may jump away from here.
pub fn print_static(text: &'static CStr) {
    // SAFETY: static text; this frame owns nothing.
    unsafe { mdb_sys::mdb_printf(c"%s".as_ptr(), text.as_ptr()) }
}
