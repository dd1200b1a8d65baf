//! `::v8print`

use super::json::{self, Json};
use super::{text, v8classes};
use crate::mdb::args::{Arg, Choice};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::embedder;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::Layout;
use crate::v8::memory::Target;
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Characters of a string field that are shown.
const STRING: u64 = 256;

/// `::v8print`
pub struct V8Print;

impl Dcmd for V8Print {
    const ROW: Row = Row {
        name: c"v8print",
        usage: c":[-j] [class]",
        description: c"print a V8 heap object",
        options: &[json::OPTION],
        help: "
Prints the C++ fields of a heap object, those of its base classes first. The
class is that of the object's type unless one is given.
",
    };

    const OPERANDS: Choice = Choice::Class;

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let object = Value(call.address()?);
        if heap.smi(object).is_some() || heap.is_failure(object) && !heap.is_heap_object(object) {
            if call.options.has('j') {
                out.line(format_args!("{}", Json::typed(heap, object)));
            } else {
                out.line(format_args!("{}", describe(heap, object)));
            }
            return Ok(Flow::Done);
        }
        let class = match &call.operands[..] {
            [] => heap.class_name(object)?,
            [class] => {
                heap.addr(object)?;
                let class = Arg::to_text(class);
                if !v8classes::names(heap.layout).contains(class.as_str()) {
                    return Err(Failure::Message(alloc::format!(
                        "unknown class '{class}' (see ::v8classes)"
                    )));
                }
                class
            }
            _ => return Err(Failure::Usage),
        };
        if fields(heap.layout, &class).is_empty() && ancestor(heap.layout, &class).is_none() {
            return Err(Failure::Message(alloc::format!(
                "{object}: no fields are known of class '{class}'"
            )));
        }
        if call.options.has('j') {
            let fields = json_fields(heap, object, &class, 0)?;
            let row = Json::object().with("object", object).with("class", class);
            out.line(format_args!("{}", row.with("fields", Json::list(fields))));
        } else {
            print(heap, object, &class, 0, out)?;
        }
        Ok(Flow::Done)
    }
}

/// A field of a class.
struct Field<'a> {
    name: &'a str,
    ty: &'a str,
    offset: i64,
}

/// Fields of a class by offset, its bases' not included.
fn fields<'a>(layout: &'a Layout, class: &str) -> Vec<Field<'a>> {
    let prefix = alloc::format!("class_{class}__");
    let mut fields: Vec<Field<'a>> = layout
        .constants
        .iter()
        .filter_map(|c| {
            let rest = c.name.strip_prefix(prefix.as_str())?;
            let (name, ty) = rest.split_once("__")?;
            Some(Field { name, ty, offset: c.value })
        })
        .collect();
    fields.sort_by_key(|f| f.offset);
    // Some releases list a field twice, with an old and a new type.
    fields.dedup_by(|a, b| a.offset == b.offset && a.name == b.name);
    fields
}

/// The fields of a class that an object of it has. Most have none of C++; where
/// those of others begin, the metadata does not always say right.
fn present<'a>(heap: Heap<'a>, object: Value, class: &str) -> Vec<Field<'a>> {
    let mut fields = fields(heap.layout, class);
    fields.retain_mut(|field| {
        if field.name != "internal_fields" {
            return true;
        }
        match (embedder::fields(heap, object), heap.addr(object)) {
            (Ok((first, count)), Ok(addr)) => {
                field.offset = first.wrapping_sub(addr).cast_signed();
                count > 0
            }
            _ => true,
        }
    });
    fields
}

/// The base class; newer metadata leaves most of them out.
fn ancestor<'a>(layout: &'a Layout, class: &str) -> Option<&'a str> {
    layout.parent_of(class).or(match class {
        "Object" | "AllStatic" | "MaybeObject" | "TaggedImpl" => None,
        "HeapObject" => Some("Object"),
        "JSReceiver" => Some("HeapObject"),
        "JSObject" => Some("JSReceiver"),
        _ if class.starts_with("JS") => Some("JSObject"),
        _ if class.ends_with("String") && class != "String" => Some("String"),
        _ => Some("HeapObject"),
    })
}

