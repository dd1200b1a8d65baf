//! `::v8internal`

use super::json::{self, Json};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::embedder;
use crate::v8::error::{article, Error};
use crate::v8::memory::Target;
use crate::v8::value::Value;

/// `::v8internal`
pub struct V8Internal;

impl Dcmd for V8Internal {
    const ROW: Row = Row {
        name: c"v8internal",
        usage: c":[-j] index",
        description: c"print the value of an embedder field",
        options: &[json::OPTION],
        help: "
Prints what a C++ program keeps in an object that it made: for most objects of
Node's own, field 1 is the address of the C++ object behind it, field 0 before
Node 14.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        let [index] = &call.operands[..] else { return Err(Failure::Usage) };
        let index = call.number(index)?;
        let (first, count) = match embedder::fields(heap, object) {
            Err(Error::WrongType { object, found, .. }) => {
                return Err(Failure::Message(alloc::format!(
                    "{object}: unsupported type (it is {} {found})",
                    article(&found)
                )));
            }
            fields => fields?,
        };
        if index >= count {
            return Err(Failure::Message(alloc::format!(
                "{object}: no embedder field {index} (it has {count})"
            )));
        }
        let addr = first.wrapping_add(index * heap.word_size());
        let value = Value(embedder::pointer(heap, addr)?);
        if call.options.has('j') {
            let row = Json::object().with("object", object).with("index", index);
            out.line(format_args!("{}", row.with("value", value)));
        } else {
            out.line(format_args!("{value}"));
        }
        Ok(Flow::Done)
    }
}
