//! One property of a frame, as `-p` asks for it.

use super::json::Json;
use super::{frame_json, location, text};
use crate::v8::arguments;
use crate::v8::describe::describe;
use crate::v8::error::Result;
use crate::v8::executing;
use crate::v8::frames::Frame;
use crate::v8::function::{Definition, Function, Shared};
use crate::v8::heap::Heap;
use crate::v8::locals::{self, Content};
use crate::v8::parameters;
use crate::v8::properties::Slot;
use crate::v8::script::Location;
use crate::v8::value::Value;
use alloc::string::String;

/// What a frame has under a name.
pub enum Property {
    /// The file of the function's definition.
    File(Definition),
    /// Where in the file that is.
    Position(Definition),
    /// The place that the frame executes, where it is known.
    Executing(Result<Option<Location>>),
    /// The receiver, an argument or a variable.
    Content(Content),
}

impl Property {
    /// The property of this name, or `None`. Frames of inlined calls have no
    /// function object, hence nothing that is of one call only.
    pub fn find(
        heap: Heap<'_>,
        frame: &Frame,
        function: Option<Value>,
        shared: Shared<'_>,
        name: &str,
    ) -> Result<Option<Property>> {
        match name {
            "file" => return Ok(Some(Property::File(shared.definition()?))),
            "posn" => return Ok(Some(Property::Position(shared.definition()?))),
            "exec" if shared.is_builtin() || !executing::tells_lines(heap) => return Ok(None),
            "exec" => {
                let place = executing::location(heap, frame, shared);
                return Ok(Some(Property::Executing(place)));
            }
            _ => {}
        }
        let Some(function) = function else { return Ok(None) };
        let call = || arguments::of_frame(heap, frame.fp, function);
        let argument = name.strip_prefix("arg").and_then(|number| number.parse::<usize>().ok());
        let value = match argument {
            _ if name == "this" => call()?.receiver,
            Some(number) => call()?.values.get(number.wrapping_sub(1)).copied(),
            None => return named(heap, frame, function, name),
        };
        Ok(value.map(|value| Property::Content(Content::Is(Slot::Value(value)))))
    }

    /// As text: of a value only its address, for a pipeline.
    pub fn text(&self, heap: Heap<'_>) -> String {
        match self {
            Property::File(definition) => location::file(definition),
            Property::Position(definition) => location::position(definition),
            Property::Executing(Ok(place)) => location::place(*place),
            Property::Executing(Err(error)) => alloc::format!("<{error}>"),
            Property::Content(Content::Is(Slot::Value(value))) => alloc::format!("{value}"),
            Property::Content(content) => content_text(heap, content),
        }
    }

    /// As members of its frame's row.
    pub fn json(&self, heap: Heap<'_>, row: Json) -> Json {
        match self {
            Property::File(definition) => row.with("file", location::file(definition)),
            Property::Position(definition) => location::json_at(row, definition.location),
            Property::Executing(Ok(place)) => frame_json::executing_at(row, *place),
            Property::Executing(Err(error)) => row.with("error", alloc::format!("{error}")),
            Property::Content(content) => frame_json::content(heap, row, content),
        }
    }
}

/// A variable, else an argument, by its name; an inner variable hides an outer
/// one.
fn named(heap: Heap<'_>, frame: &Frame, function: Value, name: &str) -> Result<Option<Property>> {
    let locals = locals::of_frame(heap, frame, function)?;
    if let Some(local) = locals.into_iter().rev().find(|local| local.name == name) {
        return Ok(Some(Property::Content(local.content)));
    }
    let names = parameters::names(Function::new(heap, function)?.shared).unwrap_or_default();
    let Some(index) = names.iter().position(|known| known == name) else { return Ok(None) };
    let values = arguments::of_frame(heap, frame.fp, function)?.values;
    let value = values.get(index).copied();
    Ok(value.map(|value| Property::Content(Content::Is(Slot::Value(value)))))
}

/// What a variable holds, in the words of an argument's value.
pub fn content_text(heap: Heap<'_>, content: &Content) -> String {
    match content {
        Content::Is(Slot::Value(value)) => alloc::format!("{value} ({})", describe(heap, *value)),
        Content::Is(Slot::Double(bits)) => {
            alloc::format!("double: {}", text::number(f64::from_bits(*bits)))
        }
        Content::Is(Slot::Accessor { .. }) => "<accessor>".into(),
        Content::Unset => "<not initialized>".into(),
        Content::Unknown => "<unavailable>".into(),
    }
}
