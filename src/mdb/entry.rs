//! Entry points: how the debugger calls commands and walkers, and the one
//! mechanism that keeps its non-local exits from doing harm.
//!
//! Each entry point blocks SIGINT, runs the safe code under a guard that
//! catches panics, drops everything, restores the mask, and only then prints
//! or calls back. Whatever the debugger jumps away from owns nothing; what it
//! leaves in the state is cleared at the next entry.

use super::alloc::free_all;
use super::args::{self, Arg};
use super::command::{Call, Dcmd, Failure, Flow, Outcome, Progress, Row};
use super::output::Out;
use super::print::{print_ready, print_static};
use super::signals;
use super::state::{State, STATE};
use super::tab::tab;
use super::target::MdbTarget;
use super::walker::{Walk, Walker};
use super::whatis;
use crate::session::{self, Session};
use crate::v8::memory::Target;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::{c_int, c_uint, c_void, CStr};
use core::sync::atomic::{AtomicBool, Ordering};
use mdb_sys as sys;

/// A command's function without its type.
type Run = fn(&Call, &mut Session, &dyn Target, &mut Out) -> Outcome;
/// A walker's function without its type.
type Start = fn(Option<u64>, &Session, &dyn Target) -> Result<Box<dyn Walk>, Failure>;

/// Runs `body` with SIGINT blocked and panics caught; none after a panic, when
/// the module has also been reset.
pub(super) fn guarded<R: Copy>(body: &mut dyn FnMut() -> R) -> Option<R> {
    struct Task<'a, R> {
        body: &'a mut dyn FnMut() -> R,
        result: Option<R>,
    }
    extern "C" fn run<R>(task: *mut c_void) {
        // SAFETY: the pointer below.
        let task = unsafe { &mut *task.cast::<Task<'_, R>>() };
        task.result = Some((task.body)());
    }
    let blocked = signals::block();
    let mut task = Task { body, result: None };
    // SAFETY: `task` outlives the call. After an escape nothing that the frames
    // in between owned is used again: the state is forgotten, not dropped, and
    // all memory is given back.
    let escaped = unsafe { sys::mdb_sys_guard(run::<R>, (&raw mut task).cast()) } != 0;
    super::progress::clear();
    let result = task.result;
    if escaped {
        // SAFETY: as above.
        unsafe {
            STATE.forget();
            free_all();
        }
    }
    blocked.restore();
    if escaped {
        None
    } else {
        result
    }
}

/// Names an entry by where its frame lies.
macro_rules! frame {
    () => {{
        let here = 0u8;
        core::ptr::addr_of!(here).addr()
    }};
}

/// The state, made if there is none; the target looked at anew.
pub(super) fn enter(frame: usize, piped: bool) -> &'static mut State {
    // SAFETY: the only reference, for the duration of one guarded body.
    let slot = unsafe { STATE.get() };
    let state = slot.get_or_insert_with(|| {
        // After a panic: configure again, quietly.
        let target = MdbTarget::new();
        let session = session::configure(&target, &mut Out::new(false));
        State::new(session, target)
    });
    if state.target.refresh() {
        state.session.forget_reads();
    }
    if MOVED.swap(false, Ordering::Relaxed) {
        state.session.forget_heap();
    }
    state.begin(frame, piped);
    state
}

/// Whether the target has run since the last command.
static MOVED: AtomicBool = AtomicBool::new(false);

/// Called by the debugger when the target has stopped again or has gone.
unsafe extern "C" fn moved(_: *mut c_void) {
    MOVED.store(true, Ordering::Relaxed);
}

/// The current radix of the debugger, which has no other way to tell it.
fn radix() -> u32 {
    let mut text = [0u8; 8];
    // SAFETY: the buffer is as long as said; `%r` takes an unsigned int.
    unsafe {
        sys::mdb_snprintf(text.as_mut_ptr().cast(), text.len(), c"%r".as_ptr(), 16 as c_uint);
    }
    match &text[..2] {
        b"16" => 10,
        b"20" => 8,
        _ => 16,
    }
}

