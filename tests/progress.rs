//! What is said on a terminal while the heap is searched, and that nothing is
//! said elsewhere.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use support::dump::{dump, Dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::terminal::Terminal;

const SCENARIO: Scenario = Scenario { script: "heap", end: End::Spin, mode: "5" };
/// A clock that is a minute later whenever it is looked at.
const CLOCK: &str = "
#include <time.h>

time_t
time(time_t *at)
{
	static time_t now = 1000000000;

	now += 60;
	if (at != NULL)
		*at = now;
	return (now);
}
";
const STAGE: &str = "mdb_v8: searching for objects, ";
/// What takes the line away.
const COLUMNS: usize = 64;

fn heap() -> Dump {
    dump(node("20.20.2"), SCENARIO, Way::Gdb).expect("gdb can dump any process")
}

/// A search that takes long by the clock, on a terminal that knows no control
/// sequences, so that what is printed is all there is.
fn long_search(dump: &Dump, redirected: &str) -> String {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let clock = clock(dir);
    let mut terminal = Terminal::preloading(&clock, &dump.target, redirected, dir);
    terminal.type_in("::load v8");
    // What is typed comes up too, but this not in one piece.
    terminal.type_in("::findjsobjects -c LeakNode ; ! echo search 'done' >/dev/tty");
    terminal.until("search done")
}

/// The clock as a library, made once.
fn clock(dir: &Path) -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let (source, library) = (dir.join("clock.c"), dir.join("clock.so"));
        std::fs::write(&source, CLOCK).expect("temporary files can be written");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-o"]).args([&library, &source]);
        let status = compiler.status().expect("cc is installed");
        assert!(status.success(), "the clock is made");
        library
    });
    made.clone()
}

#[test]
fn long_work_is_told_on_a_terminal_and_the_line_goes_again() {
    let dump = heap();
    let printed = long_search(&dump, "");
    let (before, told) =
        printed.split_once(STAGE).unwrap_or_else(|| panic!("the stage is told: {printed:?}"));
    assert!(before.ends_with('\r'), "{printed:?}");
    let (told, rest) = told.split_once('\r').expect("the line ends where it began");
    assert_eq!(told.trim_end().split_once(' ').map(|(_, rest)| rest), Some("s (^C to stop)"));
    assert_eq!(STAGE.len() + told.len(), COLUMNS, "{printed:?}");
    // Nothing is left of it when the command prints.
    let blank = format!("\r{}\r", " ".repeat(COLUMNS));
    let (_, answer) = rest.rsplit_once(&blank).expect("the line is taken away");
    assert!(!answer.contains("mdb_v8: "), "{printed:?}");
    let object = answer.split("\r\n").next().expect("an address");
    assert!(u64::from_str_radix(object.trim(), 16).is_ok(), "{printed:?}");
}

#[test]
fn nothing_is_told_where_nobody_looks() {
    let dump = heap();
    // Messages on a terminal, but output in a file: and the other way round.
    for redirected in [">/dev/null", "2>/dev/null"] {
        let printed = long_search(&dump, redirected);
        assert!(!printed.contains("mdb_v8: searching"), "{redirected}: {printed:?}");
    }
    let run = Mdb::on(&dump.target).eval("::load v8; ::findjsobjects -c LeakNode");
    assert!(!run.stderr.contains("mdb_v8: searching") && !run.stdout.contains('\r'), "{run:?}");
}
