//! `::v8types`

use super::json::{self, Json};
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;

/// `::v8types`
pub struct V8Types;

impl Dcmd for V8Types {
    const ROW: Row = Row {
        name: c"v8types",
        usage: c"[-j]",
        description: c"list known V8 heap object types",
        options: &[json::OPTION],
        help: "
Lists the instance types that the layout in use knows, with their numbers, in
the order of their symbols. A class can have several.
",
    };

    fn run(call: &Call, session: &mut Session, _target: &dyn Target, out: &mut Out) -> Outcome {
        for (name, constant) in session.layout()?.constants.family("type_") {
            let class = name.split_once("__").map_or(name, |(class, _)| class);
            if call.options.has('j') {
                let row = Json::object().with("class", class).with("type", constant.value);
                out.line(format_args!("{row}"));
            } else {
                out.line(format_args!("{class:<30} = 0x{:02x}", constant.value));
            }
        }
        Ok(Flow::Done)
    }
}
