//! `::jitstack`

use super::folded;
use crate::heap::watched::{Gaps, Watched};
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::{Label, Session};
use crate::v8::code::Finder;
use crate::v8::executing;
use crate::v8::frames::{Frame, FrameKind, Walk};
use crate::v8::heap::Heap;
use crate::v8::innermost::Start;
use crate::v8::layout::C;
use crate::v8::memory::{Target, MAIN_THREAD};
use crate::v8::value::Value;
use alloc::rc::Rc;

/// `::jitstack`
pub struct JitStack;

impl Dcmd for JitStack {
    const ROW: Row = Row {
        name: c"jitstack",
        usage: c"",
        description: c"print the JavaScript functions of a stack, for profiles",
        options: &[],
        help: "
Prints the JavaScript functions on the main thread's stack: a line for each, the
innermost first, with the frame pointer and the function as ::jsstack -c has it.
Nothing if there is none. What was found of code is kept, so that a stack like an
earlier one is printed much sooner: ::jsprof asks for many.
",
    };

    fn run(_: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        // Whoever asks for many stacks need not be told again what is missing.
        let Ok(heap) = session.heap(target) else { return Ok(Flow::Done) };
        let Ok(walk) = Walk::thread(heap, MAIN_THREAD) else { return Ok(Flow::Done) };
        if walk.start == Start::Scan {
            // A guess would be counted as if it were one.
            return Ok(Flow::Done);
        }
        let mut codes = Finder::default();
        for frame in walk.without_code() {
            heap.check_interrupt()?;
            if let FrameKind::JavaScript(function) = frame.kind {
                for name in label(heap, session, &mut codes, &frame, function).iter() {
                    out.line(format_args!("{:x} {name}", frame.fp));
                }
            }
        }
        Ok(Flow::Done)
    }
}

/// The functions of a frame, the innermost first, looked up or remembered: as long as
/// the same function has the same code, what lies at an address of it is the same. What
/// was found in part is not remembered.
fn label(
    heap: Heap<'_>,
    session: &Session,
    codes: &mut Finder,
    frame: &Frame,
    function: Value,
) -> Label {
    let field = |field: C| heap.field(function, field).map_or(0, |value| value.0);
    let key = [frame.pc, function.0, field(C::FunctionShared), field(C::FunctionCode)];
    if let Some(label) = session.label(&key) {
        return label;
    }
    let gaps = Gaps::default();
    let heap = Heap { target: &Watched { target: heap.target, gaps: &gaps }, ..heap };
    let (_, inlined) = executing::tier(heap, codes, frame.fp, frame.pc, function, false);
    let inlined = inlined.into_iter().map(|(shared, _)| FrameKind::Inlined(shared));
    let kinds = inlined.chain([FrameKind::JavaScript(function)]);
    // Amid a garbage collection a part may not be where it is looked for: that is no gap.
    let mut is_whole = true;
    let names = kinds.map(|kind| {
        let name = folded::javascript(heap, &Frame { kind, ..*frame });
        is_whole &= name.is_ok();
        name.unwrap_or_else(|part| part)
    });
    let label: Label = names.collect();
    if is_whole && gaps.is_whole() {
        session.remember_label(key, Rc::clone(&label));
    }
    label
}
