//! Where a thread is: the frame that a walk of its stack begins with, and where that
//! frame executes.
//!
//! A thread may be stopped at any instruction. The frame pointer register leads to a
//! function's frame nearly always, but need not be that of the code that executes: stubs
//! and builtins that have no frame of their own, C++ that keeps none, and a function
//! before its frame is built or after it is gone, all execute on their caller's. Where
//! the caller goes on, the return address tells, the first one on the stack that leads
//! into its code.

use crate::v8::code::{self, Code, Compiler, Finder};
use crate::v8::executing;
use crate::v8::frames::{self, Frame, FrameKind, BUILTINS};
use crate::v8::function::Function;
use crate::v8::heap::Heap;
use crate::v8::isolate;
use crate::v8::layout::C;
use crate::v8::thread::{Registers, Stack};
use crate::v8::value::Value;

/// Bytes of a frame that are looked through for a return address.
const FRAME: u64 = 1 << 16;
/// Bytes of a stack that are looked through where nothing else leads to JavaScript.
const STACK: u64 = 1 << 20;
/// Bytes of code that may stand before a frame is built, which are rather fewer: whether the
/// code was thrown away, and whether a receiver is to be replaced
/// (src/compiler/backend/x64/code-generator-x64.cc, BailoutIfDeoptimized;
/// full-codegen/x64/full-codegen-x64.cc, Generate).
const PROLOGUE: u64 = 96;
/// Bytes of a call instruction at most: prefix, opcode, two for the operand, an offset.
const CALL: usize = 8;
/// What the names of bytecode handlers end in, where they are builtins with symbols
/// (src/interpreter/interpreter-generator.cc; `nm` of Node 12 to 26).
const HANDLER: &str = "Handler";

/// How the first JavaScript frame was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The frame pointer register leads to it.
    Register,
    /// The isolate's `c_entry_fp` does.
    Isolate,
    /// C++ that JavaScript called directly has saved the frame pointer.
    Saved,
    /// Words on the stack that look like a chain do: a guess.
    Scan,
    /// The user gave the frame pointer.
    Given,
    /// Nothing does, and no isolate says that nothing runs.
    Nowhere,
}

/// What a walk begins with.
pub struct Innermost {
    /// Frame pointer.
    pub fp: u64,
    /// Where the frame executes; 0 where that is not known.
    pub pc: u64,
    /// Whether `pc` is the next instruction, not a return address.
    pub is_exact: bool,
    /// How it was found.
    pub start: Start,
    /// What executes on the frame, if it is C++.
    pub native: Option<Frame>,
}

/// The frame that a thread with these registers is in.
pub fn find(heap: Heap<'_>, codes: &mut Finder, registers: Registers) -> Innermost {
    let Registers { pc, fp, sp } = registers;
    let symbol = heap.target.symbol_at(pc).filter(|symbol| !symbol.starts_with(BUILTINS));
    let native = symbol.map(|symbol| Frame::other(sp, pc, FrameKind::Native(symbol)));
    let start = |fp, pc, start| Innermost { fp, pc, is_exact: false, start, native: None };

    let above = if native.is_some() { None } else { beyond_unfinished(heap, fp, sp) };
    let is_exact = above.is_none();
    let Registers { pc, fp, sp } = above.unwrap_or(registers);
    let function = frames::function(heap, fp).filter(|_| is_built(heap, fp, sp));
    if let Some(function) = function {
        let own = native.is_none() && executes(heap, codes, function, fp, pc, is_exact);
        let back = if own { None } else { return_address(heap, codes, function, fp, sp) };
        if let Some(back) = back {
            return Innermost { native, ..start(fp, back, Start::Register) };
        }
        if native.is_none() {
            return Innermost { is_exact, ..start(fp, pc, Start::Register) };
        }
    }
    let register = Innermost { is_exact, ..start(fp, pc, Start::Register) };
    if leads_to_javascript(heap, fp, pc) {
        return register;
    }
    let stack = Stack::of(heap, sp);
    let Some(found) = isolate::find(heap, stack) else {
        let found = saved(heap, codes, stack, None);
        return match found.or_else(|| Some((scan(heap, stack)?, 0))) {
            Some((fp, back)) => Innermost { native, ..start(fp, back, Start::Scan) },
            None => start(fp, pc, Start::Nowhere),
        };
    };
    match found.c_entry_fp {
        // The isolate says that no JavaScript is running.
        0 if found.handler == 0 => register,
        0 => match saved(heap, codes, stack, Some(found.handler)) {
            Some((fp, back)) => Innermost { native, ..start(fp, back, Start::Saved) },
            None => Innermost { native, ..start(fp, pc, Start::Nowhere) },
        },
        exit => Innermost { native, ..start(exit, 0, Start::Isolate) },
    }
}

