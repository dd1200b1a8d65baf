//! `::nodeinfo` and `::nodereport` against what the process says of itself.

#[macro_use]
mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use support::dump::{dump, Dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};

/// Bytes of a page of V8.
const PAGE: f64 = 262_144.0;

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
    for key in ["version", "versions", "pid", "platform", "execPath", "execArgv", "argv", "title"] {
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
    // Until Node 12 nothing remembers it.
    let cwd = &found["cwd"];
    assert!(*cwd == truth["cwd"] || cwd.is_null() && truth["report"].is_null(), "{label}: {cwd}");
    println!("{label}: {} variables, up {}", wanted.len(), found["uptime"]);
}

/// A report that is made of the process's memory has what its own has, but for what only
/// the kernel knows.
fn report_is_true(dump: &Dump) {
    let (label, truth) = (&dump.label, &dump.truth);
    let own = &truth["report"];
    if own.is_null() {
        return;
    }
    let file =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{label}.json").replace(' ', "-"));
    let _ = fs::remove_file(&file);
    let command = format!("::nodereport -e {}", file.display());
    let printed = Mdb::on(&dump.target).each_with_errors(&[command.clone(), command]);
    assert!(printed[1].contains("it exists already (-f overwrites it)"), "{label}: {}", printed[1]);
    let rights = fs::metadata(&file).expect("it was written").permissions().mode();
    assert_eq!(rights & 0o777, 0o600, "{label}");
    let text = fs::read_to_string(&file).expect("it is UTF-8");
    let found: Value = serde_json::from_str(&text).expect("it is JSON");
    for section in own.as_object().expect("reports are objects").keys() {
        // Since Node 20.
        let is_optional = section == "uvthreadResourceUsage";
        assert!(is_optional || !found[section].is_null(), "{label}: no {section}");
    }
    let same = [
        "nodejsVersion",
        "arch",
        "platform",
        "processId",
        "commandLine",
        "cwd",
        "wordSize",
        "componentVersions",
        "release",
    ];
    for key in same {
        assert_eq!(found["header"][key], own["header"][key], "{label}: {key}");
    }
    assert_eq!(found["environmentVariables"], own["environmentVariables"], "{label}");

    // Node leaves out the outermost frame, and `hold` has gone on since.
    let frames = |report: &Value| -> Vec<String> {
        let list = report["javascriptStack"]["stack"].as_array().expect("a list").iter();
        let frames = list.map(|line| line.as_str().expect("a line").trim().to_owned());
        frames.skip_while(|line| !line.contains("hold")).collect()
    };
    let (here, there) = (frames(&found), frames(own));
    let file = |line: &str| {
        line.rsplit(['(', ' ']).next().map(|place| place.split(':').next().map(String::from))
    };
    assert_eq!(file(&here[0]), file(&there[0]), "{label}: {here:?}");
    assert_eq!(here[1..there.len()], there[1..], "{label}");

    type Row = (String, String, bool, bool);
    let handles = |report: &Value| -> BTreeSet<Row> {
        let list = report["libuv"].as_array().expect("a list").iter();
        let is_handle = |row: &&Value| row["type"] != "loop";
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let flag = |value: &Value| value.as_bool().expect("a truth value");
        list.filter(is_handle)
            .map(|row| {
                let (active, refed) = (flag(&row["is_active"]), flag(&row["is_referenced"]));
                (text(&row["type"]), text(&row["address"]), active, refed)
            })
            .collect()
    };
    assert_eq!(handles(&found), handles(own), "{label}");
    assert!(handles(own).len() > 5, "{label}");

    // V8 counts as used what it keeps for the next objects, up to a page, which may be
    // one that it had not when it counted.
    let space = |report: &Value, name: &str, key: &str| {
        report["javascriptHeap"]["heapSpaces"][name][key].as_f64().expect("a number")
    };
    for (name, key, most) in [
        ("old_space", "used", PAGE),
        ("old_space", "memorySize", PAGE),
        ("large_object_space", "used", 0.0),
    ] {
        let [found, own] = [&found, own].map(|report| space(report, name, key));
        let differs = (found - own).abs();
        assert!(differs <= most + own * 0.02, "{label}: {key} of {name} {found}, {own}");
    }
    assert!(space(own, "old_space", "used") > 20.0 * PAGE, "{label}: too few objects");
}

fn release(name: &str) {
    let dump = info(name, Way::Gdb);
    is_true(&dump);
    report_is_true(&dump);
}

every_release!(release);

#[test]
fn a_live_process_shows_the_same() {
    let dump = info("20.20.2", Way::Live);
    is_true(&dump);
    report_is_true(&dump);
}