/// Prints the fields of a class, in braces.
fn print(heap: Heap<'_>, object: Value, class: &str, indent: usize, out: &mut Out) -> Result<()> {
    let layout = heap.layout;
    // Bases without fields are named in the heading.
    let mut heading = String::new();
    let mut base = ancestor(layout, class);
    let mut depth = 0;
    while let Some(name) = base.filter(|name| fields(layout, name).is_empty() && depth < 32) {
        heading += &alloc::format!("< {name} ");
        base = ancestor(layout, name);
        depth += 1;
    }
    let space = if heading.is_empty() { "" } else { " " };
    let margin = " ".repeat(indent);
    out.line(format_args!("{margin}{object} {class} {heading}{space}{{"));
    if let Some(base) = base.filter(|_| indent < 128) {
        print(heap, object, base, indent + 4, out)?;
    }
    for field in present(heap, object, class) {
        let addr = heap.addr(object)?.wrapping_add_signed(field.offset);
        let name = field.name;
        match read_field(heap, class, &field, addr) {
            Ok(content) => out.line(format_args!("{margin}    {addr:x} {name}{content}")),
            Err(_) => out.line(format_args!("{margin}    {addr:x} {name} (unreadable)")),
        }
    }
    out.line(format_args!("{margin}}}"));
    Ok(())
}

/// The fields of a class and its bases in one list, outermost base first.
fn json_fields(heap: Heap<'_>, object: Value, class: &str, depth: u32) -> Result<Vec<Json>> {
    let mut list = match ancestor(heap.layout, class).filter(|_| depth < 32) {
        Some(base) => json_fields(heap, object, base, depth + 1)?,
        None => Vec::new(),
    };
    for field in present(heap, object, class) {
        let addr = heap.addr(object)?.wrapping_add_signed(field.offset);
        let row = Json::object().with("class", class).with("name", field.name);
        let row = row.with("address", Json::address(addr));
        list.push(match read_field(heap, class, &field, addr) {
            Ok(content) => content.json(row),
            Err(error) => row.with("error", alloc::format!("{error}")),
        });
    }
    Ok(list)
}

/// What a field holds.
enum Content {
    /// An integer of less than a word.
    Integer(u64),
    /// An untagged word.
    Word(u64),
    /// A double.
    Double(f64),
    /// Characters, and whether there are more.
    Characters(Vec<u16>, bool),
    /// A tagged word, its description, and its text if it is a string.
    Value(Value, String, Option<string::Text>),
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Integer(number) | Content::Word(number) => write!(f, " = 0x{number:x}"),
            Content::Double(number) => write!(f, " = {}", text::number(*number)),
            Content::Characters(units, more) => write!(f, " = {}", text::quoted(units, *more)),
            Content::Value(value, description, None) => write!(f, " = {value} ({description})"),
            Content::Value(value, description, Some(read)) => {
                let text = text::quoted(&read.units, read.truncated);
                write!(f, " = {value} ({description}: {text})")
            }
        }
    }
}

impl Content {
    /// Members added to those of the field.
    fn json(&self, row: Json) -> Json {
        match self {
            Content::Integer(number) => row.with("value", *number),
            Content::Word(word) => row.with("value", Json::address(*word)),
            Content::Double(number) => row.with("value", Json::number(*number)),
            Content::Characters(units, more) => row.with("value", Json::text(units, *more)),
            Content::Value(value, description, text) => {
                let row = row.with("value", *value).with("type", description.as_str());
                match text {
                    Some(read) => row.with("text", Json::text(&read.units, read.truncated)),
                    None => row,
                }
            }
        }
    }
}

fn read_field(heap: Heap<'_>, class: &str, field: &Field<'_>, addr: u64) -> Result<Content> {
    let Field { name, ty, offset } = field;
    Ok(match *ty {
        "char" if class.ends_with("String") => {
            let mut bytes = [0; 64];
            let mut length = bytes.len();
            while length > 0 && heap.target.read(addr, &mut bytes[..length]).is_err() {
                length /= 2;
            }
            let end = bytes[..length].iter().position(|b| *b == 0).unwrap_or(length);
            let units = bytes[..end].iter().map(|b| u16::from(*b)).collect();
            Content::Characters(units, end == bytes.len())
        }
        "char" | "uint8_t" => Content::Integer(heap.u8(addr)?.into()),
        // Sizes in maps are bytes, whatever the metadata calls them.
        "int" if class == "Map" && *name != "bit_field3" => Content::Integer(heap.u8(addr)?.into()),
        "uint16_t" | "int16_t" => Content::Integer(heap.u16(addr)?.into()),
        "int" | "int32_t" | "uint32_t" => Content::Integer(heap.u32(addr)?.into()),
        "double" | "float64" => Content::Double(f64::from_bits(heap.f64_bits(addr)?)),
        "size_t" | "uintptr_t" | "Address" => Content::Word(heap.word(addr)?),
        // Old functions keep pairs of integers in one word.
        "SMI" if offset.unsigned_abs() % heap.word_size() != 0 => {
            Content::Integer(heap.u32(addr)?.into())
        }
        _ => {
            let value = Value(heap.word(addr)?);
            let text = if heap.is_heap_object(value) && heap.kind(value) == Ok(Kind::String) {
                Some(string::read(heap, value, STRING)?)
            } else {
                None
            };
            Content::Value(value, describe(heap, value), text)
        }
    })
}
