//! `::jsprint` and `::jsclosure` against values of every kind: those of the
//! scenario `values`, which a function holds as its first argument.

use super::{Tally, CLOSURES};
use crate::support::compare::{differences, text, Difference};
use crate::support::dump::Dump;
use crate::support::inspect::{self, Item, Key, Printed};
use crate::support::inspect_json;
use crate::support::mdb::Mdb;
use crate::support::stack::{self, Entry};
use serde_json::Value;

/// The address of the object that holds the values.
pub fn holder(dump: &Dump) -> String {
    let name = text(&dump.truth["holder"], "name");
    let printed = Mdb::on(&dump.target).each(&[format!("::jsstack -vn0 -f {name}")]).remove(0);
    let entries = stack::parse(&printed).unwrap_or_else(|why| panic!("{}: {why}", dump.label));
    let frame = entries.iter().find_map(|entry| match entry {
        Entry::Js(frame) if frame.name == name => Some(frame),
        _ => None,
    });
    let frame = frame.unwrap_or_else(|| panic!("{}: no frame {name}\n{printed}", dump.label));
    format!("0x{}", frame.args()[0].address)
}

fn list<'a>(truth: &'a Value, field: &str) -> &'a [Value] {
    truth[field].as_array().expect("the truth has these lists")
}

/// The column of the table of releases that a kind of value counts in.
fn column(value: &Value) -> &'static str {
    match text(value, "t") {
        "number" | "bigint" | "null" | "undefined" | "boolean" | "hole" => "numbers",
        "string" | "symbol" => "strings, symbols",
        "array" | "arguments" => "arrays",
        "function" | "bound" => "functions",
        "date" | "regexp" | "boxed" => "dates, regexps, boxed",
        "error" => "errors",
        "map" | "set" | "weakmap" | "weakset" => "collections",
        "typed" | "arraybuffer" | "dataview" => "buffers",
        "object" => "objects",
        _ => "others",
    }
}

/// Each value as JSON.
pub fn json(dump: &Dump) -> Tally {
    let at = holder(dump);
    let values = list(&dump.truth, "values");
    let member = |value: &Value| format!("{at}::jsprint -j -d 8 {}", text(value, "k"));
    let commands: Vec<_> = values.iter().map(member).collect();
    let mut tally = Tally::default();
    for (value, output) in values.iter().zip(Mdb::on(&dump.target).each(&commands)) {
        let name = text(value, "k");
        let printed = inspect_json::parse(&output).and_then(|line| match line {
            Printed::Group(mut line) if line.items.len() == 1 => Ok(line.items.remove(0)),
            other => Err(format!("not one member: {other:?}")),
        });
        match printed {
            // By name alone; the text says the rest.
            Ok(_) if text(&value["v"], "t") == "named" => {}
            Ok(item) if item.key == Some(Key::Name(name.to_owned())) => {
                tally.differences(
                    column(&value["v"]),
                    name,
                    &differences(&item.value, &value["v"]),
                );
            }
            Ok(item) => tally.wrong(column(&value["v"]), format!("{name}: {:?}", item.key)),
            Err(why) => tally.wrong(column(&value["v"]), format!("{name}: {why}")),
        }
    }
    tally
}

/// Each value by its member path.
pub fn members(dump: &Dump) -> Tally {
    let at = holder(dump);
    let values = list(&dump.truth, "values");
    let commands: Vec<_> =
        values.iter().map(|value| format!("{at}::jsprint -d 8 {}", text(value, "k"))).collect();
    let mut tally = Tally::default();
    let mut named = Vec::new();
    for (value, output) in values.iter().zip(Mdb::on(&dump.target).each(&commands)) {
        match text(&value["v"], "t") {
            "named" if !output.contains(text(&value["v"], "name")) => named.push(value),
            _ => tally.compared(column(&value["v"]), text(value, "k"), &output, &value["v"]),
        }
    }
    named_by_type(dump, &at, &named, &mut tally);
    tally
}

