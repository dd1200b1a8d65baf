//! `::v8type`

use super::json::{self, Json};
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::memory::Target;
use crate::v8::value::Value;

/// `::v8type`
pub struct V8Type;

impl Dcmd for V8Type {
    const ROW: Row = Row {
        name: c"v8type",
        usage: c":[-j]",
        description: c"print the type of a V8 heap object",
        options: &[json::OPTION],
        help: "
Prints the type of a value: a small integer with its value, an oddball with its
name, an object with the name of its class, else V8's name of the type.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let value = Value(call.address()?);
        if heap.smi(value).is_none() && !heap.is_failure(value) {
            heap.kind(value)?;
        }
        if call.options.has('j') {
            out.line(format_args!("{}", Json::typed(heap, value)));
        } else {
            out.line(format_args!("0x{value}: {}", describe(heap, value)));
        }
        Ok(Flow::Done)
    }
}
