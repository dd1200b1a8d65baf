//! What the event loop waits for, `::nodehandles`, `::noderequests`, `::nodetimers`,
//! against what the process itself says.

#[macro_use]
mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use support::dump::{dump, Dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};

/// Milliseconds that the loop's clock may be behind: it stands while the main script
/// runs, longer on a slow machine. The program's timers are further apart.
const BEHIND: f64 = 10_000.0;

fn waiting(name: &str, way: Way) -> Dump {
    let scenario = Scenario { script: "loop", end: End::Spin, mode: "" };
    dump(node(name), scenario, way).expect("gdb can dump any process")
}

fn rows(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn texts(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list");
    list.iter().map(|text| text.as_str().expect("a text")).collect()
}

/// What a row says is called, by name and line.
fn called(row: &Value) -> Option<(&str, u64)> {
    let name = row["calls"]["name"].as_str()?;
    Some((name.strip_prefix("async ").unwrap_or(name), row["calls"]["line"].as_u64()?))
}

fn is_true(dump: &Dump) {
    let (label, truth) = (&dump.label, &dump.truth);
    let printed = Mdb::on(&dump.target).each(&[
        "::nodehandles -j".into(),
        "::noderequests -j".into(),
        "::nodetimers -j".into(),
        "::nodehandles -a -j".into(),
        "::nodehandles".into(),
        "::noderequests".into(),
        "::nodetimers".into(),
        "::nodetimers | ::jsprint _idleTimeout".into(),
        "::nodehandles | ::v8type ! wc -l".into(),
        "::nodetimers -r ! wc -l".into(),
    ]);
    let line = |name: &str| truth["lines"][name].as_u64().expect("the truth has its line");
    let is_called = |row: &Value, name: &str| {
        assert_eq!(called(row), Some((name, line(name))), "{label}: {row}");
        assert_eq!(row["calls"]["file"], truth["file"], "{label}: {row}");
    };

    let handles = rows(&printed[0]);
    let classes: Vec<&str> =
        handles.iter().map(|row| row["class"].as_str().expect("a class")).collect();
    assert_eq!(classes, texts(&truth["handles"]), "{label}:\n{}", printed[4]);
    for (class, name) in
        [("Server", "onConnection"), ("ChildProcess", "onExit"), ("FSWatcher", "onChange")]
    {
        let row = handles.iter().find(|row| row["class"] == class);
        is_called(row.unwrap_or_else(|| panic!("{label}: no {class}")), name);
    }
    let with = |name: &str| {
        let wanted = Some((name, line(name)));
        handles.iter().filter(|row| called(row) == wanted).collect::<Vec<_>>()
    };
    assert_eq!((with("onData").len(), with("onMessage").len()), (2, 1), "{label}");
    let is_socket = |row: &&Value| row["kind"] == "tcp" && row["fd"].is_u64();
    assert!(with("onData").iter().all(is_socket), "{label}");
    let all = rows(&printed[3]);
    assert!(all.len() > handles.len(), "{label}: the signal does not count");
    let signal = all.iter().find(|row| row["kind"] == "signal").expect("there is a signal");
    // Node 8 has it in a function of its own.
    if !label.starts_with("8.") {
        assert!(texts(&signal["details"]).contains(&"SIGUSR2"), "{label}: {signal}");
        is_called(signal, "onSignal");
    }
    assert_eq!(printed[8].trim(), handles.len().to_string(), "{label}");
    assert!(
        printed[4].contains("listens on 127.0.0.1:0, 2 connections"),
        "{label}:\n{}",
        printed[4]
    );

    let requests = rows(&printed[1]);
    let mut classes: Vec<&str> =
        requests.iter().map(|row| row["class"].as_str().expect("a class")).collect();
    classes.sort_unstable();
    assert_eq!(classes, texts(&truth["requests"]), "{label}:\n{}", printed[5]);
    for row in &requests {
        is_called(row, if row["class"] == "FSReqPromise" { "opener" } else { "opened" });
    }

    let timers = rows(&printed[2]);
    let wanted = truth["timers"].as_object().expect("the truth lists timers");
    let found: BTreeMap<&str, &Value> =
        timers.iter().filter_map(|row| Some((called(row)?.0, row))).collect();
    for (name, due) in wanted {
        let row = found.get(name.as_str());
        let row = row.unwrap_or_else(|| panic!("{label}: no {name}:\n{}", printed[6]));
        is_called(row, name);
        let (found, due) = (row["due"].as_f64(), due.as_f64().expect("a number"));
        let found = found.expect("a number");
        assert!((found - due).abs() < BEHIND, "{label}: {row}, due in {due}");
        assert_eq!(row["ref"], *name != "unrefd", "{label}: {row}");
        assert_eq!(row["repeat"].is_number(), name == "tick", "{label}: {row}");
    }
    assert!(!printed[2].contains("cleared"), "{label}: {}", printed[2]);
    let refed = timers.iter().filter(|row| row["ref"] == true).count();
    if truth["resources"].is_array() {
        let resources = texts(&truth["resources"]);
        let of = |name: &str| resources.iter().filter(|one| **one == name).count();
        assert_eq!(refed, of("Timeout"), "{label}:\n{}", printed[6]);
        let others = resources.len() - of("Timeout") - of("Immediate");
        assert_eq!(handles.len() + requests.len(), others, "{label}: {resources:?}");
    }
    assert_eq!(printed[7].lines().count(), timers.len(), "{label}: {}", printed[7]);
    assert_eq!(printed[9].trim(), (refed + 1).to_string(), "{label}: a heading, and those");
    println!(
        "{label}: {} handles, {} requests, {refed} timers as the process has them",
        handles.len(),
        requests.len()
    );
}

/// What runs next, in its order.
fn order_is_true(dump: &Dump) {
    let (label, truth) = (&dump.label, &dump.truth);
    let commands = ["::nodeticks -j".into(), "::nodeticks".into()];
    let printed = Mdb::on(&dump.target).each(&commands);
    let mut rows = rows(&printed[0]);
    // Node 8 lets V8's microtasks run by a function of its own.
    rows.retain(|row| {
        !row["calls"]["file"].as_str().is_some_and(|file| file.starts_with("internal/"))
    });
    let found: Vec<(&str, u64)> = rows.iter().filter_map(called).collect();
    let line = |name: &str| truth["lines"][name].as_u64().expect("the truth has its line");
    let wanted: Vec<(&str, u64)> =
        texts(&truth["order"]).into_iter().map(|name| (name, line(name))).collect();
    assert_eq!(found, wanted, "{label}:\n{}", printed[1]);
    assert_eq!(rows.len(), wanted.len(), "{label}:\n{}", printed[1]);
    let kinds: Vec<&str> = rows.iter().map(|row| row["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds[..3], ["tick", "tick", "microtask"], "{label}");
    assert_eq!(kinds.last(), Some(&"immediate"), "{label}");
    println!("{label}: {} functions run next, in the process's order", rows.len());
}

fn release(name: &str) {
    let major: u32 = name.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    // Before, some wraps have no pointer to go by.
    if major >= 8 {
        is_true(&waiting(name, Way::Gdb));
        let scenario = Scenario { script: "ticks", end: End::Spin, mode: "" };
        let dump = dump(node(name), scenario, Way::Gdb).expect("gdb can dump any process");
        order_is_true(&dump);
    }
}

every_release!(release);

#[test]
fn a_live_process_shows_the_same() {
    is_true(&waiting("20.20.2", Way::Live));
}
