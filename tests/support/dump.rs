//! Targets for the debugger: live processes and cores of scenario programs.
//!
//! Cores are kept under `target/cores`, in a directory per state of the
//! scenario programs, so that a second run of the tests finds them there. Those
//! that were not asked for lately make room for others.

use super::mdb::{Mdb, Target};
use super::nodes::Node;
use super::scenario::{End, Running, Scenario};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::SystemTime;

/// Bytes that cores may take on the disk before old ones are removed: more than
/// those of `make test`, and far fewer than those of all releases.
const KEPT: u64 = 4 << 30;

/// How a target is had.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Way {
    /// The process itself.
    Live,
    /// gdb's `generate-core-file`.
    Gdb,
    /// `::gcore` of the debugger under test.
    Own,
    /// The kernel's dump of an aborting process.
    Kernel,
}

/// A target and what its program says of itself.
pub struct Dump {
    /// What to hand to the debugger.
    pub target: Target,
    /// The program's truth.
    pub truth: Value,
    /// Names the dump in messages.
    pub label: String,
    /// Keeps a live target alive.
    _running: Option<Running>,
}

/// Where the cores lie that this process was given, or makes. Two tests may want the
/// same, so each has a lock of its own.
type Given = BTreeMap<PathBuf, Arc<Mutex<()>>>;
static GIVEN: Mutex<Given> = Mutex::new(Given::new());

/// A test that failed while it held a lock has left nothing half-done: directories
/// get their final name when they are complete.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Makes or finds a dump; `None`, with a notice, where this machine cannot.
pub fn dump(node: &Node, scenario: Scenario, way: Way) -> Option<Dump> {
    let label = format!("{} {} {way:?}", node.name, scenario.label());
    if way == Way::Kernel {
        if let Some(why) = no_kernel_cores() {
            super::skip(&label, &why);
            return None;
        }
    }
    let cores = super::target_dir().join("cores");
    let base = cores.join(format!("{:016x}", Scenario::fingerprint()));
    let name = format!("{}-{}", node.name, scenario.label());
    let home = match way {
        // Each live test has its own process, hence its own directory.
        Way::Live => base.join(format!("live-{name}")),
        _ => base.join(format!("{name}-{way:?}")),
    };
    // The process's own, should the tests be run twice at once.
    let new = base.join(format!("new-{}-{name}-{way:?}", std::process::id()));
    let lock = {
        let mut given = hold(&GIVEN);
        if !base.exists() {
            // Dumps of what the scenario programs were before are of no more use.
            fresh(&cores);
            fresh(&base);
        }
        given.entry(new.clone()).or_default();
        let lock = given.entry(home.clone()).or_default().clone();
        if way != Way::Live && !home.exists() {
            make_room(&base, &given);
        }
        lock
    };
    let _making = hold(&lock);
    if way == Way::Live {
        let mut running = scenario.start(node, &fresh(&home));
        let truth = running.truth();
        let target = Target::Process(running.pid());
        return Some(Dump { target, truth, label, _running: Some(running) });
    }
    // What the debugger under test dumps is not to be kept from an older build.
    if way == Way::Own {
        let _ = fs::remove_dir_all(&home);
    }
    if !home.exists() {
        make(node, scenario, way, &fresh(&new));
        fs::rename(&new, &home).expect("renaming inside one directory works");
    }
    let asked = fs::File::open(&home).and_then(|dir| dir.set_modified(SystemTime::now()));
    asked.expect("the directory is ours");
    let text = fs::read_to_string(home.join("truth.json")).expect("the truth was written");
    let truth = serde_json::from_str(&text).expect("the truth is JSON");
    Some(Dump { target: Target::Core(home.join("core")), truth, label, _running: None })
}

/// Has a core made anew when it is asked for next.
pub fn forget(dump: Dump) {
    if let Target::Core(core) = &dump.target {
        let _ = fs::remove_dir_all(core.parent().expect("cores lie in directories"));
    }
}

