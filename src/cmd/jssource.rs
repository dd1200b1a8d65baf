//! `::jssource`

use super::json::{self, Json};
use super::{frame, location};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::function::Function;
use crate::v8::memory::Target;
use crate::v8::value::Value;

/// `::jssource`
pub struct JsSource;

impl Dcmd for JsSource {
    const ROW: Row = Row {
        name: c"jssource",
        usage: c":[-j] [-n lines]",
        description: c"print the source code for a JavaScript function",
        options: &[
            json::OPTION,
            Opt::number('n', "lines", "lines of source around the function (5)"),
        ],
        help: "
Prints the source of a function with its line numbers, and lines before and
after it. With -j the lines of the function itself are marked as its own.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let function = Function::new(heap, Value(call.address()?))?;
        let definition = function.shared.definition()?;
        if definition.builtin {
            return Err(Failure::Message(alloc::format!(
                "{}: failed to find script for function: it is one of V8's own",
                function.object
            )));
        }
        let context = call.options.number('n').unwrap_or(5);
        if call.options.has('j') {
            let lines = frame::source(function.shared, context)?.lines;
            let lines = lines.into_iter().map(|(number, own, text)| {
                Json::object().with("line", number).with("own", own).with("text", text)
            });
            let row = Json::object().with("function", function.object);
            let row = location::json(row.with("name", function.name()), &definition);
            out.line(format_args!("{}", row.with("source", Json::list(lines))));
            return Ok(Flow::Done);
        }
        out.line(format_args!("file: {}", location::file(&definition)));
        frame::print_source(function.shared, context, out);
        out.text("\n");
        Ok(Flow::Done)
    }
}