/// Whether a frame's slots that tell what it is lie on the stack already: right after the
/// frame pointer was set, they have what was there before.
fn is_built(heap: Heap<'_>, fp: u64, sp: u64) -> bool {
    let lies =
        |slot: C| heap.layout.find(slot).is_none_or(|offset| fp.wrapping_add_signed(offset) >= sp);
    match frames::marker(heap, fp) {
        Some(_) => lies(C::FpContextOrType),
        None => lies(C::FpContext) && lies(C::FpFunction),
    }
}

/// The registers with which the caller of V8's code goes on where that code has set the
/// frame pointer but its frame tells nothing, yet or ever, as those of regular
/// expressions do.
fn beyond_unfinished(heap: Heap<'_>, fp: u64, sp: u64) -> Option<Registers> {
    let word = heap.word_size();
    let tells = |fp| frames::classify(heap, fp, 0) != FrameKind::Unknown;
    if fp < sp || tells(fp) && is_built(heap, fp, sp) {
        return None;
    }
    let (next, back) = (heap.word(fp).ok()?, heap.word(fp + word).ok()?);
    let leads = frames::is_further_up(heap, fp, next) && tells(next);
    leads.then_some(Registers { pc: back, fp: next, sp: fp + 2 * word })
}

/// Where a function goes on whose frame was left with the return address `pc`, which lies
/// below `sp`: that address may lead into what has no frame and was called by it.
pub fn goes_on(
    heap: Heap<'_>,
    codes: &mut Finder,
    function: Value,
    fp: u64,
    pc: u64,
    sp: u64,
) -> u64 {
    if pc == 0 || executes(heap, codes, function, fp, pc, false) {
        return pc;
    }
    return_address(heap, codes, function, fp, sp).unwrap_or(pc)
}

/// Whether an address lies in what executes a function on its frame: its own code while
/// that has the frame, or an interpreter's handler.
fn executes(
    heap: Heap<'_>,
    codes: &mut Finder,
    function: Value,
    fp: u64,
    pc: u64,
    is_exact: bool,
) -> bool {
    if let Some(symbol) = heap.target.symbol_at(pc) {
        let name = symbol.split('+').next().unwrap_or_default();
        return name.ends_with(HANDLER) && is_interpreted(heap, fp) || is_builtin(heap, function);
    }
    match codes.find(heap, if is_exact { pc } else { pc.saturating_sub(1) }) {
        Some(code) if is_own(heap, code, function, fp) => !is_exact || has_frame(heap, code, pc),
        // Before V8 7 builtins are on the heap. So are handlers, which cannot be told
        // from stubs: optimized code that took over the frame of a loop may call those.
        Some(_) => is_builtin(heap, function),
        None => false,
    }
}

fn is_builtin(heap: Heap<'_>, function: Value) -> bool {
    Function::new(heap, function).is_ok_and(|function| function.shared.is_builtin())
}

fn is_interpreted(heap: Heap<'_>, fp: u64) -> bool {
    executing::bytecode(heap, fp).is_some()
}

/// Whether code is that of a function.
fn is_own(heap: Heap<'_>, code: Code, function: Value, fp: u64) -> bool {
    match code::compiler(heap, code) {
        // Where its data is gone, after it was thrown away, it may be anyone's.
        Ok(Compiler::Optimizing) => {
            match (code::function(heap, code), Function::new(heap, function)) {
                (Ok(own), Ok(function)) => own == function.shared.object,
                _ => true,
            }
        }
        Ok(Compiler::Baseline) => {
            let own = executing::bytecode(heap, fp);
            code::baseline_bytecode(heap, code.object).is_ok_and(|bytecode| own == Some(bytecode))
        }
        Ok(Compiler::Full) => true,
        _ => false,
    }
}

