//! Values as large or as deep as V8 lets them be: each command ends soon, prints a
//! part where all would be too much, and says so.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::mdb::{Mdb, Run, Target};
use support::nodes::node;

/// How long one command may take, on a busy machine and an optimized build.
const PATIENCE: Duration = Duration::from_secs(60);

const PROGRAM: &str = r#"
'use strict';
const fs = require('fs');
function hold(giants) {
  fs.writeFileSync(process.argv[2], 'ready');
  fs.readSync(0, Buffer.alloc(1));
  return giants;
}
const giants = {
  text: Buffer.alloc(500 << 20, 'x').toString('latin1'),
  list: new Array(1e7).fill(7),
  left: 'a long beginning',
  right: 'a long ending',
  slots: {},
  chain: null,
  heir: {},
};
const count = Number(process.argv[3]);
for (let i = 0; i < count; i++) giants.left += 'b';
for (let i = 0; i < count; i++) giants.right = 'b' + giants.right;
for (let i = 0; i < count; i++) giants.slots['p' + i] = i;
for (let i = 0; i < count; i++) giants.chain = { next: giants.chain };
for (let i = 0; i < 1e4; i++) giants.heir = Object.create(giants.heir);
hold(giants);
"#;

/// A process that ends with the test.
struct Giants(Child);

impl Giants {
    fn start(dir: &Path, count: &str) -> Giants {
        let _ = fs::remove_dir_all(dir);
        fs::create_dir_all(dir).expect("the target directory is writable");
        let (program, ready) = (dir.join("giants.js"), dir.join("ready"));
        fs::write(&program, PROGRAM).expect("the directory is writable");
        let child = Command::new(&node("26.10.0").path)
            .args([&program, &ready])
            .arg(count)
            .stdin(Stdio::piped())
            .spawn()
            .expect("node can be started");
        let giants = Giants(child);
        let deadline = Instant::now() + Duration::from_secs(120);
        while !ready.exists() {
            assert!(Instant::now() < deadline, "the program does not get to the point");
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(300));
        giants
    }

    /// A command on the giants, or on nothing.
    fn run(&self, command: &str) -> Run {
        let start = Instant::now();
        let run = Mdb::on(&Target::Process(self.0.id())).eval(&format!("::load v8; {command}"));
        let took = start.elapsed();
        assert!(took < PATIENCE, "{command}: {took:?}");
        assert!(run.code == Some(0) && run.stderr.is_empty(), "{command}: {}", run.stderr);
        println!("{command}: {} bytes in {took:.1?}", run.stdout.len());
        run
    }

    fn of(&self, command: &str) -> String {
        let run = self.run(&format!("::jsstack -f hold -p arg1 | {command}"));
        let banner = "Autoconfigured V8 support from target\n";
        run.stdout.split_once(banner).map(|(_, rest)| rest.to_owned()).expect("it was loaded")
    }
}

impl Drop for Giants {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn giants() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-heaps/values");
    let giants = Giants::start(&dir, "1000000");
    let text = giants.of("::jsprint text");
    assert!(text.starts_with("\"xxx") && text.ends_with("x[...]\"\n"), "it is cut, and says so");
    assert!((200 << 20..300 << 20).contains(&text.len()), "{} bytes", text.len());
    let list = giants.of("::jsprint list");
    assert_eq!(list.lines().count(), 10_000_002);
    // Whole, from either end.
    let left = giants.of("::jsprint left");
    assert_eq!(left, format!("\"a long beginning{}\"\n", "b".repeat(1_000_000)));
    let right = giants.of("::jsprint right");
    assert_eq!(right, format!("\"{}a long ending\"\n", "b".repeat(1_000_000)));
    let slots = giants.of("::jsprint -d 2 slots");
    assert_eq!(slots.lines().count(), 1_000_002);
    assert!(slots.contains("\"p999999\": 999999,\n"));
    // As deep as asked for would be deeper than any screen.
    let chain = giants.of("::jsprint -d 0t1000000 chain");
    assert!(chain.contains("\"next\": [...]"), "{}", &chain[..200]);
    assert_eq!(giants.of("::jsprint -d 0t1000000 heir"), "{}\n");
    drop(giants);
    fs::remove_dir_all(&dir).expect("it was just made");
}

/// Fewer, but enough that what takes the square of the time does not end.
#[test]
fn heaps_of_giants() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-heaps/whole");
    let giants = Giants::start(&dir, "200000");
    let objects = giants.run("::findjsobjects ! tail -1");
    assert!(objects.stdout.contains(" 10000000 Array"), "{}", objects.stdout);
    // Strings within each other are not read again and again.
    let snapshot = dir.join("giants.heapsnapshot");
    giants.run(&format!("::jsheapsnapshot -f {}", snapshot.display()));
    let size = fs::metadata(&snapshot).expect("it was written").len();
    assert!(size > 20 << 20, "{size}");
    drop(giants);
    fs::remove_dir_all(&dir).expect("it was just made");
}