/// Removes the cores that were asked for longest ago, but none of this process,
/// while they take too much of the disk.
fn make_room(base: &Path, given: &Given) {
    let Ok(entries) = fs::read_dir(base) else { return };
    let homes = entries.filter_map(|entry| {
        let home = entry.ok()?.path();
        let size = fs::metadata(home.join("core")).ok()?.blocks() * 512;
        Some((fs::metadata(&home).ok()?.modified().ok()?, size, home))
    });
    let mut homes: Vec<_> = homes.collect();
    homes.sort();
    let mut taken: u64 = homes.iter().map(|(_, size, _)| size).sum();
    for (_, size, home) in homes.iter().filter(|(_, _, home)| !given.contains_key(home)) {
        if taken <= KEPT {
            return;
        }
        fs::remove_dir_all(home).expect("the target directory is writable");
        taken -= size;
    }
}

fn fresh(dir: &Path) -> PathBuf {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).expect("the target directory is writable");
    dir.to_owned()
}

fn make(node: &Node, scenario: Scenario, way: Way, dir: &Path) {
    let mut running = scenario.start(node, dir);
    running.truth();
    let core = dir.join("core");
    match way {
        Way::Live => unreachable!("a live target leaves no file"),
        Way::Gdb => {
            let output = Command::new("gdb")
                .args(["-nx", "-batch", "-p", &running.pid().to_string()])
                .args(["-ex", &format!("generate-core-file {}", core.display())])
                .env("LD_PRELOAD", holes())
                .output()
                .expect("gdb is installed; run `make setup`");
            // It leaves half a core when the disk is full.
            let said = String::from_utf8_lossy(&output.stdout).contains("Saved corefile");
            assert!(said, "gdb made no core: {}", String::from_utf8_lossy(&output.stderr));
        }
        Way::Own => {
            let command = format!("::gcore -o {}", core.display());
            let run = Mdb::on(&Target::Process(running.pid())).eval(&command);
            // The option is a prefix, as gcore(1)'s is.
            let made = dir.join(format!("core.{}", running.pid()));
            assert!(made.exists(), "::gcore made no core: {}{}", run.stdout, run.stderr);
            fs::rename(made, &core).expect("renaming inside one directory works");
        }
        Way::Kernel => {
            assert!(scenario.end == End::Abort, "only an aborting program is dumped by the kernel");
            running.wait();
            let made = fs::read_dir(dir)
                .expect("the directory can be read")
                .map(|entry| entry.expect("the directory can be read").path())
                .find(|path| path.file_name().is_some_and(is_core_name));
            fs::rename(made.expect("the kernel wrote a core"), &core)
                .expect("renaming inside one directory works");
        }
    }
    // Most of a node core is address space that was never touched. The hole
    // punching is only for the disk's sake, so its failure does not matter.
    let _ = Command::new("fallocate").arg("--dig-holes").arg(&core).status();
}

/// What has gdb leave out memory that was never touched: see `holes.c`. Built once.
fn holes() -> &'static Path {
    static HOLES: OnceLock<PathBuf> = OnceLock::new();
    HOLES.get_or_init(|| {
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("holes.so");
        let new = library.with_extension(std::process::id().to_string());
        let status = Command::new("cc")
            .args(["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o"])
            .arg(&new)
            .arg(super::root().join("tests/support/holes.c"))
            .arg("-ldl")
            .status()
            .expect("a C compiler is on PATH as cc");
        assert!(status.success(), "tests/support/holes.c does not compile");
        // Another process may have it in use.
        fs::rename(&new, &library).expect("renaming inside one directory works");
        library
    })
}

fn is_core_name(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_some_and(|name| name == "core" || name.starts_with("core."))
}

/// Why the kernel would not leave a core in a process's directory.
fn no_kernel_cores() -> Option<String> {
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let pattern = pattern.trim();
    if !pattern.starts_with("core") {
        return Some(format!("core_pattern is \"{pattern}\", not a file in the current directory"));
    }
    let raised = Command::new("sh").args(["-c", "ulimit -c unlimited"]).status();
    if !raised.is_ok_and(|status| status.success()) {
        return Some("the limit on core files cannot be raised".to_owned());
    }
    None
}
