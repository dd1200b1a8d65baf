//! `::jsprint`

use super::inspect::{self, Style};
use super::inspect_json;
use super::json::{self, Json};
use crate::mdb::args::{Arg, Choice, Opt};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::elements::Elements;
use crate::v8::error::Error;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::memory::Target;
use crate::v8::properties::{self, Place, Slot};
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// `::jsprint`
pub struct JsPrint;

impl Dcmd for JsPrint {
    const ROW: Row = Row {
        name: c"jsprint",
        usage: c":[-abj] [-d depth] [-N len] [-v] [member ...]",
        description: c"print a JavaScript object",
        options: &[
            Opt::flag('a', "put each value's address before it"),
            Opt::flag('b', "put the object's address before each value"),
            Opt::number('d', "depth", "levels of objects to show (2)"),
            json::OPTION,
            Opt::number('N', "len", "characters of a string to show (all)"),
            Opt::flag('v', "say where the properties were found"),
        ],
        help: "
Prints a JavaScript value. Members are paths such as .name, name.first or
[0].name; several are printed on one line. A member that does not exist prints
as undefined.

Objects deeper than the depth print as [...], an object within itself as
[Circular]. Properties that scripts cannot see are left out; symbols print as
[Symbol(name)], private fields as #name.

With -j the value is one line of JSON. What JSON has no way to say stands in a
member $v8 of an object: a type such as undefined, hole, bigint, function, Map or
circular, an address, and what there is to say of that type; the other members
are properties. A property that is itself called $v8 is written $$v8. With
members, the line is an object of paths and values. -a makes each value an object
with address and value, -b the line one with object and value. docs/json.md
lists all types.
",
    };

