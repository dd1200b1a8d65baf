//! Turning stacks that were saved into other forms, without a target: `--collapse` and
//! `--flamegraph`.

use crate::profile;
use inferno::collapse::{dtrace, Collapse};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;

/// What is made of stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// DTrace's output into folded stacks.
    Collapse,
    /// Folded stacks into a picture.
    Flamegraph,
}

/// Reads all files, or standard input if there are none, and writes to standard output.
///
/// # Errors
///
/// What cannot be read or written, or is not what it should be.
pub fn convert(what: Conversion, files: &[PathBuf]) -> Result<(), String> {
    let mut readers: Vec<Box<dyn Read>> = Vec::new();
    for path in files {
        let file = File::open(path).map_err(|why| format!("{}: {why}", path.display()))?;
        // A stack ends where its file does.
        readers.push(Box::new(file.chain(&b"\n"[..])));
    }
    if files.is_empty() {
        readers.push(Box::new(io::stdin()));
    }
    let empty: Box<dyn Read> = Box::new(io::empty());
    let all = readers.into_iter().fold(empty, |all, next| Box::new(all.chain(next)));
    let made = match what {
        Conversion::Collapse => collapse(BufReader::new(all)),
        Conversion::Flamegraph => flamegraph(all),
    };
    io::stdout().write_all(&made?).map_err(|why| format!("failed to write: {why}"))
}

fn collapse(reader: impl BufRead) -> Result<Vec<u8>, String> {
    let mut folded = Vec::new();
    let done = dtrace::Folder::default().collapse(reader, &mut folded);
    done.map_err(|why| format!("failed to read stacks: {why}"))?;
    Ok(profile::in_words(&String::from_utf8_lossy(&folded)).into_bytes())
}

fn flamegraph(mut reader: impl Read) -> Result<Vec<u8>, String> {
    let mut text = String::new();
    reader.read_to_string(&mut text).map_err(|why| format!("failed to read stacks: {why}"))?;
    let is_stack =
        |line: &&str| line.rsplit_once(' ').is_some_and(|(_, count)| count.parse::<u64>().is_ok());
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return Err("there are no stacks".to_owned());
    }
    match lines.iter().find(|line| !is_stack(line)) {
        Some(line) => Err(format!("not a folded stack, frames and a count: {line}")),
        None => profile::draw(&profile::in_words(&text), "Flame graph"),
    }
}
