//! Reads what `::jsprint -j` prints, as docs/json.md describes it, into the
//! shape that `compare` knows.

use super::dates::date;
use super::inspect::{Group, Item, Key, Printed};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// JSON whose members keep their order.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// In JavaScript's notation.
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Json, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut list: Vec<(String, Json)> = Vec::new();
        while let Some((name, value)) = members.next_entry::<String, Json>()? {
            if list.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom(format!("{name} is there twice")));
            }
            list.push((name, value));
        }
        Ok(Json::Object(list))
    }
}

impl Json {
    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        let Json::Object(members) = self else { return None };
        members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Json::Text(text)) => text,
            _ => "",
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Json::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn list(&self, name: &str) -> &[Json] {
        match self.get(name) {
            Some(Json::List(list)) => list,
            _ => &[],
        }
    }
}

/// Reads a line.
pub fn parse(line: &str) -> Result<Printed, String> {
    let json: Json = serde_json::from_str(line).map_err(|why| format!("{why}: {line:.300}"))?;
    value(&json)
}

fn leaf(text: impl Into<String>) -> Printed {
    Printed::Leaf(text.into())
}

fn group(head: impl Into<String>, open: char, items: Vec<Item>) -> Printed {
    Printed::Group(Group { head: head.into(), open, items })
}

fn item(key: Option<Key>, value: Printed) -> Item {
    Item { key, from: None, address: None, value }
}

fn value(json: &Json) -> Result<Printed, String> {
    Ok(match json {
        Json::Null => leaf("null"),
        Json::Bool(flag) => leaf(flag.to_string()),
        Json::Number(number) => leaf(v8::cmd::text::number(*number)),
        Json::Text(text) => Printed::Text(text.encode_utf16().collect()),
        Json::List(list) => group("", '[', unnamed(list)?),
        Json::Object(_) => match json.get("$v8") {
            None => group("", '{', members(json)?),
            Some(note) => marked(json, note)?,
        },
    })
}

fn unnamed(list: &[Json]) -> Result<Vec<Item>, String> {
    list.iter().map(|json| Ok(item(None, value(json)?))).collect()
}

/// Properties: plain ones, then those under symbols and private names.
fn members(json: &Json) -> Result<Vec<Item>, String> {
    let Json::Object(members) = json else { return Err("an object is expected".into()) };
    let mut items = Vec::new();
    for (name, json) in members.iter().filter(|(name, _)| name != "$v8") {
        let name = match name.strip_prefix('$') {
            Some(rest) if rest.ends_with("$v8") && rest.trim_start_matches('$') == "v8" => rest,
            _ => name,
        };
        items.push(item(Some(Key::Name(name.to_owned())), value(json)?));
    }
    let Some(note) = json.get("$v8") else { return Ok(items) };
    let mut pairs = |list: &str, key: &dyn Fn(String) -> Key| -> Result<(), String> {
        for pair in note.list(list) {
            let Json::List(pair) = pair else { return Err(format!("no pair: {pair:?}")) };
            let [Json::Text(name), json] = &pair[..] else { return Err(format!("{pair:?}")) };
            items.push(item(Some(key(name.clone())), value(json)?));
        }
        Ok(())
    };
    pairs("symbols", &Key::Symbol)?;
    pairs("private", &Key::Private)?;
    match note.list("errors") {
        [] => Ok(items),
        errors => Err(format!("{errors:?}")),
    }
}

