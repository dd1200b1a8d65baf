//! What the integration tests share: real Node binaries, scenario programs,
//! dumps of them, the debugger under test, and readers of its output.
//!
//! Each test binary compiles this module for itself and uses a part of it.
#![allow(dead_code)]

pub mod check;
pub mod compare;
pub mod cores32;
pub mod dates;
pub mod described;
pub mod dump;
pub mod every;
pub mod inspect;
pub mod inspect_json;
pub mod kinds;
pub mod mdb;
pub mod memory;
pub mod nodes;
pub mod pages;
#[macro_use]
mod releases;
pub mod scenario;
pub mod sparse;
pub mod stack;
pub mod synth;
pub mod terminal;
pub mod transcript;
pub mod v8_snapshot;
pub mod zoo;

use std::path::{Path, PathBuf};

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Cargo's target directory, wherever it is configured to be.
pub fn target_dir() -> PathBuf {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().expect("the temporary directory lies in the target directory").to_owned()
}

/// Says on the terminal that something could not be tested, and why. Printed
/// past the test harness, which hides the output of tests that pass.
pub fn skip(what: &str, why: &str) {
    use std::io::Write;
    let line = format!("\n*** SKIPPED: {what}: {why}\n");
    let _ = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/stderr")
        .and_then(|mut file| file.write_all(line.as_bytes()));
}
