//! `::v8field`

use super::json::{self, Json};
use super::v8classes;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;

/// Offsets beyond which no field lies.
const MAX_OFFSET: u64 = 1 << 20;

/// `::v8field`
pub struct V8Field;

impl Dcmd for V8Field {
    const ROW: Row = Row {
        name: c"v8field",
        usage: c"[-j] class field [offset]",
        description: c"show or set the offset of a field of a V8 class",
        options: &[json::OPTION],
        help: "
Prints at which offset a C++ class has a field: ::v8classes lists the classes,
::v8cfg -a the fields. With an offset, all commands use that one from then on,
until the module is loaded anew; a field that was not known is added.
",
    };

    fn run(call: &Call, session: &mut Session, _target: &dyn Target, out: &mut Out) -> Outcome {
        let (class, field, offset) = match &call.operands[..] {
            [class, field] => (class, field, None),
            [class, field, offset] => (class, field, Some(call.number(offset)?)),
            _ => return Err(Failure::Usage),
        };
        let (class, field) = (class.to_text(), field.to_text());
        let layout = session.layout()?;
        if !v8classes::names(layout).contains(class.as_str()) {
            return Err(Failure::Message(alloc::format!("error: no such class: \"{class}\"")));
        }
        if let Some(offset) = offset {
            if offset > MAX_OFFSET || field.is_empty() || field.contains("__") {
                return Err(Failure::Message(alloc::format!(
                    "failed to create field: {class}::{field} cannot be at offset 0x{offset:x}"
                )));
            }
            session.set_field(&class, &field, offset)?;
        }
        let Some(offset) = session.layout()?.field(&class, &field) else {
            return Err(Failure::Message(alloc::format!(
                "error: no such field in class \"{class}\": \"{field}\""
            )));
        };
        if call.options.has('j') {
            let row = Json::object().with("class", class).with("field", field);
            out.line(format_args!("{}", row.with("offset", offset)));
        } else {
            out.line(format_args!("{class}::{field} at offset 0x{offset:x}"));
        }
        Ok(Flow::Done)
    }
}
