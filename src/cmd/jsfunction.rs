//! `::jsfunction`

use super::json::{self, Json};
use super::location;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::function::{self, Function};
use crate::v8::memory::Target;
use crate::v8::value::Value;

/// `::jsfunction`
pub struct JsFunction;

impl Dcmd for JsFunction {
    const ROW: Row = Row {
        name: c"jsfunction",
        usage: c":[-j]",
        description: c"print information about a JavaScript function",
        options: &[json::OPTION],
        help: "
Prints the name of a function and where it is defined; of a bound function, the
function it calls, the receiver and the arguments it calls it with.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        if let Some(bound) = function::bound(heap, object)? {
            if call.options.has('j') {
                let arguments = bound.arguments.iter().map(|arg| Json::typed(heap, *arg));
                let row = Json::object().with("function", object).with("wraps", bound.target);
                let row = row.with("this", Json::typed(heap, bound.this));
                out.line(format_args!("{}", row.with("arguments", Json::list(arguments))));
                return Ok(Flow::Done);
            }
            out.line(format_args!("bound function that wraps: {}", bound.target));
            out.line(format_args!(
                "with \"this\" = {} ({})",
                bound.this,
                describe(heap, bound.this)
            ));
            for (i, arg) in bound.arguments.iter().enumerate() {
                out.line(format_args!("      arg{i}  = {arg} ({})", describe(heap, *arg)));
            }
            return Ok(Flow::Done);
        }
        let function = Function::new(heap, object)?;
        let definition = function.shared.definition()?;
        if call.options.has('j') {
            let row = Json::object().with("function", object).with("name", function.name());
            out.line(format_args!("{}", location::json(row, &definition)));
            return Ok(Flow::Done);
        }
        out.line(format_args!("function: {}", function.name()));
        out.line(format_args!(
            "defined at {} {}",
            location::file(&definition),
            location::position(&definition)
        ));
        Ok(Flow::Done)
    }
}
