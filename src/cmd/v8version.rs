//! `::v8version`

use super::json::{self, Json};
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::{Session, VERSION};
use crate::v8::layout::constants::Origin;
use crate::v8::layout::version;
use crate::v8::memory::Target;
use alloc::string::ToString;

/// `::v8version`
pub struct V8Version;

impl Dcmd for V8Version {
    const ROW: Row = Row {
        name: c"v8version",
        usage: c"[-j]",
        description: c"print the versions of this module and of the target's V8",
        options: &[json::OPTION],
        help: "
Prints the version of this module, that of the V8 in the target, and what the
layout in use is based on.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let version = version::read(target);
        let configuration = session.layout().ok().map(|layout| {
            let own = layout.constants.iter().any(|c| c.origin == Origin::Target);
            let base = if own { "target metadata and the table of V8" } else { "canned" };
            alloc::format!("{base} {}", layout.config)
        });
        if call.options.has('j') {
            let v8 = version.ok().map(|version| version.to_string());
            let row = Json::object().with("mdb_v8", VERSION).with("v8", v8);
            out.line(format_args!("{}", row.with("configuration", configuration)));
            return Ok(Flow::Done);
        }
        out.line(format_args!("mdb_v8 version: {VERSION}"));
        match version {
            Ok(version) => out.line(format_args!("V8 version: {version}")),
            Err(reason) => out.line(format_args!("V8 version: unknown ({reason})")),
        }
        let configuration = configuration.as_deref().unwrap_or("none");
        out.line(format_args!("configuration: {configuration}"));
        Ok(Flow::Done)
    }
}
