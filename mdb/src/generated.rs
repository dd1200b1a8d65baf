//! Code that a program has made for itself. No symbol names it, but a module may
//! know whose it is. One that does defines commands of these names, which the
//! debugger calls and whose output it takes:
//!
//! - `FP::jitframe PC SP`: a line for each function of the frame at FP that executes
//!   at PC, the innermost first; none if the frame is not of such code. Frames of
//!   an interpreter count as well, so frames with a symbol are asked for too. SP is the
//!   stack pointer with which the frame was left; a thread's innermost one has none;
//! - `ADDR::jitcode`: what the code at ADDR belongs to, as `NAME+0xOFF`, or nothing;
//! - `::jitstack`: a line `FP TEXT` for each function on the stack of the first thread
//!   that is in such code, the innermost first, FP in hexadecimal. Profiles ask for it
//!   many times a second, so it should remember what it has found.
//!
//! None says anything about what it does not know.

use crate::debugger::Debugger;
use crate::lang::exec;
use crate::modapi::{Arg, ArgVec};
use mdb_sys::DCMD_ADDRSPEC;
use std::iter;

/// The functions of a frame, the innermost first; none if no module knows it.
pub fn functions(m: &'static Debugger, fp: u64, pc: u64, sp: Option<u64>) -> Vec<String> {
    let args = iter::once(pc).chain(sp).map(Arg::Value).collect();
    ask(m, "jitframe", Some(fp), args)
}

/// What the code at an address belongs to; none if no module knows.
pub fn place(m: &'static Debugger, addr: u64) -> Option<String> {
    ask(m, "jitcode", Some(addr), Vec::new()).into_iter().next()
}

/// The functions of generated code on the stack of the first thread, the innermost
/// first, each with the frame pointer of its frame.
pub fn stack(m: &'static Debugger) -> Vec<(u64, String)> {
    let lines = ask(m, "jitstack", None, Vec::new()).into_iter();
    let frame = |line: String| {
        let (fp, text) = line.split_once(' ')?;
        Some((u64::from_str_radix(fp, 16).ok()?, text.to_owned()))
    };
    lines.filter_map(frame).collect()
}

/// The lines that a command prints; none where nobody has defined it.
fn ask(m: &'static Debugger, name: &str, addr: Option<u64>, args: Vec<Arg>) -> Vec<String> {
    let Ok(dcmds) = m.registry.borrow().dcmd(name) else { return Vec::new() };
    let dot = m.dot.get();
    let args = ArgVec::new(args);
    let flags = if addr.is_some() { DCMD_ADDRSPEC } else { 0 };
    let text = m.captured(|| {
        exec::invoke(m, &dcmds, addr.unwrap_or(dot), flags, &args, None);
    });
    m.dot.set(dot);
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}
