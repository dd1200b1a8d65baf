//! Values as `::jsprint` shows them: in mdb_v8's form where it has one, else
//! in that of `util.inspect`.

use super::text;
use super::view::{self, Entry, View};
use crate::v8::elements::{Element, Elements};
use crate::v8::error::{Error, Result};
use crate::v8::function::{self, Function};
use crate::v8::heap::{Heap, MAX_LENGTH};
use crate::v8::layout::types::Kind;
use crate::v8::primitive;
use crate::v8::properties::{self, Key, Property, Slot};
use crate::v8::special;
use crate::v8::value::Value;
use crate::v8::{binary, constructor, string};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use core::ops::ControlFlow;

/// Levels printed at most, whatever is asked for: each takes stack.
pub const MAX_DEPTH: u64 = 256;
/// Holes in a row that are printed one by one.
pub const MAX_HOLES: u64 = 64;
/// Elements of a typed array that are shown.
pub const MAX_TYPED: u64 = 64;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Levels of objects to show.
    pub depth: u64,
    /// Whether each value's address comes before it.
    pub addresses: bool,
    /// An address to put before each value instead.
    pub owner: Option<Value>,
    /// Characters of a string to show.
    pub string_limit: u64,
}

impl Default for Style {
    fn default() -> Style {
        Style { depth: 2, addresses: false, owner: None, string_limit: MAX_LENGTH }
    }
}

/// Text of a value.
///
/// What cannot be read inside of it is shown in its place; only the value
/// itself being unreadable is an error.
pub fn value(heap: Heap<'_>, value: Value, style: Style) -> Result<String> {
    let mut printer = Printer { heap, style, text: String::new(), path: Vec::new() };
    printer.value(value, style.depth.min(MAX_DEPTH), 0)?;
    Ok(printer.text)
}

/// Text of a property's value.
pub fn slot(heap: Heap<'_>, slot: Slot, style: Style) -> Result<String> {
    let mut printer = Printer { heap, style, text: String::new(), path: Vec::new() };
    printer.slot(slot, style.depth.min(MAX_DEPTH), 0)?;
    Ok(printer.text)
}

/// Name of a property as it is printed.
pub fn key(key: &Key) -> String {
    match key {
        Key::Name(name) => text::quoted_str(name),
        Key::Symbol(description) => {
            alloc::format!("[Symbol({})]", description.as_deref().unwrap_or_default())
        }
        Key::Private(name) => name.clone(),
        Key::Internal(name) => alloc::format!("<{}>", name.as_deref().unwrap_or_default()),
    }
}

/// Frozen arrays of V8 before 3.28 have their length as a plain property.
pub fn is_length(key: &Key) -> bool {
    is_named(key, "length")
}

/// Whether a property goes by this name.
pub fn is_named(key: &Key, text: &str) -> bool {
    matches!(key, Key::Name(name) if name == text)
}

struct Printer<'a> {
    heap: Heap<'a>,
    style: Style,
    text: String,
    /// Objects being printed, outermost first.
    path: Vec<Value>,
}

impl<'a> Printer<'a> {
    fn add(&mut self, text: impl core::fmt::Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{text}");
    }

    fn newline(&mut self, level: usize) {
        self.text.push('\n');
        (0..level * 4).for_each(|_| self.text.push(' '));
    }

    fn prefix(&mut self, own: u64) {
        if let Some(owner) = self.style.owner {
            self.add(format_args!("{owner}: "));
        } else if self.style.addresses {
            self.add(format_args!("{own:x}: "));
        }
    }

    fn slot(&mut self, slot: Slot, depth: u64, level: usize) -> Result<()> {
        match slot {
            Slot::Value(value) => self.value(value, depth, level),
            Slot::Double(bits) => {
                self.prefix(bits);
                self.add(text::number(f64::from_bits(bits)));
                Ok(())
            }
            Slot::Accessor { getter, setter } => {
                self.prefix(getter.or(setter).map_or(0, |v| v.0));
                self.add(match (getter, setter) {
                    (Some(_), Some(_)) => "[Getter/Setter]",
                    (Some(_), None) => "[Getter]",
                    (None, _) => "[Setter]",
                });
                Ok(())
            }
        }
    }

