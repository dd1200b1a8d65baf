//! Every command and walker as an operator sees it: the transcripts of
//! `tests/transcripts` are replayed on real dumps.
//!
//! `BLESS=1` writes what is printed now into them: read the difference before
//! it is committed.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use support::dump::forget;
use support::nodes::node;
use support::transcript::Transcript;
use v8::{COMMANDS, WALKERS};

fn directory(node: &str) -> PathBuf {
    support::root().join("tests/transcripts").join(node)
}

fn files(node: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory(node)).expect("each release has its directory");
    let mut files: Vec<_> =
        entries.map(|entry| entry.expect("the directory can be read").path()).collect();
    files.sort();
    files
}

/// Replays all transcripts of a release.
fn replay(name: &str) {
    let node = node(name);
    let mut wrong = String::new();
    for path in files(name) {
        let expected = Transcript::read(&path);
        let Some(dump) = expected.dump(node) else { continue };
        let mut found = expected.replay(node, &dump);
        if found.exchanges != expected.exchanges && std::env::var_os("BLESS").is_none() {
            // What the engine did at the moment of a dump is chance, such as to look
            // at the stack itself: another dump has to be the same.
            forget(dump);
            let Some(dump) = expected.dump(node) else { continue };
            found = expected.replay(node, &dump);
        }
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, found.text()).expect("the checkout is writable");
            continue;
        }
        for (expected, found) in expected.exchanges.iter().zip(&found.exchanges) {
            if expected != found {
                let file = path.display();
                wrong += &format!(
                    "{file}\n> {}\nexpected:\n{}found:\n{}\n",
                    expected.command, expected.output, found.output
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn node_0_10() {
    replay("0.10.48");
}

#[test]
fn node_20() {
    replay("20.20.2");
}

#[test]
fn node_26() {
    replay("26.10.0");
}

/// A command nobody has looked at is not finished.
#[test]
fn every_row_has_a_transcript() {
    let stems: BTreeSet<_> = files("26.10.0")
        .iter()
        .map(|path| path.file_stem().expect("files have names").to_string_lossy().into_owned())
        .collect();
    let commands = COMMANDS.iter().map(|row| row.name.to_string_lossy().into_owned());
    let walkers = WALKERS.iter().map(|row| format!("walk-{}", row.name.to_string_lossy()));
    for name in commands.chain(walkers) {
        assert!(stems.contains(&name), "tests/transcripts/26.10.0/{name}.txt is missing");
    }
}
