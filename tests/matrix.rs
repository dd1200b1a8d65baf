//! Every release line by the same scenarios: what of it is decoded right, as
//! counts per kind of value or frame. The counts are the table in
//! docs/support.md, which must be what is measured.
//!
//! `make test` measures the releases of the spread, `make matrix` all of them
//! and prints the table. `BLESS=1` writes new rows. `make probe` measures the
//! binary that `MDB_PROBE` names and prints what its row would be.

#[macro_use]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use support::check::{self, Count, Tally};
use support::dump::{dump, Way};
use support::mdb::Mdb;
use support::nodes::{node, Node};
use support::scenario::{End, Scenario};

/// Columns of the table, in order.
const COLUMNS: [&str; 16] = [
    check::FRAMES,
    check::LINES,
    check::ARGUMENTS,
    check::LOCALS,
    check::OPTIMIZED,
    "numbers",
    "strings, symbols",
    "objects",
    "arrays",
    "functions",
    "dates, regexps, boxed",
    "errors",
    "collections",
    "buffers",
    "others",
    check::CLOSURES,
];

/// Runs every scenario on a release, dumped by gdb and by the kernel.
fn measure(node: &Node) -> (String, Tally) {
    let mut sum = Tally::default();
    let mut v8 = String::new();
    let mut each = |script, end, mode, way| {
        let Some(dump) = dump(node, Scenario { script, end, mode }, way) else { return };
        v8 = dump.truth["v8"].as_str().unwrap_or("").to_owned();
        let mut tallies = match script {
            "frames" => vec![check::frames::check(&dump)],
            _ => vec![check::values::members(&dump), check::values::closures(&dump)],
        };
        for tally in &mut tallies {
            let label = |line: &String| format!("{}: {line}", dump.label);
            tally.wrong = tally.wrong.iter().map(label).collect();
        }
        tallies.into_iter().for_each(|tally| sum.add(tally));
    };
    each("frames", End::Spin, "cold", Way::Gdb);
    each("frames", End::Abort, "cold", Way::Kernel);
    each("frames", End::Spin, "warm", Way::Gdb);
    // Needs async functions, which came with Node 7.6.
    if node.major() >= 8 {
        each("frames", End::Spin, "later", Way::Gdb);
    }
    each("values", End::Spin, "", Way::Gdb);
    each("values", End::Abort, "", Way::Kernel);
    (v8, sum)
}

fn row(name: &str, v8: &str, tally: &Tally) -> String {
    let mut cells = vec![name.to_owned(), v8.to_owned()];
    cells.extend(COLUMNS.iter().map(|column| match tally.counts.get(column) {
        Some(Count { equal, total }) => format!("{equal}/{total}"),
        None => "-".to_owned(),
    }));
    format!("| {} |", cells.join(" | "))
}

fn table() -> PathBuf {
    support::root().join("docs/support.md")
}

/// The row of a release in a text, if it has one.
fn find<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find(|line| line.starts_with(&format!("| {name} |")))
}

fn heading() -> [String; 2] {
    let columns = format!("| Node | V8 | {} |", COLUMNS.join(" | "));
    [columns, format!("|{}", "-|".repeat(COLUMNS.len() + 2))]
}

/// Puts a row into the table, in the order of versions.
fn bless(path: &Path, name: &str, row: &str) {
    static WRITING: Mutex<()> = Mutex::new(());
    let _guard = WRITING.lock().expect("no writer panics");
    let text = fs::read_to_string(path).expect("docs/support.md is there");
    let is_row = |line: &str| line.starts_with("| ") && !line.starts_with("| Node");
    let mut rows: Vec<&str> = text.lines().filter(|line| is_row(line)).collect();
    let old = format!("| {name} |");
    rows.retain(|line| !line.starts_with(&old));
    rows.push(row);
    rows.sort_by_key(|line| {
        let version = line.trim_start_matches("| ").split(' ').next().unwrap_or("");
        version.split('.').map(|n| n.parse().unwrap_or(0)).collect::<Vec<u32>>()
    });
    let at = text.lines().take_while(|line| !line.starts_with("| ")).count();
    let prose = |line: &&str| !line.starts_with('|');
    let before = text.lines().take(at);
    let after = text.lines().skip(at).filter(prose);
    let heading = heading();
    let table = heading.iter().map(String::as_str).chain(rows);
    let lines: Vec<&str> = before.chain(table).chain(after).collect();
    fs::write(path, lines.join("\n") + "\n").expect("docs/support.md is writable");
}

/// A release's row must be what the documentation says.
fn release(name: &str) {
    let (v8, tally) = measure(node(name));
    let row = row(name, &v8, &tally);
    println!("{row}\n{}", tally.wrong.join("\n"));
    if std::env::var_os("BLESS").is_some() {
        bless(&table(), name, &row);
        return;
    }
    let text = fs::read_to_string(table()).expect("docs/support.md is there");
    let documented = find(&text, name).unwrap_or_else(|| panic!("docs/support.md lacks {name}"));
    let cells = |row: &str| row.split(" | ").map(str::to_owned).collect::<Vec<_>>();
    let (mut wanted, measured) = (cells(documented), cells(&row));
    // Which calls are inlined is up to the day, and where not all of them are
    // decoded, so is how many frames are equal.
    let at = 2 + COLUMNS.iter().position(|column| *column == check::OPTIMIZED).expect("a column");
    if is_close(&wanted[at], &measured[at]) {
        wanted[at].clone_from(&measured[at]);
    }
    assert_eq!(wanted, measured, "docs/support.md is not current");
}

/// Whether two cells that are not full differ by a few frames only.
fn is_close(documented: &str, measured: &str) -> bool {
    const FEW: u32 = 8;
    let parse = |cell: &str| -> Option<(u32, u32)> {
        let (equal, total) = cell.split_once('/')?;
        Some((equal.parse().ok()?, total.parse().ok()?))
    };
    match (parse(documented), parse(measured)) {
        (Some((was, total)), Some((is, now))) => {
            was < total && total == now && is.abs_diff(was) <= FEW
        }
        _ => false,
    }
}

#[test]
fn table_is_well_formed() {
    let text = fs::read_to_string(table()).expect("docs/support.md is there");
    for line in heading() {
        assert!(text.lines().any(|have| have == line), "docs/support.md lacks {line:?}");
    }
}

/// A binary nobody has seen yet: `make probe NODE=path`.
#[test]
#[ignore = "run by make probe"]
fn probe() {
    let path = std::env::var_os("MDB_PROBE").expect("MDB_PROBE names a node binary");
    let node = Node::probed(PathBuf::from(path));
    let scenario = Scenario { script: "values", end: End::Spin, mode: "" };
    if let Some(dump) = dump(&node, scenario, Way::Gdb) {
        let run = Mdb::on(&dump.target).eval("::load v8; ::v8cfg -s");
        println!("{}{}", run.stderr, run.stdout);
    }
    let (v8, tally) = measure(&node);
    println!("{}\n{}", heading().join("\n"), row(&node.name, &v8, &tally));
    tally.wrong.iter().for_each(|line| println!("{line}"));
}

every_release!(release);
