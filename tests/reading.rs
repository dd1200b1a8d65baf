//! The readers of the debugger's output, on text of every form they know.

mod support;

use serde_json::json;
use support::compare::differences;
use support::dates::date;
use support::inspect::{parse, parse_addressed, parse_closure, Key, Printed};
use support::stack::{self, Entry, Shown};

fn same(text: &str, truth: serde_json::Value) {
    let printed = parse(text).expect("the text is well formed");
    let found = differences(&printed, &truth);
    assert!(found.is_empty(), "{text}: {found:?}");
}

fn differs(text: &str, truth: serde_json::Value) {
    let printed = parse(text).expect("the text is well formed");
    assert!(!differences(&printed, &truth).is_empty(), "{text} must differ from {truth}");
}

fn number(text: &str) -> serde_json::Value {
    json!({ "t": "number", "v": text })
}

#[test]
fn stacks() {
    let text = "native: libc.so.6`abort+0x12b\n        (1 internal frame elided)\n\
                js:     <anonymous> (as a.b)\n          file: /a: b.js\n          posn: line 12\n\
                \x20         this: 3fd1 (JSObject: Widget)\n          arg1: 2a00000000 (SMI: value = 42)\n\n\
                \x20       (3 internal frames elided)\njs:     main\n";
    let entries = stack::parse(text).expect("every line has a known form");
    assert_eq!(entries.len(), 5);
    assert_eq!(entries[0], Entry::Native("libc.so.6`abort+0x12b".to_owned()));
    assert_eq!(entries[3], Entry::Elided(3));
    let Entry::Js(frame) = &entries[2] else { panic!("the third entry is a JavaScript frame") };
    assert_eq!(frame.get("file"), Some("/a: b.js"));
    assert_eq!(frame.line(), Some(12));
    let args = frame.args();
    assert_eq!(args[0], Shown { address: "2a00000000".into(), kind: "SMI: value = 42".into() });
    assert!(stack::parse("nonsense").is_err());
}

