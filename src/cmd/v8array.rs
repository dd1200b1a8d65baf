//! `::v8array`

use super::json::{self, Json};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Progress, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::error::Error;
use crate::v8::fixed_array::FixedArray;
use crate::v8::layout::types::Kind;
use crate::v8::memory::Target;
use crate::v8::value::Value;
use alloc::boxed::Box;

/// Elements read at a time.
const BATCH: u64 = 1024;

/// `::v8array`
pub struct V8Array;

impl Dcmd for V8Array {
    const ROW: Row = Row {
        name: c"v8array",
        usage: c":[-ij]",
        description: c"print elements of a V8 FixedArray",
        options: &[Opt::flag('i', "put each element's index before it"), json::OPTION],
        help: "
Prints the words of a backing array, one a line. Hash tables and contexts are
backing arrays too.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, _out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        if !matches!(heap.kind(object)?, Kind::FixedArray | Kind::Context | Kind::ScopeInfo) {
            let found = heap.class_name(object)?;
            return Err(Error::WrongType { object, found, expected: "FixedArray" }.into());
        }
        FixedArray::new(heap, object)?;
        let (indices, json) = (call.options.has('i'), call.options.has('j'));
        let mut next = 0;
        Ok(Flow::More(Box::new(move |session, target, out| {
            let heap = session.heap(target)?;
            let array = FixedArray::new(heap, object)?;
            while next < array.len() && !out.is_full() {
                heap.check_interrupt()?;
                for value in array.batch(next, BATCH)? {
                    if json {
                        let row = Json::object().with("index", next);
                        let typed = row.with("value", value).with("type", describe(heap, value));
                        out.line(format_args!("{typed}"));
                    } else if indices {
                        out.line(format_args!("{next} {value}"));
                    } else {
                        out.line(format_args!("{value}"));
                    }
                    next += 1;
                }
            }
            Ok(if next < array.len() { Progress::More } else { Progress::Done })
        })))
    }
}
