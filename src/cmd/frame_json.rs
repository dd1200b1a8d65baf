//! Frames as `-j` prints them.

use super::json::Json;
use super::location;
use crate::v8::arguments;
use crate::v8::executing;
use crate::v8::frames::{Frame, FrameKind};
use crate::v8::function::{Function, Shared};
use crate::v8::heap::Heap;
use crate::v8::script::Location;
use crate::v8::value::Value;

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
    let name = function.map_or_else(|| shared.name(), |function| function.name());
    let row = place(kind("js").with("name", name), frame);
    let row = row.with("function", function.map(|function| function.object));
    let row = match shared.definition() {
        Ok(definition) => location::json(row, &definition),
        Err(error) => row.with("error", alloc::format!("{error}")),
    };
    let row = match executing_at(heap, frame, shared) {
        Some(Location::Line(line)) => row.with("exec_line", line),
        Some(Location::Position(position)) => row.with("exec_position", position),
        None => row,
    };
    let Some(function) = function else { return row.with("inlined", true) };
    match arguments::of_frame(heap, frame.fp, function.object) {
        Ok(call) => {
            let typed = |value: Value| Json::typed(heap, value);
            row.with("this", call.receiver.map(typed))
                .with("args", Json::list(call.values.into_iter().map(typed)))
        }
        Err(error) => row.with("error", alloc::format!("{error}")),
    }
}

fn executing_at(heap: Heap<'_>, frame: &Frame, shared: Shared<'_>) -> Option<Location> {
    let position = executing::position(heap, frame.fp, frame.pc, frame.tier).ok()??;
    Some(shared.script().ok()??.locate(position))
}

fn kind(kind: &str) -> Json {
    Json::object().with("kind", kind)
}

fn place(row: Json, frame: &Frame) -> Json {
    row.with("fp", Json::address(frame.fp)).with("pc", Json::address(frame.pc))
}
