//! `::v8frametypes`

use super::json::{self, Json};
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;

/// `::v8frametypes`
pub struct V8FrameTypes;

impl Dcmd for V8FrameTypes {
    const ROW: Row = Row {
        name: c"v8frametypes",
        usage: c"[-j]",
        description: c"list known V8 frame types",
        options: &[json::OPTION],
        help: "
Lists the types of V8's own stack frames that the layout in use knows, with
their numbers.
",
    };

    fn run(call: &Call, session: &mut Session, _target: &dyn Target, out: &mut Out) -> Outcome {
        for frame in &session.layout()?.frame_types {
            if call.options.has('j') {
                let row = Json::object().with("frame", frame.name.as_str());
                out.line(format_args!("{}", row.with("type", frame.number)));
            } else {
                out.line(format_args!("{:<30} = 0x{:02x}", frame.name, frame.number));
            }
        }
        Ok(Flow::Done)
    }
}
