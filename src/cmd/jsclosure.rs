//! `::jsclosure`

use super::inspect::{self, Style};
use super::json::{self, Json};
use super::text;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::context;
use crate::v8::error::Error;
use crate::v8::function::Function;
use crate::v8::memory::Target;
use crate::v8::value::Value;

/// `::jsclosure`
pub struct JsClosure;

impl Dcmd for JsClosure {
    const ROW: Row = Row {
        name: c"jsclosure",
        usage: c":[-j]",
        description: c"print variables referenced by a closure",
        options: &[json::OPTION],
        help: "
Prints the variables of the scope a function was made in: name, address and
value. A variable whose declaration was not reached yet has the value hole.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        let failed = |what: &str, error: Error| match error {
            Error::Interrupted => Failure::Interrupted,
            error => Failure::Message(alloc::format!("{object}: failed to {what}: {error}")),
        };
        Function::new(heap, object).map_err(|error| failed("load JSFunction", error))?;
        let context =
            context::captured(heap, object).map_err(|error| failed("load Context", error))?;
        let variables =
            context.variables().map_err(|error| failed("iterate closure variables", error))?;
        if variables.is_empty() {
            out.warn(alloc::format!("{object}: captures no variables"));
        }
        for variable in variables {
            let name = variable.name.as_deref().unwrap_or("<unreadable name>");
            if call.options.has('j') {
                let row = Json::object().with("name", name);
                out.line(format_args!("{}", Json::slot(heap, row, variable.slot)));
                continue;
            }
            let style = Style { depth: 1, addresses: true, ..Style::default() };
            let value = match variable.slot {
                Some(slot) => match inspect::slot(heap, slot, style) {
                    Err(Error::Interrupted) => return Err(Failure::Interrupted),
                    Err(error) => alloc::format!("<{error}>"),
                    Ok(value) => value,
                },
                None => "hole".into(),
            };
            let value = value.replace('\n', "\n    ");
            out.line(format_args!("    {}: {value}", text::quoted_str(name)));
        }
        Ok(Flow::Done)
    }
}
