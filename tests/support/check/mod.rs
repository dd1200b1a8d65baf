//! What the debugger prints, checked against what a program knows of itself,
//! and counted by kind.

pub mod frames;
pub mod values;

use crate::support::compare::{differences, Difference};
use crate::support::inspect;
use serde_json::Value;
use std::collections::BTreeMap;

/// Frames by name, file and line.
pub const FRAMES: &str = "frames";
/// Lines that frames execute.
pub const LINES: &str = "current lines";
/// Receivers and arguments of frames.
pub const ARGUMENTS: &str = "arguments";
/// Variables of frames by name, and names of parameters.
pub const LOCALS: &str = "locals";
/// Frames of a program that ran long enough to be optimized, calls that were
/// inlined among them.
pub const OPTIMIZED: &str = "optimized frames";
/// Captured variables, by closure.
pub const CLOSURES: &str = "closures";

/// How many of a kind are equal, of how many.
#[derive(Default, Clone, Copy, PartialEq, Debug)]
pub struct Count {
    /// As the program says.
    pub equal: usize,
    /// Compared.
    pub total: usize,
}

/// What was compared.
#[derive(Default)]
pub struct Tally {
    /// Counts by kind.
    pub counts: BTreeMap<&'static str, Count>,
    /// What is wrong, a line each.
    pub wrong: Vec<String>,
    /// The output that was looked at, if it is worth showing.
    pub output: String,
}

impl Tally {
    /// One is as it should be.
    pub fn right(&mut self, kind: &'static str) {
        let count = self.counts.entry(kind).or_default();
        count.equal += 1;
        count.total += 1;
    }

    /// One is not.
    pub fn wrong(&mut self, kind: &'static str, what: String) {
        self.counts.entry(kind).or_default().total += 1;
        self.wrong.push(what);
    }

    /// Counts one value by what differs in it.
    pub fn differences(&mut self, kind: &'static str, place: &str, found: &[Difference]) {
        if found.is_empty() {
            return self.right(kind);
        }
        let lines: Vec<_> = found.iter().take(5).map(|one| format!("{place}{}", one.0)).collect();
        self.wrong(kind, lines.join("\n"));
    }

    /// Counts one printed value.
    pub fn compared(&mut self, kind: &'static str, place: &str, output: &str, truth: &Value) {
        match inspect::parse(output) {
            Ok(printed) => self.differences(kind, place, &differences(&printed, truth)),
            Err(why) => self.wrong(kind, format!("{place}: {why:.200}")),
        }
    }

    /// Adds what another comparison found.
    pub fn add(&mut self, other: Tally) {
        for (kind, count) in other.counts {
            let sum = self.counts.entry(kind).or_default();
            sum.equal += count.equal;
            sum.total += count.total;
        }
        self.wrong.extend(other.wrong);
    }

    /// Prints the counts; fails when something is wrong.
    pub fn verdict(&self, label: &str) {
        let counts: Vec<_> = self
            .counts
            .iter()
            .map(|(kind, Count { equal, total })| format!("{kind} {equal}/{total}"))
            .collect();
        println!("{label}: {}", counts.join(", "));
        assert!(self.wrong.is_empty(), "{label}:\n{}\n\n{}", self.wrong.join("\n"), self.output);
    }
}
