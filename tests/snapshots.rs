//! Snapshots of the heap: what V8 itself writes, against what the module says of
//! a dump made right after and against the file that it writes.
//!
//! `make test` takes the releases of the spread that can write one, `make matrix`
//! all of them.

mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use support::dump::{dump, Dump, Way};
use support::mdb::{Mdb, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::v8_snapshot::{Keepers, Snapshot, Sum};

/// A heap of about 10 MB, of which V8 writes a snapshot before it is dumped.
const SCENARIO: Scenario = Scenario { script: "heap", end: End::Spin, mode: "1,snapshot" };

/// How many of the constructors that retain most are compared.
const TOP: usize = 20;

/// Names of classes that V8 and the module divide otherwise, and are compared
/// together: V8 calls an instance of a class that is derived from a built-in one
/// by the name of that, and up to 10.2 the prototype of a class made in C++ by
/// the name of its parent.
const TOGETHER: [(&str, &[&str]); 4] = [
    ("Map", &["SafeMap"]),
    ("Set", &["SafeSet"]),
    ("Promise", &["SafePromise"]),
    ("Object", &["BaseObject"]),
];

/// Classes whose objects would retain more if stacks kept nothing, as for the
/// developer tools: the chain of LeakNodes would keep all that the program holds,
/// by way of their constructor, and what keeps the chain would do so too.
const ON_THE_STACK: [&str; 3] = ["LeakNode", "Map", "Object"];

type Classes = BTreeMap<String, Sum>;

/// What is said of a class.
fn of(classes: &Classes, name: &str) -> Sum {
    let together = TOGETHER.iter().find(|(class, _)| *class == name);
    let names = together.map_or(&[][..], |(_, names)| names);
    let mut sum = Sum::default();
    for found in [name].iter().chain(names).filter_map(|name| classes.get(*name)) {
        sum.count += found.count;
        sum.own += found.own;
        sum.retained += found.retained;
    }
    sum
}

/// How far one number is from another, in hundredths.
fn off(found: u64, wanted: u64) -> f64 {
    (found as f64 - wanted as f64).abs() * 100.0 / wanted.max(1) as f64
}

/// Compares what is said of a dump's classes with V8's word: of the classes of
/// the program, and of the constructors that retain most.
fn compare(what: &str, dump: &Dump, found: &Classes, theirs: &Classes) {
    let counts = dump.truth["counts"].as_object().expect("the truth counts classes");
    let mut programs: BTreeSet<&str> = counts.keys().map(String::as_str).collect();
    programs.extend(["Array", "Date", "Error", "Map", "Object", "Promise", "RegExp", "Set"]);
    let top = top(theirs);
    let mut listed: Vec<&str> = programs.iter().chain(&top).copied().collect();
    listed.sort_by_key(|name| std::cmp::Reverse((of(theirs, name).retained, *name)));
    listed.dedup();

    println!("{}: V8's snapshot, and {what}", dump.label);
    println!(
        "{:16} {:>7} {:>7} {:>9} {:>9} {:>10} {:>10}",
        "CLASS", "COUNT", "HERE", "OWN", "HERE", "RETAINED", "HERE"
    );
    let mut worst = [("", 0.0); 3];
    let mut wrong = Vec::new();
    for name in listed {
        let (wanted, found) = (of(theirs, name), of(found, name));
        println!(
            "{name:16} {:>7} {:>7} {:>9} {:>9} {:>10} {:>10}",
            wanted.count, found.count, wanted.own, found.own, wanted.retained, found.retained
        );
        let is_program = programs.contains(name);
        let bounds = [
            (is_program, 1.0, "objects", found.count, wanted.count),
            (is_program, 1.0, "bytes of their own", found.own, wanted.own),
            (top.contains(&name), 5.0, "bytes retained", found.retained, wanted.retained),
        ];
        for (worst, (applies, bound, of, found, wanted)) in worst.iter_mut().zip(bounds) {
            let off = off(found, wanted);
            if applies && off > worst.1 {
                *worst = (name, off);
            }
            if applies && off > bound {
                wrong.push(format!("{name}: {found} {of}, V8 says {wanted}"));
            }
        }
    }
    for (what, (name, off)) in ["count", "own", "retained"].iter().zip(worst) {
        println!("worst {what}: {off:.2} % {name}");
    }
    assert!(wrong.is_empty(), "{}: {what}: {wrong:#?}", dump.label);
}

/// The constructors whose objects retain most.
fn top(classes: &Classes) -> Vec<&str> {
    let is_made = |name: &&str| !name.starts_with('(') && !name.contains(" / ");
    let is_one = |name: &&str| is_made(name) && *name != "Function" && !name.starts_with("global");
    let mut top: Vec<&str> = classes.keys().map(String::as_str).filter(is_one).collect();
    top.sort_by_key(|name| std::cmp::Reverse(classes[*name].retained));
    top.truncate(TOP);
    top
}

/// What `::jsretained` says of each class.
fn retained(dump: &Dump) -> Classes {
    let printed = Mdb::on(&dump.target).each_with_errors(&["::jsretained -j".to_owned()]);
    let class = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap_or_else(|why| panic!("{line}: {why}"));
        let number = |name: &str| row[name].as_u64().expect("a number");
        let (count, own, retained) = (number("objects"), number("own"), number("retained"));
        (row["class"].as_str().expect("a name").to_owned(), Sum { count, own, retained })
    };
    printed[0].lines().map(class).collect()
}

