//! Compares what the debugger printed with what the program knows.
//!
//! The forms of printed values are decided here and nowhere else in the tests.

use super::dates::date;
use super::inspect::{Group, Item, Key, Printed};
use serde_json::Value;

/// A difference: where, what was expected, what was printed.
#[derive(Debug)]
pub struct Difference(pub String);

/// Every difference between a printed value and its description.
pub fn differences(printed: &Printed, truth: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    value(printed, truth, "", &mut found);
    found
}

/// A text field of a description.
pub fn text<'a>(truth: &'a Value, field: &str) -> &'a str {
    truth[field].as_str().unwrap_or("")
}

fn list<'a>(truth: &'a Value, field: &str) -> &'a [Value] {
    truth[field].as_array().map_or(&[], Vec::as_slice)
}

fn differ(path: &str, expected: &str, printed: &Printed, found: &mut Vec<Difference>) {
    let mut shown = format!("{printed:?}");
    if shown.len() > 300 {
        let end = (0..=300).rev().find(|&at| shown.is_char_boundary(at)).unwrap_or(0);
        shown.truncate(end);
        shown.push_str("...");
    }
    found.push(Difference(format!("{path}: expected {expected}, printed {shown}")));
}

fn value(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    if truth["cut"] == true {
        return;
    }
    let kind = text(truth, "t");
    match kind {
        "number" | "boolean" => leaf(printed, text(truth, "v"), path, found),
        "null" | "undefined" | "hole" => leaf(printed, kind, path, found),
        "bigint" => leaf(printed, &format!("{}n", text(truth, "v")), path, found),
        "symbol" => leaf(printed, &format!("Symbol({})", text(truth, "v")), path, found),
        "regexp" => {
            let source = text(truth, "source");
            let flags = match text(truth, "flags") {
                "" => String::new(),
                flags => format!(" (flags: {flags})"),
            };
            // What an empty pattern is turned into when it is asked for.
            let empty =
                matches!(printed, Printed::Leaf(leaf) if leaf.starts_with("JSRegExp: \"\""));
            let source = if empty && source == "(?:)" { "" } else { source };
            leaf(printed, &format!("JSRegExp: {}{flags}", Value::from(source)), path, found);
        }
        "date" => leaf(printed, &date(text(truth, "v")), path, found),
        "string" => string(printed, truth, path, found),
        "function" => {
            let fits = matches!(printed, Printed::Leaf(leaf) if is_function(leaf, truth));
            expect(fits, "a function", printed, truth, path, found);
        }
        "object" => object(printed, truth, path, found),
        "array" => array(printed, truth, path, found),
        "arguments" => arguments(printed, truth, path, found),
        "map" | "set" => collection(printed, truth, path, found),
        "weakmap" | "weakset" => weak_collection(printed, truth, path, found),
        "module" => {
            let Some(group) = braces(printed, "Module") else {
                return differ(path, "a module's namespace", printed, found);
            };
            let items: Vec<_> = group.items.iter().collect();
            let mut sorted = items.clone();
            // In the order of the engine's table.
            let place = |item: &&Item| list(truth, "props").iter().position(|p| is_key(item, p));
            sorted.sort_by_key(place);
            named(&sorted, truth, path, found);
        }
        "weakref" => {
            let inside = braces(printed, "WeakRef");
            let Some([item]) = inside.map(|group| group.items.as_slice()) else {
                return differ(path, "a WeakRef", printed, found);
            };
            value(&item.value, &truth["v"], &format!("{path}(target)"), found);
        }
        "proxy" => proxy(printed, truth, path, found),
        "generator" => generator(printed, truth, path, found),
        "arraybuffer" => buffer(printed, truth, path, found),
        "dataview" => {
            let sizes = ["length", "offset"]
                .map(|field| format!("byte{}: {}", capital(field), truth[field]));
            let detached = (truth["detached"] == true).then(|| "(detached)".to_owned());
            let words: Vec<_> = detached.into_iter().chain(sizes).collect();
            notes(printed, "DataView", &words, truth, path, found);
        }
        "global" => {
            let fits = braces(printed, "Object [global]").is_some_and(|all| !all.items.is_empty());
            expect(fits, "the global object", printed, truth, path, found);
        }
        "named" => {
            let fits = mentions(printed, &[text(truth, "name")]);
            expect(fits, "something of this name", printed, truth, path, found);
        }
        "promise" => promise(printed, truth, path, found),
        "boxed" => boxed(printed, truth, path, found),
        "error" => error(printed, truth, path, found),
        "typed" => typed(printed, truth, path, found),
        _ => {
            let fits = mentions(printed, words(kind));
            expect(fits, "something of its kind", printed, truth, path, found);
        }
    }
}

