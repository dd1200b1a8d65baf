//! Worker threads, ES modules and optimized programs: `::jsthreads` and
//! `::jsstack` on real processes against what each thread says of its own stack.

mod support;

use serde_json::Value;
use support::check;
use support::dump::{dump, Dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::stack::{self, Entry, Frame};

fn core(name: &str, script: &'static str) -> Dump {
    let scenario = Scenario { script, end: End::Spin, mode: "" };
    dump(node(name), scenario, Way::Gdb).expect("gdb can dump any process")
}

/// The first JavaScript frames of a printed stack that belong to the program.
fn own(printed: &str, label: &str) -> Vec<Frame> {
    let entries = stack::parse(printed).unwrap_or_else(|why| panic!("{label}: {why}\n{printed}"));
    let frames = entries.into_iter().filter_map(|entry| match entry {
        Entry::Js(frame) => Some(frame),
        _ => None,
    });
    frames.filter(|frame| frame.get("file").is_some_and(|f| f.contains("/scenarios/"))).collect()
}

/// What is wrong with a printed frame.
fn wrong(frame: &Frame, truth: &Value) -> Option<String> {
    let exec: Option<u64> =
        frame.get("exec").and_then(|text| text.strip_prefix("line ")?.parse().ok());
    // A script and a module have no name of their own.
    let unnamed = frame.name.is_empty() || frame.name.starts_with("<anonymous>");
    let name = match truth["name"].as_str().unwrap_or("") {
        "" => unnamed,
        name => name == frame.name,
    };
    let equal = name
        && frame.get("file") == truth["file"].as_str()
        && frame.line() == truth["line"].as_u64()
        && exec == truth["exec"].as_u64();
    (!equal).then(|| format!("expected {truth}, printed {frame:?}"))
}

/// Compares a stack with the truth; returns how many frames it has.
fn compare(printed: &str, truth: &Value, label: &str) -> usize {
    let truth = truth.as_array().expect("the truth lists frames");
    let shown = own(printed, label);
    let complaints: Vec<_> =
        shown.iter().zip(truth).filter_map(|(frame, truth)| wrong(frame, truth)).collect();
    let equal = truth.len().min(shown.len()) - complaints.len();
    println!("{label}: {equal} / {} frames", truth.len());
    assert!(complaints.is_empty(), "{label}:\n{}\n{printed}", complaints.join("\n"));
    assert_eq!(shown.len(), truth.len(), "{label}: frames\n{printed}");
    truth.len()
}

/// A row of `::jsthreads -j`.
fn rows(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn check_workers(name: &str) {
    let dump = core(name, "workers");
    let label = &dump.label;
    let mdb = Mdb::on(&dump.target);
    let listed = mdb.each(&["::jsthreads".into(), "::jsthreads -j".into()]);
    let rows = rows(&listed[1]);
    let table = &listed[0];
    assert_eq!(rows.len(), 3, "{label}: main thread and two workers\n{table}{}", listed[1]);
    assert_eq!(table.lines().count(), 3, "{label}: three rows\n{table}");

    let mains: Vec<_> = rows.iter().filter(|row| row["main"] == true).collect();
    assert_eq!(mains.len(), 1, "{label}: {table}");
    assert_eq!(Some(thread(mains[0])), dump.truth["pid"].as_u64(), "{label}: {table}");
    for (row, line) in rows.iter().zip(table.lines()) {
        let (id, isolate) = (thread(row), text(&row["isolate"]).trim_start_matches("0x"));
        let main = if row["main"] == true { " (main)" } else { "" };
        let doing = match row["idle"] == true {
            true => "idle".to_owned(),
            false => {
                let (function, file) = (text(&row["function"]), text(&row["file"]));
                format!("{function} at {file}:{}", row["line"])
            }
        };
        assert_eq!(line, format!("thread {id:x}{main}, isolate {isolate}: {doing}"), "{label}");
    }
    let mut isolates: Vec<_> = rows.iter().filter_map(|row| row["isolate"].as_str()).collect();
    isolates.sort_unstable();
    isolates.dedup();
    assert_eq!(isolates.len(), 3, "{label}: each thread has an isolate of its own\n{table}");

    let idle: Vec<_> = rows.iter().filter(|row| row["idle"] == true).collect();
    assert_eq!(idle.len(), 1, "{label}: {table}");
    assert_eq!(idle[0]["main"], false, "{label}: {table}");
    let idle = mdb.each_with_errors(&[format!("::jsstack -t {:x}", thread(idle[0]))]).remove(0);
    assert!(idle.contains("no JavaScript is running on thread "), "{label}: {idle}");

    let threads = dump.truth["threads"].as_array().expect("the truth lists threads");
    assert_eq!(threads.len(), 2, "two threads run");
    for truth in threads {
        let row = rows.iter().find(|row| row["main"] == truth["main"] && row["idle"] == false);
        let row = row.unwrap_or_else(|| panic!("{label}: no row for {truth}\n{table}"));
        let top = &truth["frames"][0];
        let shown = (&row["function"], &row["file"], &row["line"]);
        assert_eq!(shown, (&top["name"], &top["file"], &top["exec"]), "{label}: {table}");
        let id = thread(row);
        let printed = mdb.each(&[
            format!("::jsstack -vn0 -t {id:x}"),
            format!("::jsstack -a -t {id:x}"),
            format!("::jsstack -f throughContext -p arg1 -t {id:x} | ::jsfunction"),
            format!("{id:x}::walk jsframe | ::jsframe -ia"),
        ]);
        let what = if row["main"] == true { "main thread" } else { "worker" };
        compare(&printed[0], &truth["frames"], &format!("{label}, {what}"));
        let whole = printed[1].lines().filter(|line| line.contains("(JSFunction: ")).count();
        assert!(whole >= truth["frames"].as_array().map_or(0, Vec::len), "{label}: {}", printed[1]);
        // One by one the frames are the same, but for where they execute.
        let frames = |text: &str| text.lines().map(without_pc).collect::<Vec<_>>();
        assert_eq!(frames(&printed[3]), frames(&printed[1]), "{label}: {what}");
        assert!(printed[3].contains("node::"), "{label}: native frames: {}", printed[3]);
        // Values of a worker's heap are printed as those of the main one are.
        let loops = text(&top["name"]);
        assert!(printed[2].contains(loops), "{label}: {loops}: {}", printed[2]);
    }
}

/// A line of `-a`: the frame and what it is. C++ code is shown by its symbol
/// in the place of the address.
fn without_pc(line: &str) -> String {
    let (fp, rest) = line.split_once(' ').unwrap_or((line, ""));
    let is_address = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
    match rest.split_once(' ') {
        Some((pc, rest)) if is_address(pc) => format!("{fp} {rest}"),
        _ => line.to_owned(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn thread(row: &Value) -> u64 {
    let id = text(&row["thread"]).trim_start_matches("0x");
    u64::from_str_radix(id, 16).expect("each row has a thread")
}

fn check_modules(name: &str) {
    for script in ["esm-plain.mjs", "esm-await.mjs"] {
        let dump = core(name, script);
        let printed = Mdb::on(&dump.target).each(&["::jsstack -vn0".into()]).remove(0);
        let frames = compare(&printed, &dump.truth["frames"], &dump.label);
        assert_eq!(frames, 5, "loop, each, method, first and the module itself");
    }
}

/// A program that ran long enough to be optimized: calls that the compiler
/// inlined are frames too, each at its line.
fn check_optimized(name: &str) {
    let scenario = Scenario { script: "frames", end: End::Spin, mode: "warm" };
    let dump = dump(node(name), scenario, Way::Gdb).expect("gdb can dump any process");
    check::frames::check(&dump).verdict(&dump.label);
    let printed = Mdb::on(&dump.target).each(&["::jsstack -j".into()]).remove(0);
    let inlined: Vec<_> = rows(&printed).into_iter().filter(|row| row["inlined"] == true).collect();
    println!("{}: {} calls are inlined", dump.label, inlined.len());
    assert!(!inlined.is_empty(), "{}: nothing is inlined\n{printed}", dump.label);
    let truth = dump.truth["frames"].as_array().expect("the truth lists frames");
    for row in inlined.iter().filter(|row| text(&row["file"]).contains("/scenarios/")) {
        let is = |frame: &&Value| {
            let call = frame["callLine"].as_u64();
            (&frame["file"], &frame["line"], call)
                == (&row["file"], &row["line"], row["exec_line"].as_u64())
        };
        assert!(truth.iter().any(|frame| is(&frame)), "{}: no such call: {row}", dump.label);
    }
}

#[test]
fn wrong_threads_are_named() {
    let dump = core("26.10.0", "workers");
    let mdb = Mdb::on(&dump.target);
    let printed = mdb.each_with_errors(&["::jsstack -t 7fffffff".into(), "8::jsstack -t 1".into()]);
    assert!(printed[0].contains("no registers of a thread 7fffffff"), "{}", printed[0]);
    assert!(printed[1].contains("it takes no address"), "{}", printed[1]);
}

macro_rules! nodes {
    ($($check:ident: $($test:ident $node:literal,)*;)*) => {
        $($(#[test]
        fn $test() {
            $check($node);
        })*)*
    };
}

nodes! {
    check_workers:
        workers_12 "12.22.12",
        workers_20 "20.20.2",
        workers_22 "22.23.3",
        workers_24 "24.21.0",
        workers_26 "26.10.0",;
    check_optimized:
        optimized_20 "20.20.2",
        optimized_22 "22.23.3",
        optimized_24 "24.21.0",
        optimized_26 "26.10.0",;
    check_modules:
        modules_20 "20.20.2",
        modules_22 "22.23.3",
        modules_24 "24.21.0",
        modules_26 "26.10.0",;
}
