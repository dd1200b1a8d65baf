//! `::v8cfg`

use super::json::{self, Json};
use crate::mdb::args::{Arg, Opt};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Columns for names, more where one is longer.
const NAME_WIDTH: usize = 50;

/// `::v8cfg`
pub struct V8Cfg;

impl Dcmd for V8Cfg {
    const ROW: Row = Row {
        name: c"v8cfg",
        usage: c"[-ajmsx] [name ...]",
        description: c"print the layout constants in use and where each came from",
        options: &[
            Opt::flag('a', "every constant known, not only those the decoders use"),
            json::OPTION,
            Opt::flag('m', "only constants that are missing"),
            Opt::flag('s', "also the spelling that each constant was found under"),
            Opt::flag('x', "values in hexadecimal"),
        ],
        help: "
Prints each constant of the layout with its value and origin: \"target\" for the
metadata in the binary, \"supplement\" for this module's table of the V8 line,
\"correction\" where that table overrides the binary, \"derived\" for values that
follow from others, \"missing\" where nobody knows. With names, only those.
A constant that is missing may be one that this V8 has no use for.
",
    };

    fn run(call: &Call, session: &mut Session, _target: &dyn Target, out: &mut Out) -> Outcome {
        let layout = session.layout()?;
        let wanted: Vec<_> = call.operands.iter().map(Arg::to_text).collect();
        let is_wanted =
            |name: &str| wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str()));
        let hex = call.options.has('x');
        let spelled = call.options.has('s');
        let mut rows: Vec<(&str, Option<i64>, String)> = Vec::new();
        if call.options.has('a') {
            for constant in layout.constants.iter().filter(|c| is_wanted(&c.name)) {
                rows.push((&constant.name, Some(constant.value), constant.origin.to_string()));
            }
        } else {
            for (constant, value) in layout.rows().filter(|(c, _)| is_wanted(c.name)) {
                let name = constant.name.trim_start_matches('+');
                match value {
                    Some((value, origin)) if !call.options.has('m') => {
                        let mut origin = origin.to_string();
                        if let Some(spelling) = spelled.then(|| layout.spelling(constant)).flatten()
                        {
                            origin += &alloc::format!(": {spelling}");
                        }
                        rows.push((name, Some(value), origin));
                    }
                    Some(_) => {}
                    None => rows.push((name, None, "missing".into())),
                }
            }
        }
        let found = !rows.is_empty();
        let width = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or(0).max(NAME_WIDTH);
        for (name, value, origin) in rows {
            if call.options.has('j') {
                let row = Json::object().with("name", name).with("value", value);
                out.line(format_args!("{}", row.with("origin", origin)));
                continue;
            }
            let value = match value {
                Some(value) if hex => alloc::format!("{value:#x}"),
                Some(value) => alloc::format!("{value}"),
                None => "-".into(),
            };
            out.line(format_args!("{name:<width$} {value:>20}  {origin}"));
        }
        if !found && !wanted.is_empty() {
            let names = wanted.join(" ");
            return Err(Failure::Message(alloc::format!(
                "no constant with \"{names}\" in its name"
            )));
        }
        Ok(Flow::Done)
    }
}
