//! `::whatis` for modules: functions that know what an address belongs to.

use super::commands::running_module;
use super::printing::{format_text, CallArgs, RawArgs};
use super::{name, string};
use crate::debugger::Debugger;
use crate::registry::Module;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::rc::Rc;

/// A function a module registered.
#[derive(Debug, Clone)]
pub struct WhatisHook {
    name: String,
    function: unsafe extern "C" fn(*mut c_void, *mut c_void) -> c_int,
    data: *mut c_void,
    priority: c_uint,
    pub(super) module: Rc<Module>,
}

/// The addresses asked for and what is known about them.
#[derive(Debug)]
pub struct Report {
    /// Each address, and whether it has been told what it is.
    addresses: Vec<(u64, bool)>,
    /// Bits of `WHATIS_*`.
    flags: c_uint,
    /// Report every match, not only the first.
    all: bool,
    /// Where the search of `mdb_whatis_match` stands: range, and next address.
    cursor: (u64, u64, usize),
}

impl Report {
    /// A question about addresses.
    pub fn new(addresses: Vec<u64>, flags: c_uint, all: bool) -> Report {
        let addresses = addresses.into_iter().map(|a| (a, false)).collect();
        Report { addresses, flags, all, cursor: (0, 0, 0) }
    }

    /// Addresses nobody knows.
    pub fn unknown(&self) -> impl Iterator<Item = u64> + '_ {
        self.addresses.iter().filter(|(_, known)| !known).map(|(addr, _)| *addr)
    }

    fn done(&self) -> bool {
        !self.all && self.addresses.iter().all(|(_, known)| *known)
    }

    fn within(&self, index: usize, base: u64, size: u64) -> bool {
        self.addresses.get(index).is_some_and(|(addr, known)| {
            (self.all || !known) && *addr >= base && addr - base < size
        })
    }

    /// Next address in the range that still wants an answer; it has one then.
    fn next_match(&mut self, base: u64, size: u64) -> Option<u64> {
        if (self.cursor.0, self.cursor.1) != (base, size) {
            self.cursor = (base, size, 0);
        }
        let range = self.cursor.2..self.addresses.len();
        match range.into_iter().find(|&i| self.within(i, base, size)) {
            Some(index) => {
                self.cursor.2 = index + 1;
                self.addresses[index].1 = true;
                Some(self.addresses[index].0)
            }
            None => {
                self.cursor = (0, 0, 0);
                None
            }
        }
    }
}

/// Asks all registered functions, in the order of their priority.
pub fn ask(m: &Debugger, report: &mut Report) {
    let hooks: Vec<WhatisHook> = m.hooks.borrow().whatis.to_vec();
    for hook in hooks {
        if report.done() || m.stopped().is_some() {
            return;
        }
        if !hook.module.loaded.get() {
            continue;
        }
        let whatis: *mut Report = report;
        // SAFETY: the module registered this function with this argument; it
        // uses the pointer only through the functions below, until it returns.
        unsafe { (hook.function)(whatis.cast(), hook.data) };
    }
}

/// The report a module's pointer stands for.
///
/// # Safety
/// `whatis` is the pointer the module's function was called with.
unsafe fn report<'a>(whatis: *mut c_void) -> Option<&'a mut Report> {
    // SAFETY: promised by the caller.
    unsafe { whatis.cast::<Report>().as_mut() }
}

#[no_mangle]
unsafe extern "C" fn mdb_whatis_register(
    text: *const c_char,
    function: Option<unsafe extern "C" fn(*mut c_void, *mut c_void) -> c_int>,
    data: *mut c_void,
    priority: c_uint,
    _flags: c_uint,
) {
    let (Some(m), Some(function)) = (Debugger::current(), function) else { return };
    let Ok(module) = running_module(m) else { return };
    // SAFETY: the module passes a C string.
    let name = unsafe { name(text) };
    let mut hooks = m.hooks.borrow_mut();
    hooks.whatis.push(WhatisHook { name, function, data, priority, module });
    hooks.whatis.sort_by_key(|h| h.priority);
}

#[no_mangle]
unsafe extern "C" fn mdb_whatis_unregister(text: *const c_char) {
    // SAFETY: the module passes a C string.
    let text = unsafe { name(text) };
    if let Some(m) = Debugger::current() {
        m.hooks.borrow_mut().whatis.retain(|h| h.name != text);
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_whatis_flags(whatis: *mut c_void) -> c_uint {
    // SAFETY: the module passes the pointer it was given.
    unsafe { report(whatis) }.map_or(0, |r| r.flags)
}

#[no_mangle]
unsafe extern "C" fn mdb_whatis_done(whatis: *mut c_void) -> c_uint {
    // SAFETY: the module passes the pointer it was given.
    unsafe { report(whatis) }.is_none_or(|r| r.done()).into()
}

#[no_mangle]
unsafe extern "C" fn mdb_whatis_overlaps(whatis: *mut c_void, base: usize, size: usize) -> c_int {
    // SAFETY: the module passes the pointer it was given.
    let Some(report) = (unsafe { report(whatis) }) else { return 0 };
    let (base, size) = (base as u64, size as u64);
    (0..report.addresses.len()).any(|i| report.within(i, base, size)).into()
}

#[no_mangle]
unsafe extern "C" fn mdb_whatis_match(
    whatis: *mut c_void,
    base: usize,
    size: usize,
    found: *mut usize,
) -> c_int {
    // SAFETY: the module passes the pointer it was given.
    let Some(report) = (unsafe { report(whatis) }) else { return 0 };
    match report.next_match(base as u64, size as u64) {
        Some(addr) => {
            if !found.is_null() {
                // SAFETY: the module passes room for an address.
                unsafe { found.write(addr as usize) };
            }
            1
        }
        None => 0,
    }
}

/// Bit of the flags: print addresses only.
const QUIET: c_uint = 4;

#[no_mangle]
unsafe extern "C" fn host_whatis_report(
    whatis: *mut c_void,
    addr: usize,
    has_base: c_int,
    base: usize,
    format: *const c_char,
    args: *mut RawArgs,
) {
    // SAFETY: the module passes the pointer it was given, a C string and what
    // it asks for.
    let (report, format, mut args) =
        unsafe { (report(whatis), string(format), CallArgs::new(args)) };
    let (Some(m), Some(report)) = (Debugger::current(), report) else { return };
    let shown = if has_base != 0 { base } else { addr };
    if report.flags & QUIET != 0 {
        return crate::out!(m, "{shown:x}\n");
    }
    let text = format_text(m, format.unwrap_or_default(), &mut args);
    let mut line = match (has_base != 0, addr.wrapping_sub(base)) {
        (true, offset) if offset != 0 => format!("{addr:x} is {base:x}+{offset:x}, ").into_bytes(),
        _ => format!("{addr:x} is ").into_bytes(),
    };
    line.extend(text);
    m.print(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matching_goes_over_each_address_once() {
        let mut report = Report::new(vec![10, 12, 30], 0, false);
        assert_eq!(report.next_match(8, 8), Some(10));
        assert_eq!(report.next_match(8, 8), Some(12));
        assert_eq!(report.next_match(8, 8), None);
        assert_eq!(report.next_match(8, 8), None, "what is known is not asked again");
        assert_eq!(report.unknown().collect::<Vec<_>>(), [30]);
        let mut report = Report::new(vec![10, 12, 30], 0, true);
        let all: Vec<_> = std::iter::from_fn(|| report.next_match(8, 8)).collect();
        assert_eq!(all, [10, 12]);
        assert_eq!(report.next_match(8, 8), Some(10), "but with -a");
    }
}
