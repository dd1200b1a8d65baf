//! `::nodeinfo` against what the process says of itself.

#[macro_use]
mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use support::dump::{dump, Dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};

fn info(name: &str, way: Way) -> Dump {
    let scenario = Scenario { script: "info", end: End::Spin, mode: "" };
    dump(node(name), scenario, way).expect("gdb can dump any process")
}

fn is_true(dump: &Dump) {
    let (label, truth) = (&dump.label, &dump.truth);
    let commands = ["::nodeinfo -j", "::nodeinfo", "::nodeinfo -e", "::nodeinfo -ej"];
    let printed = Mdb::on(&dump.target).each(&commands.map(String::from));
    let row = |text: &str| -> Value { serde_json::from_str(text).expect("it is JSON") };
    let found = row(&printed[0]);
    for key in ["version", "versions", "pid", "platform", "execPath", "execArgv", "argv"] {
        assert_eq!(found[key], truth[key], "{label}: {key}");
    }
    let names = |list: &Value| -> BTreeSet<String> {
        let list = list.as_array().expect("a list");
        list.iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
    };
    let environment = truth["environment"].as_object().expect("the truth has variables");
    let wanted: BTreeSet<String> = environment.keys().cloned().collect();
    assert_eq!(names(&found["environment"]), wanted, "{label}");
    assert!(!printed[0].contains("a secret") && !printed[1].contains("a secret"), "{label}");
    assert!(printed[2].contains("ADDED_LATER=a secret"), "{label}:\n{}", printed[2]);
    assert_eq!(row(&printed[3])["values"], truth["environment"], "{label}");
    // The clock begins while Node starts, which takes long on a busy machine.
    if let Some(uptime) = found["uptime"].as_f64() {
        let truth = truth["uptime"].as_f64().expect("a number");
        assert!((uptime - truth).abs() < 5.0, "{label}: {uptime}, {truth}");
    }
    println!("{label}: {} variables, up {}", wanted.len(), found["uptime"]);
}

fn release(name: &str) {
    is_true(&info(name, Way::Gdb));
}

every_release!(release);

#[test]
fn a_live_process_shows_the_same() {
    is_true(&info("20.20.2", Way::Live));
}
