//! What waits for a promise, as `::jsasync` and `::jsstack` print it.

use super::frame_property::content_text;
use super::json::Json;
use super::{frame_json, location};
use crate::mdb::output::Out;
use crate::v8::describe::describe;
use crate::v8::error::Result;
use crate::v8::function::{self, Function};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::locals;
use crate::v8::method;
use crate::v8::parameters;
use crate::v8::script::Script;
use crate::v8::suspended;
use crate::v8::value::Value;
use crate::v8::waiting::Waiter;
use alloc::string::String;

/// Margin of what belongs to a frame.
const MARGIN: &str = "          ";

/// A script, and a character in it where that is known.
pub type Place<'a> = (Script<'a>, Option<u64>);

/// A waiter, decoded.
pub struct AsyncFrame<'a> {
    heap: Heap<'a>,
    waiter: Waiter,
    /// `async NAME`, `Promise.all`, `then NAME`.
    pub name: String,
    /// Where that is: the `await`, or the definition of a callback.
    pub place: Option<Place<'a>>,
}

impl<'a> AsyncFrame<'a> {
    /// Decodes a waiter.
    pub fn new(heap: Heap<'a>, waiter: Waiter) -> Result<AsyncFrame<'a>> {
        let (name, place) = match waiter {
            Waiter::Suspended(object) => {
                let function = suspended::function(heap, object)?;
                let receiver = suspended::receiver(heap, object).ok();
                let name = method::name_on(heap, receiver, function);
                let script = function.shared.script()?;
                let position = suspended::position(heap, object)?;
                (alloc::format!("async {name}"), script.map(|script| (script, position)))
            }
            Waiter::Combined(name, _) => (name.into(), None),
            Waiter::Callback(value) => {
                let (name, place) = callback(heap, value)?;
                (alloc::format!("then {name}"), place)
            }
            Waiter::Passed => ("then".into(), None),
        };
        Ok(AsyncFrame { heap, waiter, name, place })
    }

    /// What frames have in common that are the same place of the program.
    pub fn key(&self) -> (String, Option<(Value, Option<u64>)>) {
        (
            self.name.clone(),
            self.place.as_ref().map(|(script, position)| (script.object, *position)),
        )
    }

    /// `NAME (FILE:LINE:COLUMN)`; the index of an element, if one is given.
    pub fn text(&self, with_index: bool) -> String {
        let mut text = self.name.clone();
        match (&self.place, self.waiter) {
            (Some((script, position)), _) => {
                text += &alloc::format!(" ({})", location::in_script(script, *position));
            }
            (None, Waiter::Combined(_, Some(index))) if with_index => {
                text += &alloc::format!(" (index {index})");
            }
            _ => {}
        }
        text
    }

    /// The object: of a suspended function its generator, of a callback the function.
    pub fn object(&self) -> Option<Value> {
        match self.waiter {
            Waiter::Suspended(object) | Waiter::Callback(object) => Some(object),
            _ => None,
        }
    }

    /// Receiver, arguments and variables, a line each.
    pub fn details(&self, out: &mut Out) {
        let heap = self.heap;
        let Waiter::Suspended(object) = self.waiter else { return };
        out.line(format_args!("{MARGIN}object: {object} ({})", describe(heap, object)));
        if let Ok(this) = suspended::receiver(heap, object) {
            out.line(format_args!("{MARGIN}this: {this} ({})", describe(heap, this)));
        }
        for (at, value) in (1..).zip(suspended::arguments(heap, object).unwrap_or_default()) {
            out.line(format_args!("{MARGIN}arg{at}: {value} ({})", describe(heap, value)));
        }
        let names = suspended::function(heap, object).ok();
        let names = names.and_then(|function| parameters::names(function.shared));
        if let Some(names) = names.filter(|names| !names.is_empty()) {
            out.line(format_args!("{MARGIN}params: {}", names.join(", ")));
        }
        match locals::of_suspended(heap, object) {
            Ok(locals) => {
                for local in locals {
                    let text = content_text(heap, &local.content);
                    out.line(format_args!("{MARGIN}local {}: {text}", local.name));
                }
            }
            Err(error) => out.line(format_args!("{MARGIN}locals: <{error}>")),
        }
    }

    /// As a row of JSON.
    pub fn json(&self) -> Json {
        let heap = self.heap;
        let row = Json::object().with("kind", "async").with("name", self.name.as_str());
        let row = match self.waiter {
            Waiter::Combined(_, index) => row.with("index", index),
            _ => row.with("object", self.object()),
        };
        let row = match &self.place {
            Some((script, position)) => location::json_in_script(row, script, *position),
            None => row,
        };
        let Waiter::Suspended(object) = self.waiter else { return row };
        let typed = |value: Value| Json::typed(heap, value);
        let row = row.with("this", suspended::receiver(heap, object).ok().map(typed));
        let arguments = suspended::arguments(heap, object).unwrap_or_default();
        let row = row.with("args", Json::list(arguments.into_iter().map(typed)));
        let locals = locals::of_suspended(heap, object).unwrap_or_default();
        row.with("locals", Json::list(locals.iter().map(|local| frame_json::local(heap, local))))
    }
}

/// Name and place of a function that was given to `then`.
pub fn callback<'a>(heap: Heap<'a>, value: Value) -> Result<(String, Option<Place<'a>>)> {
    let mut target = value;
    if heap.kind(value)? == Kind::BoundFunction {
        target = function::bound(heap, value)?.map_or(value, |bound| bound.target);
    }
    if heap.kind(target)? != Kind::Function {
        return Ok((function::NO_NAME.into(), None));
    }
    let function = Function::new(heap, target)?;
    let place = function.shared.script()?.zip(Some(function.shared.position()?));
    Ok((function.name(), place))
}
