//! A core of a process with 64 GB of memory, most of which was never used: what is
//! asked of it costs what the process is, not what it has reserved.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::dump::{dump, Way};
use support::mdb::{binary, Mdb, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::sparse::{extended, ADDRESS, RESERVED};

/// The most memory of its own that a run had, in kilobytes.
fn memory(core: &Path, commands: &str) -> u64 {
    let mut child = Command::new(binary())
        .args(["-S", "-e", commands])
        .arg(core)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the debugger can be started");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().expect("the child is ours").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(now.unwrap_or(0));
        std::thread::sleep(Duration::from_micros(500));
    }
    most
}

#[test]
fn memory_that_was_never_used_costs_nothing() {
    let scenario = Scenario { script: "heap", end: End::Spin, mode: "1" };
    let dump = dump(node("26.10.0"), scenario, Way::Gdb).expect("gdb can dump any process");
    let Target::Core(core) = &dump.target else { unreachable!("gdb dumps into files") };
    let large = extended(core, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("sparse"));
    let commands = [
        "::load v8; ::jsstack".to_owned(),
        "::findjsobjects -c Payload".to_owned(),
        "::jsheap -j".to_owned(),
    ];
    let target = Target::Core(large.clone());
    let before = Mdb::on(&dump.target).each_with_errors(&commands);
    let begin = Instant::now();
    let after = Mdb::on(&target).each_with_errors(&commands);
    let took = begin.elapsed();
    assert_eq!(after, before);
    // Going through 64 GB takes longer on any machine.
    assert!(took < Duration::from_secs(10), "{took:?}");

    // It is there for whoever asks for it, and not to be gone through.
    let commands = [
        format!("{ADDRESS:x}/J"),
        format!("{:x},8/c", ADDRESS + RESERVED - 8),
        format!("{ADDRESS:x}$m"),
        "::v8regions".to_owned(),
    ];
    let printed = Mdb::on(&target).each_with_errors(&commands);
    assert!(printed[0].trim_end().ends_with(" 0"), "{}", printed[0]);
    assert!(printed[1].contains("the end"), "{}", printed[1]);
    assert!(printed[2].contains(&format!("{RESERVED:x}")), "{}", printed[2]);
    assert!(!printed[3].contains(&format!("{ADDRESS:x}")), "{}", printed[3]);

    let stack = memory(&large, "::load v8; ::jsstack");
    let heap = memory(&large, "::load v8; ::findjsobjects");
    assert!(stack < 100 << 10 && heap < 100 << 10, "{stack} and {heap} kB");
    println!("64 GB: ::jsstack {stack} kB, ::findjsobjects {heap} kB of its own");
    let _ = fs::remove_dir_all(large.parent().expect("it lies in a directory"));
}
