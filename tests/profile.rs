//! `::jsprof`: what a program does is what is sampled, it goes on whatever happens, and
//! the files are what others read.

#![cfg(target_os = "linux")]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use support::mdb::{self, Run};
use support::nodes::node;

/// Burns six, three and one part of its time in functions of these names, or waits.
const PROGRAM: &str = r#"
'use strict';
function until(ms) {
  // Not by the clock, which goes on while it stands still.
  const end = process.cpuUsage().user / 1e3 + ms;
  let n = 0;
  while (process.cpuUsage().user / 1e3 < end) {
    for (let i = 0; i < 5000; i++) n += Math.sin(i + n % 7);
  }
  return n;
}
function sixty() { return until(6); }
function thirty() { return until(3); }
function ten() { return until(1); }
function deep(n, work) { return n > 0 ? deep(n - 1, work) : work(); }
function main() {
  require('fs').writeFileSync(process.argv[2], 'ready');
  if (process.argv[3] === 'wait') { setInterval(() => {}, 1000); return; }
  for (;;) { deep(10, sixty); deep(10, thirty); deep(10, ten); }
}
main();
"#;
/// Of the shares, how far a count of some hundred samples may be off by chance.
const OFF: f64 = 0.07;

/// Burners take turns: on a busy machine a process stands still for longer.
static TURN: Mutex<()> = Mutex::new(());

/// A process that ends with the test.
struct Burner {
    _turn: MutexGuard<'static, ()>,
    child: Child,
    program: PathBuf,
    dir: PathBuf,
}

