//! ^C while the heap is searched: the command ends soon, and the next one finds
//! everything all the same.

mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use support::dump::{dump, Way};
use support::mdb::{binary, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};

/// Interrupts, at moments spread over the time that a search takes.
const TIMES: u32 = 20;
/// How soon a command must end, on a machine with other work to do.
const PROMPT: Duration = Duration::from_secs(1);

/// A debugger that takes one command after another.
struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    fn on(target: &Target) -> Shell {
        let Target::Core(core) = target else { unreachable!("gdb dumps into files") };
        let mut child = Command::new(binary())
            .args(["-S"])
            .arg(core)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the debugger can be started");
        let input = child.stdin.take().expect("standard input is a pipe");
        let output = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        Shell { child, input, output }
    }

    fn send(&mut self, command: &str) {
        writeln!(self.input, "{command}\n::echo @@@").expect("the debugger reads its input");
    }

    /// What was printed until the command's end.
    fn answer(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let n = self.output.read_line(&mut line).expect("the debugger prints UTF-8");
            assert!(n > 0, "the debugger ended after {lines:?}");
            match line.trim_end() {
                "@@@" => return lines,
                line => lines.push(line.to_owned()),
            }
        }
    }

    fn run(&mut self, command: &str) -> Vec<String> {
        self.send(command);
        self.answer()
    }

    fn interrupt(&self) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-INT", &pid]).status();
        assert!(status.is_ok_and(|status| status.success()), "the debugger is there");
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_search_can_be_interrupted_at_any_moment() {
    let scenario = Scenario { script: "heap", end: End::Spin, mode: "5" };
    let dump = dump(node("20.20.2"), scenario, Way::Gdb).expect("gdb can dump any process");
    let mut shell = Shell::on(&dump.target);
    shell.run("::load v8");
    let whole = shell.run("::findjsobjects");
    assert!(whole.len() > 100, "{whole:?}");
    // A second time, as the symbols have been read by then.
    shell.run("::unload v8");
    shell.run("::load v8");
    let start = Instant::now();
    assert_eq!(shell.run("::findjsobjects"), whole);
    let length = start.elapsed();
    let mut cut = 0;
    for time in 0..TIMES {
        shell.run("::unload v8");
        shell.run("::load v8");
        shell.send("::findjsobjects");
        // Not evenly: moments that the golden ratio picks come near to all.
        std::thread::sleep(length.mul_f64(f64::from(time) * 0.618 % 1.0));
        shell.interrupt();
        let asked = Instant::now();
        let printed = shell.answer();
        let took = asked.elapsed();
        assert!(took < PROMPT, "after ^C number {time} the search goes on for {took:?}");
        assert!(printed.is_empty() || printed.len() <= whole.len(), "{printed:?}");
        if printed == whole {
            // It came too late, and may hit the next command.
            shell.run("::findjsobjects");
        } else {
            cut += 1;
        }
        assert_eq!(shell.run("::findjsobjects"), whole, "after ^C number {time}");
        let last = whole.last().and_then(|line| line.split_whitespace().next()).expect("a row");
        let refers = shell.run(&format!("0x{last}::v8whatis"));
        assert_eq!(refers, [last], "after ^C number {time}");
    }
    assert!(cut >= TIMES / 2, "only {cut} of {TIMES} searches were interrupted");
    println!("{}: {cut} of {TIMES} searches of {length:?} interrupted", dump.label);
}
