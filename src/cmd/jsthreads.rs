//! `::jsthreads`

use super::frame::shared_of;
use super::json::{self, Json};
use super::location;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::error::Error;
use crate::v8::executing;
use crate::v8::frames::Frame;
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use crate::v8::script::Location;
use crate::v8::thread::{self, Thread};
use alloc::string::{String, ToString};

/// `::jsthreads`
pub struct JsThreads;

impl Dcmd for JsThreads {
    const ROW: Row = Row {
        name: c"jsthreads",
        usage: c"[-j]",
        description: c"list threads that have JavaScript",
        options: &[json::OPTION],
        help: "
Lists the main thread and the worker threads: the thread's id, which ::jsstack -t
takes, the address of its isolate, and the innermost JavaScript function that it
executes with the line it is at, or \"idle\" where none runs. The main thread is
marked. Threads without JavaScript, which every node has for its own work, are
left out.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let (threads, others) = thread::with_javascript(heap)?;
        if threads.is_empty() {
            return Err(Failure::Message(alloc::format!(
                "no JavaScript found on any of {others} thread{}",
                if others == 1 { "" } else { "s" }
            )));
        }
        let json = call.options.has('j');
        for thread in &threads {
            heap.check_interrupt()?;
            if json {
                out.line(format_args!("{}", row(heap, thread)));
            } else {
                let isolate = thread
                    .isolate
                    .map_or_else(|| "?".into(), |isolate| alloc::format!("{:x}", isolate.addr));
                let doing = match &thread.innermost {
                    Some(frame) => {
                        doing(heap, frame).unwrap_or_else(|why| alloc::format!("<{why}>"))
                    }
                    None => "idle".into(),
                };
                let main = if thread.main { " (main)" } else { "" };
                out.line(format_args!("thread {:x}{main}, isolate {isolate}: {doing}", thread.id));
            }
        }
        Ok(Flow::Done)
    }
}

/// A function and where in its file it executes.
struct Doing {
    function: String,
    file: String,
    location: Option<Location>,
}

impl Doing {
    fn of(heap: Heap<'_>, frame: &Frame) -> Result<Doing, Error> {
        let (function, shared) = shared_of(heap, frame)?;
        let definition = shared.definition()?;
        let position = executing::position(heap, frame.fp, frame.pc, frame.tier).unwrap_or(None);
        let location = match (position, shared.script()?) {
            (Some(position), Some(script)) => Some(script.locate(position)),
            // The engine's own, and what is too old to tell: the definition.
            _ => definition.location,
        };
        Ok(Doing { function, file: location::file(&definition), location })
    }
}

fn doing(heap: Heap<'_>, frame: &Frame) -> Result<String, Error> {
    let Doing { function, file, location } = Doing::of(heap, frame)?;
    let place = match location {
        Some(Location::Line(line)) => alloc::format!(":{line}"),
        Some(Location::Position(position)) => alloc::format!(", position {position}"),
        None => String::new(),
    };
    Ok(alloc::format!("{function} at {file}{place}"))
}

fn row(heap: Heap<'_>, thread: &Thread) -> Json {
    let isolate = thread.isolate.map(|isolate| Json::address(isolate.addr));
    let row = Json::object()
        .with("thread", Json::address(thread.id))
        .with("main", thread.main)
        .with("isolate", isolate)
        .with("idle", thread.innermost.is_none());
    match thread.innermost.as_ref().map(|frame| Doing::of(heap, frame)) {
        None => row,
        Some(Err(why)) => row.with("error", why.to_string()),
        Some(Ok(Doing { function, file, location })) => {
            location::json_at(row.with("function", function).with("file", file), location)
        }
    }
}
