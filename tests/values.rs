//! `::jsprint` and `::jsclosure` against real values of every kind: those of
//! the scenario `values`, which a function holds as its first argument.

mod support;

use serde_json::Value;
use support::compare::{differences, text, Difference};
use support::dump::{dump, Dump, Way};
use support::inspect::{self, Item, Key, Printed};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::stack::{self, Entry};

fn taken(name: &str, way: Way) -> Option<Dump> {
    let end = if way == Way::Kernel { End::Abort } else { End::Spin };
    dump(node(name), Scenario { script: "values", end, mode: "" }, way)
}

/// The address of the object that holds the values.
fn holder(dump: &Dump) -> String {
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

fn verdict(what: &str, total: usize, wrong: &[String]) {
    println!("{what}: {} of {total} equal", total - wrong.len());
    assert!(wrong.is_empty(), "{what}: {} of {total} differ\n{}", wrong.len(), wrong.join("\n"));
}

fn summary(name: &str, differences: &[Difference]) -> Option<String> {
    let shown: Vec<_> = differences.iter().take(5).map(|one| format!("{name}{}", one.0)).collect();
    (!shown.is_empty()).then(|| shown.join("\n"))
}

/// Each value by its member path.
fn members(name: &str, way: Way) {
    let Some(dump) = taken(name, way) else { return };
    let at = holder(&dump);
    let values = list(&dump.truth, "values");
    let commands: Vec<_> =
        values.iter().map(|value| format!("{at}::jsprint -d 8 {}", text(value, "k"))).collect();
    let outputs = Mdb::on(&dump.target).each(&commands);
    let wrong: Vec<_> = values
        .iter()
        .zip(outputs)
        .filter_map(|(value, output)| match inspect::parse(&output) {
            Ok(printed) => summary(text(value, "k"), &differences(&printed, &value["v"])),
            Err(why) => Some(format!("{}: {why:.200}", text(value, "k"))),
        })
        .collect();
    verdict(&dump.label, values.len(), &wrong);
}

/// The whole object at once: the same text as its members give one by one.
fn whole(name: &str) {
    let Some(dump) = taken(name, Way::Gdb) else { return };
    let at = holder(&dump);
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
fn closures(name: &str) {
    let Some(dump) = taken(name, Way::Gdb) else { return };
    let at = holder(&dump);
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
    let wrong: Vec<_> = closures
        .iter()
        .zip(mdb.each(&commands))
        .filter_map(|(closure, output)| {
            let name = text(closure, "k");
            match inspect::parse_closure(&output) {
                Ok(items) => summary(name, &variables(&items, list(closure, "variables"))),
                Err(why) => Some(format!("{name}: {why}")),
            }
        })
        .collect();
    verdict(&format!("{} closures", dump.label), closures.len(), &wrong);
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

macro_rules! values {
    ($($node:ident = $name:literal;)*) => {
        $(mod $node {
            use super::support::dump::Way;

            #[test]
            fn gdb_core() {
                super::members($name, Way::Gdb);
            }

            #[test]
            fn kernel_core() {
                super::members($name, Way::Kernel);
            }

            #[test]
            fn live() {
                super::members($name, Way::Live);
            }

            #[test]
            fn whole_object() {
                super::whole($name);
            }

            #[test]
            fn closures() {
                super::closures($name);
            }
        })*
    };
}

values! {
    node_0_10 = "0.10.48";
    node_18_debian = "18-debian";
    node_20 = "20.20.2";
    node_26 = "26.10.0";
}
