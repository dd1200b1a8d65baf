//! The commands on the whole heap beside what programs say of themselves: on every
//! release, on processes that run, and on 32-bit cores.
//!
//! What `::findjsobjects`, `::jsfindrefs` and `::v8whatis` print in full is compared
//! in `heap.rs`, `::jsretained` and `::jsheapsnapshot` with V8's own snapshots in
//! `snapshots.rs`.

#[macro_use]
mod support;

use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use support::cores32;
use support::dump::{dump, Dump, Way};
use support::mdb::{Mdb, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};

/// A debugger on a target, and what has to be said before its heap can be read.
struct Session {
    target: Target,
    before: String,
    label: String,
}

impl Session {
    fn of(dump: &Dump) -> Session {
        let target = match &dump.target {
            Target::Core(core) => Target::Core(core.clone()),
            Target::Process(pid) => Target::Process(*pid),
            Target::None => Target::None,
        };
        Session { target, before: String::new(), label: dump.label.clone() }
    }

    /// What each command prints.
    fn each(&self, commands: &[String]) -> Vec<String> {
        let first = (!self.before.is_empty()).then(|| self.before.clone());
        let all: Vec<String> = first.into_iter().chain(commands.iter().cloned()).collect();
        let mut printed = Mdb::on(&self.target).each_with_errors(&all);
        printed.drain(..all.len() - commands.len());
        printed
    }

    fn one(&self, command: &str) -> String {
        self.each(&[command.to_owned()]).remove(0)
    }

    fn rows(&self, command: &str) -> Vec<Value> {
        let printed = self.one(command);
        let row = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|why| panic!("{}: {why}: {line}", self.label))
        };
        printed.lines().map(row).collect()
    }

    /// A file of this test's own.
    fn file(&self, name: &str) -> PathBuf {
        let label = self.label.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{label}.{name}"))
    }
}

fn number(row: &Value, key: &str) -> u64 {
    row[key].as_u64().unwrap_or_else(|| panic!("{row} has no number {key}"))
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().unwrap_or_else(|| panic!("{row} has no text {key}"))
}

/// What holds whatever the program is.
fn commands_agree(session: &Session) {
    let label = &session.label;
    let spaces = session.rows("::jsheap -j");
    let spaces: Vec<&Value> = spaces.iter().filter(|row| row["space"].is_string()).collect();
    for row in &spaces {
        let parts = ["live", "unreachable", "free"].map(|part| number(row, part));
        assert_eq!(parts.iter().sum::<u64>(), number(row, "bytes"), "{label}: {row}");
    }
    let roots = session.rows("::jsroots -j");
    let stacks = roots.iter().find(|row| row["roots"] == "stacks").expect("stacks have a row");
    assert!(number(stacks, "objects") > 0, "{label}: {stacks}");
    // Strings that only V8's table of them leads to are kept alive by nothing else.
    for row in session.rows("::jsretained -j").iter().filter(|row| row["class"] != "(string)") {
        assert!(number(row, "retained") >= number(row, "own"), "{label}: {row}");
    }
    let strings = session.rows("::jsstrings -j");
    let printed: Vec<String> =
        strings.iter().map(|row| format!("{}::v8str", text(row, "string"))).collect();
    for (row, printed) in strings.iter().zip(session.each(&printed)) {
        assert!(printed.starts_with('"'), "{label}: {row}: {printed:.80}");
    }
    nothing_has_grown(session);
    snapshot_is_whole(session);
}

/// A heap is the same as itself.
fn nothing_has_grown(session: &Session) {
    let file = session.file("summary");
    let commands =
        [format!("::jsdiff -f -o {}", file.display()), format!("::jsdiff {}", file.display())];
    let printed = session.each(&commands);
    let wanted = "no class has another number of objects or of bytes\n";
    assert!(printed[1].ends_with(wanted), "{}: {}", session.label, printed[1]);
    let _ = fs::remove_file(file);
}

/// The file has as many nodes and edges as were counted, and is nobody else's.
fn snapshot_is_whole(session: &Session) {
    let (label, file) = (&session.label, session.file("heapsnapshot"));
    let printed = session.one(&format!("::jsheapsnapshot -f {}", file.display()));
    let snapshot: Value = serde_json::from_slice(&fs::read(&file).expect("the file was written"))
        .unwrap_or_else(|why| panic!("{label}: {why}"));
    let mode = fs::metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{label}");
    let meta = &snapshot["snapshot"]["meta"];
    for (list, fields) in [("nodes", "node_fields"), ("edges", "edge_fields")] {
        let fields = meta[fields].as_array().expect("fields are listed").len();
        let count = snapshot[list].as_array().expect("a list").len() / fields;
        assert!(printed.contains(&format!(" {count} {list}")), "{label}: {printed}");
    }
    let _ = fs::remove_file(file);
}