fn expect(
    fits: bool,
    what: &str,
    printed: &Printed,
    truth: &Value,
    path: &str,
    found: &mut Vec<Difference>,
) {
    if !fits {
        differ(path, &format!("{what}: {truth:.200}"), printed, found);
    }
}

fn leaf(printed: &Printed, form: &str, path: &str, found: &mut Vec<Difference>) {
    if !matches!(printed, Printed::Leaf(leaf) if leaf == form) {
        differ(path, form, printed, found);
    }
}

/// For kinds whose text is free, a word that must be in it.
fn words(kind: &str) -> &'static [&'static str] {
    match kind {
        "circular" => &["Circular", "[...]"],
        "bound" => &["bound"],
        other => panic!("a description of kind {other:?} that this test does not know"),
    }
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn mentions(printed: &Printed, words: &[&str]) -> bool {
    let text = match printed {
        Printed::Leaf(leaf) => leaf,
        Printed::Group(group) => &group.head,
        Printed::Text(_) => return false,
    };
    words.iter().any(|word| text.contains(word))
}

fn string(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let Printed::Text(units) = printed else {
        return differ(path, &format!("a string: {truth:.200}"), printed, found);
    };
    let utf16 = |field: &str| text(truth, field).encode_utf16().collect::<Vec<_>>();
    let fits = if let Some(wanted) = truth["units"].as_array() {
        wanted.iter().filter_map(Value::as_u64).eq(units.iter().map(|&unit| u64::from(unit)))
    } else if truth["head"].is_string() {
        Some(units.len() as u64) == truth["length"].as_u64()
            && units.starts_with(&utf16("head"))
            && units.ends_with(&utf16("tail"))
    } else {
        *units == utf16("v")
    };
    expect(fits, "the string", printed, truth, path, found);
}

/// `function NAME`, where a function without a name of its own may be called
/// after what it was assigned to.
fn is_function(leaf: &str, truth: &Value) -> bool {
    let name = text(truth, "name");
    let Some(shown) = leaf.strip_prefix("function ").or_else(|| leaf.strip_prefix("class ")) else {
        return false;
    };
    // The name of a function made from a string exists only in JavaScript.
    let unnamed = name.is_empty() || name == "anonymous";
    shown == name || unnamed && (shown.starts_with("<anonymous> (as ") || shown == "anonymous")
}

fn group(printed: &Printed, open: char) -> Option<&Group> {
    match printed {
        Printed::Group(group) if group.open == open => Some(group),
        _ => None,
    }
}

fn object(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let Some(group) = group(printed, '{') else {
        return differ(path, &format!("an object: {truth:.200}"), printed, found);
    };
    let class = text(truth, "ctor");
    if !group.head.is_empty() && group.head != class {
        differ(path, &format!("an instance of {class}"), printed, found);
    }
    let items: Vec<&Item> = group.items.iter().collect();
    named(&items, truth, path, found);
}

/// Compares properties: shown ones in order, the others by name, since old
/// engines do not tell the order of hidden ones.
fn named(items: &[&Item], truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let wanted = || list(truth, "props").iter().chain(list(truth, "private"));
    let hidden = |item: &Item| wanted().any(|prop| prop["hidden"] == true && is_key(item, prop));
    let shown: Vec<_> = items.iter().filter(|item| !hidden(item)).collect();
    // Names, symbols and private names each have an order of their own.
    for sort in [is_name, is_symbol, is_private] {
        let got: Vec<_> =
            shown.iter().filter(|item| sort(item)).map(|item| item.key.clone()).collect();
        let want: Vec<_> = wanted()
            .filter(|prop| prop["hidden"] != true)
            .map(key)
            .filter(|key| sort(&with_key(key.clone())))
            .map(Some)
            .collect();
        if got != want {
            found
                .push(Difference(format!("{path}: expected properties {want:?}, printed {got:?}")));
        }
    }
    for prop in wanted() {
        let path = format!("{path}.{}", text(prop, "k"));
        match items.iter().find(|item| is_key(item, prop)) {
            Some(item) if prop["accessor"].is_string() => {
                let form = format!("[{}]", text(prop, "accessor"));
                leaf(&item.value, &form, &path, found);
            }
            Some(item) => value(&item.value, &prop["v"], &path, found),
            // Of an array only elements and what a program added are of interest.
            None if prop["hidden"] == true && text(truth, "t") == "array" => {}
            None => found.push(Difference(format!("{path}: not printed"))),
        }
    }
}

fn key(prop: &Value) -> Key {
    let name = text(prop, "k").to_owned();
    if prop["symbol"] == true {
        Key::Symbol(name)
    } else if name.starts_with('#') {
        Key::Private(name)
    } else {
        Key::Name(name)
    }
}

fn with_key(key: Key) -> Item {
    Item { key: Some(key), from: None, address: None, value: Printed::Leaf(String::new()) }
}

fn is_key(item: &Item, prop: &Value) -> bool {
    item.key.as_ref() == Some(&key(prop))
}

fn is_name(item: &Item) -> bool {
    matches!(item.key, Some(Key::Name(_)) | None)
}

fn is_symbol(item: &Item) -> bool {
    matches!(item.key, Some(Key::Symbol(_)))
}

fn is_private(item: &Item) -> bool {
    matches!(item.key, Some(Key::Private(_)))
}

fn array(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let Some(group) = group(printed, '[') else {
        return differ(path, &format!("an array: {truth:.200}"), printed, found);
    };
    let (items, props): (Vec<&Item>, Vec<&Item>) =
        group.items.iter().partition(|item| item.key.is_none());
    if let Some(sparse) = truth["sparse"].as_array() {
        // However the gaps are shown, what is present is, in order.
        let present = |item: &&&Item| !mentions(&item.value, &["hole", "empty"]);
        let shown: Vec<_> = items.iter().filter(present).collect();
        let wanted: Vec<_> = sparse.iter().map(|pair| &pair[1]).collect();
        return sequence(shown.iter().map(|item| &item.value), &wanted, printed, path, found);
    }
    let wanted: Vec<_> = list(truth, "elements").iter().collect();
    sequence(items.iter().map(|item| &item.value), &wanted, printed, path, found);
    if truth["props"].is_array() {
        named(&props, truth, path, found);
    }
}

fn sequence<'a>(
    shown: impl ExactSizeIterator<Item = &'a Printed>,
    wanted: &[&Value],
    whole: &Printed,
    path: &str,
    found: &mut Vec<Difference>,
) {
    if shown.len() != wanted.len() {
        return differ(path, &format!("{} elements", wanted.len()), whole, found);
    }
    for (index, (shown, wanted)) in shown.zip(wanted).enumerate() {
        value(shown, wanted, &format!("{path}[{index}]"), found);
    }
}

