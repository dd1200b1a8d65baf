//! `::v8panic`, which is in no shipped module: what a mistake in any other
//! command would do, for the test that the debugger survives it.

use crate::mdb::command::{Call, Dcmd, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;

/// `::v8panic`
pub struct V8Panic;

impl Dcmd for V8Panic {
    const ROW: Row = Row {
        name: c"v8panic",
        usage: c"",
        description: c"panic, to test what comes of it",
        options: &[],
        help: "
Is not in modules that are built for use.
",
    };

    fn run(_call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        // Not output: it must be gone with the rest, and its memory given back.
        out.text("never to be printed");
        let held = alloc::format!("{} bytes a word", target.word_size());
        session.warnings = true;
        panic!("asked for, with {held}");
    }
}
