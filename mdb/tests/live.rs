//! Live processes.

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use support::*;

/// A victim that waits; killed at the end.
struct Waiting(Child);

impl Waiting {
    fn start() -> Waiting {
        let mut child = Command::new(victim()).arg("wait").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.trim(), child.id().to_string());
        Waiting(child)
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }

    /// Letter of the process's state: `t` while it is stopped by a debugger.
    fn state(&self) -> char {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        text.rsplit(')').next().unwrap().trim_start().chars().next().unwrap()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn attach_read_write_detach() {
    let process = Waiting::start();
    let load = format!(
        "::load {}; counter/D; ::poke; counter/D; counter/W 5; greeting/s",
        api_module().display()
    );
    let run: Run = mdb().args(["-p", &process.pid(), "-w", "-e", &load]).output().unwrap().into();
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.out.contains("counter is 99\n"), "{}", run.out);
    assert!(run.out.contains("counter:        0x63            =       0x5\n"), "{}", run.out);
    assert_ne!(process.state(), 't', "the process stands still");
    let run: Run = mdb()
        .args(["-p", &process.pid(), "-e", "::status; counter/D; counter/W 6"])
        .output()
        .unwrap()
        .into();
    assert!(run.out.contains(&format!("debugging PID {} (64-bit)", process.pid())), "{}", run.out);
    assert!(run.out.contains("counter:        5 "), "{}", run.out);
    assert!(run.err.contains("target is not open for writing"), "{}", run.err);
    assert_ne!(process.state(), 't');
}

#[test]
fn a_deadly_signal_lets_the_process_go() {
    for signal in ["-TERM", "-HUP", "-KILL"] {
        let process = Waiting::start();
        let mut command = mdb();
        command.args(["-p", &process.pid()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut debugger = command.spawn().unwrap();
        let mut input = debugger.stdin.take().unwrap();
        use std::io::Write;
        input.write_all(b"::echo ready\n").unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(debugger.stdout.take().unwrap());
        // Output is written at the end of each line of a script.
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "ready \n");
        assert_eq!(process.state(), 't');
        Command::new("kill").args([signal, &debugger.id().to_string()]).status().unwrap();
        debugger.wait().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert_ne!(process.state(), 't', "after {signal}");
    }
}

#[test]
fn a_core_of_a_live_process() {
    let process = Waiting::start();
    let core = folder().join("live.core");
    let _ = std::fs::remove_file(&core);
    let command = format!("::gcore {}", core.display());
    let run: Run = mdb().args(["-p", &process.pid(), "-e", &command]).output().unwrap().into();
    assert_eq!(run.out, format!("mdb: {} dumped\n", core.display()), "{}", run.err);
    let run: Run = mdb().args(["-e", "greeting/s"]).arg(&core).output().unwrap().into();
    assert_eq!(run.out, "greeting:\ngreeting:       hello, world\n", "{}", run.err);
    let run: Run = mdb().args(["-p", &process.pid(), "-e", &command]).output().unwrap().into();
    assert_eq!(run.status, 1, "an existing file is not overwritten");
}
