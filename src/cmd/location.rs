//! Where functions are defined, in words.

use super::json::Json;
use crate::v8::function::Definition;
use crate::v8::script::{Location, Script};
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
    place(definition.location)
}

/// A place in a script in the same words.
pub fn place(location: Option<Location>) -> String {
    match location {
        Some(Location::Line(line)) => alloc::format!("line {line}"),
        Some(Location::Position(position)) => alloc::format!("position {position}"),
        None => "unknown position".into(),
    }
}

/// Both as members of a JSON object.
pub fn json(row: Json, definition: &Definition) -> Json {
    json_at(row.with("file", file(definition)), definition.location)
}

/// A place in a script as a member of a JSON object.
pub fn json_at(row: Json, location: Option<Location>) -> Json {
    match location {
        Some(Location::Line(line)) => row.with("line", line),
        Some(Location::Position(position)) => row.with("position", position),
        None => row,
    }
}

/// `FILE:LINE:COLUMN`, as V8's stack traces have it; less where less is known.
pub fn in_script(script: &Script<'_>, position: Option<u64>) -> String {
    let file = script.name().ok().flatten().unwrap_or_else(|| "<anonymous>".into());
    match position.map(|position| script.locate_column(position)) {
        Some((Location::Line(line), Some(column))) => alloc::format!("{file}:{line}:{column}"),
        Some((Location::Line(line), None)) => alloc::format!("{file}:{line}"),
        Some((Location::Position(position), _)) => alloc::format!("{file}, position {position}"),
        None => file,
    }
}

/// A character of a script as members of a JSON object.
pub fn json_in_script(row: Json, script: &Script<'_>, position: Option<u64>) -> Json {
    let row = row.with("file", script.name().ok().flatten());
    match position.map(|position| script.locate_column(position)) {
        Some((location, column)) => json_at(row, Some(location)).with("column", column),
        None => row,
    }
}
