//! Profiles: which stacks a thread was seen with, and how often.

mod colors;
mod flamegraph;
mod sampler;
mod speedscope;

pub use flamegraph::draw;
pub use sampler::{sample, Pauses, Plan};

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// The text of a frame of JavaScript as it is written here, from DTrace's: `FILE:N` for
/// `FILE line N`. What draws stacks takes a number by itself at their end for a second
/// count.
pub fn in_one_word(frame: &str) -> String {
    for (before, after) in [(" line ", ':'), (" position ", '#')] {
        let parts = frame.rsplit_once(before).filter(|(rest, _)| rest.contains(" at "));
        if let Some((rest, number)) = parts.filter(|(_, number)| number.parse::<u64>().is_ok()) {
            return format!("{rest}{after}{number}");
        }
    }
    frame.to_owned()
}

/// The same for all frames of folded stacks.
pub fn in_words(folded: &str) -> String {
    let mut text = String::with_capacity(folded.len());
    for line in folded.lines() {
        let (stack, count) = line.rsplit_once(' ').unwrap_or((line, ""));
        let frames: Vec<String> = stack.split(';').map(in_one_word).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} {count}", frames.join(";"));
    }
    text
}

/// Samples of stacks.
#[derive(Debug, Default)]
pub struct Profile {
    /// Frames by number.
    frames: Vec<String>,
    numbers: HashMap<String, u32>,
    /// Each sample's frames, the outermost first, in the order of time.
    samples: Vec<Vec<u32>>,
    /// Samples of a thread that waited, which have no stack.
    pub idle: u64,
}

impl Profile {
    /// Adds a sample: the texts of its frames, the innermost first.
    pub fn add(&mut self, stack: &[String]) {
        let mut sample = Vec::with_capacity(stack.len());
        for frame in stack.iter().rev() {
            sample.push(self.number(frame));
        }
        self.samples.push(sample);
    }

    fn number(&mut self, frame: &str) -> u32 {
        if let Some(number) = self.numbers.get(frame) {
            return *number;
        }
        let number = self.frames.len() as u32;
        self.frames.push(frame.to_owned());
        self.numbers.insert(frame.to_owned(), number);
        number
    }

    /// How many stacks there are.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// A line for each stack: its frames, the outermost first, with semicolons between
    /// them, and how often it was seen.
    pub fn folded(&self) -> String {
        let mut counts: BTreeMap<Vec<&str>, u64> = BTreeMap::new();
        for sample in &self.samples {
            let names = sample.iter().map(|number| self.frames[*number as usize].as_str());
            *counts.entry(names.collect()).or_default() += 1;
        }
        let mut text = String::new();
        for (names, count) in counts {
            let names: Vec<String> = names.iter().map(|name| name.replace(';', ":")).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{} {count}", names.join(";"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_dtrace() {
        assert_eq!(in_words("a at /x line 3;libc.so.1`b 7\n"), "a at /x:3;libc.so.1`b 7\n");
        assert_eq!(in_one_word("a at /x position 31"), "a at /x#31");
        assert_eq!(in_one_word("line 3"), "line 3");
    }

    #[test]
    fn samples_are_counted() {
        let mut profile = Profile::default();
        for stack in [&["b", "a"][..], &["c;d", "a"], &["b", "a"]] {
            profile.add(&stack.iter().map(|frame| (*frame).to_owned()).collect::<Vec<_>>());
        }
        assert_eq!((profile.len(), profile.folded()), (3, "a;b 2\na;c:d 1\n".to_owned()));
        let scope = profile.speedscope("x", 0.5);
        assert_eq!(scope["profiles"][0]["samples"], serde_json::json!([[0, 1], [0, 2], [0, 1]]));
        assert_eq!(scope["profiles"][0]["endValue"], 1.5);
    }
}
