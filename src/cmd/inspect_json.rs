//! Values as `::jsprint -j` shows them: JSON as far as JSON goes; what it
//! cannot hold, as an object with the member `$v8`.

use super::inspect::{is_length, is_named, Style, MAX_DEPTH, MAX_HOLES, MAX_TYPED};
use super::json::Json;
use super::view;
use crate::v8::elements::{self, Elements};
use crate::v8::error::{Error, Result};
use crate::v8::function::{self, Function};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::properties::{self, Key, Slot};
use crate::v8::special::{self, PromiseState};
use crate::v8::value::Value;
use crate::v8::{binary, constructor, primitive, string};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// The member that says what JSON has no way to say.
const MARK: &str = "$v8";

/// JSON of a value; only the value itself being unreadable is an error.
pub fn value(heap: Heap<'_>, value: Value, style: Style) -> Result<Json> {
    Printer { heap, style, path: Vec::new() }.value(value, style.depth.min(MAX_DEPTH))
}

/// JSON of a property's value.
pub fn slot(heap: Heap<'_>, slot: Slot, style: Style) -> Result<Json> {
    Printer { heap, style, path: Vec::new() }.slot(slot, style.depth.min(MAX_DEPTH))
}

/// A member that does not exist.
pub fn missing() -> Json {
    marked(note("missing"))
}

/// Something of a type that JSON does not have.
fn marked(note: Json) -> Json {
    Json::object().with(MARK, note)
}

/// A note that names a type.
fn note(ty: &str) -> Json {
    Json::object().with("type", ty)
}

fn number(number: f64) -> Json {
    plain_or_marked(Json::number(number))
}

/// Numbers and strings that JSON cannot hold come as notes.
fn plain_or_marked(json: Json) -> Json {
    if json.is_object() {
        marked(json)
    } else {
        json
    }
}

/// A property's name; one that looks like the mark gets one more dollar sign.
fn escaped(name: &str) -> String {
    let is_mark = name.ends_with(MARK) && name.trim_start_matches('$') == "v8";
    alloc::format!("{}{name}", if is_mark { "$" } else { "" })
}

/// What an object shows: members, and what does not fit among them.
#[derive(Default)]
struct Shown {
    note: Option<Json>,
    members: Vec<(String, Json)>,
    symbols: Vec<Json>,
    private: Vec<Json>,
    errors: Vec<String>,
}

impl Shown {
    fn with(note: Json) -> Shown {
        Shown { note: Some(note), ..Shown::default() }
    }

    fn finish(self, object: Value) -> Json {
        let mut note = self.note;
        let lists = [("symbols", self.symbols), ("private", self.private)];
        for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            note = Some(note.unwrap_or_else(|| self::note("Object")).with(name, Json::list(list)));
        }
        if !self.errors.is_empty() {
            let errors = Json::list(self.errors);
            note = Some(note.unwrap_or_else(|| self::note("Object")).with("errors", errors));
        }
        let row = match note {
            Some(note) => marked(note.with("address", object)),
            None => Json::object(),
        };
        self.members.into_iter().fold(row, |row, (name, value)| row.with(&escaped(&name), value))
    }
}

struct Printer<'a> {
    heap: Heap<'a>,
    style: Style,
    /// Objects being printed, outermost first.
    path: Vec<Value>,
}

