//! What the event loop will call, in words: a function and where it is defined, or the
//! suspended function that goes on.

use super::async_stack::{self, AsyncFrame, Place};
use super::json::Json;
use super::location;
use crate::heap::waits;
use crate::node;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::value::Value;
use crate::v8::waiting::{self, Settled, Waiter};
use alloc::string::String;

/// A function that will be called.
pub struct Called<'a> {
    /// The function, or the generator of the suspended one.
    pub object: Value,
    /// `NAME`, `async NAME`.
    pub name: String,
    place: Option<Place<'a>>,
}

impl<'a> Called<'a> {
    /// What calling a function leads to: where it is one of V8's own that settles a
    /// promise, what waits for that.
    pub fn by(heap: Heap<'a>, function: Value) -> Result<Called<'a>> {
        if heap.kind(function)? == Kind::Promise {
            return Called::of_promise(heap, function);
        }
        match waiting::settled_by(heap, function)? {
            Some(Settled::Promise(promise)) => Called::of_promise(heap, promise),
            Some(Settled::Function(object)) => {
                let frame = AsyncFrame::new(heap, Waiter::Suspended(object))?;
                Ok(Called { object, name: frame.name, place: frame.place })
            }
            None => {
                let (name, place) = async_stack::callback(heap, function)?;
                Ok(Called { object: function, name, place })
            }
        }
    }

    /// What waits for a promise: the first function of the program, behind those of
    /// Node that only pass it on.
    pub fn of_promise(heap: Heap<'a>, promise: Value) -> Result<Called<'a>> {
        let waits = waits::of_promise(heap, promise)?.list;
        let waiters = waits.iter().flat_map(|wait| &wait.waiters);
        let is_function =
            |waiter: &&Waiter| matches!(waiter, Waiter::Suspended(_) | Waiter::Callback(_));
        let mut first = None;
        for waiter in waiters.filter(is_function) {
            let frame = AsyncFrame::new(heap, *waiter)?;
            let object = frame.object().unwrap_or(promise);
            let called = Called { object, name: frame.name, place: frame.place };
            if called.is_of_program() {
                return Ok(called);
            }
            first.get_or_insert(called);
        }
        let name = || alloc::format!("settles {promise}");
        Ok(first.unwrap_or_else(|| Called { object: promise, name: name(), place: None }))
    }

    /// Whether it is in a script of the program, not in one of Node's own.
    fn is_of_program(&self) -> bool {
        let name = self.place.as_ref().and_then(|(script, _)| script.name().ok().flatten());
        name.is_some_and(|name| !node::is_own_script(&name))
    }

    /// `NAME (FILE:LINE:COLUMN)`.
    pub fn text(&self) -> String {
        match &self.place {
            Some((script, position)) => {
                alloc::format!("{} ({})", self.name, location::in_script(script, *position))
            }
            None => self.name.clone(),
        }
    }

    /// As members of a JSON object.
    pub fn json(&self) -> Json {
        let row = Json::object().with("object", self.object).with("name", self.name.as_str());
        match &self.place {
            Some((script, position)) => location::json_in_script(row, script, *position),
            None => row,
        }
    }
}
