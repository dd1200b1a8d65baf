//! What a value refers to, in the words of a script: properties, elements,
//! variables, entries; with what stands between left out.

use crate::v8::context::{self, Context};
use crate::v8::elements::Elements;
use crate::v8::error::{Error, Result};
use crate::v8::function;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::properties::{self, Key, Slot};
use crate::v8::special::{self, PromiseState};
use crate::v8::string::{self, Shape};
use crate::v8::value::Value;
use alloc::string::String;
use core::fmt;
use core::ops::ControlFlow;

/// How a value refers to another.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// By a property of this name.
    Property(String),
    /// By an element of this index.
    Element(u64),
    /// By the getter or setter of a property.
    Accessor(String),
    /// By a variable that a function has captured.
    Variable(String),
    /// As the key of an entry of a collection.
    Key,
    /// As the value under a key.
    Entry(Value),
    /// By something that V8 has a word for.
    Internal(&'static str),
    /// As [`Link::Key`], without keeping it alive.
    WeakKey,
    /// As [`Link::Internal`], without keeping it alive.
    Weak(&'static str),
}

impl Link {
    /// Whether what is referred to is not kept alive by it.
    pub fn is_weak(&self) -> bool {
        matches!(self, Link::WeakKey | Link::Weak(_))
    }
}

/// Takes a link; whether to go on.
pub type Each<'a> = &'a mut dyn FnMut(Link, Value) -> ControlFlow<()>;

impl fmt::Display for Link {
    /// As it stands behind the object that refers: `.name`, `[1]`, ` (word)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Link::Property(name) if name.starts_with('[') => f.write_str(name),
            Link::Property(name) => write!(f, ".{name}"),
            Link::Element(index) => write!(f, "[{index}]"),
            Link::Accessor(name) => write!(f, " (accessor {name})"),
            Link::Variable(name) => write!(f, " (variable {name})"),
            Link::Key => f.write_str(" (key)"),
            Link::Entry(key) => write!(f, " (entry {key})"),
            Link::Internal(word) => write!(f, " ({word})"),
            Link::WeakKey => f.write_str(" (weak key)"),
            Link::Weak(word) => write!(f, " (weak {word})"),
        }
    }
}

/// Calls `each` for what a value refers to. What cannot be read is left out.
pub fn each(heap: Heap<'_>, value: Value, each: Each<'_>) -> Result<()> {
    let kind = special::kind(heap, value)?;
    match kind {
        Kind::String => text(heap, value, each),
        Kind::Context => variables(&Context::new(heap, value)?, each).map(|_| ()),
        _ if kind.is_js_object() || kind == Kind::Proxy => object(heap, value, kind, each),
        _ => Ok(()),
    }
}