/// Copies the debugger's arguments.
pub(super) fn arguments(argc: c_int, argv: *const sys::mdb_arg_t) -> Vec<Arg> {
    let count = usize::try_from(argc).unwrap_or(0);
    let mut args = Vec::with_capacity(count);
    for i in 0..count {
        // SAFETY: MDB hands over `argc` arguments, each of the type it says.
        let arg = unsafe {
            let arg = &*argv.add(i);
            match arg.a_type {
                sys::MDB_TYPE_STRING if !arg.a_un.a_str.is_null() => {
                    Arg::Text(CStr::from_ptr(arg.a_un.a_str).to_string_lossy().into_owned())
                }
                sys::MDB_TYPE_STRING => Arg::Text(String::new()),
                sys::MDB_TYPE_CHAR => {
                    Arg::Text(String::from(char::from(arg.a_un.a_char.cast_unsigned())))
                }
                _ => Arg::Number(arg.a_un.a_val),
            }
        };
        args.push(arg);
    }
    args
}

/// Status of a command to the debugger, and whether more is to come.
#[derive(Clone, Copy)]
struct Status {
    code: c_int,
    more: bool,
}

/// Turns a failure into a message and a status.
pub(super) fn fail(failure: Failure, out: &mut Out) -> c_int {
    match failure {
        Failure::Usage => sys::DCMD_USAGE,
        Failure::Interrupted => sys::DCMD_ABORT,
        Failure::Reported => sys::DCMD_ERR,
        Failure::Message(text) => {
            out.warn(text);
            sys::DCMD_ERR
        }
    }
}

/// First stretch of a command.
fn begin(
    frame: usize,
    row: &Row,
    run: Run,
    addr: usize,
    flags: c_uint,
    argc: c_int,
    argv: *const sys::mdb_arg_t,
) -> Status {
    let piped = flags & sys::DCMD_PIPE_OUT != 0;
    let state = enter(frame, piped);
    let mut out = Out::new(piped);
    let parsed = args::parse(arguments(argc, argv), row.options, radix());
    let result = match parsed {
        Err(message) => {
            out.warn(message);
            Err(Failure::Usage)
        }
        Ok((_, operands)) if !operands.is_empty() && !row.takes_operands() => {
            out.warn(alloc::format!("unexpected argument: {}", operands[0].to_text()));
            Err(Failure::Usage)
        }
        Ok((options, operands)) => {
            let addr_given = flags & sys::DCMD_ADDRSPEC != 0;
            let call = Call {
                addr: addr_given.then_some(addr as u64),
                dot: addr as u64,
                first: flags & sys::DCMD_LOOPFIRST != 0 || flags & sys::DCMD_LOOP == 0,
                options,
                operands,
            };
            if row.needs_address() && !addr_given {
                row.complaint().into_iter().for_each(|text| out.warn(text));
                Err(Failure::Usage)
            } else {
                run(&call, &mut state.session, &state.target, &mut out)
            }
        }
    };
    state.session.take_notes().into_iter().for_each(|note| out.warn(note));
    let status = match result {
        Ok(Flow::Done) => Status { code: sys::DCMD_OK, more: false },
        Ok(Flow::More(step)) => {
            if let Some(pending) = state.pending(frame) {
                pending.rest = Some(step);
            }
            Status { code: sys::DCMD_OK, more: true }
        }
        Err(failure) => Status { code: fail(failure, &mut out), more: false },
    };
    state.set_ready(frame, out.take());
    status
}

/// Next stretch of a command that paused.
fn go_on(frame: usize) -> Status {
    // SAFETY: the only reference, for the duration of one guarded body.
    let Some(state) = (unsafe { STATE.get() }) else {
        return Status { code: sys::DCMD_ABORT, more: false };
    };
    // The panic of another command that ran meanwhile has taken the rest away.
    let taken = state.pending(frame).and_then(|p| Some((p.rest.take()?, p.piped)));
    let Some((mut step, piped)) = taken else {
        return Status { code: sys::DCMD_ABORT, more: false };
    };
    let mut out = Out::new(piped);
    let status = match step(&state.session, &state.target, &mut out) {
        Ok(Progress::More) => {
            if let Some(pending) = state.pending(frame) {
                pending.rest = Some(step);
            }
            Status { code: sys::DCMD_OK, more: true }
        }
        Ok(Progress::Done) => Status { code: sys::DCMD_OK, more: false },
        Err(failure) => Status { code: fail(failure, &mut out), more: false },
    };
    state.set_ready(frame, out.take());
    status
}

