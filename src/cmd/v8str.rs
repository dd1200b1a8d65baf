//! `::v8str`

use super::json::{self, Json};
use super::text;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::heap::{Heap, MAX_LENGTH};
use crate::v8::memory::Target;
use crate::v8::string::{self, Shape, StringInfo};
use crate::v8::value::Value;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// Parts of a string that `-v` lists at most.
const MAX_PARTS: usize = 1024;

/// `::v8str`
pub struct V8Str;

impl Dcmd for V8Str {
    const ROW: Row = Row {
        name: c"v8str",
        usage: c":[-jrv] [-N len]",
        description: c"print the contents of a V8 string",
        options: &[
            json::OPTION,
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
        let json = call.options.has('j');
        let mut parts = Vec::new();
        if call.options.has('v') {
            let all = trace(heap, object, limit, &mut |part| {
                if json {
                    parts.push(part.json());
                } else {
                    out.line(format_args!("{part}"));
                }
            })?;
            if !all {
                out.warn(alloc::format!("{object}: more than {MAX_PARTS} parts"));
            }
        }
        let read = read?;
        if json {
            let row = Json::object().with("string", object);
            let row = row.with("length", string::info(heap, object)?.length);
            let row = row.with("value", Json::text(&read.units, read.truncated));
            let row =
                if call.options.has('v') { row.with("parts", Json::list(parts)) } else { row };
            out.line(format_args!("{row}"));
            return Ok(Flow::Done);
        }
        if call.options.has('r') {
            let ellipsis = if read.truncated { "[...]" } else { "" };
            out.line(format_args!("{}{ellipsis}", read.to_utf8()));
        } else {
            out.line(format_args!("{}", text::quoted(&read.units, read.truncated)));
        }
        Ok(Flow::Done)
    }
}

/// A string that others are made of.
struct Part {
    object: Value,
    info: StringInfo,
    /// Characters to show.
    shown: u64,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, length) = (self.object, self.info.length);
        match self.info.shape {
            Shape::Seq { .. } | Shape::External { .. } | Shape::ExternalUncached { .. } => {
                let shown = self.shown;
                let bytes = if self.info.one_byte { shown } else { shown * 2 };
                write!(
                    f,
                    "str {part}: length {length} chars, slice 0 length {shown} (actually 0 length {bytes})"
                )
            }
            Shape::Cons { first, second } => write!(f, "str {part}: cons of {first} and {second}"),
            Shape::Sliced { parent, offset } => {
                write!(f, "str {part}: slice of {parent} from {offset} of length {length}")
            }
            Shape::Thin { actual } => write!(f, "str {part}: thin string of {actual}"),
        }
    }
}

impl Part {
    fn json(&self) -> Json {
        let row = Json::object().with("string", self.object).with("length", self.info.length);
        let row = row.with("one_byte", self.info.one_byte);
        match self.info.shape {
            Shape::Seq { .. } => row.with("kind", "sequential"),
            Shape::External { .. } | Shape::ExternalUncached { .. } => row.with("kind", "external"),
            Shape::Cons { first, second } => {
                row.with("kind", "cons").with("first", first).with("second", second)
            }
            Shape::Sliced { parent, offset } => {
                row.with("kind", "slice").with("parent", parent).with("offset", offset)
            }
            Shape::Thin { actual } => row.with("kind", "thin").with("actual", actual),
        }
    }
}

/// Hands over the string and those it is made of, outermost first; whether those
/// were all.
fn trace(
    heap: Heap<'_>,
    object: Value,
    limit: u64,
    each: &mut dyn FnMut(Part),
) -> Result<bool, Failure> {
    let mut todo = vec![object];
    let mut listed = 0;
    while let Some(object) = todo.pop() {
        listed += 1;
        if listed > MAX_PARTS {
            return Ok(false);
        }
        let info = string::info(heap, object)?;
        match info.shape {
            Shape::Cons { first, second } => todo.extend([second, first]),
            Shape::Sliced { parent, .. } => todo.push(parent),
            Shape::Thin { actual } => todo.push(actual),
            _ => {}
        }
        each(Part { object, shown: info.length.min(limit), info });
    }
    Ok(true)
}