fn marked(json: &Json, note: &Json) -> Result<Printed, String> {
    let ty = note.text("type");
    let class = note.text("class");
    let head = if class.is_empty() { ty.to_owned() } else { format!("{class} [{ty}]") };
    let inner = || note.get("value").ok_or(format!("no value: {note:?}")).and_then(value);
    let described = |head: String, notes: Vec<Item>| -> Result<Printed, String> {
        Ok(group(head, '{', [notes, members(json)?].concat()))
    };
    let word = |text: String| item(None, leaf(text));
    Ok(match ty {
        "undefined" | "hole" => leaf(ty),
        "missing" => leaf("undefined"),
        "number" => leaf(note.text("value")),
        "bigint" => leaf(format!("{}n", note.text("value"))),
        "symbol" => leaf(format!("Symbol({})", note.text("value"))),
        "string" => match note.get("value") {
            Some(Json::Text(text)) => Printed::Text(text.encode_utf16().collect()),
            _ => {
                let unit = |unit: &Json| match unit {
                    Json::Number(unit) => Ok(*unit as u16),
                    other => Err(format!("no unit: {other:?}")),
                };
                Printed::Text(note.list("utf16").iter().map(unit).collect::<Result<_, _>>()?)
            }
        },
        "function" => leaf(format!("function {}", note.text("name"))),
        "bound function" => leaf("<bound function>"),
        "circular" => leaf("[Circular]"),
        "accessor" => leaf(match (note.get("getter"), note.get("setter")) {
            (Some(Json::Text(_)), Some(Json::Text(_))) => "[Getter/Setter]",
            (Some(Json::Text(_)), _) => "[Getter]",
            _ => "[Setter]",
        }),
        "Date" => leaf(date(&note.number("value").map(|n| n.to_string()).unwrap_or_default())),
        "RegExp" => {
            let source = serde_json::Value::from(note.text("source"));
            let flags = match note.text("flags") {
                "" => String::new(),
                flags => format!(" (flags: {flags})"),
            };
            leaf(format!("JSRegExp: {source}{flags}"))
        }
        "Object" => described(class.to_owned(), Vec::new())?,
        "Number" | "String" | "Boolean" | "Symbol" | "BigInt" => match inner()? {
            Printed::Leaf(text) => leaf(format!("[{ty}: {text}]")),
            Printed::Text(units) => {
                let text = serde_json::Value::from(String::from_utf16_lossy(&units));
                leaf(format!("[{ty}: {text}]"))
            }
            other => return Err(format!("{other:?} in a {ty}")),
        },
        "Array" => array(json, note)?,
        "Arguments" => {
            let members = members(json)?.into_iter();
            let indices = members.filter(|item| is_index(item.key.as_ref()));
            let items = indices.map(|found| item(None, found.value)).collect();
            group("Arguments", '[', items)
        }
        "Map" | "WeakMap" | "Set" | "WeakSet" => {
            let size = note.number("size").ok_or("a collection has a size")?;
            let mut items = Vec::new();
            for entry in note.list("entries") {
                items.push(match entry {
                    Json::List(pair) if ty.ends_with("Map") && pair.len() == 2 => {
                        let from = Some(value(&pair[0])?);
                        Item { from, ..item(None, value(&pair[1])?) }
                    }
                    _ => item(None, value(entry)?),
                });
            }
            let base = format!("{ty}({size})");
            let head = match class {
                "" => base,
                _ => format!("{class}({size}) [{ty}]"),
            };
            described(head, items)?
        }
        "Error" => {
            let lines = note.list("stack").iter().map(|line| match line {
                Json::Text(line) => Ok(word(line.clone())),
                other => Err(format!("no line: {other:?}")),
            });
            let lines = lines.collect::<Result<_, _>>()?;
            described(if class.is_empty() { ty } else { class }.to_owned(), lines)?
        }
        "Promise" => {
            let note = match note.text("state") {
                "fulfilled" => item(None, inner()?),
                state => word(format!("<{state}>")),
            };
            described(head, vec![note])?
        }
        "Proxy" if note.get("revoked").is_some() => group(ty, '{', vec![word("<revoked>".into())]),
        "Proxy" => {
            let part = |name: &str| note.get(name).ok_or("a proxy has two parts");
            group(ty, '[', unnamed(&[part("target")?.clone(), part("handler")?.clone()])?)
        }
        "WeakRef" => {
            let target = note.get("target").ok_or("it has a target")?;
            described(head, unnamed(std::slice::from_ref(target))?)?
        }
        "Generator" | "AsyncGenerator" | "AsyncFunction" => {
            let state = format!("<{}> {}", note.text("state"), note.text("function"));
            described(format!("Object [{ty}]"), vec![word(state)])?
        }
        "DataView" => {
            let size = |name: &str| word(format!("{name}: {}", note.number(name).unwrap_or(-1.0)));
            let detached = note.get("detached").map(|_| word("(detached)".into()));
            let sizes = [size("byteLength"), size("byteOffset")];
            described(head, detached.into_iter().chain(sizes).collect())?
        }
        "ArrayBuffer" | "SharedArrayBuffer" => {
            let length = note.number("byteLength").ok_or("a buffer has a length")?;
            if note.get("detached").is_some() {
                let words = [word("(detached)".into()), word(format!("byteLength: {length}"))];
                return described(head, words.into());
            }
            let more = match length {
                51.0.. => format!(" ... {} more bytes", length - 50.0),
                _ => String::new(),
            };
            let bytes = word(format!("[Uint8Contents]: <{}{more}>", note.text("bytes")));
            described(head, vec![bytes, word(format!("byteLength: {length}"))])?
        }
        "global" => described("Object [global]".into(), Vec::new())?,
        "Module" => described(ty.into(), Vec::new())?,
        _ if ty.ends_with("Array") || ty == "Buffer" => typed(ty, note)?,
        other => return Err(format!("unknown type {other}: {note:?}")),
    })
}

fn is_index(key: Option<&Key>) -> bool {
    matches!(key, Some(Key::Name(name)) if name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// An array of more than elements: the gaps are as long as the indices say.
fn array(json: &Json, note: &Json) -> Result<Printed, String> {
    let length = note.number("length").ok_or("an array has a length")? as u64;
    let mut items = Vec::new();
    let mut next = 0;
    let mut gap = |items: &mut Vec<Item>, until: u64| {
        match until.saturating_sub(next) {
            count @ 65.. => items.push(item(None, leaf(format!("<{count} empty items>")))),
            count => (0..count).for_each(|_| items.push(item(None, leaf("hole")))),
        }
        next = until + 1;
    };
    let (indices, named): (Vec<_>, Vec<_>) =
        members(json)?.into_iter().partition(|item| is_index(item.key.as_ref()));
    for found in indices {
        if let Some(Key::Name(name)) = &found.key {
            gap(&mut items, name.parse().map_err(|why| format!("{name}: {why}"))?);
            items.push(Item { key: None, ..found });
        }
    }
    gap(&mut items, length);
    items.extend(named);
    Ok(group("", '[', items))
}

fn typed(ty: &str, note: &Json) -> Result<Printed, String> {
    let length = note.number("length").ok_or("a typed array has a length")?;
    let list = note.list("elements");
    let mut words = Vec::new();
    for element in list {
        match value(element)? {
            Printed::Leaf(text) => words.push(text),
            other => return Err(format!("{other:?} in a {ty}")),
        }
    }
    if (list.len() as f64) < length {
        words.push(format!("... {} more", length - list.len() as f64));
    }
    let contents = match words.len() {
        0 => String::new(),
        _ => format!(": {ty} [ {} ]", words.join(", ")),
    };
    let detached = if note.get("detached").is_some() { " (detached)" } else { "" };
    Ok(leaf(format!("<Typed array of length {length}>{detached}{contents}")))
}
