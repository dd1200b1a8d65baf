//! `::nodebuffer`

use super::json::{self, Json};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::error::{article, Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::memory::Target;
use crate::v8::value::Value;
use crate::v8::{binary, constructor};

/// Names of the classes that Node's buffers have had.
const CLASSES: [&str; 5] = ["Buffer", "NativeBuffer", "SlowBuffer", "FastBuffer", "Uint8Array"];

/// `::nodebuffer`
pub struct NodeBuffer;

impl Dcmd for NodeBuffer {
    const ROW: Row = Row {
        name: c"nodebuffer",
        usage: c":[-fj]",
        description: c"print details about the given Node.js Buffer",
        options: &[
            Opt::flag('f', "whatever the class: any typed array, view or array buffer"),
            json::OPTION,
        ],
        help: "
Prints the address of a Buffer's bytes, which lie outside the JavaScript heap.
The length is that of the object: with -j both are printed.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        heap.kind(object)?;
        let class = constructor::name(heap, object).ok().flatten().unwrap_or_default();
        let known = CLASSES.contains(&class.as_str());
        let bytes = match bytes(heap, object) {
            Err(Error::Interrupted) => return Err(Failure::Interrupted),
            bytes => bytes?.filter(|_| known || call.options.has('f')),
        };
        if bytes.is_some() && is_detached(heap, object)? {
            return Err(Failure::Message(alloc::format!("{object} is detached: it has no bytes")));
        }
        let Some((length, data)) = bytes else {
            let what = describe(heap, object);
            return Err(Failure::Message(alloc::format!(
                "{object} does not appear to be a buffer (it is {} {what})",
                article(&what)
            )));
        };
        if call.options.has('j') {
            let row = Json::object().with("buffer", object).with("constructor", class);
            let row = row.with("length", length).with("data", Json::address(data));
            out.line(format_args!("{row}"));
        } else {
            out.line(format_args!("{data:x}"));
        }
        Ok(Flow::Done)
    }
}

/// Whether the buffer that an object is or shows was detached.
fn is_detached(heap: Heap<'_>, object: Value) -> Result<bool> {
    match heap.kind(object)? {
        Kind::TypedArray | Kind::DataView => {
            binary::is_detached(heap, heap.field(object, C::ViewBuffer)?)
        }
        Kind::ArrayBuffer => binary::is_detached(heap, object),
        _ => Ok(false),
    }
}

/// Length and address of the bytes of an object; none when it has no such.
fn bytes(heap: Heap<'_>, object: Value) -> Result<Option<(u64, u64)>> {
    let of = |bytes: binary::Bytes| (bytes.length * bytes.ty.size(), bytes.data);
    Ok(match heap.kind(object)? {
        Kind::TypedArray => Some(of(binary::typed_array(heap, object)?)),
        Kind::ArrayBuffer => Some(binary::array_buffer(heap, object)?),
        Kind::DataView => {
            let (buffer, offset, length) = binary::view(heap, object)?;
            let (_, data) = binary::array_buffer(heap, buffer)?;
            Some((length, data.wrapping_add(offset)))
        }
        kind if kind.is_js_object() => binary::external_elements(heap, object)?.map(of),
        _ => None,
    })
}
