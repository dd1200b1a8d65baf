//! `::nodehandles`

use super::called::Called;
use super::json::{self, Json};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::node::handles::{self, Used};
use crate::node::uv::Loop;
use crate::session::Session;
use crate::v8::memory::Target;
use alloc::string::String;
use alloc::vec::Vec;

/// `::nodehandles`
pub struct NodeHandles;

impl Dcmd for NodeHandles {
    const ROW: Row = Row {
        name: c"nodehandles",
        usage: c"[-aj]",
        description: c"list what the event loop waits for",
        options: &[Opt::flag('a', "also what does not keep the process alive"), json::OPTION],
        help: "
Lists the handles of the main thread's event loop that JavaScript has an object for,
and that keep the process alive, in the order of process._getActiveHandles(): what
libuv calls it, its state, its file descriptor, the object of the program and what is
known of it: addresses, paths, process ids, signals, and the function that is called
when something happens, by where it is defined.

A server's port is the one that was asked for, 0 if any was good; the addresses of a
socket are in the heap only once the program has asked for them. With -a, also handles
that were unref'd. In a pipe, prints the objects.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let uv = Loop::of_main_thread(heap)?;
        let all = call.options.has('a');
        let list = handles::find(heap, &uv)?;
        let list: Vec<Used> = list.into_iter().filter(|used| all || used.handle.is_ref()).collect();
        if list.is_empty() && !call.options.has('j') && !out.is_piped() {
            out.warn("no handle keeps the process alive".into());
        }
        let width = target.word_size() * 2;
        for (at, used) in list.iter().enumerate() {
            heap.check_interrupt()?;
            if out.is_piped() {
                out.line(format_args!("{}", used.object()));
                continue;
            }
            let called = used.callback.map(|callback| Called::by(heap, callback)).transpose()?;
            let fd = used.handle.fd(heap);
            if call.options.has('j') {
                let row = Json::object().with("object", used.object());
                let row = row.with("class", used.class.as_str()).with("wrap", used.wrap);
                let row = row.with("handle", Json::address(used.handle.addr));
                let row = row.with("kind", used.handle.kind()).with("ref", used.handle.is_ref());
                let row = row.with("active", used.handle.is_active());
                let row = row.with("closing", used.handle.is_closing());
                let row = row.with("fd", fd.map(u64::from));
                let details = used.details.iter().map(String::as_str);
                let row = row.with("details", Json::list(details));
                out.line(format_args!("{}", row.with("calls", called.map(|called| called.json()))));
                continue;
            }
            if at == 0 {
                let object = "OBJECT";
                out.line(format_args!("{object:>width$} KIND     STATE          FD WHAT"));
            }
            let fd = fd.map_or_else(|| "-".into(), |fd| alloc::format!("{fd}"));
            out.line(format_args!(
                "{:>width$x} {:<8} {:<12} {fd:>4} {}",
                used.object().0,
                used.handle.kind(),
                state(used),
                what(used, called)
            ));
        }
        Ok(Flow::Done)
    }
}

fn state(used: &Used) -> String {
    let handle = &used.handle;
    let state = match (handle.is_closing(), handle.is_active()) {
        (true, _) => "closing",
        (false, true) => "active",
        (false, false) => "idle",
    };
    let unref = if handle.is_ref() { "" } else { " unref" };
    alloc::format!("{state}{unref}")
}

fn what(used: &Used, called: Option<Called<'_>>) -> String {
    let mut text = used.class.clone();
    for detail in &used.details {
        text += ", ";
        text += detail;
    }
    if let Some(called) = called {
        text += &alloc::format!(", calls {}", called.text());
    }
    text
}
