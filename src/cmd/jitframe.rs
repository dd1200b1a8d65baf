//! `::jitframe`

use super::{frame, location};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::error::Result;
use crate::v8::executing;
use crate::v8::frames::{Frame, FrameKind, Walk};
use crate::v8::heap::Heap;
use crate::v8::memory::{Target, MAIN_THREAD};
use crate::v8::thread;
use alloc::string::String;
use core::iter;

/// `::jitframe`
pub struct JitFrame;

impl Dcmd for JitFrame {
    const ROW: Row = Row {
        name: c"jitframe",
        usage: c":pc [sp]",
        description: c"print the JavaScript functions of one frame",
        options: &[],
        help: "
Prints a line for each JavaScript function of the frame whose frame pointer is the
address and which executes at PC, the innermost first: those that were inlined, and
the function itself, each with the place it executes. Nothing for other frames. The
debugger's own ::stack, $c and $C ask it for every frame.

SP is the stack pointer where the frame has called another: what has no frame may
stand between the two, with PC in it. Without SP, the frame is a thread's innermost.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let fp = call.address()?;
        let (pc, sp) = match &call.operands[..] {
            [pc] => (call.number(pc)?, None),
            [pc, sp] => (call.number(pc)?, Some(call.number(sp)?)),
            _ => return Err(Failure::Usage),
        };
        // Whoever asks for every frame need not be told again what is missing.
        let Ok(heap) = session.heap(target) else { return Ok(Flow::Done) };
        for frame in walk(heap, fp, pc, sp)? {
            heap.check_interrupt()?;
            let is_function =
                matches!(frame.kind, FrameKind::JavaScript(_) | FrameKind::Inlined(_));
            if frame.fp != fp || !is_function {
                break;
            }
            out.line(format_args!("js: {}", described(heap, &frame)));
        }
        Ok(Flow::Done)
    }
}

/// Walks from a frame that was left with the stack pointer `sp`. Without one it has
/// called nothing: where a thread is stopped there, its stack tells where the frame
/// executes, since `pc` is no return address.
fn walk(heap: Heap<'_>, fp: u64, pc: u64, sp: Option<u64>) -> Result<Walk<'_>> {
    let is_there = |thread: &u64| {
        let registers = thread::registers(heap, *thread);
        registers.is_some_and(|registers| registers.fp == fp && registers.pc == pc)
    };
    let walk = Walk::from(heap, fp, pc);
    if let Some(sp) = sp {
        return Ok(walk.left_at(sp));
    }
    match iter::once(MAIN_THREAD).chain(heap.target.threads()).find(is_there) {
        Some(thread) => Walk::thread(heap, thread),
        None => Ok(walk),
    }
}

/// `NAME (FILE line N)`, as much of it as is known.
fn described(heap: Heap<'_>, frame: &Frame) -> String {
    let Ok((name, shared)) = frame::shared_of(heap, frame) else { return "<unreadable>".into() };
    let Ok(definition) = shared.definition() else { return name };
    let file = location::file(&definition);
    match executing::location(heap, frame, shared) {
        Ok(Some(place)) => alloc::format!("{name} ({file} {})", location::place(Some(place))),
        _ => alloc::format!("{name} ({file})"),
    }
}