/// `Map(2) {` with arrows, `Set(2) {` without; then own properties.
fn collection(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let is_map = text(truth, "t") == "map";
    let size = truth["size"].as_u64().unwrap_or(0);
    let base = if is_map { "Map" } else { "Set" };
    let heads = [format!("{base}({size})"), format!("({size}) [{base}]")];
    let group = group(printed, '{').filter(|group| heads.iter().any(|h| group.head.ends_with(h)));
    let Some(group) = group else {
        return differ(path, &format!("a collection of {size}"), printed, found);
    };
    let values: Vec<_> = if is_map {
        list(truth, "entries").iter().map(|entry| &entry[1]).collect()
    } else {
        list(truth, "values").iter().collect()
    };
    let (items, props): (Vec<&Item>, Vec<&Item>) =
        group.items.iter().partition(|item| item.key.is_none());
    sequence(items.iter().map(|item| &item.value), &values, printed, path, found);
    for (item, entry) in items.iter().zip(list(truth, "entries")) {
        match &item.from {
            Some(from) => value(from, &entry[0], &format!("{path}(key)"), found),
            None => differ(path, "an arrow", printed, found),
        }
    }
    named(&props, truth, path, found);
}

/// As of a Map or Set, in whatever order the engine has them.
fn weak_collection(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let entries = list(truth, "entries");
    let is_map = text(truth, "t") == "weakmap";
    let head = format!("{}({})", if is_map { "WeakMap" } else { "WeakSet" }, entries.len());
    let Some(group) = braces(printed, &head) else {
        return differ(path, &head, printed, found);
    };
    let is_entry = |item: &Item, entry: &Value| {
        let key = item.from.as_ref().unwrap_or(&item.value);
        differences(key, &entry[0]).is_empty()
            && item.from.is_some() == is_map
            && (!is_map || differences(&item.value, &entry[1]).is_empty())
    };
    for entry in entries {
        if !group.items.iter().any(|item| is_entry(item, entry)) {
            differ(path, &format!("an entry {entry:.200}"), printed, found);
        }
    }
    if group.items.len() != entries.len() {
        differ(path, &format!("{} entries", entries.len()), printed, found);
    }
}