/// How a value refers to another; none where it does not.
pub fn between(heap: Heap<'_>, from: Value, to: Value) -> Result<Option<Link>> {
    let mut found = None;
    each(heap, from, &mut |link, value| {
        if value == to {
            found = Some(link);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

fn text(heap: Heap<'_>, value: Value, each: Each<'_>) -> Result<()> {
    let parts = match string::info(heap, value)?.shape {
        Shape::Cons { first, second } => [Some(("first", first)), Some(("second", second))],
        Shape::Sliced { parent, .. } => [Some(("parent", parent)), None],
        Shape::Thin { actual } => [Some(("actual", actual)), None],
        _ => [None, None],
    };
    for (name, part) in parts.into_iter().flatten() {
        if each(Link::Internal(name), part).is_break() {
            break;
        }
    }
    Ok(())
}

fn variables(context: &Context<'_>, each: Each<'_>) -> Result<ControlFlow<()>> {
    for variable in context.variables()? {
        if let Some(Slot::Value(value)) = variable.slot {
            let name = variable.name.unwrap_or_default();
            if each(Link::Variable(name), value).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn name(key: Key) -> String {
    match key {
        Key::Name(name) | Key::Private(name) => name,
        Key::Symbol(name) | Key::Internal(name) => {
            alloc::format!("[{}]", name.unwrap_or_else(|| "Symbol()".into()))
        }
    }
}

/// Unless it is an interrupt, an error means that there is nothing there.
fn lenient(result: Result<ControlFlow<()>>) -> Result<ControlFlow<()>> {
    match result {
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Err(_) => Ok(ControlFlow::Continue(())),
        done => done,
    }
}

fn object(heap: Heap<'_>, value: Value, kind: Kind, each: Each<'_>) -> Result<()> {
    if kind != Kind::Proxy {
        if lenient(named(heap, value, each))?.is_break() {
            return Ok(());
        }
        if lenient(elements(heap, value, each))?.is_break() {
            return Ok(());
        }
    }
    lenient(special(heap, value, kind, each)).map(|_| ())
}

fn named(heap: Heap<'_>, object: Value, each: Each<'_>) -> Result<ControlFlow<()>> {
    let mut flow = ControlFlow::Continue(());
    properties::each(heap, object, &mut |property| {
        let Ok(property) = property else { return ControlFlow::Continue(()) };
        flow = match property.slot {
            Slot::Value(value) => each(Link::Property(name(property.key)), value),
            Slot::Double(_) => ControlFlow::Continue(()),
            Slot::Accessor { getter, setter } => {
                let name = name(property.key);
                [getter, setter]
                    .into_iter()
                    .flatten()
                    .try_for_each(|function| each(Link::Accessor(name.clone()), function))
            }
        };
        flow
    })?;
    Ok(flow)
}

fn elements(heap: Heap<'_>, object: Value, each: Each<'_>) -> Result<ControlFlow<()>> {
    let mut flow = ControlFlow::Continue(());
    Elements::new(heap, object)?.each_present(&mut |index, slot| {
        if let Slot::Value(value) = slot {
            flow = each(Link::Element(index), value);
        }
        Ok(flow.is_continue())
    })?;
    Ok(flow)
}

fn special(heap: Heap<'_>, object: Value, kind: Kind, each: Each<'_>) -> Result<ControlFlow<()>> {
    let mut field = |id: C, link: Link| match heap.layout.find(id) {
        Some(_) => match heap.field(object, id) {
            Ok(value) => each(link, value),
            Err(_) => ControlFlow::Continue(()),
        },
        None => ControlFlow::Continue(()),
    };
    match kind {
        Kind::Function => {
            if let Some(bound) = function::bound(heap, object)? {
                return Ok(bound_parts(bound, each));
            }
            variables(&context::captured(heap, object)?, each)
        }
        Kind::BoundFunction => Ok(match function::bound(heap, object)? {
            Some(bound) => bound_parts(bound, each),
            None => ControlFlow::Continue(()),
        }),
        Kind::MapCollection => {
            Ok(special::collection(heap, object)?.into_iter().try_for_each(|(key, value)| {
                each(Link::Key, key)?;
                each(Link::Entry(key), value)
            }))
        }
        Kind::SetCollection => Ok(special::collection(heap, object)?
            .into_iter()
            .try_for_each(|(key, _)| each(Link::Key, key))),
        Kind::WeakCollection => {
            Ok(special::weak_collection(heap, object)?.into_iter().try_for_each(|(key, value)| {
                each(Link::WeakKey, key)?;
                each(Link::Entry(key), value)
            }))
        }
        Kind::WeakRef => Ok(field(C::WeakRefTarget, Link::Weak("target"))),
        Kind::Promise => Ok(match special::promise(heap, object)? {
            PromiseState::Fulfilled(value) => each(Link::Internal("value"), value),
            PromiseState::Rejected(reason) => each(Link::Internal("reason"), reason),
            PromiseState::Pending => field(C::PromiseResult, Link::Internal("reactions")),
        }),
        Kind::Proxy => Ok(match special::proxy(heap, object)? {
            Some((target, handler)) => match each(Link::Internal("target"), target) {
                ControlFlow::Continue(()) => each(Link::Internal("handler"), handler),
                stop => stop,
            },
            None => ControlFlow::Continue(()),
        }),
        Kind::Generator => {
            Ok(each(Link::Internal("function"), special::generator_function(heap, object)?))
        }
        Kind::Wrapper => Ok(field(C::WrapperValue, Link::Internal("value"))),
        _ => Ok(ControlFlow::Continue(())),
    }
}

fn bound_parts(bound: function::Bound, each: Each<'_>) -> ControlFlow<()> {
    each(Link::Internal("bound function"), bound.target)?;
    each(Link::Internal("bound this"), bound.this)?;
    let link = |value| each(Link::Internal("bound argument"), value);
    bound.arguments.into_iter().try_for_each(link)
}
