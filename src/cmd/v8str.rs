//! `::v8str`

use super::text;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::error::Result;
use crate::v8::heap::{Heap, MAX_LENGTH};
use crate::v8::memory::Target;
use crate::v8::string::{self, Shape};
use crate::v8::value::Value;
use alloc::vec;
use alloc::vec::Vec;

/// Parts of a string that `-v` lists at most.
const MAX_PARTS: usize = 1024;

/// `::v8str`
pub struct V8Str;

impl Dcmd for V8Str {
    const ROW: Row = Row {
        name: c"v8str",
        usage: c":[-rv] [-N len]",
        description: c"print the contents of a V8 string",
        options: &[
            Opt::flag('r', "raw: without quotes and escapes"),
            Opt::flag('v', "list the strings it is made of first"),
            Opt::number('N', "len", "characters to show (all)"),
        ],
        help: "
Prints a string of any representation in double quotes, escaped as in JSON,
characters outside ASCII in UTF-8.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        let limit = call.options.number('N').unwrap_or(MAX_LENGTH);
        let read = string::read(heap, object, limit);
        if call.options.has('v') {
            trace(heap, object, limit, out)?;
        }
        let read = read?;
        if call.options.has('r') {
            let ellipsis = if read.truncated { "[...]" } else { "" };
            out.line(format_args!("{}{ellipsis}", read.to_utf8()));
        } else {
            out.line(format_args!("{}", text::quoted(&read.units, read.truncated)));
        }
        Ok(Flow::Done)
    }
}

/// Lists the string and those it is made of, outermost first.
fn trace(
    heap: Heap<'_>,
    object: Value,
    limit: u64,
    out: &mut Out,
) -> core::result::Result<(), Failure> {
    let mut todo = vec![object];
    let mut listed = 0;
    while let Some(part) = todo.pop() {
        listed += 1;
        if listed > MAX_PARTS {
            out.line(format_args!("str: ... more than {MAX_PARTS} parts"));
            break;
        }
        trace_part(heap, part, limit, &mut todo, out)?;
    }
    Ok(())
}

fn trace_part(
    heap: Heap<'_>,
    part: Value,
    limit: u64,
    todo: &mut Vec<Value>,
    out: &mut Out,
) -> Result<()> {
    let info = string::info(heap, part)?;
    match info.shape {
        Shape::Seq { .. } | Shape::External { .. } | Shape::ExternalUncached { .. } => {
            let shown = info.length.min(limit);
            let bytes = if info.one_byte { shown } else { shown * 2 };
            out.line(format_args!(
                "str {part}: length {} chars, slice 0 length {shown} (actually 0 length {bytes})",
                info.length
            ));
        }
        Shape::Cons { first, second } => {
            out.line(format_args!("str {part}: cons of {first} and {second}"));
            todo.push(second);
            todo.push(first);
        }
        Shape::Sliced { parent, offset } => {
            out.line(format_args!(
                "str {part}: slice of {parent} from {offset} of length {}",
                info.length
            ));
            todo.push(parent);
        }
        Shape::Thin { actual } => {
            out.line(format_args!("str {part}: thin string of {actual}"));
            todo.push(actual);
        }
    }
    Ok(())
}