impl Printer<'_> {
    fn slot(&mut self, slot: Slot, depth: u64) -> Result<Json> {
        match slot {
            Slot::Value(value) => self.value(value, depth),
            Slot::Double(bits) => Ok(self.addressed(None, number(f64::from_bits(bits)))),
            Slot::Accessor { getter, setter } => {
                let note = note("accessor").with("getter", getter).with("setter", setter);
                Ok(self.addressed(None, marked(note)))
            }
        }
    }

    fn addressed(&self, value: Option<Value>, json: Json) -> Json {
        if self.style.addresses {
            Json::object().with("address", value).with("value", json)
        } else {
            json
        }
    }

    /// A value within another: what goes wrong is said in its place.
    fn nested(&mut self, slot: Slot, depth: u64) -> Result<Json> {
        let before = self.path.len();
        match self.slot(slot, depth) {
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Err(error) => {
                self.path.truncate(before);
                Ok(marked(note("unreadable").with("error", error.to_string())))
            }
            found => found,
        }
    }

    fn value(&mut self, value: Value, depth: u64) -> Result<Json> {
        self.heap.check_interrupt()?;
        if let Some(smi) = self.heap.smi(value) {
            return Ok(self.addressed(Some(value), smi.into()));
        }
        let kind = special::kind(self.heap, value)?;
        if kind.is_js_object() && self.path.contains(&value) {
            let note = note("circular").with("address", value);
            return Ok(self.addressed(Some(value), marked(note)));
        }
        self.path.push(value);
        let json = self.object(value, kind, depth)?;
        self.path.pop();
        Ok(self.addressed(Some(value), json))
    }

    fn object(&mut self, value: Value, kind: Kind, depth: u64) -> Result<Json> {
        let heap = self.heap;
        Ok(match kind {
            Kind::HeapNumber => number(primitive::heap_number(heap, value)?),
            Kind::String => {
                let read = string::read(heap, value, self.style.string_limit)?;
                plain_or_marked(Json::text(&read.units, read.truncated))
            }
            Kind::Oddball | Kind::Hole => match primitive::oddball(heap, value)?.as_str() {
                "null" => Json::null(),
                "true" => true.into(),
                "false" => false.into(),
                word @ ("undefined" | "hole") => marked(note(word)),
                other => marked(note("oddball").with("value", other)),
            },
            Kind::BigInt => marked(note("bigint").with("value", primitive::bigint(heap, value)?)),
            Kind::Symbol => {
                let (description, _) = primitive::symbol(heap, value)?;
                marked(note("symbol").with("value", description))
            }
            Kind::Function | Kind::BoundFunction => {
                let row = match function::bound(heap, value)? {
                    Some(bound) => note("bound function").with("target", bound.target),
                    None => note("function").with("name", Function::new(heap, value)?.name()),
                };
                marked(row.with("address", value))
            }
            Kind::Date => date(value, special::date(heap, value)?),
            Kind::RegExp => {
                let (source, flags) = special::regexp(heap, value)?;
                let row = note("RegExp").with("source", source).with("flags", flags);
                marked(row.with("address", value))
            }
            Kind::Array => self.array(value, depth)?,
            Kind::Wrapper => {
                let class = constructor::name(heap, value).ok().flatten();
                let class = class.unwrap_or_else(|| "Object".into());
                let wrapped = special::wrapped(heap, value)?;
                if class == "Date" {
                    // Dates have no type of their own before V8 3.9.
                    return Ok(date(value, primitive::number(heap, wrapped)?));
                }
                let inner = self.nested(Slot::Value(wrapped), depth)?;
                marked(note(&class).with("value", inner).with("address", value))
            }
            Kind::TypedArray => self.typed(value, &binary::typed_array(heap, value)?, depth)?,
            Kind::Arguments => {
                let shown = Shown::with(note("Arguments"));
                self.listed(value, shown, depth, &|_| false)?
            }
            Kind::Object if binary::old_data_view(heap, value)?.is_some() => {
                let (offset, length) = binary::old_data_view(heap, value)?.unwrap_or_default();
                let row = note("DataView").with("byteLength", length).with("byteOffset", offset);
                self.listed(value, Shown::with(row), depth, &|_| false)?
            }
            Kind::Object if binary::external_elements(heap, value)?.is_some() => {
                match binary::external_elements(heap, value)? {
                    Some(bytes) => self.typed(value, &bytes, depth)?,
                    None => Json::null(),
                }
            }
            _ if kind.is_js_object() || kind == Kind::Proxy => self.special(value, kind, depth)?,
            _ => {
                let class = heap.class_name(value)?;
                // Nothing but this was asked for.
                if self.path.len() == 1 {
                    let expected = "JavaScript value";
                    return Err(Error::WrongType { object: value, found: class, expected });
                }
                marked(note("internal").with("class", class).with("address", value))
            }
        })
    }

    /// An object that may have more to it than its properties.
    fn special(&mut self, object: Value, kind: Kind, depth: u64) -> Result<Json> {
        let heap = self.heap;
        // Nothing but other values, which count as one level.
        let inner = depth.saturating_sub(1);
        let mut owner = object;
        let mut has_stack = false;
        let row = match kind {
            Kind::MapCollection | Kind::SetCollection | Kind::WeakCollection => {
                return self.collection(object, kind, depth);
            }
            Kind::Promise => {
                let (state, value) = match special::promise(heap, object)? {
                    PromiseState::Pending => ("pending", None),
                    PromiseState::Fulfilled(value) => ("fulfilled", Some(value)),
                    PromiseState::Rejected(value) => ("rejected", Some(value)),
                };
                let row = self.classed("Promise", object).with("state", state);
                match value {
                    Some(value) => row.with("value", self.nested(Slot::Value(value), inner)?),
                    None => row,
                }
            }
            Kind::Proxy => {
                let row = note("Proxy");
                let row = match special::proxy(heap, object)? {
                    Some((target, handler)) => row
                        .with("target", self.nested(Slot::Value(target), inner)?)
                        .with("handler", self.nested(Slot::Value(handler), inner)?),
                    None => row.with("revoked", true),
                };
                // Proxies have no properties.
                return Ok(marked(row.with("address", object)));
            }
            Kind::WeakRef => {
                let target = Slot::Value(special::weak_target(heap, object)?);
                self.classed("WeakRef", object).with("target", self.nested(target, inner)?)
            }
            Kind::Generator => {
                let ty = special::generator_class(heap, object)?;
                let state = special::generator_state(heap, object)?.word();
                let function = special::generator_function(heap, object)?;
                let name = Function::new(heap, function)?.name();
                note(ty).with("state", state).with("function", name)
            }
            Kind::ArrayBuffer => {
                let (length, data) = binary::array_buffer(heap, object)?;
                let shared = binary::is_shared(heap, object);
                let ty = if shared { "SharedArrayBuffer" } else { "ArrayBuffer" };
                let row = self.classed(ty, object).with("byteLength", length);
                if binary::is_detached(heap, object)? {
                    return self.listed(
                        object,
                        Shown::with(row.with("detached", true)),
                        depth,
                        &|_| false,
                    );
                }
                let row = row.with("data", Json::address(data));
                match view::first_bytes(heap, length, data) {
                    Ok(bytes) => row.with("bytes", bytes),
                    Err(error) => row.with("error", error.to_string()),
                }
            }
            Kind::DataView => {
                let (buffer, offset, length) = binary::view(heap, object)?;
                let row = self.classed("DataView", object).with("byteLength", length);
                let row = row.with("byteOffset", offset).with("buffer", buffer);
                match binary::is_detached(heap, buffer)? {
                    true => row.with("detached", true),
                    false => row,
                }
            }
            Kind::Global => {
                owner = special::global(heap, object)?;
                note("global")
            }
            Kind::Error => {
                let lines = view::stack(heap, object)?;
                has_stack = !lines.is_empty();
                self.classed("Error", object).with("stack", Json::list(lines))
            }
            _ => return self.ordinary(object, depth),
        };
        // What the property would say is said already.
        let skip = |key: &Key| has_stack && is_named(key, "stack");
        self.listed(owner, Shown::with(row), depth, &skip)
    }

    /// An object of properties; its class, unless that is Object.
    fn ordinary(&mut self, object: Value, depth: u64) -> Result<Json> {
        let heap = self.heap;
        let (class, tag) = match heap.is_plain_object(object)? {
            true => (constructor::name(heap, object).ok().flatten(), None),
            false => view::class_and_tag(heap, object)?,
        };
        let mut shown = Shown::default();
        if tag.as_deref() == Some("Module") {
            if depth > 0 {
                for (name, value) in special::module_exports(heap, object)? {
                    let value = self.nested(Slot::Value(value), depth - 1)?;
                    shown.members.push((name, value));
                }
            }
            shown.note = Some(note("Module"));
        } else if class.as_deref().is_some_and(|class| class != "Object") || tag.is_some() {
            let row = note("Object").with("class", class);
            shown.note = Some(match tag {
                Some(tag) => row.with("tag", tag),
                None => row,
            });
        }
        self.listed(object, shown, depth, &|_| false)
    }

    /// A type, and the class where that is another.
    fn classed(&self, ty: &str, object: Value) -> Json {
        match constructor::name(self.heap, object) {
            Ok(Some(class)) if class != ty && !class.is_empty() => note(ty).with("class", class),
            _ => note(ty),
        }
    }

    fn collection(&mut self, object: Value, kind: Kind, depth: u64) -> Result<Json> {
        let heap = self.heap;
        let (ty, entries) = match kind {
            Kind::MapCollection => ("Map", special::collection(heap, object)?),
            Kind::SetCollection => ("Set", special::collection(heap, object)?),
            _ if heap.class_name(object)? == "JSWeakSet" => {
                ("WeakSet", special::weak_collection(heap, object)?)
            }
            _ => ("WeakMap", special::weak_collection(heap, object)?),
        };
        let row = self.classed(ty, object).with("size", entries.len() as u64);
        if depth == 0 {
            return self.listed(object, Shown::with(row), depth, &|_| false);
        }
        let mut list = Vec::new();
        for (key, value) in entries {
            let key = self.nested(Slot::Value(key), depth - 1)?;
            list.push(match ty {
                "Map" | "WeakMap" => Json::list([key, self.nested(Slot::Value(value), depth - 1)?]),
                _ => key,
            });
        }
        let row = row.with("entries", Json::list(list));
        self.listed(object, Shown::with(row), depth, &|_| false)
    }

    /// An object with its numeric properties, then its named ones.
    fn listed(
        &mut self,
        object: Value,
        mut shown: Shown,
        depth: u64,
        skip: &dyn Fn(&Key) -> bool,
    ) -> Result<Json> {
        if depth == 0 {
            let row = shown.note.unwrap_or_else(|| note("Object")).with("omitted", "depth");
            return Ok(marked(row.with("address", object)));
        }
        let numeric = Elements::new(self.heap, object).and_then(|elements| {
            elements.each_present(&mut |index, slot| {
                let value = self.nested(slot, depth - 1)?;
                shown.members.push((index.to_string(), value));
                Ok(true)
            })
        });
        let mut outcome = Ok(());
        let named = properties::each(self.heap, object, &mut |property| {
            let added = match property {
                Ok(property) if skip(&property.key) => Ok(()),
                Ok(property) => self.nested(property.slot, depth - 1).map(|value| {
                    let pair = |name: String, value| Json::list([Json::from(name), value]);
                    match property.key {
                        Key::Name(name) => shown.members.push((name, value)),
                        Key::Symbol(name) => {
                            shown.symbols.push(pair(name.unwrap_or_default(), value));
                        }
                        Key::Private(name) => shown.private.push(pair(name, value)),
                        Key::Internal(_) => {}
                    }
                }),
                Err(Error::Interrupted) => Err(Error::Interrupted),
                Err(error) => {
                    shown.errors.push(error.to_string());
                    Ok(())
                }
            };
            match added {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    outcome = Err(error);
                    ControlFlow::Break(())
                }
            }
        });
        for result in [numeric, named, outcome] {
            match result {
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) => shown.errors.push(error.to_string()),
                Ok(()) => {}
            }
        }
        Ok(shown.finish(object))
    }

    /// An array; as an object of its indices where it has other properties, or
    /// more holes in a row than are worth listing.
    fn array(&mut self, array: Value, depth: u64) -> Result<Json> {
        let elements = Elements::new(self.heap, array)?;
        let length = elements.end();
        let mut plain = true;
        let mut next = 0;
        elements.each_present(&mut |index, _| {
            // An index that a damaged table has twice is shown by name.
            plain = index.checked_sub(next).is_some_and(|holes| holes <= MAX_HOLES);
            next = index.saturating_add(1);
            Ok(plain)
        })?;
        plain &= length - next.min(length) <= MAX_HOLES;
        properties::each(self.heap, array, &mut |property| {
            plain &= property.is_ok_and(|property| is_length(&property.key));
            if plain {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        if plain && length == 0 {
            return Ok(Json::list(Vec::<Json>::new()));
        }
        if !plain || depth == 0 {
            let length = elements::array_length(self.heap, array)?;
            let row = self.classed("Array", array).with("length", length);
            return self.listed(array, Shown::with(row), depth, &is_length);
        }
        let mut list = Vec::new();
        elements.each_present(&mut |index, slot| {
            holes(&mut list, index);
            list.push(self.nested(slot, depth - 1)?);
            Ok(true)
        })?;
        holes(&mut list, length);
        Ok(Json::list(list))
    }

    fn typed(&mut self, object: Value, bytes: &binary::Bytes, depth: u64) -> Result<Json> {
        let row = self.classed(&bytes.class, object).with("length", bytes.length);
        let row = if bytes.detached { row.with("detached", true) } else { row };
        if depth == 0 {
            return Ok(marked(row.with("omitted", "depth").with("address", object)));
        }
        let mut list = Vec::new();
        for index in 0..bytes.length.min(MAX_TYPED) {
            list.push(match binary::element(self.heap, bytes, index)? {
                binary::Number::Float(found) => number(found),
                binary::Number::Int(found) => {
                    marked(note("bigint").with("value", found.to_string()))
                }
            });
        }
        Ok(marked(row.with("elements", Json::list(list)).with("address", object)))
    }
}

/// Null for an invalid date, as `JSON.stringify` has it.
fn date(object: Value, millis: f64) -> Json {
    let millis = (!millis.is_nan()).then(|| Json::number(millis));
    marked(note("Date").with("value", millis).with("address", object))
}

fn holes(list: &mut Vec<Json>, until: u64) {
    while (list.len() as u64) < until {
        list.push(marked(note("hole")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_like_the_mark_are_changed() {
        let names = ["$v8", "$$v8", "v8", "$v", "x$v8", "$scope", "$"];
        let shown: Vec<_> = names.iter().map(|name| escaped(name)).collect();
        assert_eq!(shown, ["$$v8", "$$$v8", "v8", "$v", "x$v8", "$scope", "$"]);
    }

    #[test]
    fn what_json_cannot_hold_is_marked() {
        assert_eq!(number(1.5).to_string(), "1.5");
        assert_eq!(
            number(f64::NAN).to_string(),
            "{\"$v8\":{\"type\":\"number\",\"value\":\"NaN\"}}"
        );
    }
}
