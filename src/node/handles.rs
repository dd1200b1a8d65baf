//! What libuv's handles are to the program: sockets, servers, child processes.

use super::callback;
use super::object::Object;
use super::uv::{Handle, Loop};
use super::wraps;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// A handle that JavaScript has an object for.
#[derive(Debug, Clone)]
pub struct Used {
    /// The handle.
    pub handle: Handle,
    /// The object of its class, such as a TCP.
    pub wrap: Value,
    /// The object that programs have for it, such as a Socket.
    pub owner: Option<Value>,
    /// Class of the owner, or else of the wrap.
    pub class: String,
    /// Addresses, paths, process ids and counts, as far as they are known.
    pub details: Vec<String>,
    /// What is called when something happens.
    pub callback: Option<Value>,
}

impl Used {
    /// The object to look at: the owner, or else the wrap.
    pub fn object(&self) -> Value {
        self.owner.unwrap_or(self.wrap)
    }
}

/// What looks up names: its timer is c-ares' own (src/cares_wrap.cc).
const RESOLVER: &str = "ChannelWrap";

/// All of them, in the loop's order.
pub fn find(heap: Heap<'_>, uv: &Loop) -> Result<Vec<Used>> {
    let mut list = Vec::new();
    for handle in &uv.handles {
        heap.check_interrupt()?;
        if let Some(wrap) = wraps::object_of(heap, handle.data) {
            let one = used(heap, *handle, wrap)?;
            list.extend(Some(one).filter(|one| one.class != RESOLVER));
        }
    }
    Ok(list)
}

/// Events by what is of most interest: the first one that somebody listens to is shown.
const EVENTS: &[&str] = &[
    "request",
    "connection",
    "secureConnection",
    "upgrade",
    "data",
    "readable",
    "message",
    "change",
    "exit",
    "close",
    "connect",
    "end",
];

fn used(heap: Heap<'_>, handle: Handle, wrap: Value) -> Result<Used> {
    let own = Object::read(heap, wrap)?;
    let owner = wraps::owner(&own).filter(|owner| super::object::is_object(heap, *owner));
    let object = match owner {
        Some(owner) => Object::read(heap, owner)?,
        None => Object::read(heap, wrap)?,
    };
    let class = wraps::class(heap, owner.unwrap_or(wrap));
    let of_wrap = ["onsignal", "onchange", "onmessage"];
    let signal = own.get("onsignal").and_then(|value| callback::of_bound_emit(heap, value));
    let callback = signal.as_ref().and_then(|(_, listener)| *listener);
    let callback = callback.or_else(|| callback::of_events(heap, &object, EVENTS)).or_else(|| {
        let found = of_wrap.iter().find_map(|name| own.get(name));
        found.and_then(|value| callback::unwrapped(heap, value))
    });
    let mut details = details(&own, &object);
    details.extend(signal.map(|(name, _)| name));
    Ok(Used { handle, wrap, owner, class, details, callback })
}

fn details(wrap: &Object<'_>, owner: &Object<'_>) -> Vec<String> {
    let mut list = Vec::new();
    // What a server was asked to listen on: the port is 0 where any was good.
    if let Some(text) = owner.text("_pipeName") {
        list.push(text);
    } else if let Some(key) = owner.text("_connectionKey") {
        list.push(alloc::format!("listens on {}", key.trim_start_matches("4:")));
    }
    if let Some(count) = owner.number("_connections").filter(|_| owner.has("_connectionKey")) {
        list.push(alloc::format!("{count} connections"));
    }
    // Known only once the program has asked for them.
    for (name, word) in [("_sockname", "from"), ("_peername", "to")] {
        let Some(address) = owner.object(name) else { continue };
        if let (Some(host), Some(port)) = (address.text("address"), address.number("port")) {
            list.push(alloc::format!("{word} {host}:{port}"));
        }
    }
    if let Some(host) = owner.text("_host") {
        list.push(alloc::format!("to {host}"));
    }
    if owner.is_true("connecting") {
        list.push("connecting".into());
    }
    // A ChildProcess has both.
    if let Some(file) = owner.text("spawnfile") {
        list.push(file);
    }
    if let Some(pid) = wrap.number("pid").or_else(|| owner.number("pid")) {
        list.push(alloc::format!("pid {pid}"));
    }
    if let Some(kind) = owner.text("type").filter(|kind| kind.starts_with("udp")) {
        list.push(kind);
    }
    list
}
