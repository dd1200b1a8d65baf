//! `::jsglobals` against the variables that a program has made.

#[macro_use]
mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use support::dump::{dump, Dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};

fn with_globals(name: &str, way: Way) -> Dump {
    let scenario = Scenario { script: "globals", end: End::Spin, mode: "" };
    dump(node(name), scenario, way).expect("gdb can dump any process")
}

fn is_true(dump: &Dump) {
    let (label, truth) = (&dump.label, &dump.truth);
    let printed = Mdb::on(&dump.target).each(&[
        "::jsglobals -j".into(),
        "::jsglobals".into(),
        "::jsglobals -a -j".into(),
        "::jsglobals | ::v8type ! wc -l".into(),
    ]);
    let rows = |printed: &str| -> Vec<Value> {
        printed.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
    };
    let own = rows(&printed[0]);
    for (kind, wanted) in [("property", "properties"), ("script", "script")] {
        let of_kind = own.iter().filter(|row| row["kind"] == kind);
        let names: BTreeSet<&str> =
            of_kind.map(|row| row["name"].as_str().expect("a name")).collect();
        let wanted = truth[wanted].as_array().expect("a list");
        let wanted: BTreeSet<&str> = wanted.iter().filter_map(Value::as_str).collect();
        assert_eq!(names, wanted, "{label}: {kind}\n{}", printed[1]);
    }
    assert!(printed[1].contains("\"corner shop\"") && printed[1].contains("42.5"), "{label}");
    assert!(printed[1].contains("\"requests\": "), "{label}:\n{}", printed[1]);
    let all = rows(&printed[2]);
    assert!(all.len() > own.len() + 20, "{label}: {} and {}", all.len(), own.len());
    assert!(all.iter().any(|row| row["name"] == "setTimeout"), "{label}");
    let with_value = own.iter().filter(|row| row["value"].is_string()).count();
    assert_eq!(printed[3].trim(), with_value.to_string(), "{label}");
    println!("{label}: {} global variables of {}", own.len(), all.len());
}

fn release(name: &str) {
    is_true(&with_globals(name, Way::Gdb));
}

every_release!(release);

#[test]
fn a_live_process_shows_the_same() {
    is_true(&with_globals("20.20.2", Way::Live));
}
