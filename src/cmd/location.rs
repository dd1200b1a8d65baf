//! Where functions are defined, in words.

use super::json::Json;
use crate::v8::function::Definition;
use crate::v8::script::Location;
use alloc::string::String;

/// File of a function: `<builtin>` for V8's own, `<anonymous>` for scripts
/// without a name, as in V8's stack traces.
pub fn file(definition: &Definition) -> String {
    match &definition.file {
        Some(file) => file.clone(),
        None if definition.builtin => "<builtin>".into(),
        None => "<anonymous>".into(),
    }
}

/// `line N`, `position N` or `unknown position`.
pub fn position(definition: &Definition) -> String {
    match definition.location {
        Some(Location::Line(line)) => alloc::format!("line {line}"),
        Some(Location::Position(position)) => alloc::format!("position {position}"),
        None => "unknown position".into(),
    }
}

/// Both as members of a JSON object.
pub fn json(row: Json, definition: &Definition) -> Json {
    let row = row.with("file", file(definition));
    match definition.location {
        Some(Location::Line(line)) => row.with("line", line as u64),
        Some(Location::Position(position)) => row.with("position", position as u64),
        None => row,
    }
}
