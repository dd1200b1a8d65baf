//! Frames as `-j` prints them.

use super::frame;
use super::json::Json;
use super::location;
use crate::v8::arguments;
use crate::v8::describe::describe;
use crate::v8::executing;
use crate::v8::frames::{Frame, FrameKind};
use crate::v8::function::{Function, Shared};
use crate::v8::heap::Heap;
use crate::v8::locals::{self, Content, Local};
use crate::v8::parameters;
use crate::v8::properties::Slot;
use crate::v8::script::Location;
use crate::v8::value::Value;
use alloc::string::String;

/// A frame that is not of a JavaScript function.
pub fn other(frame: &Frame) -> Json {
    let row = match &frame.kind {
        FrameKind::Native(symbol) => kind("native").with("symbol", symbol.as_str()),
        FrameKind::Internal(name) => kind("internal").with("name", name.as_str()),
        _ => kind("unknown"),
    };
    place(row, frame)
}

/// The frame of a function, or of one that was inlined and has no object.
pub fn javascript(
    heap: Heap<'_>,
    frame: &Frame,
    function: Option<Function<'_>>,
    shared: Shared<'_>,
) -> Json {
    let name = frame::name(heap, frame, function, shared);
    let row = named(frame, name);
    let row = row.with("function", function.map(|function| function.object));
    let row = match shared.definition() {
        Ok(definition) => location::json(row, &definition),
        Err(error) => row.with("error", alloc::format!("{error}")),
    };
    let row = executing_at(row, executing::location(heap, frame, shared).ok().flatten());
    let Some(function) = function else { return row.with("inlined", true) };
    let row = match arguments::of_frame(heap, frame.fp, function.object) {
        Ok(call) => {
            let typed = |value: Value| Json::typed(heap, value);
            row.with("this", call.receiver.map(typed))
                .with("args", Json::list(call.values.into_iter().map(typed)))
        }
        Err(error) => row.with("error", alloc::format!("{error}")),
    };
    let row = match parameters::names(shared) {
        Some(names) => row.with("params", Json::list(names.iter().map(String::as_str))),
        None => row,
    };
    match locals::of_frame(heap, frame, function.object) {
        Ok(locals) => row.with("locals", Json::list(locals.iter().map(|it| local(heap, it)))),
        Err(error) => row.with("error", alloc::format!("{error}")),
    }
}

/// A variable.
pub fn local(heap: Heap<'_>, Local { name, content: held }: &Local) -> Json {
    content(heap, Json::object().with("name", name.as_str()), held)
}

/// The members of what a variable holds; no value where it has none yet, or none
/// is known.
pub fn content(heap: Heap<'_>, row: Json, content: &Content) -> Json {
    match content {
        Content::Is(Slot::Value(value)) => {
            row.with("value", *value).with("type", describe(heap, *value))
        }
        Content::Is(Slot::Double(bits)) => {
            row.with("type", "double").with("double", Json::number(f64::from_bits(*bits)))
        }
        Content::Is(Slot::Accessor { .. }) => row.with("type", "accessor"),
        Content::Unset => row.with("type", "hole"),
        Content::Unknown => row.with("unavailable", true),
    }
}

/// The member of the place that a frame executes.
pub fn executing_at(row: Json, place: Option<Location>) -> Json {
    match place {
        Some(Location::Line(line)) => row.with("exec_line", line),
        Some(Location::Position(position)) => row.with("exec_position", position),
        None => row,
    }
}

/// What every row of a function's frame begins with.
pub fn named(frame: &Frame, name: String) -> Json {
    place(kind("js").with("name", name), frame)
}

fn kind(kind: &str) -> Json {
    Json::object().with("kind", kind)
}

fn place(row: Json, frame: &Frame) -> Json {
    row.with("fp", Json::address(frame.fp)).with("pc", Json::address(frame.pc))
}
