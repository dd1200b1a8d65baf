//! `::jssource`

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
        usage: c":[-n lines]",
        description: c"print the source code for a JavaScript function",
        options: &[Opt::number('n', "lines", "lines of source around the function (5)")],
        help: "
Prints the source of a function with its line numbers, and lines before and
after it.
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
        out.line(format_args!("file: {}", location::file(&definition)));
        frame::print_source(function.shared, call.options.number('n').unwrap_or(5), out);
        out.text("\n");
        Ok(Flow::Done)
    }
}
