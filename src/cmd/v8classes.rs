//! `::v8classes`

use super::json::{self, Json};
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::layout::Layout;
use crate::v8::memory::Target;
use alloc::collections::BTreeSet;

/// `::v8classes`
pub struct V8Classes;

impl Dcmd for V8Classes {
    const ROW: Row = Row {
        name: c"v8classes",
        usage: c"[-j]",
        description: c"list known V8 heap object C++ classes",
        options: &[json::OPTION],
        help: "
Lists the C++ classes that the layout in use knows, by name.
",
    };

    fn run(call: &Call, session: &mut Session, _target: &dyn Target, out: &mut Out) -> Outcome {
        for name in names(session.layout()?) {
            if call.options.has('j') {
                out.line(format_args!("{}", Json::object().with("class", name)));
            } else {
                out.line(format_args!("{name}"));
            }
        }
        Ok(Flow::Done)
    }
}

/// The classes of a layout: those with fields, with bases, or with a type.
pub fn names(layout: &Layout) -> BTreeSet<&str> {
    let fields = layout.constants.family("class_");
    let parents = layout.constants.family("parent_");
    let mut names = BTreeSet::new();
    names.extend(fields.filter_map(|(name, _)| Some(name.split_once("__")?.0)));
    for (pair, _) in parents {
        let Some((class, parent)) = pair.split_once("__") else { continue };
        names.extend([class, parent]);
    }
    names.extend(layout.types.iter().map(|t| t.class.as_str()));
    names
}
