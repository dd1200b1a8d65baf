//! What modules register besides commands and walkers.

use super::commands::running_module;
use super::set_errno;
use super::whatis::WhatisHook;
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::registry::Module;
use mdb_sys::{MDB_CALLBACK_PROMPT, MDB_CALLBACK_STCHG};
use std::ffi::{c_int, c_void};
use std::rc::Rc;

/// When a callback is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A live target was continued and stopped again.
    StateChange,
    /// A prompt is about to be shown.
    Prompt,
}

type Function = unsafe extern "C" fn(*mut c_void);

#[derive(Debug, Clone)]
struct Callback {
    id: usize,
    event: Event,
    function: Function,
    data: *mut c_void,
    module: Rc<Module>,
}

/// Callbacks and `::whatis` functions of all modules.
#[derive(Debug, Default)]
pub struct Hooks {
    callbacks: Vec<Callback>,
    pub(super) whatis: Vec<WhatisHook>,
    last_id: usize,
}

impl Hooks {
    /// Forgets all that a module registered.
    pub fn drop_module(&mut self, module: &Rc<Module>) {
        self.callbacks.retain(|c| !Rc::ptr_eq(&c.module, module));
        self.whatis.retain(|w| !Rc::ptr_eq(&w.module, module));
    }
}

/// Calls all callbacks of an event.
pub fn fire(m: &Debugger, event: Event) {
    let callbacks: Vec<_> = m.hooks.borrow().callbacks.to_vec();
    for callback in callbacks {
        // A callback before this one may have removed it or its module.
        let still = m.hooks.borrow().callbacks.iter().any(|c| c.id == callback.id);
        if still && callback.event == event {
            // SAFETY: the module registered this function with this argument
            // and is still loaded; no cell is borrowed.
            unsafe { (callback.function)(callback.data) };
        }
    }
}

#[no_mangle]
extern "C" fn mdb_callback_add(
    class: c_int,
    function: Option<Function>,
    data: *mut c_void,
) -> *mut c_void {
    let event = match class {
        MDB_CALLBACK_STCHG => Some(Event::StateChange),
        MDB_CALLBACK_PROMPT => Some(Event::Prompt),
        _ => None,
    };
    let (Some(m), Some(event), Some(function)) = (Debugger::current(), event, function) else {
        set_errno(Errno::INVAL);
        return std::ptr::null_mut();
    };
    let module = match running_module(m) {
        Ok(module) => module,
        Err(errno) => {
            set_errno(errno);
            return std::ptr::null_mut();
        }
    };
    let mut hooks = m.hooks.borrow_mut();
    hooks.last_id += 1;
    let id = hooks.last_id;
    hooks.callbacks.push(Callback { id, event, function, data, module });
    std::ptr::without_provenance_mut(id)
}

#[no_mangle]
extern "C" fn mdb_callback_remove(handle: *mut c_void) {
    if let Some(m) = Debugger::current() {
        m.hooks.borrow_mut().callbacks.retain(|c| c.id != handle.addr());
    }
}
