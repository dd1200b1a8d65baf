//! `::v8context`

use super::json::{self, Json};
use super::text;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::context::Context;
use crate::v8::describe::describe;
use crate::v8::error::Error;
use crate::v8::memory::Target;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// `::v8context`
pub struct V8Context;

impl Dcmd for V8Context {
    const ROW: Row = Row {
        name: c"v8context",
        usage: c":[-djv]",
        description: c"print information about a V8 Context",
        options: &[
            Opt::flag('d', "ignored; kept for scripts"),
            json::OPTION,
            Opt::flag('v', "name the variables"),
        ],
        help: "
Prints what a context refers to, then its variables in the order of their slots.
Up to V8 6.7 the function it was made for tells the variables' names, since then
a ScopeInfo. A value in a slot may be a cell that holds the variable.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        let failed = |what: &str, error: Error| match error {
            Error::Interrupted => Failure::Interrupted,
            error => Failure::Message(alloc::format!("{object}: failed to {what}: {error}")),
        };
        let context = Context::new(heap, object).map_err(|error| failed("load Context", error))?;
        let fixed = context.fixed_slots().map_err(|error| failed("load Context", error))?;
        let slots = || context.variable_slots()?.collect::<Result<Vec<_>, _>>();
        let slots = slots().map_err(|error| failed("iterate context", error))?;
        let names: Vec<Option<String>> = match context.scope_info() {
            Ok(Some(info)) => info.context_locals().unwrap_or_default(),
            _ => Vec::new(),
        };
        let name = |index: usize| names.get(index).and_then(|name| name.as_deref());
        if call.options.has('j') {
            let mut row = Json::object().with("context", object);
            for (what, value) in fixed {
                row = row.with(&what.replace(' ', "_"), Json::typed(heap, value));
            }
            let slots = slots.iter().enumerate().map(|(index, value)| {
                Json::object()
                    .with("slot", index as u64)
                    .with("name", name(index))
                    .with("value", *value)
                    .with("type", describe(heap, *value))
            });
            out.line(format_args!("{}", row.with("slots", Json::list(slots))));
            return Ok(Flow::Done);
        }
        for (what, value) in fixed {
            out.line(format_args!("{what}: {value} ({})", describe(heap, value)));
        }
        for (index, value) in slots.into_iter().enumerate() {
            out.text(&alloc::format!("    slot {index}: {value} ({})", describe(heap, value)));
            match name(index).filter(|_| call.options.has('v')) {
                Some(name) => out.line(format_args!(" {}", text::quoted_str(name))),
                None => out.text("\n"),
            }
        }
        Ok(Flow::Done)
    }
}
