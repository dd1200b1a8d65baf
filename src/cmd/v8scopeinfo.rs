//! `::v8scopeinfo`

use super::json::{self, Json};
use super::text;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::error::Error;
use crate::v8::memory::Target;
use crate::v8::scope_info::{Local, Locals, ScopeInfo};
use crate::v8::value::Value;

/// `::v8scopeinfo`
pub struct V8ScopeInfo;

impl Dcmd for V8ScopeInfo {
    const ROW: Row = Row {
        name: c"v8scopeinfo",
        usage: c":[-j]",
        description: c"print information about a V8 ScopeInfo",
        options: &[json::OPTION],
        help: "
Prints the variables of a scope: the parameters, those that live on the stack,
and those that closures captured, which live in a context. V8 7 and later keep
the number of parameters only and say nothing of variables on the stack.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        let failed = |what: &str, error: Error| match error {
            Error::Interrupted => Failure::Interrupted,
            error => Failure::Message(alloc::format!("{object}: failed to {what}: {error}")),
        };
        let info = ScopeInfo::new(heap, object).map_err(|error| failed("load ScopeInfo", error))?;
        let sorts = [
            ("parameter", info.parameter_list()),
            ("stack local variable", info.stack_local_list()),
            ("context local variable", info.named_context_locals().map(Locals::Named)),
        ];
        let mut row = Json::object().with("scope_info", object);
        for (what, locals) in sorts {
            let locals = locals.map_err(|error| failed("walk scope info", error))?;
            if call.options.has('j') {
                row = row.with(&(what.replace(' ', "_") + "s"), json_of(&locals));
            } else {
                print(what, &locals, out);
            }
        }
        if call.options.has('j') {
            out.line(format_args!("{row}"));
        }
        Ok(Flow::Done)
    }
}

fn print(what: &str, locals: &Locals, out: &mut Out) {
    let heading =
        |count: u64| alloc::format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match locals {
        Locals::Unknown => out.line(format_args!("{what}s are not recorded by this V8")),
        Locals::Count(count) => {
            out.line(format_args!("{}", heading(*count)));
            if *count > 0 {
                out.line(format_args!("    (names are not recorded by this V8)"));
            }
        }
        Locals::Named(named) => {
            out.line(format_args!("{}", heading(named.len() as u64)));
            for (index, Local { value, name }) in named.iter().enumerate() {
                let value = value.map_or_else(|| "?".into(), |value| alloc::format!("{value}"));
                let name = name.as_deref().map_or_else(|| "<unreadable>".into(), text::quoted_str);
                out.line(format_args!("    {what} {index}: {value} ({name})"));
            }
        }
    }
}

/// Null, the number, or the list of names.
fn json_of(locals: &Locals) -> Json {
    match locals {
        Locals::Unknown => Json::null(),
        Locals::Count(count) => (*count).into(),
        Locals::Named(named) => Json::list(named.iter().map(|local| {
            Json::object().with("value", local.value).with("name", local.name.as_deref())
        })),
    }
}
