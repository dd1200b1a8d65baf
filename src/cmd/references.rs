//! What refers to an object: `::findjsobjects -m` and `-r`, and the words that
//! other commands share with them.

use crate::heap::links::Link;
use crate::heap::referrers;
use crate::heap::roots::Root;
use crate::heap::whole::Whole;
use crate::mdb::command::{Call, Failure, Flow, Outcome};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::memory::{Target, Use};
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Objects that may stand between an object and one that refers to it.
const DISTANCE: u64 = 5;

/// `::findjsobjects` with -m or -r.
pub fn marked(
    call: &Call,
    session: &Session,
    target: &dyn Target,
    whole: &Whole,
    out: &mut Out,
) -> Outcome {
    let heap = session.heap(target)?;
    let is_known = |addr: u64| match whole.objects.id(Value(addr)) {
        Some(id) => Ok(whole.groups(heap)?.of(&whole.objects, id).is_some()),
        None => Ok::<bool, Failure>(false),
    };
    if let Some(addr) = call.addr {
        if !is_known(addr)? {
            return Err(Failure::Message(alloc::format!(
                "{addr:x} does not correspond to a known object"
            )));
        }
    }
    if call.options.has('m') {
        if call.options.has('r') {
            let text = "can't both mark an object and find its references";
            return Err(Failure::Message(text.into()));
        }
        let addr =
            call.addr.ok_or_else(|| Failure::Message("must specify an object to mark".into()))?;
        if session.mark(addr) {
            out.line(format_args!("findjsobjects: marked {addr:x}"));
        } else {
            out.warn(alloc::format!("{addr:x} is already marked; ignoring"));
        }
        return Ok(Flow::Done);
    }
    let mut wanted = session.take_marks();
    if let Some(addr) = call.addr {
        wanted.insert(addr);
        if call.options.has('l') {
            if let Some(id) = whole.objects.id(Value(addr)) {
                let groups = whole.groups(heap)?;
                let group = groups.of(&whole.objects, id);
                let members = group.into_iter().flat_map(|g| groups.members(&whole.objects, g));
                wanted.extend(members.map(|id| whole.objects.value(heap, id).0));
            }
        }
    }
    if wanted.is_empty() {
        let text = "must specify or mark an object to find references";
        return Err(Failure::Message(text.into()));
    }
    for addr in wanted {
        let value = Value(addr);
        let found = referrers::find(heap, whole, value, DISTANCE, &mut |_, _| {})?;
        if found.list.is_empty() {
            out.line(format_args!("{value} is not referred to by a known object."));
        }
        for referrer in found.list {
            let link = referrer.link.as_ref().map(|link| described(heap, link));
            out.line(format_args!(
                "{value} referred to by {}{}",
                referrer.value,
                link.unwrap_or_default()
            ));
        }
    }
    Ok(Flow::Done)
}

/// A link as it is printed behind what refers: the key of a Map's entry as text
/// if it is a string.
pub fn described(heap: Heap<'_>, link: &Link) -> String {
    if let Link::Entry(key) = link {
        if heap.is_heap_object(*key) && heap.kind(*key).is_ok_and(|kind| kind == Kind::String) {
            if let Ok(text) = string::read(heap, *key, 64) {
                return alloc::format!(" (entry \"{}\")", text.to_utf8());
            }
        }
        if let Some(number) = heap.smi(*key) {
            return alloc::format!(" (entry {number})");
        }
    }
    alloc::format!("{link}")
}

/// The words outside the heap that point to a value.
pub fn roots(heap: Heap<'_>, whole: &Whole, value: Value) -> Result<Vec<Root>> {
    let id = whole.objects.id(value);
    let roots = whole.roots(heap)?.unwrap_or_default().iter();
    Ok(roots.filter(|root| Some(root.id) == id).copied().collect())
}

/// What memory a root lies in.
pub fn place(target: &dyn Target, root: &Root) -> String {
    match root.used {
        Use::Stack => "stack".into(),
        Use::File => match target.symbol_at(root.at) {
            Some(name) => alloc::format!("data, {name}"),
            None => "data".into(),
        },
        Use::Heap | Use::Anonymous => "memory of C++".into(),
    }
}