/// A file beside a dump.
fn beside(dump: &Dump, name: &str) -> PathBuf {
    let Target::Core(core) = &dump.target else { unreachable!("gdb dumps into files") };
    core.with_file_name(name)
}

/// The file that the module writes, and the numbers of nodes and edges it tells.
fn written(dump: &Dump) -> (Snapshot, usize, usize) {
    let path = beside(dump, &format!("{}.heapsnapshot", std::process::id()));
    let command = format!("::jsheapsnapshot -f {}", path.display());
    let printed = Mdb::on(&dump.target).each_with_errors(&[command]).remove(0);
    let told = printed.strip_prefix(&format!("{}: ", path.display()));
    let told = told.and_then(|told| told.strip_suffix(" edges\n")?.split_once(" nodes, "));
    let number = |text: &str| text.parse().unwrap_or_else(|why| panic!("{printed}: {why}"));
    let (nodes, edges) = told.unwrap_or_else(|| panic!("{}: {printed}", dump.label));
    let (nodes, edges) = (number(nodes), number(edges));
    assert_mode(&path);
    let snapshot = Snapshot::read(&path);
    let _ = std::fs::remove_file(&path);
    (snapshot, nodes, edges)
}

/// Nobody else may read what comes out of a process.
fn assert_mode(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).expect("the file is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", path.display());
}

/// The format is that of V8, but for what newer ones have left out or added.
fn format_is_known(label: &str, ours: &Value, theirs: &Value) {
    let without = |list: &Value, left_out: &str| -> Vec<String> {
        let names = list.as_array().expect("a list").iter().filter_map(Value::as_str);
        names.filter(|name| *name != left_out).map(str::to_owned).collect()
    };
    // V8 13.6 has no `trace_node_id`, and some have a type for objects of wasm.
    assert_eq!(
        without(&ours["node_fields"], "trace_node_id"),
        without(&theirs["node_fields"], "trace_node_id"),
        "{label}"
    );
    let (here, there) = (&ours["node_types"][0], &theirs["node_types"][0]);
    let (here, there) = (without(here, ""), without(there, "wasm object"));
    assert!(here.starts_with(&there), "{label}: {here:?} {there:?}");
    for key in ["edge_fields", "edge_types", "location_fields", "sample_fields"] {
        assert_eq!(ours[key], theirs[key], "{label}: {key}");
    }
    let fields = ours["node_fields"].as_array().expect("a list").len();
    assert_eq!(ours["node_types"].as_array().map(Vec::len), Some(fields), "{label}");
}

