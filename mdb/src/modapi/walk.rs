//! Walks. The state a walker sees is the first member of a larger object of
//! ours, which the list of active walks finds again from the state's address.

use super::foreign::Steps;
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::registry::{Walker, WalkerBody};
use mdb_sys::*;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::rc::Rc;

/// A walk in progress. `state` comes first: see [`active`].
#[repr(C)]
struct Walk {
    state: mdb_walk_state_t,
    walker: Rc<Walker>,
    /// Elements of a built-in walk.
    elements: VecDeque<u64>,
    /// Walks below, the current one first.
    layers: VecDeque<*mut Walk>,
    /// Whether there ever was a walk below.
    layered: bool,
    /// The walk above.
    above: *mut Walk,
    initialised: bool,
    initialising: bool,
}

thread_local! {
    /// Walks that modules may hold a state of.
    static ACTIVE: RefCell<Vec<*mut Walk>> = const { RefCell::new(Vec::new()) };
}

/// The walk a state belongs to.
fn active(state: *mut mdb_walk_state_t) -> Option<*mut Walk> {
    let walk = state.cast::<Walk>();
    ACTIVE.with_borrow(|active| active.contains(&walk).then_some(walk))
}

fn create(
    walker: &Rc<Walker>,
    addr: usize,
    callback: mdb_walk_cb_t,
    data: *mut c_void,
    above: *mut Walk,
) -> *mut Walk {
    let walk_arg = match &walker.body {
        WalkerBody::Foreign(foreign) => foreign.steps().arg,
        WalkerBody::Builtin(_) => std::ptr::null_mut(),
    };
    walker.module.busy.set(walker.module.busy.get() + 1);
    let walk = Box::into_raw(Box::new(Walk {
        state: mdb_walk_state_t {
            walk_callback: Some(callback),
            walk_cbdata: data,
            walk_addr: addr,
            walk_data: std::ptr::null_mut(),
            walk_arg,
            walk_layer: std::ptr::null(),
        },
        walker: walker.clone(),
        elements: VecDeque::new(),
        layers: VecDeque::new(),
        layered: false,
        above,
        initialised: false,
        initialising: false,
    }));
    ACTIVE.with_borrow_mut(|active| active.push(walk));
    walk
}

/// The walker of a walk.
///
/// # Safety
/// `walk` is alive.
unsafe fn walker_of(walk: *mut Walk) -> Rc<Walker> {
    // SAFETY: promised by the caller.
    Rc::clone(unsafe { &(*walk).walker })
}

/// Functions of the walker of a walk; none for a built-in one.
///
/// # Safety
/// `walk` is alive.
unsafe fn steps(walk: *mut Walk) -> Option<Steps> {
    // SAFETY: promised by the caller.
    match unsafe { walker_of(walk) }.body {
        WalkerBody::Foreign(foreign) => Some(foreign.steps()),
        WalkerBody::Builtin(_) => None,
    }
}

/// Starts a walk; what `walk_init` returned.
///
/// # Safety
/// `walk` is alive.
unsafe fn init(m: &'static Debugger, walk: *mut Walk, global: bool) -> Result<c_int, Errno> {
    // SAFETY: the walk is alive, and no reference into it is held while the
    // module's function runs.
    unsafe {
        let status = match steps(walk) {
            Some(steps) => match steps.init {
                Some(init) => {
                    (*walk).initialising = true;
                    let status = init(&raw mut (*walk).state);
                    (*walk).initialising = false;
                    status
                }
                None => WALK_NEXT,
            },
            None => {
                let WalkerBody::Builtin(list) = walker_of(walk).body else { return Ok(WALK_ERR) };
                let addr = (!global).then_some((*walk).state.walk_addr as u64);
                (*walk).elements = list(m, addr)?.into();
                WALK_NEXT
            }
        };
        (*walk).initialised = status == WALK_NEXT;
        Ok(status)
    }
}

/// Called for each element of a layer: hands it to the walk above.
unsafe extern "C" fn on_layer(addr: usize, layer: *const c_void, data: *mut c_void) -> c_int {
    let above = data.cast::<Walk>();
    // SAFETY: the walk above lives at least as long as its layers.
    unsafe {
        (*above).state.walk_addr = addr;
        (*above).state.walk_layer = layer;
        own_step(above)
    }
}

/// One step of a walk without its layers.
///
/// # Safety
/// `walk` is alive.
unsafe fn own_step(walk: *mut Walk) -> c_int {
    // SAFETY: as for `init`.
    unsafe {
        match steps(walk) {
            Some(steps) => (steps.step)(&raw mut (*walk).state),
            None => {
                let Some(element) = (*walk).elements.pop_front() else { return WALK_DONE };
                let state = (*walk).state;
                match state.walk_callback {
                    Some(callback) => {
                        callback(element as usize, std::ptr::null(), state.walk_cbdata)
                    }
                    None => WALK_ERR,
                }
            }
        }
    }
}

