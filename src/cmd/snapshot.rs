//! The heap in the format of V8's own snapshots (src/profiler/heap-snapshot-generator.cc),
//! which Chrome's developer tools and others read.
//!
//! It is written while the heap is gone through twice, for the nodes and for the
//! edges; once more for the texts of strings. Nothing is kept of it but names.

use super::snapshot_file::{Edge, Sink};
use super::text;
use crate::heap::classes::Classes;
use crate::heap::column::{Bits, Column};
use crate::heap::dominators;
use crate::heap::graph;
use crate::heap::links::{self, Link};
use crate::heap::names::Names;
use crate::heap::objects::{Objects, Seen};
use crate::heap::paths;
use crate::heap::whole::Whole;
use crate::heap::window::Window;
use crate::mdb::command::Failure;
use crate::mdb::files::Writer;
use crate::v8::error::Error;
use crate::v8::function::Function;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::properties::{self, Key};
use crate::v8::string::{self, Shape};
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// Strings within a string that are looked at for its text.
const PARTS: u32 = 32;
/// Characters of a string that are written, as many as V8 does.
const TEXT: u64 = 1024;
/// Numbers for each node.
const FIELDS: u64 = 7;
/// Nodes before that of the first object: the root, and that of all roots that
/// are no global objects.
const SYNTHETIC: u64 = 2;
/// How the pointers of objects of a map are called.
enum Naming {
    /// By place.
    Fields(Vec<(u64, u32)>),
    /// As elements, from a place on.
    Elements(u64),
    /// As a script would, besides the bare pointers.
    Links,
    /// Not at all.
    None,
}

/// What a snapshot is made of.
pub struct Snapshot<'a> {
    heap: Heap<'a>,
    whole: &'a Whole,
    classes: Classes,
    /// Live objects before each 64 of all objects.
    before: Vec<u32>,
    alive: Bits,
    names: Names,
    naming: Vec<Option<Naming>>,
    /// Type and name of the nodes of a map, where they are those of all.
    labels: Vec<Option<(u64, u32)>>,
    /// Names of the links that most objects have.
    map: u32,
    properties: u32,
    elements: u32,
    globals: Vec<u32>,
    roots: Vec<u32>,
}