/// From the global object by way of the Map along the chain to the last payload.
fn chain_is_there(label: &str, snapshot: &Snapshot) {
    let step = |from: usize, name: &str| -> usize {
        let edges = &snapshot.nodes[from].edges;
        let wanted = |edge: &&support::v8_snapshot::Edge| edge.name == name;
        let all: BTreeSet<usize> = edges.iter().filter(wanted).map(|edge| edge.to).collect();
        let names = || edges.iter().map(|edge| edge.name.as_str()).take(20).collect::<Vec<_>>();
        assert_eq!(all.len(), 1, "{label}: {name} among {:?}", names());
        *all.first().expect("one")
    };
    let globals = snapshot.nodes[0].edges.iter().filter(|edge| edge.kind == "shortcut");
    let has = |at: usize| snapshot.nodes[at].edges.iter().any(|edge| edge.name == "registry");
    let global = globals.map(|edge| edge.to).find(|at| has(*at));
    let map = step(global.unwrap_or_else(|| panic!("{label}: no global registry")), "registry");
    assert_eq!(snapshot.nodes[map].class(), "Map", "{label}");
    let mut at = step(step(map, "(entry \"leak\")"), "head");
    let mut length = 1;
    while snapshot.nodes[at]
        .edges
        .iter()
        .any(|edge| edge.name == "next" && snapshot.nodes[edge.to].class() == "LeakNode")
    {
        assert_eq!(snapshot.nodes[at].class(), "LeakNode", "{label}");
        assert_eq!(snapshot.nodes[step(at, "payload")].class(), "Payload", "{label}");
        at = step(at, "next");
        length += 1;
    }
    assert_eq!(length, 1000, "{label}: length of the chain");
    let text = step(step(at, "payload"), "text");
    // As V8 has it: text that was put together is named by its parts only there.
    let text = &snapshot.nodes[text];
    assert_eq!(text.name, "payload 999", "{label}: {}", text.kind);
}

fn release(name: &str) {
    let dump = dump(node(name), SCENARIO, Way::Gdb).expect("gdb can dump any process");
    let label = &dump.label;
    let mut v8 = Snapshot::read(&beside(&dump, "truth.json.heapsnapshot"));
    v8.without_sources();
    let (globals, stacks) = (v8.classes(Keepers::Globals), v8.classes(Keepers::GlobalsAndStacks));
    for (class, count) in dump.truth["counts"].as_object().expect("the truth counts classes") {
        assert_eq!(Some(stacks[class].count), count.as_u64(), "{label}: V8's own {class}");
    }
    compare("::jsretained", &dump, &retained(&dump), &stacks);
    for name in top(&stacks) {
        let off = off(globals[name].retained, stacks[name].retained);
        assert!(off < 5.0 || ON_THE_STACK.contains(&name), "{label}: {name} is on the stack");
    }

    let (ours, nodes, edges) = written(&dump);
    assert_eq!((ours.nodes.len(), ours.edges()), (nodes, edges), "{label}");
    format_is_known(label, &ours.meta, &v8.meta);
    compare("the module's", &dump, &ours.classes(Keepers::Globals), &globals);
    chain_is_there(label, &ours);
}

macro_rules! releases {
    ($($(#[$meta:meta])? $test:ident = $name:literal;)*) => {
        $(#[test]
        $(#[$meta])?
        fn $test() {
            release($name);
        })*
    };
}

releases! {
    #[ignore = "run by make matrix"] node_18 = "18.20.8";
    node_20 = "20.20.2";
    #[ignore = "run by make matrix"] node_22 = "22.23.3";
    node_24 = "24.21.0";
    node_26 = "26.10.0";
}