/// What the program of the scenario says.
fn program_is_shown(session: &Session, truth: &Value) {
    let label = &session.label;
    let payload = session.one("::jsstack -f hold -p arg2");
    let payload = format!("0x{}", payload.trim());
    let leak = number(truth, "leak") as usize;

    // Why the last of the chain is alive: every step of it by name.
    let path = &session.rows(&format!("{payload}::jspath -j"))[0];
    assert_eq!(path["root"], "global", "{label}");
    let steps = path["path"].as_array().expect("a path has steps");
    let links: Vec<&str> = steps[1..].iter().map(|step| text(step, "link")).collect();
    let has_maps = truth["live"]["maps"].as_u64() > Some(0);
    let mut wanted = vec![".registry"];
    wanted.extend(has_maps.then_some("(entry \"leak\")"));
    wanted.push(".head");
    wanted.extend(vec![".next"; leak - 1]);
    wanted.push(".payload");
    assert_eq!(links, wanted, "{label}");
    assert_eq!(steps.last().map(|step| text(step, "value")), Some(&payload[..]), "{label}");

    // As many of each class as there are.
    let classes = session.rows("::jsretained -j");
    for (class, count) in truth["counts"].as_object().expect("classes are counted") {
        let row = classes.iter().find(|row| row["class"] == class.as_str());
        let row = row.unwrap_or_else(|| panic!("{label}: no row for {class}"));
        assert_eq!(row["objects"], *count, "{label}: {row}");
    }
    let closures = session.rows("::jsfunctions -n tick -j");
    let count: u64 = closures
        .iter()
        .filter(|row| row["name"] == "tick")
        .map(|row| number(row, "closures"))
        .sum();
    assert_eq!(count, number(&truth["live"], "closures"), "{label}");

    let commands = [
        format!("{payload}+7::v8whatis"),
        format!("{payload}::whatis"),
        format!("{payload}::jsfindrefs | ::v8type"),
        "::findjsobjects -c Payload | ::findjsobjects ! wc -l".to_owned(),
    ];
    let printed = session.each(&commands);
    assert_eq!(format!("0x{}", printed[0].trim()), payload, "{label}");
    assert!(printed[1].contains("Payload"), "{label}: {}", printed[1]);
    assert_eq!(printed[2].lines().count(), 1, "{label}: one refers to it: {}", printed[2]);
    assert_eq!(printed[3].trim(), leak.to_string(), "{label}");
}

fn heap(name: &str, way: Way) -> Dump {
    let scenario = Scenario { script: "heap", end: End::Spin, mode: "1" };
    dump(node(name), scenario, way).expect("gdb can dump any process")
}

fn release(name: &str) {
    let dump = heap(name, Way::Gdb);
    let session = Session::of(&dump);
    program_is_shown(&session, &dump.truth);
    commands_agree(&session);
}

every_release!(release);

#[test]
fn processes_are_read_as_they_run() {
    for name in ["0.10.48", "20.20.2", "26.10.0"] {
        let dump = heap(name, Way::Live);
        let session = Session::of(&dump);
        program_is_shown(&session, &dump.truth);
        commands_agree(&session);
    }
}

/// Cores of 32-bit processes, with pages that say nothing: all is evidence.
#[test]
fn cores_of_32_bits() {
    for core in cores32::all().iter().filter(|core| core.name.ends_with("-objects")) {
        let session = Session {
            target: Target::Core(core.path.clone()),
            before: format!("::v8load {}", core.config()),
            label: core.name.clone(),
        };
        commands_agree(&session);
        let truth = core.truth().expect("this process counted its objects");
        let classes = session.rows("::jsretained -j");
        for class in ["Circle", "Square"] {
            let count = truth
                .split([' ', '\n'])
                .find_map(|word| word.strip_prefix(class)?.rsplit_once('=')?.1.parse::<u64>().ok());
            let row = classes.iter().find(|row| row["class"] == class);
            let row = row.unwrap_or_else(|| panic!("{}: no row for {class}", core.name));
            assert_eq!(row["objects"].as_u64(), count, "{}: {row}", core.name);
            let listed = session.one(&format!("::findjsobjects -c {class}"));
            let first =
                listed.lines().next().unwrap_or_else(|| panic!("{}: no {class}", core.name));
            let first = first.trim().to_owned();
            let commands = [
                format!("0x{first}+3::v8whatis"),
                format!("0x{first}::jsfindrefs"),
                format!("0x{first}::jspath"),
                format!("0x{first}::jsretained -j"),
            ];
            let printed = session.each(&commands);
            assert_eq!(printed[0].trim(), first, "{}", core.name);
            assert!(printed[1].lines().count() >= 1, "{}: {}", core.name, printed[1]);
            assert!(printed[2].contains(class), "{}: {}", core.name, printed[2]);
            assert!(printed[3].contains(class), "{}: {}", core.name, printed[3]);
        }
    }
}