#[test]
fn leaves() {
    same("42", number("42"));
    same("-0", number("-0"));
    differs("0", number("-0"));
    same("4.7", number("4.7"));
    same("undefined", json!({ "t": "undefined" }));
    same("Symbol(a)", json!({ "t": "symbol", "v": "a" }));
    same("12n", json!({ "t": "bigint", "v": "12" }));
    let regexp = json!({ "t": "regexp", "source": "[a-z]{2} \"x", "flags": "gi" });
    same(r#"JSRegExp: "[a-z]{2} \"x" (flags: gi)"#, regexp);
    same(r#"JSRegExp: "x""#, json!({ "t": "regexp", "source": "x", "flags": "" }));
    same("function f", json!({ "t": "function", "name": "f" }));
    differs("function g", json!({ "t": "function", "name": "f" }));
    same("function <anonymous> (as a.b)", json!({ "t": "function", "name": "" }));
    same("[Number: 5]", json!({ "t": "boxed", "of": "Number", "v": number("5") }));
}

#[test]
fn strings() {
    same(r#""a\"b\n\u00e9é😀""#, json!({ "t": "string", "v": "a\"b\néé😀" }));
    same(r#""\ud83d!""#, json!({ "t": "string", "units": [0xd83d, 33] }));
    differs(r#""ab""#, json!({ "t": "string", "v": "abc" }));
    differs("ab", json!({ "t": "string", "v": "ab" }));
}

#[test]
fn groups() {
    let truth = json!({ "t": "object", "ctor": "Point", "props": [
        { "k": "a, b", "v": number("1") },
        { "k": "list", "v": { "t": "array", "elements": [number("1"), { "t": "hole" }], "props": [] } },
        { "k": "own", "symbol": true, "v": { "t": "null" } },
        { "k": "get", "accessor": "Getter" },
    ], "private": [{ "k": "#x", "v": number("2") }] });
    let text =
        "Point {\n    \"a, b\": 1,\n    \"list\": [\n        1,\n        hole,\n    ],\n    \
                #x: 2,\n    [Symbol(own)]: null,\n    \"get\": [Getter],\n}";
    same(text, truth.clone());
    differs(&text.replace("hole", "undefined"), truth.clone());
    differs(&text.replace("Point", "Line"), truth.clone());
    differs(&text.replace("#x", "#y"), truth);
    same("{}", json!({ "t": "object", "ctor": "Object", "props": [] }));
    same("[]", json!({ "t": "array", "elements": [], "props": [] }));
    same("[...]", json!({ "t": "object", "cut": true }));
    let nested = json!({ "t": "array", "elements": [
        { "t": "array", "elements": [{ "t": "function", "name": "f" }] }] });
    same("[ [ function f ] ]", nested);
    let object = json!({ "t": "object", "props": [{ "k": "a", "v": number("1") }] });
    same("[ {\n    \"a\": 1,\n} ]", json!({ "t": "array", "elements": [object] }));
    assert!(parse("{\n    \"a\": 1,\n").is_err());
    assert!(parse("{\n    \"a\": 1,\n} more").is_err());
}

#[test]
fn collections() {
    let map = json!({ "t": "map", "size": 2, "entries": [
        [{ "t": "string", "v": "a" }, number("1")],
        [number("2"), { "t": "array", "elements": [number("3")] }]] });
    same("Map(2) {\n    \"a\" => 1,\n    2 => [ 3 ],\n}", map.clone());
    differs("Map(2) {\n    \"b\" => 1,\n    2 => [ 3 ],\n}", map);
    same("Set(1) {\n    1,\n}", json!({ "t": "set", "size": 1, "values": [number("1")] }));
    same("Promise { <pending> }", json!({ "t": "promise", "state": "pending" }));
    same("Promise { 5 }", json!({ "t": "promise", "state": "fulfilled", "v": number("5") }));
    let bytes = json!({ "t": "typed", "kind": "Buffer", "elements": ["1", "2"] });
    same("<Typed array of length 2>: Uint8Array [ 1, 2 ]", bytes.clone());
    differs("<Typed array of length 2>: Uint8Array [ 1, 3 ]", bytes);
    same("<Typed array of length 0>", json!({ "t": "typed", "kind": "Int8Array", "elements": [] }));
    let error = json!({ "t": "error", "ctor": "E", "props": [
        { "k": "message", "hidden": true, "v": { "t": "string", "v": "m" } }] });
    same("E {\n    \"stack\": [Getter],\n    \"message\": \"m\",\n}", error.clone());
    differs("E {\n    \"message\": \"n\",\n}", error);
    let arguments = json!({ "t": "arguments", "elements": [number("1")] });
    same("{\n    \"0\": 1,\n    \"length\": 1,\n}", arguments.clone());
    differs("{\n    \"length\": 1,\n}", arguments);
}

#[test]
fn addresses() {
    let (address, printed) = parse_addressed("2f8a1: function f\n").expect("an address leads");
    assert_eq!(address, "2f8a1");
    assert_eq!(printed, Printed::Leaf("function f".to_owned()));
    let items =
        parse_closure("    \"a\": 1f1: {\n        \"b\": 2f2: 1,\n    }\n    \"c\": 5: \"x\"\n");
    let items = items.expect("the text is well formed");
    assert_eq!(items.len(), 2);
    assert_eq!(items[1].key, Some(Key::Name("c".to_owned())));
    assert_eq!(items[1].address.as_deref(), Some("5"));
}

#[test]
fn dates() {
    assert_eq!(date("0"), "0 (1970 Jan  1 00:00:00)");
    assert_eq!(date("1320886447123"), "1320886447123 (2011 Nov 10 00:54:07)");
    assert_eq!(date("-86400000"), "-86400000 (1969 Dec 31 00:00:00)");
    assert_eq!(date("951827696000"), "951827696000 (2000 Feb 29 12:34:56)");
}
