//! What suspended functions wait for: `::jsasync`, and the end of `::jsstack`,
//! against where the program has put them and the stacks that V8 itself shows.

#[macro_use]
mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use support::dump::{dump, Dump, Way};
use support::mdb::{Mdb, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};

fn suspended(name: &str, way: Way, mode: &'static str) -> Dump {
    let scenario = Scenario { script: "async", end: End::Spin, mode };
    dump(node(name), scenario, way).expect("gdb can dump any process")
}

/// There are no async functions before Node 8; V8 shows no asynchronous stacks before 12.
fn major(name: &str) -> u32 {
    let major = if name.starts_with("0.") { Some("0") } else { name.split('.').next() };
    major.and_then(|major| major.parse().ok()).expect("names of releases are numbers")
}

/// What a frame is called, without what says that it was suspended.
fn name_of(frame: &Value) -> &str {
    let name = frame["name"].as_str().expect("every frame has a name");
    name.strip_prefix("async ").unwrap_or(name)
}

fn names(frames: &Value) -> Vec<&str> {
    frames.as_array().expect("a list").iter().map(name_of).collect()
}

/// A frame by name, line and column; the column only if both tell it. Of functions of
/// Node's own the truth knows no lines.
fn differ(found: &Value, truth: &Value) -> bool {
    if truth["node"] == true {
        let file = found["file"].as_str().unwrap_or_default();
        let is_own = file.starts_with("node:internal/") || file.starts_with("internal/");
        return name_of(found) != name_of(truth) || !is_own;
    }
    name_of(found) != name_of(truth)
        || found["line"] != truth["line"]
        || found["index"].as_u64() != truth["index"].as_u64() && truth["index"].is_u64()
        || found["column"] != truth["column"] && truth["column"].is_u64()
}

