//! `::v8whatis`

use super::json::{self, Json};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;

/// Bytes before an address in which its object is looked for.
const DISTANCE: u64 = 4096;
/// A distance beyond this is likely a mistake.
const VERY_LARGE: u64 = 32767;

/// `::v8whatis`
pub struct V8Whatis;

impl Dcmd for V8Whatis {
    const ROW: Row = Row {
        name: c"v8whatis",
        usage: c":[-jv] [-d bytes]",
        description: c"find the V8 object that an address lies in",
        options: &[
            Opt::number('d', "bytes", "how far from the address it may begin (1000)"),
            json::OPTION,
            Opt::flag('v', "say what was found where"),
        ],
        help: "
Prints the address of the heap object that contains the given address, which may
be tagged or not; nothing when there is none. The whole heap is searched for
objects first, unless another command has done that.

The debugger's own ::whatis says the same in its words, among all else that it
knows of an address.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let addr = call.address()?;
        let heap = session.heap(target)?;
        let distance = call.options.number('d').unwrap_or(DISTANCE);
        if distance > VERY_LARGE {
            out.warn(alloc::format!("warn: very large value supplied for \"-d\": {distance}"));
        }
        let whole = session.whole(target, false)?;
        let objects = &whole.objects;
        let verbose = call.options.has('v');
        let Some(id) = objects.starts.at_or_before(addr, distance) else {
            if verbose {
                out.warn(alloc::format!(
                    "{addr:x}: no heap object found in previous {distance} bytes"
                ));
            }
            return Ok(Flow::Done);
        };
        let value = objects.value(heap, id);
        let start = objects.starts.addr(id);
        let class = heap.class_name(value)?;
        let offset = addr - start;
        if offset >= objects.size(heap, id) {
            if verbose {
                out.warn(alloc::format!(
                    "{addr:x}: heap object found at {value} ({addr:x}-{offset:#x}, type {class}) \
                     does not appear to contain {addr:x}"
                ));
            }
            return Ok(Flow::Done);
        }
        if call.options.has('j') {
            let row = Json::object().with("address", Json::address(addr)).with("object", value);
            out.line(format_args!("{}", row.with("offset", offset).with("type", class)));
        } else if verbose {
            out.line(format_args!(
                "{value} (found Map at {start:x} ({addr:x}-{offset:#x}) for type {class})"
            ));
        } else {
            out.line(format_args!("{value}"));
        }
        Ok(Flow::Done)
    }
}
