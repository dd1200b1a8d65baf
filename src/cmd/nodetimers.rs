//! `::nodetimers`

use super::called::Called;
use super::json::{self, Json};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::node::timers::{self, Timer};
use crate::node::uv::Loop;
use crate::session::Session;
use crate::v8::memory::Target;
use alloc::string::String;

/// `::nodetimers`
pub struct NodeTimers;

impl Dcmd for NodeTimers {
    const ROW: Row = Row {
        name: c"nodetimers",
        usage: c"[-jr]",
        description: c"list the timers that are set",
        options: &[json::OPTION, Opt::flag('r', "only those that keep the process alive")],
        help: "
Lists the timers of setTimeout and setInterval that have not fired and were not
cleared, the next one first: the Timeout, in how many milliseconds it fires, for how
many it was set, whether it fires again (\"every\") and whether it keeps the process
alive (\"ref\" or \"unref\"), and what it calls: a function by where it is defined, or a
suspended function by its await.

A timer that is late has a negative time. The clock is that of the event loop, which
looks at it before it calls anything, not while JavaScript runs. Where the loop cannot
be read, times are from that of the first timer on. In a pipe, prints the Timeouts.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let timers = timers::find(heap, &whole)?;
        let now = Loop::of_main_thread(heap).ok().and_then(|uv| timers::now(heap, &uv, &timers));
        let first = timers.first().map_or(0.0, |timer| timer.expiry);
        let is_wanted = |timer: &&Timer| timer.is_ref || !call.options.has('r');
        if timers.is_empty() && !call.options.has('j') && !out.is_piped() {
            out.warn("no timer is set".into());
        }
        let width = target.word_size() * 2;
        for (at, timer) in timers.iter().filter(is_wanted).enumerate() {
            heap.check_interrupt()?;
            if out.is_piped() {
                out.line(format_args!("{}", timer.object));
                continue;
            }
            let due = timer.expiry - now.unwrap_or(first);
            let called = Called::by(heap, timer.callback)?;
            if call.options.has('j') {
                let row = Json::object().with("timer", timer.object).with("due", Json::number(due));
                let row = row.with("after", Json::number(timer.after));
                let row = row.with("repeat", timer.repeat.map(Json::number));
                let row = row.with("ref", timer.is_ref).with("calls", called.json());
                out.line(format_args!("{row}"));
                continue;
            }
            if at == 0 {
                out.line(format_args!(
                    "{:>width$} {:>10} {:>10} STATE       CALLS",
                    "TIMER", "DUE", "AFTER"
                ));
            }
            let mut state: String = if timer.is_ref { "ref".into() } else { "unref".into() };
            if timer.repeat.is_some() {
                state += " every";
            }
            out.line(format_args!(
                "{:>width$x} {:>10} {:>10} {state:<11} {}",
                timer.object.0,
                milliseconds(due),
                milliseconds(timer.after),
                called.text()
            ));
        }
        Ok(Flow::Done)
    }
}

/// Whole milliseconds.
fn milliseconds(time: f64) -> String {
    alloc::format!("{time:.0}")
}
