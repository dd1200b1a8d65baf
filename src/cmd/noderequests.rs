//! `::noderequests`

use super::called::Called;
use super::json::{self, Json};
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::node::requests::{self, Answer};
use crate::session::Session;
use crate::v8::memory::Target;
use alloc::string::String;

/// `::noderequests`
pub struct NodeRequests;

impl Dcmd for NodeRequests {
    const ROW: Row = Row {
        name: c"noderequests",
        usage: c"[-j]",
        description: c"list the requests that have not been answered",
        options: &[json::OPTION],
        help: "
Lists what the program has asked the system or Node's thread pool for and has no answer
to: operations on files, names that are looked up, connections, writes, cryptography.
For each the object of the request, its class as process.getActiveResourcesInfo() has
it, what is known of it, and what is called with the answer: a function by where it is
defined, or the suspended function by its await. In a pipe, prints the objects.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let list = requests::find(heap, &whole)?;
        if list.is_empty() && !call.options.has('j') && !out.is_piped() {
            out.warn("no request is under way".into());
        }
        let width = target.word_size() * 2;
        for (at, request) in list.iter().enumerate() {
            heap.check_interrupt()?;
            if out.is_piped() {
                out.line(format_args!("{}", request.object));
                continue;
            }
            let called = match request.answer {
                Some(Answer::Function(function)) => Some(Called::by(heap, function)?),
                Some(Answer::Promise(promise)) => Some(Called::of_promise(heap, promise)?),
                None => None,
            };
            if call.options.has('j') {
                let row = Json::object().with("request", request.object);
                let row = row.with("class", request.class.as_str());
                let details = request.details.iter().map(String::as_str);
                let row = row.with("details", Json::list(details));
                out.line(format_args!("{}", row.with("calls", called.map(|called| called.json()))));
                continue;
            }
            if at == 0 {
                out.line(format_args!("{:>width$} WHAT", "REQUEST"));
            }
            let mut text = request.class.clone();
            for detail in &request.details {
                text += ", ";
                text += detail;
            }
            if let Some(called) = called {
                text += &alloc::format!(", calls {}", called.text());
            }
            out.line(format_args!("{:>width$x} {text}", request.object.0));
        }
        Ok(Flow::Done)
    }
}
