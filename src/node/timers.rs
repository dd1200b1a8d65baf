//! Timers of JavaScript (lib/internal/timers.js, before Node 11 lib/timers.js).

use super::object::{is_object, is_true, of_classes, Object};
use super::uv::{Handle, Loop};
use super::wraps;
use crate::heap::whole::Whole;
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::value::Value;
use alloc::vec::Vec;

/// The class of timers.
const CLASS: &str = "Timeout";

/// The class of the objects that handles of timers had (src/timer_wrap.cc).
const OLD_CLASS: &str = "Timer";

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
    let handles = match Loop::of_main_thread(heap) {
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        uv => uv.map(|uv| uv.handles).unwrap_or_default(),
    };
    for object in of_classes(heap, whole, |name| name == CLASS)? {
        heap.check_interrupt()?;
        timers.extend(timer(heap, object, &handles));
    }
    timers.sort_by(|a, b| a.expiry.total_cmp(&b.expiry).then(a.object.cmp(&b.object)));
    Ok(timers)
}

/// A Timeout that is in a list, with something to call.
fn timer(heap: Heap<'_>, object: Value, handles: &[Handle]) -> Option<Timer> {
    let own = Object::read(heap, object).ok()?;
    let callback = own.get("_onTimeout").filter(|value| is_object(heap, *value))?;
    // Out of the list once it has fired or was cleared.
    let is_listed = own.get("_idleNext").is_some_and(|next| is_object(heap, next));
    // Until Node 10 one that was ever unref'd has a handle of its own, as long as it is to
    // fire.
    let handle = own.get("_handle").filter(|handle| is_object(heap, *handle));
    let base = handle.and_then(|handle| wraps::base_object(heap, handle).ok().flatten());
    let after = own.number("_idleTimeout").filter(|after| *after >= 0.0)?;
    if !(is_listed || base.is_some()) || own.is_true("_destroyed") {
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
        is_ref: match (refed, base) {
            (Some(refed), _) => refed,
            (None, None) => !unrefed,
            (None, Some(base)) => {
                handles.iter().any(|handle| handle.data == base && handle.is_ref())
            }
        },
    })
}

/// How many milliseconds the clock of all timers is ahead of where it began, by the
/// loop's handle for them: it is set for the one that fires first.
pub fn now(heap: Heap<'_>, uv: &Loop, timers: &[Timer]) -> Option<f64> {
    let first = timers.first()?.expiry;
    let all = uv.handles.iter().filter(|handle| handle.is_timer());
    let wrap = |handle: &&Handle| wraps::object_of(heap, handle.data);
    // Until Node 10 each duration has a handle: the next one is for the first timer.
    let of_lists = all.clone().filter(|handle| {
        handle.is_active() && wrap(handle).is_some_and(|wrap| wraps::class(heap, wrap) == OLD_CLASS)
    });
    let timeout = match of_lists.filter_map(|handle| handle.timeout(heap)).min() {
        Some(timeout) => timeout,
        // The first of Node's own timers; others were made for single wraps. While
        // timers are being called it is stopped, and says nothing.
        None => {
            let own = all.clone().find(|handle| wrap(handle).is_none());
            own.filter(|handle| handle.is_active())?.timeout(heap)?
        }
    };
    let base = timeout as f64 - first;
    Some(uv.time as f64 - base)
}