fn braces<'a>(printed: &'a Printed, head: &str) -> Option<&'a Group> {
    group(printed, '{').filter(|group| group.head == head)
}

/// `Promise { <pending> }`, `Promise { VALUE }`, `Promise { <rejected> VALUE }`.
fn promise(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let head = match text(truth, "of") {
        "" => "Promise".to_owned(),
        class => format!("{class} [Promise]"),
    };
    let Some([item]) = braces(printed, &head).map(|group| group.items.as_slice()) else {
        return differ(path, "a promise", printed, found);
    };
    match text(truth, "state") {
        "fulfilled" => value(&item.value, &truth["v"], &format!("{path}(value)"), found),
        state => {
            let fits = mentions(&item.value, &[&format!("<{state}>")]);
            expect(fits, "its state", printed, truth, path, found);
        }
    }
}

/// `Proxy [ TARGET, HANDLER ]`, `Proxy { <revoked> }`.
fn proxy(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    if truth["target"]["t"] == "null" {
        return notes(printed, "Proxy", &["<revoked>".to_owned()], truth, path, found);
    }
    let group = group(printed, '[').filter(|group| group.head == "Proxy");
    let Some([target, handler]) = group.map(|group| group.items.as_slice()) else {
        return differ(path, "a proxy", printed, found);
    };
    value(&target.value, &truth["target"], &format!("{path}(target)"), found);
    value(&handler.value, &truth["handler"], &format!("{path}(handler)"), found);
}

/// `Object [Generator] { <suspended> NAME }`.
fn generator(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let async_ = if truth["async"] == true { "Async" } else { "" };
    let note = format!("<{}> {}", text(truth, "state"), text(truth, "of"));
    notes(printed, &format!("Object [{async_}Generator]"), &[note], truth, path, found);
    let props: Vec<_> = group(printed, '{')
        .map(|group| group.items.iter().filter(|item| item.key.is_some()).collect())
        .unwrap_or_default();
    named(&props, truth, path, found);
}

/// Bytes in hexadecimal, no more than are shown.
fn buffer(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    const SHOWN: usize = 50;
    let bytes = list(truth, "bytes");
    let hex = |byte: &Value| format!("{:02x}", byte.as_str().map_or(0, |b| b.parse().unwrap_or(0)));
    let shown: Vec<String> = bytes.iter().take(SHOWN).map(hex).collect();
    if truth["detached"] == true {
        let words = ["(detached)".to_owned(), "byteLength: 0".to_owned()];
        return notes(printed, "ArrayBuffer", &words, truth, path, found);
    }
    let more = bytes.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" ... {more} more bytes") } else { String::new() };
    let words = [
        format!("[Uint8Contents]: <{}{more}>", shown.join(" ")),
        format!("byteLength: {}", truth["length"]),
    ];
    let head = if truth["shared"] == true { "SharedArrayBuffer" } else { "ArrayBuffer" };
    notes(printed, head, &words, truth, path, found);
}

/// A group that begins with these words.
fn notes(
    printed: &Printed,
    head: &str,
    words: &[String],
    truth: &Value,
    path: &str,
    found: &mut Vec<Difference>,
) {
    let is =
        |item: &Item, word: &String| matches!(&item.value, Printed::Leaf(leaf) if leaf == word);
    let fits = braces(printed, head).is_some_and(|group| {
        group.items.len() >= words.len() && group.items.iter().zip(words).all(|(i, w)| is(i, w))
    });
    expect(fits, &format!("{head} {{ {} }}", words.join(", ")), printed, truth, path, found);
}

/// `[Number: 5]`, `[String: "x"]`.
fn boxed(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let of = text(truth, "of");
    let inner = &truth["v"];
    let form = match of {
        "String" => format!("[String: {}]", inner["v"]),
        "Symbol" => format!("[Symbol: Symbol({})]", text(inner, "v")),
        "BigInt" => format!("[BigInt: {}n]", text(inner, "v")),
        _ => format!("[{of}: {}]", text(inner, "v")),
    };
    leaf(printed, &form, path, found);
}