    const OPERANDS: Choice = Choice::Property;

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let value = Value(call.address()?);
        let mut style = Style { addresses: call.options.has('a'), ..Style::default() };
        if let Some(depth) = call.options.number('d') {
            style.depth = depth;
        }
        if let Some(limit) = call.options.number('N') {
            style.string_limit = limit;
        }
        if call.options.has('b') {
            style.owner = Some(value);
        }
        if call.options.has('j') {
            if call.options.has('v') {
                return Err(message("-v says what it has to say in words: not with -j".into()));
            }
            return json_line(heap, value, style, call, out);
        }
        if call.operands.is_empty() {
            out.text(&inspect::value(heap, value, style)?);
            out.text("\n");
            if call.options.has('v') {
                explain(heap, value, out)?;
            }
            return Ok(Flow::Done);
        }
        let paths: Vec<String> = call.operands.iter().map(Arg::to_text).collect();
        let mut failures = Vec::new();
        let mut printed = false;
        let mut members = Vec::new();
        for path in paths {
            let text = match member(heap, value, &path) {
                Ok(Some(slot)) => {
                    members.push(slot);
                    inspect::slot(heap, slot, style)?
                }
                Ok(None) => match style.owner {
                    Some(owner) => alloc::format!("{owner}: undefined"),
                    None => "undefined".into(),
                },
                Err(Failure::Message(message)) => {
                    failures.push(message);
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            if printed {
                out.text(" ");
            }
            out.text(&text);
            printed = true;
            style.owner = None;
        }
        if printed {
            out.text("\n");
        }
        if call.options.has('v') {
            for slot in members {
                if let Slot::Value(value) = slot {
                    explain(heap, value, out)?;
                }
            }
        }
        // Below what was printed, not within its line.
        let failed = !failures.is_empty();
        failures.into_iter().for_each(|failure| out.warn(failure));
        if failed {
            Err(Failure::Reported)
        } else {
            Ok(Flow::Done)
        }
    }
}

/// The line that `-j` prints.
fn json_line(heap: Heap<'_>, value: Value, style: Style, call: &Call, out: &mut Out) -> Outcome {
    let mut failures = Vec::new();
    let mut printed = 0u32;
    let line = if call.operands.is_empty() {
        printed = 1;
        inspect_json::value(heap, value, style)?
    } else {
        let mut line = Json::object();
        for path in call.operands.iter().map(Arg::to_text) {
            let json = match member(heap, value, &path) {
                Ok(Some(slot)) => inspect_json::slot(heap, slot, style)?,
                Ok(None) => inspect_json::missing(),
                Err(Failure::Message(message)) => {
                    failures.push(message);
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            line = line.with(&path, json);
            printed += 1;
        }
        line
    };
    let line = match style.owner {
        Some(owner) => Json::object().with("object", owner).with("value", line),
        None => line,
    };
    if printed > 0 {
        out.line(format_args!("{line}"));
    }
    if failures.is_empty() {
        return Ok(Flow::Done);
    }
    failures.into_iter().for_each(|failure| out.warn(failure));
    Err(Failure::Reported)
}

fn message(text: String) -> Failure {
    Failure::Message(text)
}

/// The member at a path; none where there is none.
fn member(heap: Heap<'_>, value: Value, path: &str) -> Result<Option<Slot>, Failure> {
    let mut slot = Slot::Value(value);
    let mut rest = path;
    while !rest.is_empty() {
        let Slot::Value(object) = slot else { return Ok(None) };
        let is_array = heap.is_heap_object(object) && heap.kind(object)? == Kind::Array;
        let found = if let Some(after) = rest.strip_prefix('[') {
            let (index, after) = index(after)?;
            rest = after;
            if !is_array {
                return Err(message("cannot use array indexing on an object".into()));
            }
            let elements = Elements::new(heap, object)?;
            if index >= elements.end() {
                let size = elements.end();
                return Err(message(alloc::format!("array index {index} exceeds size of {size}")));
            }
            elements.get(index)?
        } else {
            let name_first = rest.strip_prefix('.').unwrap_or(rest);
            let end = name_first.find(['.', '[']).unwrap_or(name_first.len());
            let (name, after) = name_first.split_at(end);
            if is_array && name != "length" {
                return Err(message(alloc::format!(
                    "expected bracketed array index; found '{rest}'"
                )));
            }
            rest = after;
            named(heap, object, name)?
        };
        match found {
            Some(found) => slot = found,
            None => return Ok(None),
        }
    }
    Ok(Some(slot))
}

/// `digits]rest`.
fn index(text: &str) -> Result<(u64, &str), Failure> {
    let Some(end) = text.find(']') else {
        return Err(message("missing array index terminator".into()));
    };
    let (digits, rest) = (&text[..end], &text[end + 1..]);
    if digits.is_empty() {
        return Err(message("missing array index".into()));
    }
    if let Some(found) = digits.chars().find(|c| !c.is_ascii_digit()) {
        return Err(message(alloc::format!("illegal array index at '{found}'")));
    }
    let Ok(index) = digits.parse() else {
        return Err(message(alloc::format!("array index {digits} is too large")));
    };
    if !rest.is_empty() && !rest.starts_with(['.', '[']) {
        let found: String = rest.chars().take(1).collect();
        return Err(message(alloc::format!(
            "illegal character '{found}' following array index terminator"
        )));
    }
    Ok((index, rest))
}

/// A named member: a property, an array's length, or a numeric property.
fn named(heap: Heap<'_>, object: Value, name: &str) -> Result<Option<Slot>, Failure> {
    let kind = if heap.is_heap_object(object) { heap.kind(object)? } else { return Ok(None) };
    if !kind.is_js_object() {
        return Ok(None);
    }
    if kind == Kind::Array && name == "length" {
        let length = crate::v8::elements::array_length(heap, object)?;
        return Ok(Some(Slot::Double((length as f64).to_bits())));
    }
    if let Ok(index) = name.parse() {
        if let Some(slot) = Elements::new(heap, object)?.get(index)? {
            return Ok(Some(slot));
        }
    }
    Ok(properties::get(heap, object, name)?)
}

/// `-v`: where properties were found, and what could not be read.
fn explain(heap: Heap<'_>, value: Value, out: &mut Out) -> Result<(), Failure> {
    if !heap.is_heap_object(value) || !heap.kind(value)?.is_js_object() {
        return Ok(());
    }
    let mut kinds = Vec::new();
    let mut note = |kind: &'static str| {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    };
    let mut numeric = false;
    Elements::new(heap, value)?.each_present(&mut |_, _| {
        numeric = true;
        Ok(false)
    })?;
    if numeric {
        note("numeric-named");
    }
    let mut unreadable = 0u64;
    let mut interrupted = false;
    properties::each(heap, value, &mut |property| {
        match property {
            Ok(property) => note(match property.place {
                Place::Dictionary => "dictionary",
                Place::InObject => "in-object",
                Place::OutOfObject => "\"properties\" array",
                Place::Descriptor => "descriptor",
            }),
            Err(Error::Interrupted) => {
                interrupted = true;
                return ControlFlow::Break(());
            }
            Err(_) => unreadable += 1,
        }
        ControlFlow::Continue(())
    })?;
    if interrupted {
        return Err(Failure::Interrupted);
    }
    let kinds = if kinds.is_empty() { "none".into() } else { kinds.join(", ") };
    out.line(format_args!("property kind: {kinds}"));
    if unreadable > 0 {
        out.line(format_args!("unreadable properties: {unreadable}"));
    }
    Ok(())
}
