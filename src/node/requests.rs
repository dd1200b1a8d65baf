//! What was asked of the system and has not been answered: files, names, connections,
//! writes, work of the thread pool.

use super::callback;
use super::object::{is_object, of_classes, Object};
use super::wraps;
use crate::heap::whole::Whole;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// What will be called with the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A function.
    Function(Value),
    /// What waits for a promise.
    Promise(Value),
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its object.
    pub object: Value,
    /// Its class, such as FSReqCallback.
    pub class: String,
    /// What is asked for, as far as it is known.
    pub details: Vec<String>,
    /// Who gets the answer.
    pub answer: Option<Answer>,
}

/// Whether objects of a class stand for requests (src/req_wrap.h, src/crypto/).
fn is_request(class: &str) -> bool {
    const ENDS: [&str; 6] =
        ["ReqWrap", "ReqCallback", "ReqPromise", "Job", "ConnectWrap", "WriteWrap"];
    const NAMES: [&str; 6] =
        ["ShutdownWrap", "SendWrap", "PBKDF2", "RandomBytes", "Scrypt", "Zlib"];
    let is_query = class.starts_with("Query") && class.ends_with("Wrap");
    is_query || NAMES.contains(&class) || ENDS.iter().any(|end| class.ends_with(end))
}

/// All of them, in the order of their addresses.
pub fn find(heap: Heap<'_>, whole: &Whole) -> Result<Vec<Request>> {
    let mut list = Vec::new();
    for object in of_classes(heap, whole, is_request)? {
        heap.check_interrupt()?;
        if wraps::base_object(heap, object).is_ok_and(|base| base.is_some()) {
            list.push(request(heap, object)?);
        }
    }
    Ok(list)
}

fn request(heap: Heap<'_>, object: Value) -> Result<Request> {
    let own = Object::read(heap, object)?;
    let promise = own
        .get("promise")
        .filter(|value| heap.is_heap_object(*value) && heap.kind(*value) == Ok(Kind::Promise));
    let answer = promise.map(Answer::Promise).or_else(|| {
        let context = own.object("context");
        let of_context = context.as_ref().and_then(|context| context.get("callback"));
        let own = ["callback", "oncomplete", "ondone"].iter().find_map(|name| own.get(name));
        let found = [of_context, own].into_iter().flatten();
        let mut functions = found.filter_map(|value| callback::unwrapped(heap, value));
        functions.next().map(|function| Answer::Function(callback::behind(heap, function)))
    });
    let details = details(heap, &own);
    Ok(Request { object, class: wraps::class(heap, object), details, answer })
}

fn details(heap: Heap<'_>, own: &Object<'_>) -> Vec<String> {
    let mut list = Vec::new();
    for name in ["hostname", "host", "path", "address"] {
        list.extend(own.text(name));
    }
    if let (Some(port), Some(host)) = (own.number("port"), list.last_mut()) {
        *host += &alloc::format!(":{port}");
    }
    if let Some(bytes) = own.number("bytes") {
        list.push(alloc::format!("{bytes} bytes"));
    }
    if let Some(context) = own.object("context") {
        list.extend(context.number("fd").map(|fd| alloc::format!("fd {fd}")));
    }
    // A stream's request belongs to its handle.
    let handle = own.get("handle").filter(|handle| is_object(heap, *handle));
    list.extend(handle.map(|handle| alloc::format!("of {} {handle}", wraps::class(heap, handle))));
    list
}