/// Whether code has its frame when it is about to execute `pc`.
fn has_frame(heap: Heap<'_>, code: Code, pc: u64) -> bool {
    // `ret`, with or without a number of bytes.
    if heap.bytes::<1>(pc).is_ok_and(|[opcode]| matches!(opcode, 0xc2 | 0xc3)) {
        return false;
    }
    // `push rbp; mov rbp, rsp`, in both ways of writing the latter; REX.W on 64 bits
    // (src/codegen/x64/macro-assembler-x64.cc, Prologue and EnterFrame).
    let is_setup = |at: u64| match heap.bytes::<4>(at) {
        Ok([0x55, 0x48, 0x89, 0xe5] | [0x55, 0x48, 0x8b, 0xec]) => heap.word_size() == 8,
        Ok([0x55, 0x89, 0xe5, _] | [0x55, 0x8b, 0xec, _]) => heap.word_size() == 4,
        _ => false,
    };
    let prologue = code.start.saturating_add(code.size.min(PROLOGUE));
    !(pc.saturating_sub(1)..prologue).any(is_setup)
}

/// Where a function goes on that has called what has no frame: the first return address
/// below its frame that leads into its code, or into V8's own if that is what executes it.
fn return_address(
    heap: Heap<'_>,
    codes: &mut Finder,
    function: Value,
    fp: u64,
    sp: u64,
) -> Option<u64> {
    let word = heap.word_size();
    if sp >= fp || fp - sp > FRAME || !sp.is_multiple_of(word) || !fp.is_multiple_of(word) {
        return None;
    }
    let mut other = None;
    for at in (sp..fp).step_by(word as usize) {
        let back = heap.word(at).ok()?;
        match returns_to(heap, codes, back) {
            Some(Some(code)) if is_own(heap, code, function, fp) => return Some(back),
            Some(_) if other.is_none() => other = Some(back),
            _ => {}
        }
    }
    other.filter(|_| is_interpreted(heap, fp) || is_builtin(heap, function))
}

/// Whether a word is a return address of V8's code, and of which: none for builtins
/// in the executable.
fn returns_to(heap: Heap<'_>, codes: &mut Finder, word: u64) -> Option<Option<Code>> {
    if !follows_call(heap, word) {
        return None;
    }
    match heap.target.symbol_at(word) {
        Some(symbol) => symbol.starts_with(BUILTINS).then_some(None),
        None => codes.find(heap, word - 1).map(Some),
    }
}

/// Whether the instruction before an address is a call.
fn follows_call(heap: Heap<'_>, addr: u64) -> bool {
    let Some(before) = addr.checked_sub(CALL as u64) else { return false };
    heap.bytes::<CALL>(before).is_ok_and(|bytes| ends_in_call(&bytes))
}

/// Whether bytes end in a call of x86: `e8` with an offset of four bytes, or `ff /2` with
/// a register or a place in memory, which takes a byte more for a scaled index and none,
/// one or four for an offset.
fn ends_in_call(bytes: &[u8; CALL]) -> bool {
    let back = |n: usize| bytes[CALL - n];
    let indirect = |length: usize, is_mode: fn(u8) -> bool| {
        back(length) == 0xff && back(length - 1) >> 3 & 7 == 2 && is_mode(back(length - 1))
    };
    back(5) == 0xe8
        || indirect(2, |mode| mode >> 6 == 3 || mode >> 6 == 0 && !matches!(mode & 7, 4 | 5))
        || indirect(3, |mode| mode >> 6 == 1 && mode & 7 != 4 || mode >> 6 == 0 && mode & 7 == 4)
        || indirect(4, |mode| mode >> 6 == 1 && mode & 7 == 4)
        || indirect(6, |mode| mode >> 6 == 2 && mode & 7 != 4 || mode >> 6 == 0 && mode & 7 == 5)
        || indirect(7, |mode| mode >> 6 == 2 && mode & 7 == 4)
}

/// Whether the chain from here reaches a JavaScript or internal frame, each
/// frame on the way being one the debugger knows.
fn leads_to_javascript(heap: Heap<'_>, fp: u64, pc: u64) -> bool {
    let word = heap.word_size();
    let (mut fp, mut pc) = (fp, pc);
    for step in 0..512 {
        if fp == 0 || fp % word != 0 {
            return false;
        }
        match frames::classify(heap, fp, pc) {
            FrameKind::JavaScript(_) | FrameKind::Inlined(_) => return true,
            FrameKind::Internal(_) if step > 0 || pc != 0 => return true,
            FrameKind::Internal(_) | FrameKind::Unknown => return false,
            FrameKind::Native(_) => {}
        }
        let (Ok(next), Ok(address)) = (heap.word(fp), heap.word(fp + word)) else { return false };
        if !frames::is_further_up(heap, fp, next) {
            return false;
        }
        (fp, pc) = (next, address);
    }
    false
}

