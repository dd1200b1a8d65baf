//! The prompt as somebody at a terminal has it: history, completion, the pager with
//! all its keys, ^C, another size of the window.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::dump::{dump, Dump, Way};
use support::mdb::{Mdb, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::terminal::Terminal;

const MORE: &str = ">> More [<space>, <cr>, q, n, c, a] ? ";
const UP: &str = "\x1b[A";
/// ^U, ^C, ^D, Tab.
const CLEAR: &str = "\x15";
const INTERRUPT: &str = "\x03";
const END: &str = "\x04";
const TAB: &str = "\t";

/// A home without any history.
fn home(name: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("home-{name}"));
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).expect("the target directory is writable");
    home
}

fn prompt(target: &Target, home: &Path) -> Terminal {
    let mut terminal = Terminal::on(target, "", "xterm", home);
    terminal.until("> ");
    terminal
}

/// Types a command whose output ends with a word of its own, and waits for the prompt:
/// what is typed before it may get lost.
fn run(terminal: &mut Terminal, command: &str) -> String {
    terminal.type_in(&format!("{command}; ::echo fin ished"));
    let printed = terminal.until("fin ished \r\n");
    terminal.until("> ");
    printed
}

fn heap() -> Dump {
    let scenario = Scenario { script: "heap", end: End::Spin, mode: "5" };
    dump(node("20.20.2"), scenario, Way::Gdb).expect("gdb can dump any process")
}

#[test]
fn lines_are_remembered_across_runs() {
    let home = home("history");
    let mut first = prompt(&Target::None, &home);
    run(&mut first, "::echo one");
    run(&mut first, "::echo two");
    first.press(END);
    first.ends();
    let file = home.join(".local/state/mdb_history");
    let mode = fs::metadata(&file).expect("there is a history").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "what was typed concerns its owner only");

    let mut second = prompt(&Target::None, &home);
    second.press(UP);
    second.until("::echo two");
    second.press(UP);
    second.until("::echo one");
    second.press("\r");
    second.until("one \r\n");
    second.type_in("$q");
    second.ends();
}

#[test]
fn names_are_completed() {
    let dump = heap();
    let mut terminal = prompt(&dump.target, &home("completion"));
    terminal.press(&format!("::stat{TAB}"));
    terminal.until("::status");
    terminal.press(CLEAR);
    run(&mut terminal, "::load v8");
    // Several begin like this: all are shown.
    terminal.press(&format!("::jss{TAB}{TAB}"));
    let shown = terminal.until("jsstrings");
    assert!(shown.contains("jssource") && shown.contains("jsstack"), "{shown:?}");
    terminal.press(CLEAR);
    // A symbol of the program, after an operator.
    terminal.press(&format!("1+uv_buf_in{TAB}"));
    terminal.until("uv_buf_init");
    terminal.press(CLEAR);
    // Names of the program, of the search that this needs, and letters of options.
    for (typed, whole) in [
        ("::findjsobjects -c LeakN", "::findjsobjects -c LeakNode"),
        ("::findjsobjects -p payl", "::findjsobjects -p payload"),
        ("::findjsobjects -k in", "::findjsobjects -k inobject"),
        ("::jsfunctions -n hol", "::jsfunctions -n hold"),
        ("::v8print JSProm", "::v8print JSPromise"),
        ("::jsroots -", "-v"),
    ] {
        terminal.press(&format!("{typed}{TAB}{TAB}"));
        terminal.until(whole);
        terminal.press(CLEAR);
    }
    terminal.type_in("$q");
    terminal.ends();
}

#[test]
fn the_pager_obeys_its_keys() {
    let mut terminal = prompt(&Target::None, &home("pager"));
    let lines = |text: &str| text.matches("\r\n").count();
    // Twelve rows: a screen is eleven lines.
    terminal.type_in("::dcmds");
    terminal.until("::dcmds");
    let screen = terminal.until(MORE);
    assert_eq!(lines(&screen), 12, "the line typed, and eleven: {screen:?}");
    terminal.press("n");
    assert_eq!(lines(&terminal.until(MORE)), 1);
    terminal.press("\r");
    assert_eq!(lines(&terminal.until(MORE)), 1);
    terminal.press(" ");
    assert_eq!(lines(&terminal.until(MORE)), 11);
    // Another key is none.
    terminal.press("x");
    terminal.press("q");
    terminal.until("> ");
    run(&mut terminal, "::echo still here");

    // The size of the window counts, as it is now.
    terminal.resize(6, 60);
    std::thread::sleep(Duration::from_millis(200));
    terminal.so_far();
    run(&mut terminal, "::echo resized");
    terminal.type_in("::dcmds");
    terminal.until("::dcmds");
    assert_eq!(lines(&terminal.until(MORE)), 6);
    terminal.press("a");
    terminal.until("> ");

    // `c`: no more questions for this command, but for the next.
    for _ in 0..2 {
        terminal.type_in("::dcmds");
        terminal.until(MORE);
        terminal.press("c");
        terminal.until("xdata");
        terminal.until("> ");
    }
    terminal.type_in("::dcmds");
    terminal.until(MORE);
    terminal.press(INTERRUPT);
    terminal.until("> ");
    terminal.type_in("$q");
    terminal.ends();
}

#[test]
fn interrupts_come_back_to_the_prompt() {
    let dump = heap();
    let mut terminal = prompt(&dump.target, &home("interrupt"));
    run(&mut terminal, "::load v8");
    // At the prompt the line is gone; in a search the search, wherever it is.
    terminal.press(&format!("::echo gone{INTERRUPT}"));
    terminal.until("> ");
    for moment in 1..8 {
        terminal.type_in("::findjsobjects -c LeakNode");
        std::thread::sleep(Duration::from_millis(moment * 15));
        terminal.press(INTERRUPT);
        // What is typed ahead goes with it, so wait for the prompt; it may have been
        // there before, if the search was done.
        terminal.until("> ");
        std::thread::sleep(Duration::from_millis(150));
        terminal.so_far();
        run(&mut terminal, "::echo back");
    }
    // The next is complete.
    let printed = run(&mut terminal, "::findjsobjects -c LeakNode | ::findjsobjects ! wc -l");
    assert!(printed.contains("1000\r\n"), "{printed:?}");
    terminal.type_in("$q");
    terminal.ends();
}

/// Where the module is for the target and not loaded, a line says how to.
#[test]
fn the_module_is_pointed_out() {
    let dump = heap();
    let folder = support::root().join("packaging").display().to_string();
    let home = home("hints");
    let more = format!("-L {folder}");
    let line = "::load v8 adds commands for this target\r\n";
    let mut terminal = Terminal::on(&dump.target, &more, "xterm", &home);
    let printed = terminal.until("> ");
    assert!(printed.contains(line), "{printed:?}");
    let mut other = Terminal::on(&Target::None, &more, "xterm", &home);
    let printed = other.until("> ");
    assert!(!printed.contains("::load"), "{printed:?}");
    let run = Mdb::on(&dump.target).eval("::status");
    assert!(!run.stdout.contains("::load"), "only at the prompt: {run:?}");
}

#[test]
fn nothing_of_a_terminal_is_in_a_pipe() {
    let dump = heap();
    let run = Mdb::on(&dump.target).eval("::load v8; ::jsstack; ::help jsstack; ::nm -h");
    assert!(!run.stdout.contains('\x1b') && !run.stderr.contains('\x1b'), "{run:?}");
}
