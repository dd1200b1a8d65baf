//! Processes that make it hard: their files are gone or elsewhere, they die while
//! they are looked at, they have thousands of threads, or another debugger.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use support::mdb::{self, Mdb, Target};
use support::nodes::{node, Node};
use support::scenario::{End, Scenario};

const QUIET: Scenario = Scenario { script: "frames", end: End::Block, mode: "cold" };
const STACK: &str = "::load v8; ::jsstack";

fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-processes").join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("the target directory is writable");
    dir
}

/// A debugger that reads its commands from a pipe, and is attached.
struct Attached {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Attached {
    fn to(pid: u32) -> Attached {
        let mut child = Command::new(mdb::binary())
            .args(["-p", &pid.to_string()])
            .env("TERM", "dumb")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the debugger can be started");
        let input = child.stdin.take().expect("it is a pipe");
        let output = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let mut attached = Attached { child, input, output };
        attached.say("::echo ready");
        let mut line = String::new();
        attached.output.read_line(&mut line).expect("the debugger talks");
        assert_eq!(line.trim(), "ready");
        attached
    }

    fn say(&mut self, command: &str) {
        writeln!(self.input, "{command}").expect("the debugger listens");
    }

    /// Ends the input, and returns what was printed, what was complained about and
    /// the status.
    fn end(mut self) -> (String, String, Option<i32>) {
        drop(self.input);
        let (mut printed, mut complaints) = (String::new(), String::new());
        self.output.read_to_string(&mut printed).expect("it is text");
        let mut stderr = self.child.stderr.take().expect("it is a pipe");
        stderr.read_to_string(&mut complaints).expect("it is text");
        (printed, complaints, self.child.wait().expect("it is ours").code())
    }
}

fn state(pid: u32) -> char {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process is there");
    text.rsplit(')').next().and_then(|rest| rest.trim().chars().next()).expect("it has a state")
}

#[test]
fn executable_that_was_deleted() {
    let dir = scratch("deleted");
    let copy = dir.join("node");
    fs::copy(&node("26.10.0").path, &copy).expect("there is room for a copy of node");
    let moved = Node { name: "26.10.0".to_owned(), path: copy.clone() };
    let mut running = QUIET.start(&moved, &dir);
    running.truth();
    fs::remove_file(&copy).expect("it was just made");
    let gone = Mdb::on(&Target::Process(running.pid())).eval(STACK);
    assert_eq!((gone.code, gone.stderr.as_str()), (Some(0), ""), "{}", gone.stdout);
    assert!(gone.stdout.contains("js:     "), "{}", gone.stdout);
    // Another file took its place: it is not taken for it.
    fs::copy("/bin/true", &copy).expect("the directory is writable");
    let replaced = Mdb::on(&Target::Process(running.pid())).eval(STACK);
    assert_eq!((replaced.code, replaced.stdout), (Some(0), gone.stdout), "{}", replaced.stderr);
    drop(running);
    fs::remove_dir_all(&dir).expect("it was just made");
}

/// As in a container: the paths of the process lead elsewhere, or nowhere, here.
#[test]
fn process_in_another_mount_namespace() {
    let dir = scratch("namespace");
    let (inside, ready) = (dir.join("inside"), dir.join("truth.json"));
    fs::create_dir_all(&inside).expect("the directory is writable");
    let possible = Command::new("unshare").args(["-m", "true"]).stderr(Stdio::null()).status();
    if !possible.is_ok_and(|status| status.success()) {
        support::skip("another mount namespace", "unshare(1) is missing or may not");
        return;
    }
    let script = "mount -t tmpfs none \"$1\" && cp \"$2\" \"$1/node\" && \
                  exec \"$1/node\" \"$3\" \"$4\" block cold";
    let program = support::root().join("tests/scenarios/frames.js");
    let child = Command::new("unshare")
        .args(["-m", "sh", "-c", script, "sh"])
        .args([&inside, &node("26.10.0").path, &program, &ready])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("unshare was there just now");
    let child = Killed(child);
    let deadline = Instant::now() + Duration::from_secs(60);
    while !ready.exists() {
        assert!(Instant::now() < deadline, "the program does not get to the point");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(!inside.join("node").exists(), "the binary is to be seen from within only");
    let run = Mdb::on(&Target::Process(child.0.id())).eval(STACK);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    assert!(run.stdout.contains("js:     "), "{}", run.stdout);
}

/// A process that ends with the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn target_that_dies_while_attached() {
    let dir = scratch("dies");
    let mut running = QUIET.start(node("26.10.0"), &dir);
    running.truth();
    let pid = running.pid();
    let mut attached = Attached::to(pid);
    attached.say("::load v8");
    let killed = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()));
    // Its parent learns of it when the debugger has: meanwhile it is a zombie.
    while state(pid) != 'Z' {
        std::thread::sleep(Duration::from_millis(5));
    }
    for command in ["::jsstack", "::findjsobjects", "::status", "$r", "::echo end"] {
        attached.say(command);
    }
    let (printed, complaints, code) = attached.end();
    let context = format!("status {code:?}\n{printed}{complaints}");
    assert_eq!(code, Some(0), "errors of a script do not end it: {context}");
    assert!(printed.ends_with("end \n"), "{context}");
    assert!(complaints.lines().all(|line| line.starts_with("mdb: ")), "{context}");
    assert!(!complaints.is_empty() && complaints.lines().count() < 20, "{context}");
    assert!(!complaints.contains("panic"), "{context}");
    println!("the target was killed: {}", complaints.lines().collect::<Vec<_>>().join("; "));
}

