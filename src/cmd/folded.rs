//! A stack as one line, as tools for flame graphs read it: `main;func1;func2 1`.
//!
//! Frames are those of DTrace's jstack(), but for `FILE:N` instead of `FILE line N`: the
//! tools take a number by itself at the end of a stack for a second count.

use super::async_stack::AsyncFrame;
use super::frame;
use super::location;
use crate::v8::frames::{Frame, FrameKind};
use crate::v8::function::NO_NAME;
use crate::v8::heap::Heap;
use crate::v8::script::Location;
use alloc::string::String;
use alloc::vec::Vec;

/// What separates frames, which no name may contain.
const SEPARATOR: char = ';';

/// The text of a frame; of V8's own ones only if `all` are wanted.
pub fn text(heap: Heap<'_>, frame: &Frame, all: bool) -> Option<String> {
    match &frame.kind {
        FrameKind::JavaScript(_) | FrameKind::Inlined(_) => {
            Some(javascript(heap, frame).unwrap_or_else(|part| part))
        }
        FrameKind::Native(symbol) => Some(native(symbol).into()),
        FrameKind::Internal(name) if all => Some(alloc::format!("<< {} >>", internal(name))),
        FrameKind::Internal(_) | FrameKind::Unknown => None,
    }
}

/// `async NAME at FILE:N`; `then` and `Promise.all` have no place of their own.
pub fn waiting(frame: &AsyncFrame<'_>) -> String {
    let Some((script, position)) = &frame.place else { return frame.name.clone() };
    let file = script.name().ok().flatten().unwrap_or_else(|| NO_NAME.into());
    at(&frame.name, &file, position.map(|position| script.locate(position)))
}

/// `NAME at FILE:N`; `FILE#N` where only the character is known.
fn at(name: &str, file: &str, location: Option<Location>) -> String {
    match location {
        Some(Location::Line(line)) => alloc::format!("{name} at {file}:{line}"),
        Some(Location::Position(position)) => alloc::format!("{name} at {file}#{position}"),
        None => alloc::format!("{name} at {file}"),
    }
}

/// A line of frames, the innermost first, and how often they were seen.
pub fn line(mut frames: Vec<String>, count: u64) -> String {
    frames.reverse();
    for frame in &mut frames {
        *frame = frame.replace([SEPARATOR, '\n'], ":");
    }
    alloc::format!("{} {count}", frames.join(";"))
}

/// `NAME at FILE:N`, where a function of JavaScript is defined. The error is what there
/// is to say where a part of that could not be read.
pub fn javascript(heap: Heap<'_>, frame: &Frame) -> Result<String, String> {
    let (name, shared) = frame::shared_of(heap, frame).map_err(|_| "<unreadable>")?;
    let name = match frame::inferred(&name) {
        Some(inferred) => alloc::format!("(anon) as {inferred}"),
        None => name,
    };
    let Ok(found) = shared.definition() else { return Err(name) };
    let location = found.location.filter(|_| !found.builtin);
    let text = at(&name, &location::file(&found), location);
    match location {
        Some(Location::Line(_)) => Ok(text),
        None if found.builtin => Ok(text),
        _ => Err(text),
    }
}

/// A symbol without the distance from it.
fn native(symbol: &str) -> &str {
    symbol.rsplit_once("+0x").map_or(symbol, |(name, _)| name)
}

/// DTrace's word for a frame of V8's own.
fn internal(name: &str) -> &'static str {
    const WORDS: [(&str, &str); 4] = [
        ("Entry", "entry"),
        ("Exit", "exit"),
        ("Construct", "constructor"),
        ("Adaptor", "adaptor"),
    ];
    WORDS.iter().find(|(part, _)| name.contains(part)).map_or("internal", |(_, word)| word)
}