impl<'a> Snapshot<'a> {
    /// Prepares a snapshot of all live objects.
    pub fn new(heap: Heap<'a>, whole: &'a Whole) -> Result<Snapshot<'a>, Failure> {
        let (objects, life) = (&whole.objects, whole.life(heap)?);
        let mut alive = Bits::new(objects.len());
        let mut before = Vec::with_capacity(objects.len() / 64 + 1);
        let mut count = 0;
        for id in 0..objects.len() as u32 {
            if id % 64 == 0 {
                before.push(count);
            }
            if life.has(id) && !objects.map(id).is_free {
                alive.add(id);
                count += 1;
            }
        }
        before.push(count);
        let globals = paths::globals(heap, whole)?;
        let mut roots = dominators::starts(heap, whole)?;
        roots.retain(|id| alive.has(*id) && !globals.contains(id));
        roots.sort_unstable();
        roots.dedup();
        let mut names = Names::default();
        Ok(Snapshot {
            heap,
            whole,
            classes: Classes::find(heap, objects)?,
            before,
            alive,
            map: names.number("map"),
            properties: names.number("properties"),
            elements: names.number("elements"),
            names,
            naming: objects.maps.iter().map(|_| None).collect(),
            labels: vec![None; objects.maps.len()],
            globals,
            roots,
        })
    }

    fn node(&self, id: u32) -> u64 {
        let before = self.before[id as usize / 64];
        SYNTHETIC + u64::from(before) + u64::from(self.alive.before_in_word(id))
    }

    fn count(&self) -> u64 {
        SYNTHETIC + u64::from(self.before.last().copied().unwrap_or(0))
    }

    /// Writes it.
    pub fn write(mut self, writer: &mut Writer, path: &str) -> Result<(u64, u64), Failure> {
        let mut sink = Sink::new(writer, path);
        let whole = self.whole;
        let objects = &whole.objects;
        // How many there are must be said first.
        let mut edges = (1 + self.globals.len() + self.roots.len()) as u64;
        let mut counts = Column::default();
        let mut failed = None;
        objects
            .sweep(self.heap, |seen, window| {
                let mut count = 0u32;
                if self.alive.has(seen.id) {
                    let each = &mut |_, _, _| {
                        count += 1;
                        Ok(())
                    };
                    if let Err(failure) = self.edges(objects, &seen, window, each) {
                        failed.get_or_insert(failure);
                        return Err(Error::Interrupted);
                    }
                    counts.push(count);
                    edges += u64::from(count);
                }
                Ok(())
            })
            .map_err(|error| failed.take().unwrap_or(error.into()))?;
        let nodes = self.count();
        sink.head(nodes, edges);
        let texts = self.write_nodes(&mut sink, &counts)?;
        sink.part("],\n\"edges\":[");
        self.write_edges(&mut sink, texts)?;
        sink.part(
            "],\n\"trace_function_infos\":[],\n\"trace_tree\":[],\n\"samples\":[],\n\
            \"locations\":[],\n\"strings\":[",
        );
        self.write_strings(&mut sink)?;
        sink.part("]}\n");
        sink.flush()?;
        Ok((nodes, edges))
    }

    /// Nodes are called by numbers of strings: texts come first, then names.
    /// Returns how many texts there are.
    fn write_nodes(&mut self, sink: &mut Sink<'_>, counts: &Column) -> Result<u64, Failure> {
        let whole = self.whole;
        let objects = &whole.objects;
        let texts = objects.of_maps(|map| map.kind == Kind::String);
        let texts = texts.filter(|id| self.alive.has(*id)).count() as u64;
        let name = |names: &mut Names, text: &str| texts + u64::from(names.number(text));
        let root_edges = 1 + self.globals.len() as u64;
        let (root, roots) = (name(&mut self.names, ""), name(&mut self.names, "(GC roots)"));
        sink.numbers(&[9, root, 1, 0, root_edges, 0, 0])?;
        sink.numbers(&[9, roots, 3, 0, self.roots.len() as u64, 0, 0])?;
        let (mut text, mut at) = (0, 0);
        let mut failed = None;
        objects
            .sweep(self.heap, |seen, _| {
                if !self.alive.has(seen.id) {
                    return Ok(());
                }
                let (kind, label) = self.label(objects, &seen);
                let label = match label {
                    Some(label) => texts + u64::from(label),
                    None => {
                        text += 1;
                        text - 1
                    }
                };
                let id = 2 * (SYNTHETIC + at as u64) + 1;
                let row = [kind, label, id, seen.size, u64::from(counts.get(at)), 0, 0];
                at += 1;
                sink.numbers(&row).map_err(|failure| {
                    failed.get_or_insert(failure);
                    Error::Interrupted
                })
            })
            .map_err(|error| failed.take().unwrap_or(error.into()))?;
        Ok(texts)
    }

    /// Type and number of the name of a node; the name of a string is its text.
    fn label(&mut self, objects: &Objects, seen: &Seen<'_>) -> (u64, Option<u32>) {
        if let Some((kind, label)) = self.labels[seen.map_id as usize] {
            return (kind, Some(label));
        }
        let (kind, label) = self.described(objects, seen);
        let label = label.map(|label| self.names.number(&label));
        // Functions have names of their own.
        if let Some(label) = label.filter(|_| seen.map.kind != Kind::Function) {
            self.labels[seen.map_id as usize] = Some((kind, label));
        }
        (kind, label)
    }

    /// Type and name of a node; the name of a string is its text.
    fn described(&self, objects: &Objects, seen: &Seen<'_>) -> (u64, Option<String>) {
        let heap = self.heap;
        let object = seen.value(heap);
        let class = || Some(String::from(self.classes.name(self.classes.of(objects, seen.id))));
        match seen.map.kind {
            Kind::String => match string::info(heap, object).map(|info| info.shape) {
                Ok(Shape::Cons { .. }) => (10, None),
                Ok(Shape::Sliced { .. }) => (11, None),
                _ => (2, None),
            },
            Kind::Function => {
                (5, Function::new(heap, object).ok().map(|f| f.name()).or(Some(String::new())))
            }
            Kind::RegExp => (6, class()),
            Kind::HeapNumber => (7, Some("heap number".into())),
            Kind::BigInt => (13, Some("bigint".into())),
            Kind::Symbol => (12, Some("symbol".into())),
            Kind::Map => (14, Some("system / Map".into())),
            kind if kind.is_code() => (4, Some(system(heap, seen))),
            Kind::FixedArray | Kind::FixedDoubleArray | Kind::ByteArray => (1, Some(String::new())),
            Kind::Context => (3, Some("system / Context".into())),
            kind if kind.is_js_object() || kind == Kind::Proxy => (3, class()),
            _ => (0, Some(system(heap, seen))),
        }
    }

    fn write_edges(&mut self, sink: &mut Sink<'_>, texts: u64) -> Result<(), Failure> {
        let name = texts + u64::from(self.names.number("global"));
        sink.numbers(&[Edge::Element as u64, 1, FIELDS])?;
        for id in self.globals.clone() {
            sink.numbers(&[Edge::Shortcut as u64, name, self.node(id) * FIELDS])?;
        }
        for (at, id) in (1u64..).zip(self.roots.clone()) {
            sink.numbers(&[Edge::Element as u64, at, self.node(id) * FIELDS])?;
        }
        let whole = self.whole;
        let objects = &whole.objects;
        let mut failed = None;
        let heap = self.heap;
        objects
            .sweep(heap, |seen, window| {
                if !self.alive.has(seen.id) {
                    return Ok(());
                }
                let mut rows: Vec<(Edge, u64, u32)> = Vec::new();
                let each = &mut |edge: Edge, name: u64, id: u32| {
                    rows.push((edge, name, id));
                    Ok(())
                };
                let written = self.edges(objects, &seen, window, each).and_then(|()| {
                    rows.into_iter().try_for_each(|(edge, name, id)| {
                        let is_index = matches!(edge, Edge::Element | Edge::Hidden);
                        let name = if is_index { name } else { texts + name };
                        sink.numbers(&[edge as u64, name, self.node(id) * FIELDS])
                    })
                });
                written.map_err(|failure| {
                    failed.get_or_insert(failure);
                    Error::Interrupted
                })
            })
            .map_err(|error| failed.take().unwrap_or(error.into()))
    }

    fn write_strings(&mut self, sink: &mut Sink<'_>) -> Result<(), Failure> {
        let whole = self.whole;
        let objects = &whole.objects;
        let heap = self.heap;
        let mut failed = None;
        objects
            .sweep(heap, |seen, _| {
                if seen.map.kind != Kind::String || !self.alive.has(seen.id) {
                    return Ok(());
                }
                let text = string::read_within(heap, seen.value(heap), TEXT, PARTS);
                let text = text.unwrap_or_default();
                let text = match text.units.is_empty() && text.truncated {
                    // As V8 calls all of them.
                    true => text::quoted_str("(concatenated string)"),
                    false => text::quoted(&text.units, false),
                };
                sink.string(&text).map_err(|failure| {
                    failed.get_or_insert(failure);
                    Error::Interrupted
                })
            })
            .map_err(|error| failed.take().unwrap_or(error.into()))?;
        for name in self.names.iter() {
            sink.string(&text::quoted_str(name))?;
        }
        Ok(())
    }

    /// Calls `each` for every edge of an object: its type, its name as a number
    /// among names or its index, and the object it leads to.
    fn edges(
        &mut self,
        objects: &Objects,
        seen: &Seen<'_>,
        window: &mut Window<'_>,
        each: &mut dyn FnMut(Edge, u64, u32) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let heap = self.heap;
        let word = heap.word_size();
        if self.naming[seen.map_id as usize].is_none() {
            let naming = self.naming(seen)?;
            self.naming[seen.map_id as usize] = Some(naming);
        }
        let (map, properties, elements) = (self.map, self.properties, self.elements);
        let offset = |id| heap.layout.find(id).map_or(0, i64::unsigned_abs);
        let (properties_at, elements_at) = (offset(C::Properties), offset(C::Elements));
        let is_js = seen.map.kind.is_js_object();
        let mut outcome = Ok(());
        let naming = self.naming[seen.map_id as usize].as_ref();
        graph::each(heap, objects, seen, window, &mut |at, to| {
            if outcome.is_err() || !self.alive.has(to) {
                return;
            }
            let field = |fields: &[(u64, u32)]| {
                fields.binary_search_by_key(&at, |field| field.0).ok().map(|i| fields[i].1)
            };
            outcome = match naming {
                _ if at == 0 => each(Edge::Internal, u64::from(map), to),
                Some(Naming::Fields(fields)) if field(fields).is_some() => {
                    each(Edge::Property, u64::from(field(fields).unwrap_or(0)), to)
                }
                Some(Naming::Elements(from)) if at >= *from => {
                    each(Edge::Element, (at - from) / word, to)
                }
                _ if is_js && at == properties_at => {
                    each(Edge::Internal, u64::from(properties), to)
                }
                _ if is_js && at == elements_at => each(Edge::Internal, u64::from(elements), to),
                _ => each(Edge::Hidden, at / word, to),
            };
        });
        outcome?;
        if !matches!(naming, Some(Naming::Links)) {
            return Ok(());
        }
        let mut found: Vec<(Link, Value)> = Vec::new();
        let listed = links::each(heap, seen.value(heap), &mut |link, value| {
            found.push((link, value));
            ControlFlow::Continue(())
        });
        if listed == Err(Error::Interrupted) {
            return Err(Failure::Interrupted);
        }
        for (link, value) in found {
            let Some(to) = objects.id(value).filter(|to| self.alive.has(*to)) else {
                continue;
            };
            let (edge, name) = match link {
                Link::Element(index) => {
                    each(Edge::Element, index, to)?;
                    continue;
                }
                Link::Property(name) => (Edge::Property, name),
                Link::Accessor(name) => (Edge::Property, alloc::format!("get {name}")),
                Link::Variable(name) => (Edge::Context, name),
                Link::Key => (Edge::Internal, "key".into()),
                Link::Entry(key) => {
                    let link = Link::Entry(key);
                    let text = super::references::described(heap, &link);
                    (Edge::Internal, text.trim().into())
                }
                Link::Internal(word) => (Edge::Internal, word.into()),
                Link::WeakKey => (Edge::Weak, "key".into()),
                Link::Weak(word) => (Edge::Weak, word.into()),
            };
            let name = self.names.number(&name);
            each(edge, u64::from(name), to)?;
        }
        Ok(())
    }

    fn naming(&mut self, seen: &Seen<'_>) -> Result<Naming, Failure> {
        let heap = self.heap;
        let kind = seen.map.kind;
        match kind {
            Kind::FixedArray => {
                let data = heap.layout.find(C::FixedArrayData).map_or(0, i64::unsigned_abs);
                return Ok(Naming::Elements(data));
            }
            Kind::Context
            | Kind::MapCollection
            | Kind::SetCollection
            | Kind::WeakCollection
            | Kind::Promise
            | Kind::BoundFunction
            | Kind::Global
            | Kind::Generator => return Ok(Naming::Links),
            Kind::Array => return Ok(Naming::None),
            _ if !kind.is_js_object() => return Ok(Naming::None),
            _ => {}
        }
        let object = seen.value(heap);
        if properties::in_dictionary(heap, object).unwrap_or(false) {
            return Ok(Naming::Links);
        }
        match properties::fields(heap, seen.map.value) {
            Ok(fields) if fields.outside => Ok(Naming::Links),
            Ok(fields) => {
                let name = |key| match key {
                    Key::Name(name) | Key::Private(name) => name,
                    Key::Symbol(name) | Key::Internal(name) => name.unwrap_or_default(),
                };
                let fields = fields.in_object.into_iter();
                Ok(Naming::Fields(
                    fields.map(|(at, key)| (at, self.names.number(&name(key)))).collect(),
                ))
            }
            Err(Error::Interrupted) => Err(Failure::Interrupted),
            Err(_) => Ok(Naming::None),
        }
    }
}

fn system(heap: Heap<'_>, seen: &Seen<'_>) -> String {
    let class = heap.layout.types.lookup(seen.map.number).1;
    alloc::format!("system / {}", class.unwrap_or("unknown"))
}