fn rows(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// Every place, with as many as were suspended there, and nothing else.
fn places_are_true(dump: &Dump, columns: bool) {
    let label = &dump.label;
    let printed = Mdb::on(&dump.target).each(&["::jsasync -j".into(), "::jsasync".into()]);
    let rows = rows(&printed[0]);
    let places = dump.truth["places"].as_array().expect("the truth lists places");
    let (mut frames, mut compared) = (0, 0);
    for place in places {
        let row = rows.iter().find(|row| names(&row["frames"]) == names(&place["frames"]));
        let row = row.unwrap_or_else(|| panic!("{label}: no row for {place}\n{}", printed[1]));
        assert_eq!(row["count"], place["count"], "{label}: {place}");
        let found = row["frames"].as_array().expect("a list");
        for (found, truth) in found.iter().zip(place["frames"].as_array().expect("a list")) {
            assert!(!differ(found, truth), "{label}: {found} instead of {truth}");
            frames += 1;
        }
        // V8 shows the innermost function where it is now, not where it was.
        let Some(stack) = place["v8"].as_array().filter(|_| columns) else { continue };
        assert_eq!(stack.len() + 1, found.len(), "{label}: {place}");
        for (found, truth) in found[1..].iter().zip(stack) {
            assert!(!differ(found, truth), "{label}: {found} instead of {truth}");
            assert_eq!(found["file"], truth["file"], "{label}: {found}");
            compared += 1;
        }
    }
    assert_eq!(rows.len(), places.len(), "{label}:\n{}", printed[1]);
    assert!(compared > 0 || !columns, "{label}: V8 has shown no stack");
    let total: u64 = places.iter().filter_map(|place| place["count"].as_u64()).sum();
    println!(
        "{label}: {total} suspended in {} places, {frames} frames, {compared} as V8 has them",
        places.len()
    );
    text_is_the_same(label, &printed[1], &rows);
}

/// The text has the rows of the JSON, in the same order.
fn text_is_the_same(label: &str, text: &str, rows: &[Value]) {
    let groups: Vec<&str> = text.split("\n\n").filter(|group| !group.trim().is_empty()).collect();
    assert_eq!(groups.len(), rows.len(), "{label}:\n{text}");
    for (group, row) in groups.iter().zip(rows) {
        let mut lines = group.lines().filter(|line| !line.is_empty());
        let head = lines.next().expect("a group has a first line");
        assert!(head.starts_with(&format!("{} x ", row["count"])), "{label}: {head}");
        let frames = row["frames"].as_array().expect("a list");
        let lines: Vec<&str> = lines.collect();
        assert_eq!(lines.len(), frames.len(), "{label}:\n{group}");
        for (line, frame) in lines.iter().zip(frames) {
            let name = frame["name"].as_str().expect("a name");
            let rest = line.strip_prefix(&format!("js:     {name}"));
            let rest = rest.unwrap_or_else(|| panic!("{label}: {line} for {frame}"));
            if let (Some(file), Some(at)) = (frame["file"].as_str(), frame["line"].as_u64()) {
                assert!(rest.starts_with(&format!(" ({file}:{at}:")), "{label}: {line}");
            }
        }
    }
}

/// The folded form has the same counts, and one address leads to its chain.
fn other_forms_agree(dump: &Dump) {
    let label = &dump.label;
    let mdb = Mdb::on(&dump.target);
    let printed = mdb.each(&[
        "::jsasync -c".into(),
        "::jsasync -a -j".into(),
        "::jsasync ! grep -c '^js:'".into(),
        "::jsasync | ::v8type ! sort | uniq -c | wc -l".into(),
    ]);
    let mut folded = BTreeMap::new();
    for line in printed[0].lines() {
        let (names, count) = line.rsplit_once(' ').expect("a count ends the line");
        folded.insert(names.to_owned(), count.parse::<u64>().expect("a number"));
    }
    let places = dump.truth["places"].as_array().expect("the truth lists places");
    let mut singles = 0;
    for place in places {
        let of = |frame: &Value| {
            let name = name_of(frame);
            let Some(line) = frame["line"].as_u64() else { return name.to_owned() };
            let file = frame["file"].as_str().expect("and its file");
            let kind = if name.starts_with("then ") { "" } else { "async " };
            format!("{kind}{name} at {file}:{line}")
        };
        let frames = place["frames"].as_array().expect("a list");
        let wanted: Vec<(bool, String)> =
            frames.iter().rev().map(|frame| (frame["node"] == true, of(frame))).collect();
        let is_it = |line: &&String| {
            let found: Vec<&str> = line.split(';').collect();
            let same = |(found, (is_own, wanted)): (&&str, &(bool, String))| match is_own {
                true => found.trim_start_matches("async ").starts_with(&format!("{wanted} at ")),
                false => found == wanted,
            };
            found.len() == wanted.len() && found.iter().zip(&wanted).all(same)
        };
        let count = folded.keys().find(is_it).map(|line| folded[line]);
        assert_eq!(count, place["count"].as_u64(), "{label}: {wanted:?}");
        singles += place["count"].as_u64().expect("a number");
    }
    let all = rows(&printed[1]);
    assert_eq!(all.len() as u64, singles, "{label}: -a shows each");
    // A promise, the suspended function and its JSFunction lead to the same chain.
    let generators = ["rows", "consume"];
    let has = |row: &&Value, wanted: &[&str]| names(&row["frames"]) == wanted;
    let row = all.iter().find(|row| has(row, &generators));
    let row = row.or_else(|| all.iter().find(|row| has(row, &["nap"]))).expect("functions wait");
    let of = |key: &Value| key.as_str().expect("an address").to_owned();
    let object = of(&row["frames"][0]["object"]);
    let commands = [
        format!("{}::jsasync -j", of(&row["promise"])),
        format!("{object}::jsasync -j"),
        format!("{object}::jsasync -v"),
    ];
    let printed = mdb.each(&commands);
    for printed in &printed[..2] {
        assert_eq!(names(&rows(printed)[0]["frames"]), names(&row["frames"]), "{label}");
    }
    assert!(printed[2].contains("          params: gate\n"), "{label}:\n{}", printed[2]);
    let wrong = mdb.each_with_errors(&["0x10::jsasync".into()]).remove(0);
    assert!(wrong.starts_with("mdb: 10 is "), "{label}: {wrong}");
}

/// The stack of a function that was suspended goes on with what waits for it.
fn stack_goes_on(dump: &Dump) {
    let label = &dump.label;
    let printed = Mdb::on(&dump.target).each(&[
        "::jsstack".into(),
        "::jsstack -j".into(),
        "::jsstack -c".into(),
    ]);
    let stack = dump.truth["v8"].as_array().expect("the truth has V8's stack");
    let all = rows(&printed[1]);
    let found: Vec<&Value> = all.iter().filter(|row| row["kind"] == "async").collect();
    assert_eq!(found.len(), stack.len(), "{label}:\n{}", printed[0]);
    for (found, truth) in found.iter().zip(stack) {
        assert!(!differ(found, truth), "{label}: {found} instead of {truth}");
    }
    let lines: Vec<&str> = printed[0].lines().rev().take(stack.len()).collect();
    for (line, truth) in lines.iter().rev().zip(stack) {
        let name = name_of(truth);
        let is_it = line.strip_prefix("js:     ").is_some_and(|rest| {
            rest.strip_prefix("async ").unwrap_or(rest).starts_with(&format!("{name} ("))
        });
        assert!(is_it, "{label}: {line} for {truth}");
    }
    folded_is_the_same(label, &printed[2], &all);
}

/// The folded stack has the same functions in the other order.
fn folded_is_the_same(label: &str, folded: &str, rows: &[Value]) {
    let line = folded.trim_end().strip_suffix(" 1").expect("a count ends the line");
    let mut frames: Vec<&str> = line.split(';').collect();
    frames.reverse();
    let named: Vec<&Value> = rows.iter().filter(|row| row["kind"] != "internal").collect();
    assert_eq!(frames.len(), named.len(), "{label}: {folded}");
    for (frame, row) in frames.iter().zip(named) {
        let name = row["name"].as_str().or(row["symbol"].as_str()).expect("a frame has a name");
        let name = name.replace("<anonymous> (as <anon>)", "(anon) as ");
        let name = name.replace("<anonymous> (", "(anon) ").trim_end_matches(')').to_owned();
        let (name, _) = name.split_once("+0x").unwrap_or((&name, ""));
        assert!(frame.starts_with(name), "{label}: {frame} for {row}");
        if let (Some(file), Some(line)) = (row["file"].as_str(), row["line"].as_u64()) {
            assert!(frame.ends_with(&format!(" at {file}:{line}")), "{label}: {frame}");
        }
    }
}

fn release(name: &str) {
    let major = major(name);
    if major < 8 {
        return;
    }
    let dump = suspended(name, Way::Gdb, "");
    // Node 10 has a `for await` at another column, and V8 no such stacks.
    places_are_true(&dump, major >= 12);
    other_forms_agree(&dump);
    if major >= 12 {
        stack_goes_on(&suspended(name, Way::Gdb, "stack"));
    }
}

every_release!(release);

#[test]
fn a_live_process_shows_the_same() {
    places_are_true(&suspended("20.20.2", Way::Live, ""), true);
}

/// Where a release does not keep its promises in this way, that is said.
#[test]
fn what_is_missing_is_said() {
    let scenario = Scenario { script: "heap", end: End::Spin, mode: "1" };
    let dump = dump(node("6.17.1"), scenario, Way::Gdb).expect("gdb can dump any process");
    let Target::Core(_) = &dump.target else { unreachable!("gdb dumps into files") };
    let printed = Mdb::on(&dump.target).each_with_errors(&["::jsasync".into()]).remove(0);
    assert!(printed.contains("PromiseReaction.next"), "{printed}");
}