impl Burner {
    fn start(release: &str, mode: &str) -> Burner {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let dir = tmp.join(format!("profile-{release}-{mode}-{:?}", std::thread::current().id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("the target directory is writable");
        let (program, ready) = (dir.join("burn.js"), dir.join("ready"));
        fs::write(&program, PROGRAM).expect("the directory is writable");
        let mut command = Command::new(&node(release).path);
        let child = command.args([&program, &ready]).arg(mode).stdin(Stdio::null()).spawn();
        let child = child.expect("node can be started");
        let deadline = Instant::now() + Duration::from_secs(60);
        while !ready.exists() {
            assert!(Instant::now() < deadline, "node does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
        Burner { _turn: turn, child, program, dir }
    }

    fn run(&self, command: &str) -> Run {
        let pid = self.child.id().to_string();
        let module = mdb::module();
        let load = format!("::load {}; {command}", module.display());
        mdb::run(&["-p".into(), pid, "-e".into(), load], "")
    }

    fn is_running(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.expect("it is our child");
        let state = stat.rsplit_once(") ").expect("the name is in parentheses").1.as_bytes()[0];
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        b"RS".contains(&state) && status.expect("it is our child").contains("TracerPid:\t0\n")
    }
}

impl Drop for Burner {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Stacks and counts of folded lines.
fn stacks(folded: &str) -> Vec<(Vec<&str>, u64)> {
    folded
        .lines()
        .map(|line| {
            let (frames, count) = line.rsplit_once(' ').expect("a count ends the line");
            (frames.split(';').collect(), count.parse().expect("a number"))
        })
        .collect()
}

fn shares_are_true(release: &str) {
    let burner = Burner::start(release, "burn");
    let [folded, scope, graph] =
        ["folded", "speedscope.json", "graph.svg"].map(|name| burner.dir.join(name));
    let command = format!(
        "::jsprof -d 3 -r 197 -c {} -s {} -g {}",
        folded.display(),
        scope.display(),
        graph.display()
    );
    let run = burner.run(&command);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(burner.is_running(), "{release}: it goes on");
    let text = fs::read_to_string(&folded).expect("it was written");
    let all = stacks(&text);
    let total: u64 = all.iter().map(|(_, count)| count).sum();
    assert!(total > 150, "{release}: {run:?}");
    let file = burner.program.display();
    let mut shares = BTreeMap::new();
    let mut whole = 0;
    for (frames, count) in &all {
        for (name, line) in [("sixty", 12), ("thirty", 13), ("ten", 14)] {
            let wanted = format!("{name} at {file}:{line}");
            let Some(at) = frames.iter().position(|frame| **frame == *wanted) else { continue };
            *shares.entry(name).or_insert(0) += count;
            let deep = format!("deep at {file}:15");
            let depth = frames[..at].iter().filter(|frame| ***frame == *deep).count();
            whole += if depth == 11 && frames[0] == "_start" { *count } else { 0 };
        }
    }
    for (name, share) in [("sixty", 0.6), ("thirty", 0.3), ("ten", 0.1)] {
        let found = shares.get(name).copied().unwrap_or(0) as f64 / total as f64;
        println!("{release}: {name} {:.1} % of {total} samples", found * 100.0);
        assert!((found - share).abs() < OFF, "{release}: {name}: {found}\n{text}");
    }
    let known: u64 = shares.values().sum();
    println!("{release}: {known} in one of them, {whole} whole");
    // Nothing is lost where C++ runs that has no frame of its own, as that of Math.sin.
    assert!(known * 100 >= total * 97, "{release}: {known} of {total}\n{text}");
    assert!(text.contains("ieee754"), "{release}: {text}");
    // A sample may fall between the instructions that make a frame.
    assert!(whole * 100 >= total * 97, "{release}: {whole} of {total}\n{text}");
    println!("{release}: {}", run.stderr.trim_end());
    others_can_read(&burner, &all, total);
    // What is there is not replaced unless that is asked for.
    let run = burner.run(&format!("::jsprof -d 0.1 -c {}", folded.display()));
    assert!(run.code == Some(1) && run.stderr.contains("File exists"), "{run:?}");
    let run = burner.run(&format!("::jsprof -d 0.1 -f -c {}", folded.display()));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(fs::read_to_string(&folded).expect("it was written").len() < text.len());
}

/// The files hold the same stacks in the forms of others.
fn others_can_read(burner: &Burner, all: &[(Vec<&str>, u64)], total: u64) {
    let read = |name: &str| {
        let path = burner.dir.join(name);
        let mode = fs::metadata(&path).expect("it was written").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}: stacks are nobody else's business");
        fs::read_to_string(&path).expect("it is text")
    };
    let scope: Value = serde_json::from_str(&read("speedscope.json")).expect("it is JSON");
    let frames = scope["shared"]["frames"].as_array().expect("a list");
    let samples = scope["profiles"][0]["samples"].as_array().expect("a list");
    assert_eq!(samples.len() as u64, total);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for sample in samples {
        let name = |number: &Value| {
            let frame = &frames[number.as_u64().expect("a number") as usize];
            let name = frame["name"].as_str().expect("a name");
            match (frame["file"].as_str(), frame["line"].as_u64()) {
                (Some(file), Some(line)) => format!("{name} at {file}:{line}"),
                _ => name.to_owned(),
            }
        };
        let names: Vec<String> = sample.as_array().expect("a list").iter().map(name).collect();
        *counts.entry(names.join(";")).or_default() += 1;
    }
    for (stack, count) in all {
        assert_eq!(counts.get(&stack.join(";")), Some(count));
    }
    let graph = read("graph.svg");
    assert!(graph.starts_with("<?xml") && graph.trim_end().ends_with("</svg>"));
    assert!(graph.contains("sixty at "), "frames have names");
    read("folded");
}

#[test]
fn shares_20() {
    shares_are_true("20.20.2");
}

#[test]
fn shares_26() {
    shares_are_true("26.10.0");
}

#[test]
#[ignore = "run by make matrix"]
fn shares_of_others() {
    for release in ["12.22.12", "16.20.2", "18.20.8", "22.23.3", "24.21.0"] {
        shares_are_true(release);
    }
}

/// A process that waits has no stack worth counting, unless one asks for it.
#[test]
fn waiting_is_told_apart() {
    let burner = Burner::start("20.20.2", "wait");
    let run = burner.run("::jsprof -d 0.5");
    assert!(run.code == Some(0) && run.stderr.contains("0 samples of thread "), "{run:?}");
    assert!(run.stderr.contains(" times it was waiting"), "{run:?}");
    let run = burner.run("::jsprof -w -d 0.5");
    assert!(run.stdout.contains(";uv_run"), "{run:?}");
    let run = burner.run("::jsprof -d 0; ::jsprof -r x; ::jsprof -t 1f1f1f; ::jsprof x");
    for text in ["-d takes a decimal", "-r takes a decimal", "thread 0x1f1f1f not", "Usage: jsprof"]
    {
        assert!(run.stderr.contains(text), "{text}: {run:?}");
    }
    assert!(burner.is_running());
}

/// ^C ends it early, and what was seen is printed; the death of the process, too.
#[test]
fn it_ends_early() {
    let mut burner = Burner::start("20.20.2", "burn");
    for kill_it in [false, true] {
        let start = Instant::now();
        let pid = burner.child.id().to_string();
        let load = format!("::load {}; ::jsprof -d 60", mdb::module().display());
        let debugger = Command::new(mdb::binary())
            .args(["-p", &pid, "-e", &load])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the debugger can be started");
        std::thread::sleep(Duration::from_millis(1500));
        if kill_it {
            burner.child.kill().expect("it is our child");
        } else {
            let id = debugger.id().to_string();
            let status = Command::new("kill").args(["-INT", &id]).status();
            assert!(status.is_ok_and(|status| status.success()), "kill(1) is there");
        }
        let output = debugger.wait_with_output().expect("it ends");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(start.elapsed() < Duration::from_secs(30), "{said}");
        assert!(printed.contains(";sixty at "), "{printed}{said}");
        assert_eq!(said.contains("has ended") || said.contains("cannot attach"), kill_it, "{said}");
        assert!(kill_it || burner.is_running(), "it goes on");
    }
}

/// Only processes can be sampled.
#[test]
fn cores_have_one_stack() {
    let run = mdb::run(&["-e".into(), "::jsprof".into()], "");
    assert!(run.code == Some(1) && run.stderr.starts_with("mdb: no process active"), "{run:?}");
}

/// What DTrace has printed is folded and drawn.
#[test]
fn stacks_of_dtrace() {
    let printed = "
              libc.so.1`read+0x7
              handle at /srv/server.js line 13
              << adaptor >>
              main at /srv/server.js line 2
                3

              << internal >>
              main at /srv/server.js line 2
                1
";
    let folded = mdb::run(&["--collapse".into(), "dtrace".into()], printed);
    assert_eq!(folded.code, Some(0), "{folded:?}");
    let wanted = "main at /srv/server.js:2;<< adaptor >>;handle at /srv/server.js:13;\
                  libc.so.1`read 3";
    assert!(folded.stdout.lines().any(|line| line == wanted), "{folded:?}");
    let drawn = mdb::run(&["--flamegraph".into()], &folded.stdout);
    assert!(drawn.code == Some(0) && drawn.stdout.contains("</svg>"), "{drawn:?}");
    assert!(drawn.stdout.contains("handle at /srv/server.js:13"), "{drawn:?}");
    for (args, input, text) in [
        (&["--flamegraph"][..], "", "there are no stacks"),
        (&["--flamegraph"], "a;b\n", "not a folded stack"),
        (&["--flamegraph", "/nonexistent"], "", "/nonexistent: No such file"),
        (&["--collapse", "perf"], "", "--collapse reads what dtrace has printed"),
    ] {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let run = mdb::run(&args, input);
        assert!(run.code != Some(0) && run.stderr.contains(text), "{args:?}: {run:?}");
    }
}
