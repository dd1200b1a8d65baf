//! `::v8version`

use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::{Session, VERSION};
use crate::v8::layout::constants::Origin;
use crate::v8::layout::version;
use crate::v8::memory::Target;

/// `::v8version`
pub struct V8Version;

impl Dcmd for V8Version {
    const ROW: Row = Row {
        name: c"v8version",
        usage: c"",
        description: c"print the versions of this module and of the target's V8",
        options: &[],
        help: "
Prints the version of this module, that of the V8 in the target, and what the
layout in use is based on.
",
    };

    fn run(_call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        out.line(format_args!("mdb_v8 version: {VERSION}"));
        match version::read(target) {
            Ok(version) => out.line(format_args!("V8 version: {version}")),
            Err(reason) => out.line(format_args!("V8 version: unknown ({reason})")),
        }
        match session.layout() {
            Ok(layout) => {
                let own = layout.constants.iter().any(|c| c.origin == Origin::Target);
                let base = if own { "target metadata and the table of V8" } else { "canned" };
                out.line(format_args!("configuration: {base} {}", layout.config));
            }
            Err(_) => out.line(format_args!("configuration: none")),
        }
        Ok(Flow::Done)
    }
}
