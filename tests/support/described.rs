//! How the programs behind the 32-bit cores describe their values, one line of
//! text each, and whether what `::jsprint` prints of them fits.

use super::inspect::{Group, Item, Key, Printed};
use std::collections::BTreeMap;

/// A value as its own process describes it.
#[derive(Debug, Clone)]
pub enum Described {
    /// As JavaScript prints it.
    Number(String),
    /// `null`, `undefined`, `true`, `false`.
    Word(String),
    /// Length in UTF-16 units, beginning, and end if it was cut.
    Text(Option<usize>, Vec<u16>, Vec<u16>),
    /// An object inside itself.
    Seen,
    /// A property with a getter or setter.
    Accessor,
    /// Its name.
    Function(String),
    /// Anything else.
    Object(Box<Object>),
}

/// What is said of an object.
#[derive(Debug, Clone, Default)]
pub struct Object {
    class: String,
    constructor: String,
    /// `length=`, `time=`, `source=` and so on.
    facts: BTreeMap<String, String>,
    primitive: Option<Described>,
    /// The first 40; none below the depth described.
    properties: Option<Vec<(String, Described)>>,
}

/// Reads a description.
pub fn parse(text: &str) -> Result<Described, String> {
    let mut reader = Reader { rest: text };
    let value = reader.value()?;
    match reader.rest.trim() {
        "" => Ok(value),
        more => Err(format!("left over: {more:.60}")),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Up to a blank, comma or the end.
    fn word(&mut self) -> &'a str {
        let end = self.rest.find([' ', ',']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// Text in quotes; only `\uXXXX` is escaped.
    fn quoted(&mut self) -> Result<Vec<u16>, String> {
        let inner = self.rest.strip_prefix('"').ok_or(format!("no quote: {:.40}", self.rest))?;
        let (text, rest) = inner.split_once('"').ok_or("no end of a quote")?;
        self.rest = rest;
        let mut parts = text.split("\\u");
        let mut units: Vec<u16> = parts.next().unwrap_or("").encode_utf16().collect();
        for part in parts {
            let (digits, plain) = part.split_at(4);
            units.push(u16::from_str_radix(digits, 16).map_err(|why| why.to_string())?);
            units.extend(plain.encode_utf16());
        }
        Ok(units)
    }

    fn name(&mut self) -> Result<String, String> {
        self.quoted().map(|units| String::from_utf16_lossy(&units))
    }

    fn value(&mut self) -> Result<Described, String> {
        if self.skip("[seen ") {
            self.word();
            return Ok(Described::Seen);
        }
        if self.skip("[accessor]") {
            return Ok(Described::Accessor);
        }
        Ok(match self.word() {
            "number" => {
                self.skip(" ");
                Described::Number(self.word().to_owned())
            }
            "string" => self.text()?,
            "function" => match self.object("")? {
                // What V8 3.1 calls a function and is none.
                Described::Object(object) if object.facts.contains_key("source") => {
                    Described::Object(object)
                }
                Described::Object(object) => Described::Function(object.class),
                other => other,
            },
            "object" => self.object("class=")?,
            word @ ("null" | "undefined" | "true" | "false") => Described::Word(word.to_owned()),
            other => return Err(format!("what is {other:?}?")),
        })
    }

    fn text(&mut self) -> Result<Described, String> {
        // `(maybe cons)` and `(unread cons)` stand between.
        let start = self.rest.find('"').ok_or("no quote")?;
        let length = self.rest[..start].split("length=").nth(1).map(|rest| {
            rest.split(' ').next().unwrap_or("").parse().map_err(|_| "a length".to_owned())
        });
        self.rest = &self.rest[start..];
        let beginning = self.quoted()?;
        let end = if self.skip("...") { self.quoted()? } else { Vec::new() };
        Ok(Described::Text(length.transpose()?, beginning, end))
    }

    /// Facts of the form `key=value`, then properties.
    fn object(&mut self, first: &str) -> Result<Described, String> {
        let mut object = Object::default();
        self.skip(" ");
        if self.skip(first) && !first.is_empty() {
            object.class = self.word().to_owned();
        } else if self.skip("name=") {
            object.class = self.name()?;
        }
        loop {
            self.skip(" ");
            if self.skip("{...}") {
                break;
            }
            if self.skip("{ ") {
                object.properties = Some(self.properties()?);
                break;
            }
            if self.skip("primitive=") {
                object.primitive = Some(self.value()?);
                continue;
            }
            let Some((key, _)) =
                self.rest.split_once('=').filter(|(key, _)| !key.contains([' ', ',']))
            else {
                if self.skip("Buffer") {
                    continue;
                }
                break;
            };
            self.rest = &self.rest[key.len() + 1..];
            let value = match self.rest.starts_with('"') {
                true => self.name()?,
                false => self.word().to_owned(),
            };
            if key == "ctor" {
                object.constructor = value.clone();
            }
            object.facts.insert(key.to_owned(), value);
        }
        Ok(Described::Object(Box::new(object)))
    }

    fn properties(&mut self) -> Result<Vec<(String, Described)>, String> {
        let mut properties = Vec::new();
        loop {
            self.skip(" ");
            if self.skip("}") {
                return Ok(properties);
            }
            if self.skip("... ") {
                let more = self.rest.find('}').ok_or("no end of an object")?;
                self.rest = &self.rest[more + 1..];
                return Ok(properties);
            }
            let name = self.name()?;
            self.skip("(nonenum)");
            self.skip(": ");
            properties.push((name, self.value()?));
            self.skip(",");
        }
    }
}

/// What is wrong, if anything.
type Fit = Result<(), String>;

fn must(holds: bool, what: impl Into<String>) -> Fit {
    if holds {
        Ok(())
    } else {
        Err(what.into())
    }
}

impl Described {
    /// Whether a printed value is this one.
    pub fn fits(&self, printed: &Printed) -> Fit {
        let leaf = |expected: &str| {
            let equal = matches!(printed, Printed::Leaf(leaf) if leaf == expected);
            must(equal, format!("{expected} is printed as {printed:.80?}"))
        };
        match self {
            Described::Number(text) | Described::Word(text) => leaf(text),
            Described::Seen => leaf("[Circular]"),
            Described::Accessor => {
                let forms = ["[Getter]", "[Setter]", "[Getter/Setter]"];
                let fits = matches!(printed, Printed::Leaf(leaf) if forms.contains(&leaf.as_str()));
                must(fits, format!("an accessor is printed as {printed:.80?}"))
            }
            Described::Function(name) => {
                // A function without a name is called after where it was put.
                let fits = |leaf: &str| match name.as_str() {
                    "" => leaf.starts_with("function <anonymous>"),
                    name => leaf == format!("function {name}"),
                };
                let fits = matches!(printed, Printed::Leaf(leaf) if fits(leaf));
                must(fits, format!("function {name} is printed as {printed:.80?}"))
            }
            Described::Text(length, beginning, end) => {
                let Printed::Text(units) = printed else {
                    return Err(format!("a string is printed as {printed:.80?}"));
                };
                let whole = end.is_empty() && length.is_some();
                must(length.is_none_or(|length| length == units.len()), "another length")?;
                must(units.starts_with(beginning) && units.ends_with(end), "another text")?;
                must(!whole || units == beginning, "more text")
            }
            Described::Object(object) => object.fits(printed),
        }
    }
}

impl Object {
    fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get(name).map(String::as_str)
    }

    fn fits(&self, printed: &Printed) -> Fit {
        if let Some(bytes) = self.fact("hex") {
            return self.buffer_fits(bytes, printed);
        }
        if let Some(source) = self.fact("source") {
            return self.regexp_fits(source, printed);
        }
        if let Some(time) = self.fact("time") {
            let fits = |leaf: &str| leaf.split(' ').next() == Some(time);
            let fits = matches!(printed, Printed::Leaf(leaf) if fits(leaf));
            return must(fits, format!("the date {time} is printed as {printed:.80?}"));
        }
        if let Some(primitive) = &self.primitive {
            return self.boxed_fits(primitive, printed);
        }
        let properties = self.properties.as_deref().unwrap_or_default();
        if properties.iter().any(|(name, _)| name == "BYTES_PER_ELEMENT") {
            return typed_array_fits(properties, printed);
        }
        let Printed::Group(group) = printed else {
            let empty =
                properties.is_empty() && matches!(printed, Printed::Leaf(l) if l == "[...]");
            return must(self.properties.is_none() || empty, format!("printed as {printed:.80?}"));
        };
        match self.class.as_str() {
            "Array" => self.array_fits(properties, group),
            "Error" => {
                must(group.head == self.constructor, format!("an error named {}", group.head))?;
                // The lines of the stack stand for the accessor that makes its text.
                let (lines, mut items): (Vec<_>, Vec<_>) =
                    group.items.iter().cloned().partition(|item| item.key.is_none());
                let own = |item: &Item| {
                    matches!(&item.value, Printed::Leaf(line)
                        if line.starts_with("at ") && line.contains("values.js"))
                };
                must(lines.first().is_some_and(own), format!("a stack begins {lines:.80?}"))?;
                let accessor = Printed::Leaf("[Getter/Setter]".into());
                let key = Some(Key::Name("stack".into()));
                items.push(Item { key, from: None, address: None, value: accessor });
                self.properties_fit(properties, &Group { items, ..group.clone() })
            }
            _ => self.properties_fit(properties, group),
        }
    }

    /// All that were described are printed, and no others.
    fn properties_fit(&self, properties: &[(String, Described)], group: &Group) -> Fit {
        must(group.open == '{', "printed as an array")?;
        let name = |key: &Option<Key>| match key {
            Some(Key::Name(name)) => name.clone(),
            other => format!("{other:?}"),
        };
        let printed: BTreeMap<String, &Printed> =
            group.items.iter().map(|item| (name(&item.key), &item.value)).collect();
        must(printed.len() == group.items.len(), "a property is printed twice")?;
        let count = self.fact("nprops").and_then(|count| count.parse::<usize>().ok());
        must(count == Some(printed.len()), format!("{} properties of {count:?}", printed.len()))?;
        for (name, value) in properties {
            let found = printed.get(name).ok_or(format!("no property {name:?}"))?;
            value.fits(found).map_err(|why| format!("{name}: {why}"))?;
        }
        Ok(())
    }

    fn array_fits(&self, properties: &[(String, Described)], group: &Group) -> Fit {
        must(group.open == '[', "printed as an object")?;
        let mut elements = BTreeMap::new();
        let mut index = 0;
        for item in &group.items {
            match (&item.key, &item.value) {
                (Some(Key::Name(name)), value) => {
                    elements.insert(name.clone(), value);
                }
                (_, Printed::Leaf(leaf)) if leaf == "hole" => index += 1,
                (_, Printed::Leaf(leaf)) if leaf.ends_with(" empty items>") => {
                    let count = leaf.trim_start_matches('<').split(' ').next().unwrap_or("");
                    index += count.parse::<usize>().map_err(|_| format!("no count: {leaf}"))?;
                }
                (_, value) => {
                    elements.insert(index.to_string(), value);
                    index += 1;
                }
            }
        }
        let length = self.fact("length").and_then(|length| length.parse().ok());
        must(length == Some(index), format!("{index} elements of {length:?}"))?;
        // The length is among the properties described, but not printed.
        let count = self.fact("nprops").and_then(|count| count.parse().ok());
        must(
            count == Some(elements.len() + 1),
            format!("{} of {count:?} elements", elements.len()),
        )?;
        for (name, value) in properties.iter().filter(|(name, _)| name != "length") {
            let found = elements.get(name).ok_or(format!("no element {name}"))?;
            value.fits(found).map_err(|why| format!("{name}: {why}"))?;
        }
        Ok(())
    }

    fn buffer_fits(&self, bytes: &str, printed: &Printed) -> Fit {
        let length = self.fact("length").unwrap_or_default();
        let shown = bytes.trim_end_matches('.');
        let numbers: Vec<String> = (0..shown.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&shown[at..at + 2], 16).map(|byte| byte.to_string()))
            .collect::<Result<_, _>>()
            .map_err(|why| why.to_string())?;
        let head = format!("<Typed array of length {length}>");
        let expected = match numbers.is_empty() {
            true => head,
            false => format!("{head}: Buffer [ {}", numbers.join(", ")),
        };
        let cut = bytes.ends_with('.');
        let end =
            |leaf: &str| leaf.len() == expected.len() || leaf[expected.len()..] == *" ]" || cut;
        let fits =
            matches!(printed, Printed::Leaf(leaf) if leaf.starts_with(&expected) && end(leaf));
        must(fits, format!("{expected} is printed as {printed:.120?}"))
    }

    fn regexp_fits(&self, source: &str, printed: &Printed) -> Fit {
        let flags = match self.fact("flags") {
            None | Some("") => String::new(),
            Some(flags) => format!(" (flags: {flags})"),
        };
        let escaped = source.replace('\\', "\\\\");
        let expected = format!("JSRegExp: \"{escaped}\"{flags}");
        let fits = matches!(printed, Printed::Leaf(leaf) if *leaf == expected);
        must(fits, format!("{expected} is printed as {printed:.80?}"))
    }

    fn boxed_fits(&self, primitive: &Described, printed: &Printed) -> Fit {
        let text = match primitive {
            Described::Number(text) | Described::Word(text) => text.clone(),
            Described::Text(_, units, _) => format!("{:?}", String::from_utf16_lossy(units)),
            other => return Err(format!("{other:?} in a box")),
        };
        let expected = format!("[{}: {text}]", self.class);
        let fits = matches!(printed, Printed::Leaf(leaf) if *leaf == expected);
        must(fits, format!("{expected} is printed as {printed:.80?}"))
    }
}

/// Its elements; the rest is what node's own script put there.
fn typed_array_fits(properties: &[(String, Described)], printed: &Printed) -> Fit {
    let mut elements = BTreeMap::new();
    for (name, value) in properties {
        if let (Ok(index), Described::Number(text)) = (name.parse::<usize>(), value) {
            elements.insert(index, text.clone());
        }
    }
    let numbers: Vec<String> = elements.into_values().collect();
    let head = format!("<Typed array of length {}>: ", numbers.len());
    let tail = format!(" [ {} ]", numbers.join(", "));
    let fits =
        matches!(printed, Printed::Leaf(leaf) if leaf.starts_with(&head) && leaf.ends_with(&tail));
    must(fits, format!("{head}...{tail} is printed as {printed:.120?}"))
}