#[test]
fn two_debuggers_at_once() {
    let dir = scratch("two");
    let mut running = QUIET.start(node("26.10.0"), &dir);
    running.truth();
    let first = Attached::to(running.pid());
    let second = Mdb::on(&Target::Process(running.pid())).eval(STACK);
    let lines: Vec<_> = second.stderr.lines().collect();
    assert_eq!((second.code, lines.len()), (Some(1), 1), "{}", second.stderr);
    let by = first.child.id().to_string();
    assert!(lines[0].contains("cannot attach") && lines[0].contains(&by), "{}", lines[0]);
    println!("the second debugger: {}", lines[0]);
    assert_eq!(state(running.pid()), 't', "the first still has it");
    let (_, complaints, code) = first.end();
    assert_eq!((code, complaints.as_str()), (Some(0), ""));
    assert_ne!(state(running.pid()), 't', "it goes on");
}

#[test]
fn debugger_that_is_killed() {
    let dir = scratch("killed");
    let mut running = QUIET.start(node("26.10.0"), &dir);
    running.truth();
    let mut attached = Attached::to(running.pid());
    attached.say("::load v8");
    attached.say("::findjsobjects");
    attached.child.kill().expect("it is ours");
    let status = attached.child.wait().expect("it is ours");
    assert_eq!(status.signal(), Some(9));
    std::thread::sleep(Duration::from_millis(200));
    assert_ne!(state(running.pid()), 't', "it goes on");
    let run = Mdb::on(&Target::Process(running.pid())).eval(STACK);
    assert!(run.code == Some(0) && run.stdout.contains("js:     "), "{run:?}");
}

const CROWD: &str = r#"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void *idle(void *unused) { for (;;) pause(); return unused; }
int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 1, made = 0;
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 32768);
    while (made < count && pthread_create(&thread, &attr, idle, NULL) == 0) made++;
    printf("%d\n", made);
    fflush(stdout);
    for (;;) pause();
}
"#;

#[test]
fn thousands_of_threads() {
    let dir = scratch("threads");
    let (source, program) = (dir.join("crowd.c"), dir.join("crowd"));
    fs::write(&source, CROWD).expect("the directory is writable");
    let compiled =
        Command::new("cc").arg("-pthread").args([&source]).arg("-o").arg(&program).status();
    assert!(compiled.is_ok_and(|status| status.success()), "a C compiler is there");
    let child = Command::new(&program).arg("10000").stdout(Stdio::piped()).spawn();
    let mut child = Killed(child.expect("it was just compiled"));
    let mut line = String::new();
    let mut output = BufReader::new(child.0.stdout.take().expect("it is a pipe"));
    output.read_line(&mut line).expect("the program says how many it made");
    let made: usize = line.trim().parse().expect("it is a number");
    assert!(made > 1000, "only {made} threads here");
    let start = Instant::now();
    let core = dir.join("core");
    let commands = format!("::walk thread ! wc -l; ::gcore {}", core.display());
    let live = Mdb::on(&Target::Process(child.0.id())).eval(&commands);
    let took = start.elapsed();
    assert_eq!(live.code, Some(0), "{}", live.stderr);
    assert!(took < Duration::from_secs(20), "{took:?} for {made} threads");
    assert_ne!(state(child.0.id()), 't', "it goes on");
    let count = live.stdout.lines().next().unwrap_or_default().trim().parse();
    assert_eq!(count, Ok(made + 1), "{}", live.stdout);
    let start = Instant::now();
    let run = Mdb::on(&Target::Core(core)).eval("::walk thread ! wc -l");
    assert_eq!(run.stdout.trim().parse(), Ok(made + 1), "{run:?}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    fs::remove_dir_all(&dir).expect("it was just made");
}