    /// A value within another: what goes wrong is shown in its place.
    fn nested(&mut self, slot: Slot, depth: u64, level: usize) -> Result<()> {
        let before = self.path.len();
        match self.slot(slot, depth, level) {
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Err(error) => {
                self.path.truncate(before);
                self.add(format_args!("<{error}>"));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn value(&mut self, value: Value, depth: u64, level: usize) -> Result<()> {
        self.heap.check_interrupt()?;
        self.prefix(value.0);
        if let Some(smi) = self.heap.smi(value) {
            self.add(smi);
            return Ok(());
        }
        let kind = special::kind(self.heap, value)?;
        if kind.is_js_object() && self.path.contains(&value) {
            self.add("[Circular]");
            return Ok(());
        }
        self.path.push(value);
        self.object(value, kind, depth, level)?;
        self.path.pop();
        Ok(())
    }

    fn object(&mut self, value: Value, kind: Kind, depth: u64, level: usize) -> Result<()> {
        let heap = self.heap;
        match kind {
            Kind::HeapNumber => self.add(text::number(primitive::heap_number(heap, value)?)),
            Kind::String => {
                let read = string::read(heap, value, self.style.string_limit)?;
                self.add(text::quoted(&read.units, read.truncated));
            }
            Kind::Oddball | Kind::Hole => self.add(primitive::oddball(heap, value)?),
            Kind::BigInt => self.add(format_args!("{}n", primitive::bigint(heap, value)?)),
            Kind::Symbol => {
                let (description, _) = primitive::symbol(heap, value)?;
                self.add(format_args!("Symbol({})", description.unwrap_or_default()));
            }
            Kind::Function if function::bound(heap, value)?.is_some() => {
                self.add("<bound function>")
            }
            Kind::Function => {
                self.add(format_args!("function {}", Function::new(heap, value)?.name()))
            }
            Kind::BoundFunction => self.add("<bound function>"),
            Kind::Date => self.date(special::date(heap, value)?),
            Kind::RegExp => {
                let (source, flags) = special::regexp(heap, value)?;
                self.add(format_args!("JSRegExp: {}", text::quoted_str(&source)));
                if !flags.is_empty() {
                    self.add(format_args!(" (flags: {flags})"));
                }
            }
            Kind::Array => self.array(value, depth, level)?,
            Kind::Wrapper => {
                let class = self.class(value, "Object");
                if class == "Date" {
                    // Dates have no type of their own before V8 3.9.
                    self.date(primitive::number(heap, special::wrapped(heap, value)?)?);
                    return Ok(());
                }
                self.add(format_args!("[{class}: "));
                self.nested(Slot::Value(special::wrapped(heap, value)?), depth, level)?;
                self.add("]");
            }
            Kind::TypedArray => self.typed(&binary::typed_array(heap, value)?, depth)?,
            Kind::Arguments => {
                self.add("Arguments ");
                self.arguments(value, depth, level)?;
            }
            Kind::Object
                if binary::external_elements(heap, value)?.is_some()
                    && binary::old_data_view(heap, value)?.is_none() =>
            {
                if let Some(bytes) = binary::external_elements(heap, value)? {
                    self.typed(&bytes, depth)?;
                }
            }
            _ if kind.is_js_object() || kind == Kind::Proxy => match view::of(heap, value, kind)? {
                Some(view) => self.view(value, kind, &view, depth, level)?,
                None => self.properties(value, depth, level)?,
            },
            _ => {
                let class = heap.class_name(value)?;
                // Nothing but this was asked for.
                if self.path.len() == 1 {
                    let expected = "JavaScript value";
                    return Err(Error::WrongType { object: value, found: class, expected });
                }
                self.add(format_args!("<unknown JavaScript object type \"{class}\">"));
            }
        }
        Ok(())
    }

    fn class(&self, value: Value, fallback: &str) -> String {
        constructor::name(self.heap, value).ok().flatten().unwrap_or_else(|| fallback.into())
    }

    fn date(&mut self, millis: f64) {
        self.add(text::number(millis));
        if millis.is_nan() {
            self.add(" (Invalid Date)");
            return;
        }
        // Dates reach 8.64e15 ms either way, so this fits.
        let seconds = (millis as i64).div_euclid(1000);
        if let Some(text) = self.heap.target.local_time(seconds) {
            self.add(format_args!(" ({text})"));
        }
    }

    /// An object in braces: numeric properties, then named ones in order.
    fn properties(&mut self, object: Value, depth: u64, level: usize) -> Result<()> {
        if depth == 0 {
            self.add("[...]");
            return Ok(());
        }
        let start = self.text.len();
        self.add("{");
        let mut empty = true;
        self.members(object, depth, level, &mut empty, &|_| false)?;
        if empty {
            self.text.truncate(start);
            // Iterators of V8 before 6 have no type of their own.
            if let Ok(Some(tag)) = properties::tag(self.heap, object) {
                self.add(format_args!("{} ", view::tagged_name("Object", &tag)));
            }
            self.add("{}");
        } else {
            self.newline(level);
            self.add("}");
        }
        Ok(())
    }

    /// Numeric properties, then named ones.
    fn members(
        &mut self,
        object: Value,
        depth: u64,
        level: usize,
        empty: &mut bool,
        skip: &dyn Fn(&Key) -> bool,
    ) -> Result<()> {
        let elements = Elements::new(self.heap, object).and_then(|elements| {
            elements.each_present(&mut |index, slot| {
                *empty = false;
                self.newline(level + 1);
                self.add(format_args!("\"{index}\": "));
                self.nested(slot, depth - 1, level + 1)?;
                self.add(",");
                Ok(true)
            })
        });
        self.show_failure(elements, level, empty)?;
        let named = self.named(object, depth, level, empty, skip);
        self.show_failure(named, level, empty)
    }

    fn named(
        &mut self,
        object: Value,
        depth: u64,
        level: usize,
        empty: &mut bool,
        skip: &dyn Fn(&Key) -> bool,
    ) -> Result<()> {
        let mut outcome = Ok(());
        properties::each(self.heap, object, &mut |property| {
            if property.as_ref().is_ok_and(|property| skip(&property.key)) {
                return ControlFlow::Continue(());
            }
            *empty = false;
            let printed = match property {
                Ok(property) => self.property(&property, depth, level),
                Err(Error::Interrupted) => Err(Error::Interrupted),
                Err(error) => {
                    self.newline(level + 1);
                    self.add(format_args!("<{error}>,"));
                    Ok(())
                }
            };
            match printed {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    outcome = Err(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        outcome
    }

    fn property(&mut self, property: &Property, depth: u64, level: usize) -> Result<()> {
        self.newline(level + 1);
        self.add(format_args!("{}: ", key(&property.key)));
        self.nested(property.slot, depth - 1, level + 1)?;
        self.add(",");
        Ok(())
    }

    /// Says in place that part of an object cannot be read.
    fn show_failure(&mut self, result: Result<()>, level: usize, empty: &mut bool) -> Result<()> {
        match result {
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Err(error) => {
                *empty = false;
                self.newline(level + 1);
                self.add(format_args!("<{error}>,"));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn array(&mut self, array: Value, depth: u64, level: usize) -> Result<()> {
        let elements = Elements::new(self.heap, array)?;
        let length = elements.end();
        let extra = self.has_visible(array);
        if length == 0 && !extra {
            self.add("[]");
            return Ok(());
        }
        if depth == 0 {
            self.add("[...]");
            return Ok(());
        }
        if length == 1 && !extra {
            self.add("[ ");
            match elements.get(0)? {
                Some(slot) => self.nested(slot, depth - 1, level)?,
                None => self.add("hole"),
            }
            self.add(" ]");
            return Ok(());
        }
        self.add("[");
        // Holes wait until it is known how many there are in a row.
        let mut next = 0;
        elements.each_present(&mut |index, slot| {
            // A damaged table may have an index twice.
            self.holes(index.saturating_sub(next), level);
            self.newline(level + 1);
            self.nested(slot, depth - 1, level + 1)?;
            self.add(",");
            next = index.saturating_add(1);
            Ok(true)
        })?;
        self.holes(length.saturating_sub(next), level);
        if extra {
            self.named(array, depth, level, &mut false, &is_length)?;
        }
        self.newline(level);
        self.add("]");
        Ok(())
    }

    /// Whether an array has named properties besides its length.
    fn has_visible(&self, object: Value) -> bool {
        let mut found = false;
        let walked = properties::each(self.heap, object, &mut |property| {
            if property.is_ok_and(|property| is_length(&property.key)) {
                return ControlFlow::Continue(());
            }
            found = true;
            ControlFlow::Break(())
        });
        found && walked.is_ok()
    }

    /// Whether an object has properties, numeric or named.
    fn has_members(&self, object: Value) -> bool {
        let mut found = false;
        let walked = Elements::new(self.heap, object).and_then(|elements| {
            elements.each_present(&mut |_, _| {
                found = true;
                Ok(false)
            })
        });
        walked.is_err() || found || self.has_visible(object)
    }

    /// An arguments object, as the array it resembles.
    fn arguments(&mut self, object: Value, depth: u64, level: usize) -> Result<()> {
        if depth == 0 {
            self.add("[...]");
            return Ok(());
        }
        let length = match properties::get(self.heap, object, "length")? {
            Some(Slot::Value(length)) => self.heap.smi(length).map_or(0, i64::unsigned_abs),
            _ => 0,
        };
        self.add("[");
        let mut next = 0;
        Elements::new(self.heap, object)?.each_present(&mut |index, slot| {
            if index >= length.max(next) {
                return Ok(false);
            }
            self.holes(index.saturating_sub(next), level);
            self.newline(level + 1);
            self.nested(slot, depth - 1, level + 1)?;
            self.add(",");
            next = index + 1;
            Ok(true)
        })?;
        if next > 0 {
            self.newline(level);
        }
        self.add("]");
        Ok(())
    }

    fn holes(&mut self, count: u64, level: usize) {
        if count > MAX_HOLES {
            self.newline(level + 1);
            self.add(format_args!("<{count} empty items>,"));
            return;
        }
        for _ in 0..count {
            self.newline(level + 1);
            self.add("hole,");
        }
    }

    /// What an object shows of itself, then its properties.
    fn view(
        &mut self,
        object: Value,
        kind: Kind,
        view: &View,
        depth: u64,
        level: usize,
    ) -> Result<()> {
        let View { head, brackets: [open, close], entries, inline } = view;
        self.add(format_args!("{head} "));
        // Proxies have no properties, and the global object's proxy none of its own.
        let owner = match kind {
            Kind::Proxy => None,
            Kind::Global => Some(special::global(self.heap, object)?),
            _ => Some(object),
        };
        let has_properties = owner.is_some_and(|owner| self.has_members(owner));
        if *inline && !has_properties {
            self.add(format_args!("{open} "));
            for (i, entry) in entries.iter().enumerate() {
                self.add(if i > 0 { ", " } else { "" });
                self.entry(entry, depth.saturating_sub(1), level)?;
            }
            self.add(format_args!(" {close}"));
            return Ok(());
        }
        if entries.is_empty() && !has_properties {
            self.add(format_args!("{open}{close}"));
            return Ok(());
        }
        if depth == 0 {
            self.add("[...]");
            return Ok(());
        }
        self.add(open);
        for entry in entries {
            self.newline(level + 1);
            self.entry(entry, depth - 1, level + 1)?;
            self.add(",");
        }
        if let Some(owner) = owner.filter(|_| has_properties) {
            // What the property would say is shown already.
            let has_stack = kind == Kind::Error && !entries.is_empty();
            let skip = |key: &Key| has_stack && is_named(key, "stack");
            self.members(owner, depth, level, &mut false, &skip)?;
        }
        self.newline(level);
        self.add(close);
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, depth: u64, level: usize) -> Result<()> {
        match entry {
            Entry::Note(text) => self.add(text),
            Entry::Value(value) => self.nested(Slot::Value(*value), depth, level)?,
            Entry::Marked(mark, value) => {
                self.add(format_args!("{mark} "));
                self.nested(Slot::Value(*value), depth, level)?;
            }
            Entry::Named(name, value) => {
                self.add(format_args!("{}: ", text::quoted_str(name)));
                self.nested(Slot::Value(*value), depth, level)?;
            }
            Entry::Pair(key, value) => {
                self.nested(Slot::Value(*key), depth, level)?;
                self.add(" => ");
                self.nested(Slot::Value(*value), depth, level)?;
            }
        }
        Ok(())
    }

    fn typed(&mut self, bytes: &binary::Bytes, depth: u64) -> Result<()> {
        self.add(format_args!("<Typed array of length {}>", bytes.length));
        if bytes.detached {
            self.add(" (detached)");
        }
        if depth == 0 || bytes.length == 0 {
            return Ok(());
        }
        self.add(format_args!(": {} [ ", bytes.class));
        for index in 0..bytes.length.min(MAX_TYPED) {
            if index > 0 {
                self.add(", ");
            }
            match binary::element(self.heap, bytes, index)? {
                binary::Number::Float(number) => self.add(text::number(number)),
                binary::Number::Int(number) => self.add(format_args!("{number}n")),
            }
        }
        if bytes.length > MAX_TYPED {
            self.add(format_args!(", ... {} more", bytes.length - MAX_TYPED));
        }
        self.add(" ]");
        Ok(())
    }
}

/// Text of an element: its value, or `hole`.
pub fn element(heap: Heap<'_>, element: &Element, style: Style) -> Result<String> {
    match element.slot {
        Some(found) => slot(heap, found, style),
        None => Ok("hole".into()),
    }
}
