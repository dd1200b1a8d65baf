//! What the debugger says of a value's type, beside its address.

use super::compare::text;
use serde_json::Value;

/// Whether the type text of a frame's argument or receiver fits its
/// description.
pub fn fits(kind: &str, truth: &Value) -> bool {
    let any = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    match text(truth, "t") {
        "number" => number(kind, text(truth, "v")),
        // Node 0.10 calls internalized strings symbols.
        "string" => any(&["String", "Symbol"]),
        "undefined" | "null" => oddball(kind, text(truth, "t")),
        "boolean" => oddball(kind, text(truth, "v")),
        "hole" => any(&["hole", "Hole"]),
        "bigint" => any(&["BigInt"]),
        "symbol" => any(&["Symbol"]),
        "function" => any(&["Function", "JSClassConstructor", "Constructor"]),
        "bound" => any(&["Function"]),
        "array" => any(&["JSArray"]),
        "arguments" => any(&["Arguments", "JSObject"]),
        "date" => any(&["JSDate"]),
        "regexp" => any(&["JSRegExp"]),
        "error" => any(&["JSError", "JSObject"]),
        "map" => any(&["JSMap"]),
        "set" => any(&["JSSet"]),
        "boxed" => any(&["JSPrimitiveWrapper", "JSValue"]),
        "promise" => any(&["JSPromise"]),
        "proxy" => any(&["JSProxy"]),
        "generator" => any(&["Generator"]),
        "global" => any(&["JSGlobal"]),
        "object" => object(kind, truth),
        _ => !kind.contains("unknown"),
    }
}

/// Small integers are immediate; any number may be boxed.
fn number(kind: &str, value: &str) -> bool {
    kind == format!("SMI: value = {value}") || kind.contains("HeapNumber")
}

fn oddball(kind: &str, value: &str) -> bool {
    kind == format!("Oddball: \"{value}\"")
}

/// `JSObject: Constructor`. Engine-made objects may have a type of their own.
fn object(kind: &str, truth: &Value) -> bool {
    let Some(class) = kind.strip_prefix("JSObject: ") else {
        return kind.starts_with("JS");
    };
    let wanted = text(truth, "ctor");
    // Without a constructor, or with an unnamed one, there is nothing to say.
    wanted.is_empty() || class == wanted
}