/// One step of a walk. With layers, the lowest one steps.
///
/// # Safety
/// `walk` is alive.
unsafe fn step(walk: *mut Walk) -> c_int {
    // SAFETY: as for `init`; layers are alive while they are in the list.
    unsafe {
        if !(*walk).layered {
            return own_step(walk);
        }
        let Some(layer) = (*walk).layers.front().copied() else { return WALK_DONE };
        let status = step(layer);
        if status != WALK_NEXT {
            (*walk).layers.pop_front();
            destroy(layer);
        }
        if status == WALK_DONE && !(*walk).layers.is_empty() {
            return WALK_NEXT;
        }
        status
    }
}

/// Ends a walk: `walk_fini` once if it was started, then its layers.
///
/// # Safety
/// `walk` came from [`create`] and is not used any more.
unsafe fn destroy(walk: *mut Walk) {
    // SAFETY: promised by the caller; the module's function runs before
    // anything is freed.
    unsafe {
        if std::mem::replace(&mut (*walk).initialised, false) {
            if let Some(fini) = steps(walk).and_then(|s| s.fini) {
                fini(&raw mut (*walk).state);
            }
        }
        ACTIVE.with_borrow_mut(|active| active.retain(|w| *w != walk));
        while let Some(layer) = (*walk).layers.pop_front() {
            destroy(layer);
        }
        let module = walker_of(walk).module.clone();
        module.busy.set(module.busy.get() - 1);
        drop(Box::from_raw(walk));
    }
}

/// Walks, calling a C function for each element. A failing step does not fail
/// the walk: only the start does.
///
/// # Safety
/// `callback` may be called with `data`.
pub unsafe fn walk_raw(
    m: &'static Debugger,
    walker: &Rc<Walker>,
    addr: Option<usize>,
    callback: mdb_walk_cb_t,
    data: *mut c_void,
) -> Result<(), Errno> {
    if m.stopped().is_some() {
        return Err(Errno::CANCEL);
    }
    if !walker.module.loaded.get() {
        return Err(Errno::NOWALK);
    }
    let walk = create(walker, addr.unwrap_or(0), callback, data, std::ptr::null_mut());
    // SAFETY: created above, destroyed below, and on every path in between alive.
    unsafe {
        match init(m, walk, addr.is_none()) {
            Ok(WALK_NEXT) => {}
            other => {
                destroy(walk);
                return match other {
                    Ok(WALK_ERR) => Err(Errno::WALKINIT),
                    Ok(_) => Ok(()),
                    Err(errno) => Err(errno),
                };
            }
        }
        while m.stopped().is_none() && step(walk) == WALK_NEXT {}
        destroy(walk);
    }
    match m.stopped() {
        Some(_) => Err(Errno::CANCEL),
        None => Ok(()),
    }
}

/// A closure that is called for each element and returns a `WALK_*`.
type EachElement<'a> = &'a mut dyn FnMut(u64) -> c_int;

unsafe extern "C" fn on_element(addr: usize, _layer: *const c_void, data: *mut c_void) -> c_int {
    // SAFETY: `walk` below passes a pointer to its closure reference.
    let each = unsafe { &mut *data.cast::<EachElement<'_>>() };
    each(addr as u64)
}

/// Walks, calling a closure for each element; an address makes it a walk from
/// there.
pub fn walk(
    m: &'static Debugger,
    walker: &Rc<Walker>,
    addr: Option<u64>,
    each: &mut dyn FnMut(u64) -> c_int,
) -> Result<(), Errno> {
    let mut each: EachElement<'_> = each;
    let data = (&raw mut each).cast();
    // SAFETY: `on_element` is called with a pointer to a closure that lives
    // until the walk has ended.
    unsafe { walk_raw(m, walker, addr.map(|a| a as usize), on_element, data) }
}

/// Makes another walk the source of the one whose `walk_init` is running.
pub fn add_layer(
    m: &'static Debugger,
    walker: &str,
    state: *mut mdb_walk_state_t,
) -> Result<(), Errno> {
    let above = active(state).ok_or(Errno::BADWCB)?;
    let walker = m.registry.borrow().walker(walker)?;
    // SAFETY: active walks are alive; references are not held across calls.
    unsafe {
        if !(*above).initialising {
            return Err(Errno::BADWCB);
        }
        let mut ancestor = above;
        while !ancestor.is_null() {
            if Rc::ptr_eq(&(*ancestor).walker, &walker) {
                return Err(Errno::WALKLOOP);
            }
            ancestor = (*ancestor).above;
        }
        let addr = (*above).state.walk_addr;
        let layer = create(&walker, addr, on_layer, above.cast(), above);
        match init(m, layer, addr == 0) {
            Ok(WALK_NEXT) => {
                (*above).layered = true;
                (*above).layers.push_back(layer);
                Ok(())
            }
            other => {
                destroy(layer);
                match other {
                    Ok(WALK_ERR) => Err(Errno::WALKINIT),
                    // An empty layer: the walk above has nothing to step on.
                    Ok(_) => {
                        (*above).layered = true;
                        Ok(())
                    }
                    Err(errno) => Err(errno),
                }
            }
        }
    }
}
