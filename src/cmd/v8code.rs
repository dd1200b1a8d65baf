//! `::v8code`

use super::json::{self, Json};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::code::Code;
use crate::v8::function_code;
use crate::v8::memory::Target;
use crate::v8::value::Value;

/// The option of both commands that show code.
pub const DISASSEMBLE: Opt = Opt::flag('d', "disassemble the instructions");

/// `::v8code`
pub struct V8Code;

impl Dcmd for V8Code {
    const ROW: Row = Row {
        name: c"v8code",
        usage: c":[-dj]",
        description: c"print information about a V8 Code object",
        options: &[DISASSEMBLE, json::OPTION],
        help: "
Prints where the instructions of a Code object are. With -d the debugger's own
disassembler lists them.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let code = function_code::instructions(heap, Value(call.address()?))?;
        if call.options.has('j') {
            out.line(format_args!("{}", json(code)));
        } else {
            print(code, call.options.has('d'), out);
        }
        Ok(Flow::Done)
    }
}

/// Prints code, perhaps with its instructions.
pub fn print(code: Code, disassemble: bool, out: &mut Out) {
    let end = code.start.wrapping_add(code.size);
    out.line(format_args!("code: {}", code.object));
    out.line(format_args!("instructions: [{:x}, {end:x})", code.start));
    if disassemble {
        out.instructions(code.start, end);
    }
}

/// The same facts as JSON.
pub fn json(code: Code) -> Json {
    Json::object()
        .with("code", code.object)
        .with("start", Json::address(code.start))
        .with("end", Json::address(code.start.wrapping_add(code.size)))
}