/// A command as the debugger calls it.
///
/// # Safety
///
/// Only for the debugger.
pub unsafe extern "C" fn dcmd<T: Dcmd>(
    addr: usize,
    flags: c_uint,
    argc: c_int,
    argv: *const sys::mdb_arg_t,
) -> c_int {
    // SAFETY: no guard of the module is active when the debugger calls it.
    unsafe { sys::mdb_sys_guard_reset() };
    let row = const { &T::ROW };
    let frame = frame!();
    let mut status = guarded(&mut || begin(frame, row, T::run, addr, flags, argc, argv));
    loop {
        print_ready(frame);
        match status {
            Some(Status { more: true, .. }) => status = guarded(&mut || go_on(frame)),
            Some(Status { code, .. }) => return code,
            None => return sys::DCMD_ERR,
        }
    }
}

/// The help of a command.
///
/// # Safety
///
/// Only for the debugger.
pub unsafe extern "C" fn help<T: Dcmd>() {
    // SAFETY: as in `dcmd`.
    unsafe { sys::mdb_sys_guard_reset() };
    let row = const { &T::ROW };
    let frame = frame!();
    let _ = guarded(&mut || {
        let state = enter(frame, false);
        let mut out = Out::new(false);
        crate::cmd::help::print(row, &mut out);
        state.set_ready(frame, out.take());
    });
    print_ready(frame);
    // Work after the call keeps the frame, whose place names the entry.
    core::hint::black_box(frame);
}

/// A command's definition for the debugger.
pub const fn definition<T: Dcmd>() -> sys::mdb_dcmd_t {
    sys::mdb_dcmd_t {
        dc_name: T::ROW.name.as_ptr(),
        dc_usage: T::ROW.usage.as_ptr(),
        dc_descr: T::ROW.description.as_ptr(),
        dc_funcp: Some(dcmd::<T>),
        dc_help: Some(help::<T>),
        dc_tabp: Some(tab::<T>),
    }
}

/// Starts a walk.
fn walk_begin(frame: usize, start: Start, addr: usize) -> Option<usize> {
    let state = enter(frame, false);
    let mut out = Out::new(false);
    let addr = (addr != 0).then_some(addr as u64);
    let id = match start(addr, &state.session, &state.target) {
        Ok(walk) => Some(state.open(walk)),
        Err(failure) => {
            fail(failure, &mut out);
            None
        }
    };
    state.set_ready(frame, out.take());
    id
}

/// Outcome of a step: an address, the end, or a failure.
#[derive(Clone, Copy)]
enum Stepped {
    At(usize),
    Over(c_int),
}

fn walk_next(frame: usize, id: usize) -> Stepped {
    // SAFETY: the only reference, for the duration of one guarded body.
    let Some(state) = (unsafe { STATE.get() }) else { return Stepped::Over(sys::WALK_ERR) };
    state.begin(frame, false);
    let mut out = Out::new(false);
    // A panic of another command has taken all walks away.
    let Some(open) = state.walks.iter_mut().find(|open| open.id == id) else {
        return Stepped::Over(sys::WALK_ERR);
    };
    open.stepped = true;
    let stepped = match open.walk.next(&state.session, &state.target) {
        Ok(Some(addr)) => Stepped::At(addr as usize),
        Ok(None) => Stepped::Over(sys::WALK_DONE),
        Err(failure) => {
            fail(failure, &mut out);
            Stepped::Over(sys::WALK_ERR)
        }
    };
    state.set_ready(frame, out.take());
    stepped
}

/// `walk_init` of a walker.
///
/// # Safety
///
/// Only for the debugger.
pub unsafe extern "C" fn walk_init<T: Walker>(walk: *mut sys::mdb_walk_state_t) -> c_int {
    // SAFETY: as in `dcmd`; the debugger hands over a valid state.
    let addr = unsafe {
        sys::mdb_sys_guard_reset();
        (*walk).walk_addr
    };
    let frame = frame!();
    let id = guarded(&mut || walk_begin(frame, T::start, addr)).flatten();
    print_ready(frame);
    match id {
        Some(id) => {
            // SAFETY: as above. The number is no pointer: nothing dangles when
            // the walk is gone.
            unsafe { (*walk).walk_data = core::ptr::without_provenance_mut(id) };
            sys::WALK_NEXT
        }
        None => sys::WALK_ERR,
    }
}

