//! A process that works is stopped at whatever instruction it is at, or amid a garbage
//! collection: its stack is whole all the same, and the same by `::jsstack` and by the
//! debugger's own `::stack`.

#[macro_use]
mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use support::dump::{dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::stack;

/// How often each program is stopped.
const TIMES: usize = 100;
/// How often the place may not be known: while an exception unwinds the stack, between
/// two instructions that take a frame down.
const FEW: usize = 5;

/// The line of a program with a mark.
fn line(script: &str, mark: &str) -> u64 {
    let path = support::root().join("tests/scenarios").join(script).with_extension("js");
    let text = fs::read_to_string(path).expect("the program is there");
    let line = text.lines().position(|line| line.contains(mark)).expect("the mark is there");
    line as u64 + 1
}

/// Stops a program, in which the function with the scenario's name never ends, and counts
/// the places seen, and how often it collected garbage. The rows of a stack are right if
/// `are_right` says so, too.
fn stops(release: &str, script: &'static str, are_right: fn(&[Value]) -> bool) -> (usize, usize) {
    let scenario = Scenario { script, end: End::Spin, mode: "" };
    let dump = dump(node(release), scenario, Way::Live).expect("a process is always to be had");
    let lines = line(script, "/*def:")..=line(script, "/*end:");
    let (mut wrong, mut places, mut collecting) = (Vec::new(), BTreeSet::new(), 0);
    for _ in 0..TIMES {
        let commands = ["::jsstack -j", "::stack"].map(str::to_owned);
        let printed = Mdb::on(&dump.target).each_with_errors(&commands);
        let rows = printed[0].lines().filter_map(|line| serde_json::from_str(line).ok());
        let rows: Vec<Value> = rows.filter(|row: &Value| row["kind"] == "js").collect();
        let found = rows.iter().find(|row| row["name"] == script);
        let at = found.and_then(|row| row["exec_line"].as_u64());
        let ours: Vec<_> = rows.iter().map(stack::of_row).collect();
        let mdbs: Vec<_> = printed[1].lines().filter_map(stack::of_line).collect();
        collecting += usize::from(printed[1].contains("v8::internal::Heap::"));
        match at.filter(|at| lines.contains(at)) {
            Some(at) if ours == mdbs && ours.len() > 5 && are_right(&rows) => {
                places.insert(at);
            }
            at => wrong.push(format!("{script} at {at:?}\n{}\n{}", printed[0], printed[1])),
        }
    }
    let (wrongs, seen) = (wrong.len(), places.len());
    println!(
        "{release}: {script}: {wrongs} of {TIMES} wrong, {seen} lines, {collecting} collections"
    );
    assert!(wrong.len() <= FEW, "{release}:\n{}", wrong.join("\n"));
    (seen, collecting)
}

fn release(name: &str) {
    let (places, _) = stops(name, "busy", |_| true);
    assert!(places > 2, "{name}: always at the same place");
    let (_, collecting) = stops(name, "collect", |rows| {
        let grows = rows.iter().any(|row| row["name"].as_str().unwrap_or("").contains("grow"));
        let all: Vec<_> = rows.iter().filter(|row| row["name"] == "fresh").collect();
        let is_right =
            |row: &&Value| row["file"] == "fresh.js" && row["line"] == 2 && row["exec_line"] == 4;
        // While one is made there is none.
        all.len() <= 1 && (!all.is_empty() || !grows) && all.iter().all(is_right)
    });
    assert!(collecting > 5, "{name}: hardly a collection");
}

every_release!(release);
