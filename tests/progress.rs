//! What is said on a terminal while the heap is searched, and that nothing is
//! said elsewhere.

mod support;

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};
use support::dump::{dump, Dump, Way};
use support::mdb::{binary, Mdb, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};

const SCENARIO: Scenario = Scenario { script: "heap", end: End::Spin, mode: "5" };
/// Longer than it takes until something is said.
const LONG: Duration = Duration::from_millis(2300);
const STAGE: &str = "mdb_v8: searching for objects, ";
/// What takes the line away.
const COLUMNS: usize = 64;

fn heap() -> Dump {
    dump(node("20.20.2"), SCENARIO, Way::Gdb).expect("gdb can dump any process")
}

/// A debugger on a terminal of its own, which `script` makes.
struct Terminal {
    script: Child,
    output: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn on(dump: &Dump, redirected: &str) -> Terminal {
        let Target::Core(core) = &dump.target else { unreachable!("gdb dumps into files") };
        let command = format!("exec {} {} {redirected}", binary().display(), core.display());
        let mut script = Command::new("script")
            .args(["-qfec", &command, "/dev/null"])
            .env("TERM", "dumb")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("script is installed");
        let mut from = script.stdout.take().expect("standard output is a pipe");
        let (sender, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = from.read(&mut bytes) {
                if sender.send(bytes[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal { script, output, seen: String::new() }
    }

    fn type_in(&mut self, text: &str) {
        let input = self.script.stdin.as_mut().expect("standard input is a pipe");
        write!(input, "{text}\r").expect("the terminal takes input");
    }

    /// Waits for a text, and returns what came up to its end.
    fn until(&mut self, text: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let bytes = self.output.recv_timeout(left);
            let bytes = bytes.unwrap_or_else(|why| panic!("no {text}: {why}: {}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// What came up to now.
    fn so_far(&mut self) -> String {
        while let Ok(bytes) = self.output.try_recv() {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        std::mem::take(&mut self.seen)
    }

    /// Stops the debugger for a while. `script` stops with it.
    fn hold_up(&self) {
        let pid = self.debugger();
        signal("-STOP", &pid);
        std::thread::sleep(LONG);
        signal("-CONT", &pid);
        signal("-CONT", &self.script.id().to_string());
    }

    /// The debugger's process.
    fn debugger(&self) -> String {
        let pid = self.script.id();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        children.expect("script is there").trim().to_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let pid = self.debugger();
        if !pid.is_empty() {
            let _ = Command::new("kill").args(["-KILL", &pid]).status();
        }
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

fn signal(name: &str, pid: &str) {
    let status = Command::new("kill").args([name, pid]).status();
    assert!(status.is_ok_and(|status| status.success()), "the debugger is there");
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
    terminal.hold_up();
    let printed = terminal.until("done \r\n");
    printed.contains(STAGE).then_some(printed)
}

#[test]
fn long_work_is_told_on_a_terminal_and_the_line_goes_again() {
    let dump = heap();
    let mut terminal = Terminal::on(&dump, "");
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
        let mut terminal = Terminal::on(&dump, redirected);
        terminal.type_in("::load v8");
        terminal.type_in("::findjsobjects -c LeakNode");
        // It may not have begun, or be done; it is stopped in the middle as a rule.
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(100));
            terminal.hold_up();
        }
        std::thread::sleep(Duration::from_millis(500));
        let printed = terminal.so_far();
        assert!(!printed.contains("mdb_v8: searching"), "{redirected}: {printed:?}");
    }
    let run = Mdb::on(&dump.target).eval("::load v8; ::findjsobjects -c LeakNode");
    assert!(!run.stderr.contains("mdb_v8: searching") && !run.stdout.contains('\r'), "{run:?}");
}
