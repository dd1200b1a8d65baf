//! `::jsstack`

use super::folded;
use super::frame::{self, Printer, Waiters};
use super::json;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::frames::{End, Frame, FrameKind, Walk};
use crate::v8::heap::Heap;
use crate::v8::innermost::Start;
use crate::v8::memory::{Target, MAIN_THREAD};
use crate::v8::suspended;
use crate::v8::value::Value;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

/// `::jsstack`
pub struct JsStack;

impl Dcmd for JsStack {
    const ROW: Row = Row {
        name: c"jsstack",
        usage: c"?[-acjov] [-f func] [-p prop] [-n lines] [-t thread]",
        description: c"print a JavaScript stacktrace",
        options: &[
            frame::ALL,
            Opt::flag('c', "the whole stack as one line, folded for flame graphs"),
            json::OPTION,
            frame::VERBOSE,
            frame::FUNCTION,
            frame::PROPERTY,
            frame::LINES,
            frame::OLD,
            Opt::number('t', "thread", "show the stack of this thread"),
        ],
        help: "
Prints the stack of the main thread, or of the one that -t names by an id from
::jsthreads, innermost frame first: JavaScript frames as \"js:\", C and C++ frames
as \"native:\". Frames that V8 needs for itself are counted and left out. With an
address, the stack of the callers of the frame at that frame pointer.

With -v, the position after \"posn\" is that of the function's definition, and
the one after \"exec\" the line that the frame executes. Arguments are those
that were passed, however many were declared; \"params\" has the names of those
declared. A line \"local\" is a variable of the call: one that a closure captured,
or one on the stack where V8 keeps its name, which it does up to 6.8 (Node 10).
A variable whose declaration was not reached is not initialized; one of
optimized code may be unavailable. Functions that the compiler inlined are shown
too; their receivers and arguments are not known.

Where the outermost function was suspended before, \"async\" lines follow, as in V8's
own stack traces: what waits for it, each at its await. Where several wait for the
same, ::jsasync shows them.

With -c, one line that begins with the outermost frame, as tools for flame graphs
read it: frames as \"NAME at FILE:LINE\", where the function is defined, or a native
symbol, with semicolons between them, and a count of 1. With -a too, V8's own frames, as \"<< adaptor >>\". The lines of many
threads or cores together make a flame graph; ::jsasync -c adds what is suspended.

With -p NAME, if NAME is no property, the variable or the argument of that name.

With -j every frame is an object of one line: its \"kind\" (js, native, internal),
\"fp\" and \"pc\", and for functions \"name\", \"function\", \"file\", \"line\",
\"exec_line\", \"this\" and \"args\", each with \"value\" and \"type\", \"params\" and
\"locals\"; for a call that was inlined \"inlined\". With -p too, \"name\", \"fp\", \"pc\",
\"property\" and what the full row has of it.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let thread = call.options.number('t');
        if call.addr.is_some() && thread.is_some() {
            return Err(Failure::Message(
                "-t starts at a thread's innermost frame; it takes no address".into(),
            ));
        }
        let folds = call.options.has('c');
        if let Some(other) = "fjopv".chars().find(|other| folds && call.options.has(*other)) {
            return Err(Failure::Message(alloc::format!("cannot specify -c with -{other}")));
        }
        let mut walk = match call.addr {
            Some(fp) => Walk::callers_of(heap, fp),
            None => Walk::thread(heap, thread.unwrap_or(MAIN_THREAD))?,
        };
        if walk.start == Start::Scan {
            out.warn(
                "no frame pointer leads to JavaScript; this stack was found by looking at \
                 all words of it, and may be stale"
                    .into(),
            );
        }
        let mut printer = Printer::new(call, session.warnings);
        let mut folded = Vec::new();
        let (mut frames, mut javascript) = (0, 0);
        let mut outermost = Outermost::default();
        for frame in walk.by_ref() {
            heap.check_interrupt()?;
            frames += 1;
            javascript +=
                usize::from(matches!(frame.kind, FrameKind::JavaScript(_) | FrameKind::Inlined(_)));
            outermost.pass(&frame);
            match folds {
                true => folded.extend(folded::text(heap, &frame, call.options.has('a'))),
                false => printer.frame(heap, &frame, out)?,
            }
        }
        printer.finish(out);
        match outermost.resumed(heap) {
            Some(object) if folds => {
                if let Waiters::One(frames) = frame::waiters(heap, object)? {
                    folded.extend(frames.iter().map(folded::waiting));
                }
            }
            Some(object) => printer.waiting(heap, object, out)?,
            None => {}
        }
        if !folded.is_empty() {
            out.line(format_args!("{}", folded::line(folded, 1)));
        }
        let end = walk.end.map(|end| match end {
            End::TurnsBack { fp, next } => alloc::format!(
                "the stack may go on: the frame pointer saved at {fp:x}, {next:x}, does not lead further up"
            ),
            End::Unreadable(fp) => {
                alloc::format!("failed to read frame at {fp:x}: no mapping for address")
            }
            End::TooMany => "gave up: too many frames for a stack".into(),
        });
        match (walk.start, end) {
            (Start::Given, Some(end)) if frames == 0 => return Err(Failure::Message(end)),
            (Start::Nowhere, _) if javascript == 0 => {
                return Err(Failure::Message(alloc::format!(
                    "no JavaScript found: neither the registers of {} nor its stack lead to a \
                     frame of V8",
                    named(thread)
                )));
            }
            (_, Some(end)) => out.warn(end),
            (Start::Given, None) => {}
            (_, None) if javascript == 0 => {
                out.warn(alloc::format!("no JavaScript is running on {}", named(thread)));
            }
            (_, None) => {}
        }
        if let Some(name) = printer.missed() {
            out.warn(alloc::format!("no frame of a function named '{name}'"));
        }
        printer.outcome()?;
        Ok(Flow::Done)
    }
}

/// The outermost functions of a stack, each with its frame pointer and that of the
/// frame further in.
#[derive(Default)]
struct Outermost {
    list: VecDeque<(Value, u64, u64)>,
    below: u64,
}

/// Functions that may stand around the one that V8 goes on with: its own.
const AROUND: usize = 4;

impl Outermost {
    fn pass(&mut self, frame: &Frame) {
        if let FrameKind::JavaScript(function) = frame.kind {
            if self.list.len() == AROUND {
                self.list.pop_front();
            }
            self.list.push_back((function, frame.fp, self.below));
        }
        self.below = frame.fp;
    }

    /// The object of the function that was suspended and goes on, if one of them is.
    fn resumed(&self, heap: Heap<'_>) -> Option<Value> {
        let mut list = self.list.iter().rev();
        list.find_map(|(function, fp, below)| suspended::resumed(heap, *fp, *below, *function))
    }
}

/// A thread in words.
fn named(thread: Option<u64>) -> String {
    thread.map_or_else(|| "the main thread".into(), |id| alloc::format!("thread {id:x}"))
}