/// `walk_step` of every walker.
///
/// # Safety
///
/// Only for the debugger.
pub unsafe extern "C" fn walk_step(walk: *mut sys::mdb_walk_state_t) -> c_int {
    // SAFETY: as in `walk_init`.
    let id = unsafe {
        sys::mdb_sys_guard_reset();
        (*walk).walk_data.addr()
    };
    let frame = frame!();
    let stepped = guarded(&mut || walk_next(frame, id)).unwrap_or(Stepped::Over(sys::WALK_ERR));
    print_ready(frame);
    match stepped {
        Stepped::Over(status) => status,
        // SAFETY: the debugger's own callback and data; this frame owns nothing.
        Stepped::At(addr) => unsafe {
            match (*walk).walk_callback {
                Some(callback) => callback(addr, core::ptr::null(), (*walk).walk_cbdata),
                None => sys::WALK_ERR,
            }
        },
    }
}

/// `walk_fini` of every walker; the frames of its steps may be gone.
///
/// # Safety
///
/// Only for the debugger.
pub unsafe extern "C" fn walk_fini(walk: *mut sys::mdb_walk_state_t) {
    // SAFETY: as in `walk_init`.
    let id = unsafe {
        sys::mdb_sys_guard_reset();
        (*walk).walk_data.addr()
    };
    let _ = guarded(&mut || {
        // SAFETY: the only reference, for the duration of this body.
        if let Some(state) = unsafe { STATE.get() } {
            state.walks.retain(|open| open.id != id);
        }
    });
}

/// A walker's definition for the debugger.
pub const fn walker_definition<T: Walker>() -> sys::mdb_walker_t {
    sys::mdb_walker_t {
        walk_name: T::ROW.name.as_ptr(),
        walk_descr: T::ROW.description.as_ptr(),
        walk_init: Some(walk_init::<T>),
        walk_step: Some(walk_step),
        walk_fini: Some(walk_fini),
        walk_init_arg: core::ptr::null_mut(),
    }
}

/// End of the table of commands.
pub const NO_DCMD: sys::mdb_dcmd_t = sys::mdb_dcmd_t {
    dc_name: core::ptr::null(),
    dc_usage: core::ptr::null(),
    dc_descr: core::ptr::null(),
    dc_funcp: None,
    dc_help: None,
    dc_tabp: None,
};

/// End of the table of walkers.
pub const NO_WALKER: sys::mdb_walker_t = sys::mdb_walker_t {
    walk_name: core::ptr::null(),
    walk_descr: core::ptr::null(),
    walk_init: None,
    walk_step: None,
    walk_fini: None,
    walk_init_arg: core::ptr::null_mut(),
};

/// A table the debugger keeps pointers to.
#[repr(transparent)]
pub struct Table<T>(pub T);

// SAFETY: tables are never written.
unsafe impl<T> Sync for Table<T> {}

/// Loads the module: configures it and says what was found.
pub fn init(info: &'static Table<sys::mdb_modinfo_t>) -> *const sys::mdb_modinfo_t {
    // SAFETY: as in `dcmd`.
    unsafe { sys::mdb_sys_guard_reset() };
    let frame = frame!();
    let configured = guarded(&mut || {
        let target = MdbTarget::new();
        let mut out = Out::new(false);
        let session = session::configure(&target, &mut out);
        let mut state = State::new(session, target);
        state.begin(frame, false);
        state.set_ready(frame, out.take());
        // SAFETY: the only reference, for the duration of this body.
        unsafe { *STATE.get() = Some(state) };
    });
    // SAFETY: the function stays as long as the module does, and MDB forgets it then.
    // Without it, what was found in the heap is kept.
    unsafe {
        sys::mdb_callback_add(sys::MDB_CALLBACK_STCHG, moved, core::ptr::null_mut());
    }
    whatis::register();
    if configured.is_none() {
        print_static(c"mdb_v8: could not be configured; commands will try again\n");
    }
    print_ready(frame);
    &raw const info.0
}

/// Unloads the module. The target may be gone, and when the debugger is being
/// terminated this runs from a signal handler in the middle of a command: so it
/// gives memory back only when the module is not at work.
pub fn fini() {
    super::progress::clear();
    if !signals::busy() {
        // SAFETY: the module is not at work, so nothing uses the memory any more.
        unsafe {
            STATE.forget();
            free_all();
        }
    }
}