/// The frame that JavaScript has called C++ from without leaving a note, and where it
/// goes on: below the first return address into V8's code from which C++ has saved a
/// frame pointer that leads out of the innermost entry frame, the one with the handler.
/// Where that is not known, it is a guess.
fn saved(
    heap: Heap<'_>,
    codes: &mut Finder,
    stack: Stack,
    handler: Option<u64>,
) -> Option<(u64, u64)> {
    let word = heap.word_size();
    let start = stack.sp & !(word - 1);
    let stop = handler.unwrap_or(stack.end).min(start.saturating_add(STACK));
    for at in (start..stop).step_by(word as usize) {
        let back = heap.word(at).ok()?;
        if returns_to(heap, codes, back).is_none() {
            continue;
        }
        let below = (1..=(at - start).min(FRAME) / word).map(|n| at - n * word);
        let mut words = below.map_while(|at| heap.word(at).ok());
        let leads = |fp: &u64| {
            frames::is_further_up(heap, at, *fp) && is_chain(heap, *fp, handler.unwrap_or(0))
        };
        let Some(fp) = words.find(leads) else { continue };
        let function = frames::function(heap, fp);
        let own = function.and_then(|function| return_address(heap, codes, function, fp, at));
        return Some((fp, own.unwrap_or(back)));
    }
    None
}

/// Looks on the stack for the innermost chain of frames that reaches
/// JavaScript and an entry frame.
fn scan(heap: Heap<'_>, stack: Stack) -> Option<u64> {
    let word = heap.word_size();
    let start = stack.sp & !(word - 1);
    let stop = start.saturating_add(STACK).min(stack.end);
    for at in (start..stop).step_by(word as usize) {
        let next = heap.word(at).ok()?;
        let leads = frames::is_further_up(heap, at, next) && frames::marker(heap, at).is_some();
        if leads && is_chain(heap, at, 0) {
            return Some(at);
        }
    }
    None
}

/// Whether a chain of frames V8 knows leads from here through JavaScript to an
/// entry frame beyond an address.
fn is_chain(heap: Heap<'_>, fp: u64, beyond: u64) -> bool {
    let (mut fp, mut javascript) = (fp, false);
    for _ in 0..frames::MAX_FRAMES {
        match frames::classify(heap, fp, 0) {
            FrameKind::Internal(name) if frames::is_entry(&name) => {
                return javascript && fp > beyond;
            }
            FrameKind::Internal(_) => {}
            FrameKind::JavaScript(_) => javascript = true,
            _ => return false,
        }
        match heap.word(fp) {
            Ok(next) if frames::is_further_up(heap, fp, next) => fp = next,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_all_lengths() {
        let calls: [&[u8]; 9] = [
            &[0xe8, 1, 2, 3, 4],
            &[0xff, 0xd0],
            &[0x41, 0xff, 0xd2],
            &[0xff, 0x13],
            &[0xff, 0x57, 0x37],
            &[0xff, 0x54, 0x24, 0x08],
            &[0x41, 0xff, 0x95, 0, 1, 0, 0],
            &[0xff, 0x15, 0, 1, 0, 0],
            &[0xff, 0x94, 0xc3, 0, 1, 0, 0],
        ];
        for call in calls {
            let mut bytes = [0x90; CALL];
            bytes[CALL - call.len()..].copy_from_slice(call);
            assert!(ends_in_call(&bytes), "{call:x?}");
            // Nor is one that ends a byte earlier, or jumps or pushes instead.
            bytes.rotate_left(1);
            assert!(!ends_in_call(&bytes), "{call:x?} and a byte");
        }
        let others: [&[u8]; 4] =
            [&[0xe9, 1, 2, 3, 4], &[0xff, 0xe0], &[0xff, 0x30], &[0xff, 0x77, 0x37]];
        for other in others {
            let mut bytes = [0x90; CALL];
            bytes[CALL - other.len()..].copy_from_slice(other);
            assert!(!ends_in_call(&bytes), "{other:x?}");
        }
    }
}
