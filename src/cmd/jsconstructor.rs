//! `::jsconstructor`

use super::json::{self, Json};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::constructor;
use crate::v8::error::Error;
use crate::v8::function::Function;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::memory::Target;
use crate::v8::primitive;
use crate::v8::value::Value;
use alloc::string::String;

/// `::jsconstructor`
pub struct JsConstructor;

impl Dcmd for JsConstructor {
    const ROW: Row = Row {
        name: c"jsconstructor",
        usage: c":[-jv]",
        description: c"print the constructor for a JavaScript object",
        options: &[json::OPTION, Opt::flag('v', "show the address of the constructor too")],
        help: "
Prints the name of the function that made an object. For an instance of a
derived class that is the derived class, as a script would see it.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        let kind = heap.kind(object)?;
        if !kind.is_js_object() && kind != Kind::Proxy {
            let found = heap.class_name(object)?;
            return Err(Error::WrongType { object, found, expected: "JSObject" }.into());
        }
        let (name, function) = find(heap, object)?;
        if call.options.has('j') {
            let row = Json::object().with("object", object).with("constructor", name);
            out.line(format_args!("{}", row.with("function", function)));
            return Ok(Flow::Done);
        }
        match function.filter(|_| call.options.has('v')) {
            Some(function) => out.line(format_args!("{name} (JSFunction: {function})")),
            None => out.line(format_args!("{name}")),
        }
        Ok(Flow::Done)
    }
}

/// Name of what made an object, and the function unless nothing did.
fn find(heap: Heap<'_>, object: Value) -> Result<(String, Option<Value>), Failure> {
    if let Some(function) = constructor::function(heap, object)? {
        return Ok((Function::new(heap, function)?.name(), Some(function)));
    }
    let origin = constructor::origin(heap, heap.map(object)?)?;
    if heap.is_heap_object(origin) && heap.kind(origin)? == Kind::Oddball {
        return Ok((primitive::oddball(heap, origin)?, None));
    }
    let found = crate::v8::describe::describe(heap, origin);
    Err(Failure::Message(alloc::format!("constructor: expected JSFunction, found {found}")))
}
