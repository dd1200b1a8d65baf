//! `::jsframe`

use super::frame::{self, Printer};
use super::json;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::frames::{Frame, FrameKind, Walk};
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use crate::v8::thread;

/// `::jsframe`
pub struct JsFrame;

impl Dcmd for JsFrame {
    const ROW: Row = Row {
        name: c"jsframe",
        usage: c":[-aijov] [-f func] [-p prop] [-n lines]",
        description: c"summarize a JavaScript stack frame",
        options: &[
            frame::ALL,
            Opt::flag('i', "the address is the frame itself"),
            json::OPTION,
            frame::VERBOSE,
            frame::FUNCTION,
            frame::PROPERTY,
            frame::LINES,
            frame::OLD,
        ],
        help: "
Prints one frame as ::jsstack does. The address is that of a saved frame
pointer, so that of the frame called; the frame printed is its caller. With -i
the address is the frame's own pointer, as the walker jsframe yields them; the
address that a JavaScript frame executes at is unknown then and prints as 0.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let addr = call.address()?;
        let (fp, pc) = if call.options.has('i') {
            (addr, 0)
        } else {
            let read = |addr: u64, what: &str| {
                heap.word(addr).map_err(|_| {
                    Failure::Message(alloc::format!(
                        "failed to read {what} from {addr:x}: no mapping for address"
                    ))
                })
            };
            let pc = read(addr.wrapping_add(heap.word_size()), "return address")?;
            (read(addr, "frame pointer")?, pc)
        };
        if fp == 0 {
            return Ok(Flow::Done);
        }
        heap.word(fp)?;
        let frame = frame_at(heap, fp, pc).ok_or_else(|| {
            Failure::Message(alloc::format!("{fp:x} is not a frame of JavaScript or V8"))
        })?;
        let mut printer = Printer::new(call, session.warnings);
        printer.frame(heap, &frame, out)?;
        printer.finish(out);
        printer.outcome()?;
        Ok(Flow::Done)
    }
}

/// A frame by its frame pointer.
fn frame_at(heap: Heap<'_>, fp: u64, pc: u64) -> Option<Frame> {
    let alone = Walk::from(heap, fp, pc).find(|f| !matches!(f.kind, FrameKind::Inlined(_)));
    let is_known = |frame: &Frame| frame.kind != FrameKind::Unknown;
    match alone.as_ref().map(|frame| &frame.kind) {
        Some(FrameKind::JavaScript(_)) => alone,
        // C++ keeps anything where a frame of V8's has its type.
        _ if pc == 0 => on_stack(heap, fp).or(alone.filter(is_known)),
        _ => alone.filter(is_known),
    }
}

/// The frame as its thread's stack has it. C++ frames are known by their code
/// only, and only the frame below tells where that executes.
fn on_stack(heap: Heap<'_>, fp: u64) -> Option<Frame> {
    let is_it = |frame: &Frame| frame.fp == fp && !matches!(frame.kind, FrameKind::Inlined(_));
    let threads = thread::holding(heap, fp);
    threads.into_iter().find_map(|id| Walk::thread(heap, id).ok()?.find(is_it))
}
