//! Timers of JavaScript (lib/internal/timers.js, before Node 11 lib/timers.js).

use super::object::{is_object, is_true, of_classes, Object};
use super::uv::Loop;
use super::wraps;
use crate::heap::whole::Whole;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// The class of timers.
const CLASS: &str = "Timeout";

/// A timer that will fire.
#[derive(Debug, Clone, PartialEq)]
pub struct Timer {
    /// The Timeout.
    pub object: Value,
    /// What it calls.
    pub callback: Value,
    /// Milliseconds from when it was set to when it fires.
    pub after: f64,
    /// When it fires, in milliseconds on the clock of all timers.
    pub expiry: f64,
    /// Milliseconds from one time to the next, if it fires again and again.
    pub repeat: Option<f64>,
    /// Whether it keeps the loop going.
    pub is_ref: bool,
}

/// The timers that will fire, the next one first.
pub fn find(heap: Heap<'_>, whole: &Whole) -> Result<Vec<Timer>> {
    let mut timers = Vec::new();
    for object in of_classes(heap, whole, |name| name == CLASS)? {
        heap.check_interrupt()?;
        timers.extend(timer(heap, object));
    }
    timers.sort_by(|a, b| a.expiry.total_cmp(&b.expiry).then(a.object.cmp(&b.object)));
    Ok(timers)
}

/// A Timeout that is in a list, with something to call.
fn timer(heap: Heap<'_>, object: Value) -> Option<Timer> {
    let own = Object::read(heap, object).ok()?;
    let callback = own.get("_onTimeout").filter(|value| is_object(heap, *value))?;
    // Out of the list once it has fired or was cleared.
    let is_listed = own.get("_idleNext").is_some_and(|next| is_object(heap, next));
    let after = own.number("_idleTimeout").filter(|after| *after >= 0.0)?;
    if !is_listed || own.is_true("_destroyed") {
        return None;
    }
    // Node 11 on; the other way round in 10, where there is a handle of its own.
    let refed = own.symbol("refed").map(|refed| is_true(heap, refed));
    let unrefed = own.symbol("unrefed").is_some_and(|unrefed| is_true(heap, unrefed));
    Some(Timer {
        object,
        callback,
        after,
        expiry: own.number("_idleStart")? + after,
        repeat: own.number("_repeat"),
        is_ref: refed.unwrap_or(!unrefed),
    })
}

/// How many milliseconds the clock of all timers is ahead of where it began, by the
/// loop's handle for them: it is set for the one that fires first.
pub fn now(heap: Heap<'_>, uv: &Loop, timers: &[Timer]) -> Option<f64> {
    let first = timers.first()?.expiry;
    // The first of Node's own timers; others were made for single wraps. While timers
    // are being called it is stopped, and says nothing.
    let is_own = |handle: &&super::uv::Handle| {
        handle.is_timer() && wraps::object_of(heap, handle.data).is_none()
    };
    let own = uv.handles.iter().find(is_own).filter(|handle| handle.is_active())?;
    let timeout = own.timeout(heap)?;
    let base = timeout as f64 - first;
    Some(uv.time as f64 - base)
}
