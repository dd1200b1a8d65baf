//! `::v8warnings`

use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;

/// `::v8warnings`
pub struct V8Warnings;

impl Dcmd for V8Warnings {
    const ROW: Row = Row {
        name: c"v8warnings",
        usage: c"",
        description: c"toggle V8 warnings",
        options: &[],
        help: "
Turns warnings about single frames of a stack on and off: those that are neither
of JavaScript nor of V8, and those without the property that -p asks for.
Commands that look at one thing always say what is wrong with it.
",
    };

    fn run(_call: &Call, session: &mut Session, _target: &dyn Target, out: &mut Out) -> Outcome {
        session.warnings = !session.warnings;
        out.line(format_args!(
            "v8 warnings are now {}",
            if session.warnings { "on" } else { "off" }
        ));
        Ok(Flow::Done)
    }
}
