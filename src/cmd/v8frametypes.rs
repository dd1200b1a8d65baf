//! `::v8frametypes`

use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;

/// `::v8frametypes`
pub struct V8FrameTypes;

impl Dcmd for V8FrameTypes {
    const ROW: Row = Row {
        name: c"v8frametypes",
        usage: c"",
        description: c"list known V8 frame types",
        options: &[],
        help: "
Lists the types of V8's own stack frames that the layout in use knows, with
their numbers.
",
    };

    fn run(_call: &Call, session: &mut Session, _target: &dyn Target, out: &mut Out) -> Outcome {
        for frame in &session.layout()?.frame_types {
            out.line(format_args!("{:<30} = 0x{:02x}", frame.name, frame.number));
        }
        Ok(Flow::Done)
    }
}
