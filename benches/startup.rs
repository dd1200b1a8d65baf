//! How long the stack of a core takes, from the start of the process, against a
//! bound measured in the same run: opening the core and reading one symbol.
//!
//! The last of the cores has 64 GB of memory that was never used besides.
//!
//!     make bench                  # cores of a small program
//!     make bench CORE=/path/core  # any core

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::dump::{dump, Way};
use support::mdb::{binary, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::sparse::extended;

/// Runs of each command; the fastest counts, since only noise is slower.
const RUNS: usize = 20;

fn main() {
    for core in cores() {
        let bound = fastest("_ZN2v88internal7Version6major_E/D", &core);
        let stack = fastest("::load v8; ::jsstack", &core);
        let ratio = stack.as_secs_f64() / bound.as_secs_f64();
        println!(
            "{}: stack {:.1} ms, bound {:.1} ms, ratio {ratio:.1}",
            core.display(),
            stack.as_secs_f64() * 1000.0,
            bound.as_secs_f64() * 1000.0
        );
    }
}

/// The core named in `CORE`, or one of each pinned release.
fn cores() -> Vec<PathBuf> {
    if let Some(core) = std::env::var_os("CORE") {
        return vec![core.into()];
    }
    let scenario = |mode| Scenario { script: "frames", end: End::Spin, mode };
    let mut cores: Vec<PathBuf> = ["0.10.48", "20.20.2", "26.10.0"]
        .iter()
        .filter_map(|name| dump(node(name), scenario("cold"), Way::Gdb))
        .filter_map(|dump| match dump.target {
            Target::Core(path) => Some(path),
            _ => None,
        })
        .collect();
    let largest = cores
        .last()
        .map(|core| extended(core, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-sparse")));
    cores.extend(largest);
    cores
}

fn fastest(command: &str, core: &PathBuf) -> Duration {
    let run = || {
        let start = Instant::now();
        let status = Command::new(binary())
            .args(["-S", "-e", command])
            .arg(core)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the debugger can be started");
        assert!(status.success(), "{command} failed on {}", core.display());
        start.elapsed()
    };
    (0..RUNS).map(|_| run()).min().expect("there are runs")
}
