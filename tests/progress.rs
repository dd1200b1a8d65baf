//! What is said on a terminal while the heap is searched, and that nothing is
//! said elsewhere.

mod support;

use std::path::Path;
use std::time::Duration;
use support::dump::{dump, Dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::terminal::Terminal;

const SCENARIO: Scenario = Scenario { script: "heap", end: End::Spin, mode: "5" };
/// Longer than it takes until something is said.
const LONG: Duration = Duration::from_millis(2300);
const STAGE: &str = "mdb_v8: searching for objects, ";
/// What takes the line away.
const COLUMNS: usize = 64;

fn heap() -> Dump {
    dump(node("20.20.2"), SCENARIO, Way::Gdb).expect("gdb can dump any process")
}

/// A terminal that knows no control sequences, so that what is said is all there is.
fn terminal(dump: &Dump, redirected: &str) -> Terminal {
    Terminal::on(&dump.target, redirected, "dumb", Path::new(env!("CARGO_TARGET_TMPDIR")))
}

/// A search that is held up, some time after it was asked for, so that it takes
/// long; what was printed for it.
fn slow_search(terminal: &mut Terminal, after: Duration) -> Option<String> {
    terminal.type_in("::unload v8");
    terminal.type_in("::load v8");
    terminal.type_in("::echo ready");
    terminal.until("ready \r\n");
    terminal.type_in("::findjsobjects -c LeakNode ; ::echo done");
    terminal.until("-c LeakNode ; ::echo done");
    std::thread::sleep(after);
    terminal.hold_up(LONG);
    let printed = terminal.until("done \r\n");
    printed.contains(STAGE).then_some(printed)
}

#[test]
fn long_work_is_told_on_a_terminal_and_the_line_goes_again() {
    let dump = heap();
    let mut terminal = terminal(&dump, "");
    terminal.type_in("::load v8");
    // The moment at which it is held up may fall before the search or after it, so
    // each time it is another one.
    let moments = (0..24).map(|i| Duration::from_millis(5 + i * 7 % 120));
    let printed = moments.into_iter().find_map(|after| slow_search(&mut terminal, after));
    let printed = printed.expect("long work is told");
    let (before, told) = printed.split_once(STAGE).expect("the stage is told");
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
        let mut terminal = terminal(&dump, redirected);
        terminal.type_in("::load v8");
        terminal.type_in("::findjsobjects -c LeakNode");
        // It may not have begun, or be done; it is stopped in the middle as a rule.
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(100));
            terminal.hold_up(LONG);
        }
        std::thread::sleep(Duration::from_millis(500));
        let printed = terminal.so_far();
        assert!(!printed.contains("mdb_v8: searching"), "{redirected}: {printed:?}");
    }
    let run = Mdb::on(&dump.target).eval("::load v8; ::findjsobjects -c LeakNode");
    assert!(!run.stderr.contains("mdb_v8: searching") && !run.stdout.contains('\r'), "{run:?}");
}
