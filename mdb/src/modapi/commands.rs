//! Running commands from a module.

use super::argv::ArgVec;
use super::walk::{self, walk};
use super::{fail, name, string, with_int};
use crate::debugger::{Debugger, Stop};
use crate::errors::Errno;
use crate::lang::pipe::PipeValue;
use crate::lang::{exec, run};
use mdb_sys::*;
use std::ffi::{c_char, c_int, c_uint, c_void};

#[no_mangle]
unsafe extern "C" fn mdb_eval(command: *const c_char) -> c_int {
    with_int(|m| {
        // SAFETY: the module passes a C string.
        let text = unsafe { string(command) }.ok_or(Errno::INVAL)?;
        eval(m, text)
    })
}

/// Runs text in a frame of its own.
pub fn eval(m: &'static Debugger, text: &[u8]) -> Result<(), Errno> {
    if m.stopped().is_some() {
        return Err(Errno::CANCEL);
    }
    match run::run(m, text, run::STRING) {
        Ok(()) => Ok(()),
        Err(Stop::Interrupt | Stop::Pager) => Err(Errno::CANCEL),
        Err(Stop::Parse | Stop::Api) => Err(Errno::EVAL),
        Err(fatal) => {
            m.stop(fatal);
            Err(Errno::CANCEL)
        }
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_call_dcmd(
    command: *const c_char,
    addr: usize,
    flags: c_uint,
    argc: c_int,
    argv: *const mdb_arg_t,
) -> c_int {
    with_int(|m| {
        if m.stopped().is_some() {
            return Err(Errno::CANCEL);
        }
        // SAFETY: the module passes a C string.
        let command = unsafe { name(command) };
        let dcmds = m.registry.borrow().dcmd(&command)?;
        // SAFETY: the module passes this many arguments.
        let args = unsafe { ArgVec::from_raw(argc, argv) };
        m.set_dot(addr as u64);
        match exec::invoke(m, &dcmds, addr as u64, flags, &args, None).0 {
            DCMD_USAGE => Err(Errno::DCUSAGE),
            DCMD_OK | DCMD_NEXT => Ok(()),
            _ => Err(Errno::DCFAIL),
        }
    })
}

/// Walks and calls a module's function for each element.
///
/// # Safety
/// The pointers are as the module passed them: a C string, and data that fits
/// the callback.
unsafe fn walk_with(
    walker: *const c_char,
    callback: Option<mdb_walk_cb_t>,
    data: *mut c_void,
    addr: Option<usize>,
) -> c_int {
    with_int(|m| {
        let callback = callback.ok_or(Errno::INVAL)?;
        // SAFETY: promised by the caller.
        let walker = m.registry.borrow().walker(&unsafe { name(walker) })?;
        // SAFETY: promised by the caller.
        unsafe { walk::walk_raw(m, &walker, addr, callback, data) }
    })
}

#[no_mangle]
unsafe extern "C" fn mdb_walk(
    walker: *const c_char,
    callback: Option<mdb_walk_cb_t>,
    data: *mut c_void,
) -> c_int {
    // SAFETY: as the module passed them.
    unsafe { walk_with(walker, callback, data, None) }
}

#[no_mangle]
unsafe extern "C" fn mdb_pwalk(
    walker: *const c_char,
    callback: Option<mdb_walk_cb_t>,
    data: *mut c_void,
    addr: usize,
) -> c_int {
    // SAFETY: as the module passed them.
    unsafe { walk_with(walker, callback, data, Some(addr)) }
}

/// Runs a command on each element of a walk.
///
/// # Safety
/// The pointers are C strings and this many arguments.
unsafe fn walk_dcmd(
    walker: *const c_char,
    command: *const c_char,
    argc: c_int,
    argv: *const mdb_arg_t,
    addr: Option<usize>,
    extra: c_uint,
) -> c_int {
    with_int(|m| {
        // SAFETY: promised by the caller.
        let (walker, command) = unsafe { (name(walker), name(command)) };
        // SAFETY: promised by the caller.
        let args = unsafe { ArgVec::from_raw(argc, argv) };
        let dcmds = m.registry.borrow().dcmd(&command)?;
        let walker = m.registry.borrow().walker(&walker)?;
        let mut flags = DCMD_ADDRSPEC | DCMD_LOOP | DCMD_LOOPFIRST | extra;
        walk(m, &walker, addr.map(|a| a as u64), &mut |element| {
            m.set_dot(element);
            let status = exec::invoke(m, &dcmds, element, flags, &args, None).0;
            flags &= !DCMD_LOOPFIRST;
            if matches!(status, DCMD_USAGE | DCMD_ABORT) {
                WALK_ERR
            } else {
                WALK_NEXT
            }
        })
    })
}

#[no_mangle]
unsafe extern "C" fn mdb_walk_dcmd(
    walker: *const c_char,
    command: *const c_char,
    argc: c_int,
    argv: *const mdb_arg_t,
) -> c_int {
    // SAFETY: as the module passed them.
    unsafe { walk_dcmd(walker, command, argc, argv, None, 0) }
}

#[no_mangle]
unsafe extern "C" fn mdb_pwalk_dcmd(
    walker: *const c_char,
    command: *const c_char,
    argc: c_int,
    argv: *const mdb_arg_t,
    addr: usize,
) -> c_int {
    // SAFETY: as the module passed them.
    unsafe { walk_dcmd(walker, command, argc, argv, Some(addr), 0) }
}

#[no_mangle]
unsafe extern "C" fn mdb_fpwalk_dcmd(
    walker: *const c_char,
    command: *const c_char,
    argc: c_int,
    argv: *const mdb_arg_t,
    addr: usize,
    flags: c_uint,
) -> c_int {
    // SAFETY: as the module passed them.
    unsafe { walk_dcmd(walker, command, argc, argv, Some(addr), flags) }
}

#[no_mangle]
extern "C" fn mdb_set_dot(addr: u64) {
    if let Some(m) = Debugger::current() {
        m.set_dot(addr);
    }
}

#[no_mangle]
extern "C" fn mdb_get_dot() -> u64 {
    Debugger::current().map_or(0, |m| m.dot.get())
}

fn null_argument(m: &Debugger, function: &str) {
    m.error(format!("{function} invoked with invalid parameters"));
    m.stop(Stop::Api);
}

#[no_mangle]
unsafe extern "C" fn mdb_get_pipe(pipe: *mut mdb_pipe_t) {
    let Some(m) = Debugger::current() else { return };
    if pipe.is_null() {
        return null_argument(m, "mdb_get_pipe");
    }
    let addresses: Vec<usize> = match m.invocations.borrow_mut().last_mut() {
        Some(invocation) => match &mut invocation.pipe_in {
            Some(input) => {
                input.taken = true;
                input.rest.iter().map(|v| v.addr as usize).collect()
            }
            None => Vec::new(),
        },
        None => Vec::new(),
    };
    let pipe_data = match addresses.len() {
        0 => std::ptr::null_mut(),
        count => {
            let block = super::alloc::garbage(count * size_of::<usize>()).cast::<usize>();
            // SAFETY: the block has room for the addresses.
            unsafe { std::ptr::copy_nonoverlapping(addresses.as_ptr(), block, count) };
            block
        }
    };
    // SAFETY: the module passes room for the description.
    unsafe { pipe.write(mdb_pipe_t { pipe_data, pipe_len: addresses.len() }) };
}

#[no_mangle]
unsafe extern "C" fn mdb_set_pipe(pipe: *const mdb_pipe_t) {
    let Some(m) = Debugger::current() else { return };
    if pipe.is_null() {
        return null_argument(m, "mdb_set_pipe");
    }
    // SAFETY: the module passes a description of this many addresses.
    let addresses = unsafe {
        let pipe = &*pipe;
        match pipe.pipe_len {
            0 => &[],
            _ if pipe.pipe_data.is_null() => &[],
            count => std::slice::from_raw_parts(pipe.pipe_data, count),
        }
    };
    let piping = m.invocations.borrow().last().is_some_and(|i| i.pipe_out);
    if !piping {
        return;
    }
    if let Some(out) = m.pipes.borrow_mut().last_mut() {
        let none: std::rc::Rc<[(String, u64)]> = std::rc::Rc::new([]);
        let value = |addr: &usize| PipeValue { addr: *addr as u64, bindings: none.clone() };
        out.values = addresses.iter().map(value).collect();
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_layered_walk(
    walker: *const c_char,
    state: *mut mdb_walk_state_t,
) -> c_int {
    // SAFETY: the module passes a C string.
    let walker = unsafe { name(walker) };
    with_int(|m| walk::add_layer(m, &walker, state))
}

#[no_mangle]
unsafe extern "C" fn mdb_add_walker(walker: *const mdb_walker_t) -> c_int {
    if walker.is_null() {
        return fail(Errno::INVAL);
    }
    with_int(|m| {
        // SAFETY: the module passes a walker's definition.
        let walker = unsafe { super::loader::walker_from(&running_module(m)?, &*walker) };
        let walker = walker.map_err(|_| Errno::NAMEBAD)?;
        m.registry.borrow_mut().add_walker(walker, false)
    })
}

#[no_mangle]
unsafe extern "C" fn mdb_remove_walker(text: *const c_char) -> c_int {
    with_int(|m| {
        // SAFETY: the module passes a C string.
        let text = unsafe { name(text) };
        m.registry.borrow_mut().remove_walker(&text, &running_module(m)?)
    })
}

/// The module being loaded, or the one whose command is running.
pub fn running_module(m: &Debugger) -> Result<std::rc::Rc<crate::registry::Module>, Errno> {
    if let Some(module) = m.loading.borrow().clone() {
        return Ok(module);
    }
    m.invocations.borrow().last().map(|i| i.module.clone()).ok_or(Errno::NOMOD)
}
