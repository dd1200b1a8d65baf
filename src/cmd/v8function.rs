//! `::v8function`

use super::json::{self, Json};
use super::{location, v8code};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::error::Error;
use crate::v8::function::Function;
use crate::v8::function_code;
use crate::v8::memory::Target;
use crate::v8::value::Value;

/// `::v8function`
pub struct V8Function;

impl Dcmd for V8Function {
    const ROW: Row = Row {
        name: c"v8function",
        usage: c":[-dj]",
        description: c"print a JSFunction with its context, scope and code",
        options: &[v8code::DISASSEMBLE, json::OPTION],
        help: "
Prints a function's name and place, the context its variables live in, the
ScopeInfo that names its own variables, its bytecode where it has any, and its
machine code. The code of an interpreted function is V8's interpreter.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let function = Function::new(heap, Value(call.address()?))?;
        let (object, shared) = (function.object, function.shared);
        let definition = shared.definition()?;
        let context = function.context()?;
        let scope = shared.scope_info()?.map(|scope| scope.object);
        let bytecode = function_code::bytecode(heap, shared)?;
        let code = function_code::code(heap, object)
            .and_then(|code| function_code::instructions(heap, code));
        if call.options.has('j') {
            let row = Json::object().with("function", object).with("name", function.name());
            let row = location::json(row, &definition).with("context", context);
            let row = row.with("scope_info", scope).with("bytecode", bytecode);
            out.line(format_args!(
                "{}",
                row.with("code", code.as_ref().ok().copied().map(v8code::json))
            ));
        } else {
            out.line(format_args!("{object}: JSFunction: {}", function.name()));
            let (file, position) = (location::file(&definition), location::position(&definition));
            out.line(format_args!("defined at {file} {position}"));
            out.line(format_args!("context: {context}"));
            match scope {
                Some(scope) => out.line(format_args!("shared scope_info: {scope}")),
                None => out.line(format_args!("shared scope_info not available")),
            }
            if let Some(bytecode) = bytecode {
                out.line(format_args!("bytecode: {bytecode}"));
            }
            if let Ok(code) = code {
                v8code::print(code, call.options.has('d'), out);
            }
        }
        match code {
            Ok(_) => Ok(Flow::Done),
            Err(Error::Interrupted) => Err(Failure::Interrupted),
            Err(error) => {
                Err(Failure::Message(alloc::format!("{object}: failed to find its code: {error}")))
            }
        }
    }
}
