//! A process that works is stopped at whatever instruction it is at: its stack is whole
//! all the same, and the same by `::jsstack` and by the debugger's own `::stack`.

#[macro_use]
mod support;

use serde_json::Value;
use std::fs;
use support::dump::{dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::stack;

/// How often each release is stopped.
const TIMES: usize = 100;
/// How often the place may not be known: while an exception unwinds the stack, between
/// two instructions that take a frame down.
const FEW: usize = 5;

/// The line of the program with a mark.
fn line(mark: &str) -> u64 {
    let path = support::root().join("tests/scenarios/busy.js");
    let text = fs::read_to_string(path).expect("the program is there");
    let line = text.lines().position(|line| line.contains(mark)).expect("the mark is there");
    line as u64 + 1
}

fn release(name: &str) {
    let scenario = Scenario { script: "busy", end: End::Spin, mode: "" };
    let dump = dump(node(name), scenario, Way::Live).expect("a process is always to be had");
    let lines = line("def:busy")..=line("end:busy");
    let (mut wrong, mut places) = (Vec::new(), std::collections::BTreeSet::new());
    for _ in 0..TIMES {
        let commands = ["::jsstack -j", "::stack"].map(str::to_owned);
        let printed = Mdb::on(&dump.target).each_with_errors(&commands);
        let rows = printed[0].lines().filter_map(|line| serde_json::from_str(line).ok());
        let rows: Vec<Value> = rows.filter(|row: &Value| row["kind"] == "js").collect();
        let busy = rows.iter().find(|row| row["name"] == "busy");
        let at = busy.and_then(|row| row["exec_line"].as_u64());
        let ours: Vec<_> = rows.iter().map(stack::of_row).collect();
        let mdbs: Vec<_> = printed[1].lines().filter_map(stack::of_line).collect();
        match at.filter(|at| lines.contains(at)) {
            Some(at) if ours == mdbs && ours.len() > 5 => {
                places.insert(at);
            }
            at => wrong.push(format!("busy at {at:?}\n{}\n{}", printed[0], printed[1])),
        }
    }
    println!("{name}: {} of {TIMES} wrong, {} lines seen", wrong.len(), places.len());
    assert!(wrong.len() <= FEW, "{name}:\n{}", wrong.join("\n"));
    assert!(places.len() > 2, "{name}: {places:?}: always at the same place");
}

every_release!(release);