/// What `::jsprint` shows as any other object, `::v8type` calls by its name.
fn named_by_type(dump: &Dump, at: &str, values: &[&Value], tally: &mut Tally) {
    let mdb = Mdb::on(&dump.target);
    let paths: Vec<_> =
        values.iter().map(|value| format!("{at}::jsprint -ad 0 {}", text(value, "k"))).collect();
    let commands: Vec<_> = mdb
        .each(&paths)
        .iter()
        .map(|output| format!("0x{}::v8type", output.split(':').next().unwrap_or("")))
        .collect();
    for (value, output) in values.iter().zip(mdb.each(&commands)) {
        // `Map Iterator` is of the class MapIterator.
        let name = text(&value["v"], "name").replace(' ', "");
        match output.contains(&name) {
            true => tally.right(column(&value["v"])),
            false => tally.wrong(column(&value["v"]), format!("{name} is shown as {output:.200}")),
        }
    }
}

/// The whole object at once: the same names as its members, in order.
pub fn whole(dump: &Dump) {
    let at = holder(dump);
    let output = Mdb::on(&dump.target).each(&[format!("{at}::jsprint -d 1")]).remove(0);
    let Ok(Printed::Group(group)) = inspect::parse(&output) else {
        panic!("{}: not an object: {output:.500}", dump.label);
    };
    let shown: Vec<_> = group.items.iter().map(|item| item.key.clone()).collect();
    let wanted: Vec<_> = list(&dump.truth, "values")
        .iter()
        .map(|value| Some(Key::Name(text(value, "k").to_owned())))
        .collect();
    assert_eq!(shown, wanted, "{}: names in order", dump.label);
}

/// The captured variables of each closure.
pub fn closures(dump: &Dump) -> Tally {
    let at = holder(dump);
    let mdb = Mdb::on(&dump.target);
    let closures = list(&dump.truth, "closures");
    let paths: Vec<_> = closures
        .iter()
        .map(|closure| format!("{at}::jsprint -a closures.{}", text(closure, "k")))
        .collect();
    let commands: Vec<_> = mdb
        .each(&paths)
        .iter()
        .map(|output| {
            let (address, _) = inspect::parse_addressed(output).expect("-a shows the address");
            format!("0x{address}::jsclosure")
        })
        .collect();
    let mut tally = Tally::default();
    for (closure, output) in closures.iter().zip(mdb.each(&commands)) {
        let name = text(closure, "k");
        match inspect::parse_closure(&output) {
            Ok(items) => {
                let found = variables(&items, list(closure, "variables"));
                tally.differences(CLOSURES, name, &found);
            }
            Err(why) => tally.wrong(CLOSURES, format!("{name}: {why}")),
        }
    }
    tally
}

/// Every captured variable is shown, with its value; the order is the engine's.
fn variables(items: &[Item], truth: &[Value]) -> Vec<Difference> {
    let mut found = Vec::new();
    for variable in truth {
        let key = Key::Name(text(variable, "k").to_owned());
        match items.iter().find(|item| item.key.as_ref() == Some(&key)) {
            // Shown to depth one, so only what is not nested can be compared.
            Some(item) if !is_nested(&variable["v"]) => {
                found.extend(differences(&item.value, &variable["v"]));
            }
            Some(_) => {}
            None => found.push(Difference(format!(": {key:?} is not shown"))),
        }
    }
    for item in items {
        let known = |variable: &Value| item.key == Some(Key::Name(text(variable, "k").to_owned()));
        if !truth.iter().any(known) {
            found.push(Difference(format!(": {:?} is no captured variable", item.key)));
        }
    }
    found
}

fn is_nested(value: &Value) -> bool {
    let inside = |field: &str| {
        value[field].as_array().is_some_and(|list| {
            list.iter().any(|item| item["v"].is_object() && !item["v"]["props"].is_null())
        })
    };
    inside("props") || inside("elements")
}
