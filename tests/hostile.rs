//! The hostile host: a debugger in C that does to the module all that MDB may
//! do to one, at the worst moment, and then checks that the next command prints
//! exactly what it prints on a fresh load. See `tests/hostile/hostile.h`.
//!
//! `HOSTILE_FULL=1` strikes at every call instead of at a sample of them.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use support::dump::{dump, Way};
use support::nodes::{node, Node};
use support::scenario::{End, Scenario};

/// A node that is linked to a fixed address and has every kind of metadata.
const NODE: &str = "26.10.0";

/// The host, built once.
fn host() -> &'static Path {
    static HOST: OnceLock<PathBuf> = OnceLock::new();
    HOST.get_or_init(|| {
        let sources = support::root().join("tests/hostile");
        let mut files: Vec<PathBuf> = fs::read_dir(&sources)
            .expect("tests/hostile is there")
            .map(|entry| entry.expect("the directory can be read").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
            .collect();
        files.sort();
        let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
        let status = Command::new("cc")
            // Without _FORTIFY_SOURCE, whose longjmp insists on frames in order.
            .args(["-std=gnu11", "-D_GNU_SOURCE", "-U_FORTIFY_SOURCE", "-O1", "-g"])
            .args(["-Wall", "-Wextra", "-Werror", "-rdynamic", "-I"])
            .arg(support::root().join("mdb-sys/include"))
            .arg("-o")
            .arg(&binary)
            .args(files)
            .args(["-ldl", "-lrt"])
            .status()
            .expect("a C compiler is on PATH as cc");
        assert!(status.success(), "the hostile host does not compile");
        binary
    })
}

/// A core and the node behind it.
fn core() -> (PathBuf, &'static Node) {
    let node = node(NODE);
    let scenario = Scenario { script: "frames", end: End::Spin, mode: "cold" };
    let dump = dump(node, scenario, Way::Gdb).expect("gdb can dump any process");
    let support::mdb::Target::Core(path) = dump.target else {
        unreachable!("a dump by gdb is a file")
    };
    (path, node)
}

/// Runs a phase and fails with what the host complains of.
fn phase(wrapper: &[&str], module: &Path, names: &[&str]) {
    let name = names.join(" and ");
    let (core, node) = core();
    let mut words = wrapper.iter().map(|word| (*word).to_owned());
    let mut command = match words.next() {
        Some(program) => {
            let mut command = Command::new(program);
            command.args(words).arg(host()).env("HOSTILE_NO_STEPS", "1").env("HOSTILE_FEW", "1");
            command
        }
        None => Command::new(host()),
    };
    // Some commands write files, under names that the host makes up.
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{}", names.join("-")));
    fs::create_dir_all(&dir).expect("the target directory is writable");
    let output = command
        .current_dir(dir)
        .arg(core)
        .arg(&node.path)
        .arg(module)
        .args(names)
        .output()
        .expect("what was just built can be run");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    println!("{text}{errors}");
    assert!(output.status.success(), "{name}: {}\n{text}{errors}", output.status);
    assert!(text.contains(" blows, 0 wrong"), "{name} ended early:\n{text}");
}

/// The module with a command that panics, built aside.
fn panicking() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("panicking");
    let status = Command::new(env!("CARGO"))
        .current_dir(support::root())
        .args(["build", "--quiet", "--lib", "--features", "test-panic", "--target-dir"])
        .arg(&dir)
        .status()
        .expect("cargo runs this test");
    assert!(status.success(), "the module does not compile with test-panic");
    dir.join("debug/libv8.so")
}

#[test]
fn a_panic_is_one_line() {
    phase(&[], &panicking(), &["panic"]);
}

#[test]
fn the_shipped_module_has_no_command_that_panics() {
    let bytes = fs::read(support::mdb::module()).expect("the module can be read");
    let name = b"v8panic\0";
    assert!(!bytes.windows(name.len()).any(|window| window == name));
}

/// No memory is used after it was given back, or before it was set.
#[test]
fn valgrind_finds_nothing() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        support::skip("the hostile host under valgrind", "valgrind is not installed");
        return;
    }
    let wrapper = ["valgrind", "--quiet", "--error-exitcode=9", "--leak-check=no"];
    phase(&wrapper, &support::mdb::module(), &["output", "walks", "loads"]);
}

macro_rules! phases {
    ($($test:ident: $phase:literal;)*) => {
        $(#[test]
        fn $test() {
            phase(&[], &support::mdb::module(), &[$phase]);
        })*
    };
}

phases! {
    output_is_left_and_reentered: "output";
    the_target_cannot_be_read: "reads";
    memory_runs_out: "memory";
    interrupts_come_at_any_instruction: "signals";
    the_debugger_is_terminated: "exits";
    walks_and_pipes_break_off: "walks";
    the_module_is_loaded_again: "loads";
}