/// `Class {`, the message and other properties; the stack is text of the
/// engine's that need not be there.
fn error(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let class = text(truth, "ctor");
    let Some(group) = group(printed, '{').filter(|group| group.head == class) else {
        return differ(path, &format!("an error: {truth:.200}"), printed, found);
    };
    let stack = Some(Key::Name("stack".to_owned()));
    let (items, frames): (Vec<_>, Vec<_>) =
        group.items.iter().filter(|item| item.key != stack).partition(|item| item.key.is_some());
    named(&items, truth, path, found);
    if truth["stack"].is_array() {
        trace(&frames, truth, path, found);
    }
}

/// The lines of an error's stack against V8's own, which names receivers too.
fn trace(frames: &[&Item], truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let lines: Vec<_> = list(truth, "stack").iter().filter_map(Value::as_str).collect();
    if frames.len() != lines.len() {
        let shown: Vec<_> = frames.iter().map(|item| &item.value).collect();
        found.push(Difference(format!("{path}: expected {lines:?}, printed {shown:?}")));
        return;
    }
    for (frame, line) in frames.iter().zip(lines) {
        let Printed::Leaf(shown) = &frame.value else {
            return differ(path, line, &frame.value, found);
        };
        let ((shown_name, shown_place), (name, place)) = (call(shown), call(line));
        let builtin = matches!(place, "<anonymous>" | "native");
        let is_place =
            shown_place == place || builtin && matches!(shown_place, "<anonymous>" | "native");
        let last = |name: &str| name.rsplit(['.', ' ']).next().unwrap_or("").to_owned();
        // A function without a name may be called after where V8 finds it.
        let anonymous = matches!(last(name).as_str(), "<anonymous>" | "") || name.contains('.');
        let is_name = last(shown_name).trim_end_matches(')') == last(name)
            || anonymous && (shown_name.is_empty() || shown_name.starts_with("<anonymous>"));
        if !is_place || !is_name {
            differ(path, line, &frame.value, found);
        }
    }
}

/// Name and place of a line `at NAME [as ALIAS] (PLACE)` or `at PLACE`.
fn call(line: &str) -> (&str, &str) {
    let line = line.strip_prefix("at ").unwrap_or(line);
    match line.strip_suffix(')').and_then(|line| line.rsplit_once(" (")) {
        Some((name, place)) => (name.split(" [as ").next().unwrap_or(name), place),
        None => ("", line),
    }
}

/// `Arguments [ ... ]`; in engines before V8 6.8 an object with numeric names.
fn arguments(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    let Printed::Group(group) = printed else {
        return differ(path, "an arguments object", printed, found);
    };
    let index = |item: &&Item| match &item.key {
        Some(Key::Name(name)) => name.bytes().all(|byte| byte.is_ascii_digit()),
        _ => group.head == "Arguments" && group.open == '[',
    };
    let shown: Vec<_> = group.items.iter().filter(index).collect();
    let wanted: Vec<_> = list(truth, "elements").iter().collect();
    sequence(shown.iter().map(|item| &item.value), &wanted, printed, path, found);
}

/// `<Typed array of length N>: Class [ 1, 2, ... 3 more ]`.
fn typed(printed: &Printed, truth: &Value, path: &str, found: &mut Vec<Difference>) {
    // A Buffer is a Uint8Array, except to Node 0.10.
    let kind = match (text(truth, "kind"), printed) {
        ("Buffer", Printed::Leaf(text)) if !text.contains(": Buffer [") => "Uint8Array",
        (kind, _) => kind,
    };
    let unit = if kind.starts_with("Big") { "n" } else { "" };
    let elements = list(truth, "elements");
    let shown = elements.len().min(TYPED_SHOWN);
    let mut words: Vec<_> = elements[..shown]
        .iter()
        .map(|element| format!("{}{unit}", element.as_str().unwrap_or("")))
        .collect();
    if shown < elements.len() {
        words.push(format!("... {} more", elements.len() - shown));
    }
    let contents = match words.len() {
        0 => String::new(),
        _ => format!(": {kind} [ {} ]", words.join(", ")),
    };
    let detached = if truth["detached"] == true { " (detached)" } else { "" };
    let form = format!("<Typed array of length {}>{detached}{contents}", elements.len());
    leaf(printed, &form, path, found);
}

/// How many elements of a typed array are printed.
const TYPED_SHOWN: usize = 64;
