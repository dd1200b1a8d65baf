//! Transcripts: commands with their exact output, in files under
//! `tests/transcripts`, one directory per Node release.
//!
//!     # values spin
//!     > ::jsstack -f hold -p arg1
//!     ADDR1
//!     > ADDR1::jsprint smi
//!     42
//!
//! The first line names the scenario and what it does in the end. A line that
//! begins with `> ` is a command. What differs from run to run is renamed, in
//! the order in which it appears: addresses become ADDR1, ADDR2 and so on, and
//! commands may use those names; thread ids become THREAD1 and so on in the
//! same way. Names in the first column of a table keep their right edge, however
//! many digits the address had. Exchanges below a line `# more` are tests only;
//! those above it are shown in the documentation.

use super::dump::{Dump, Way};
use super::mdb::Mdb;
use super::nodes::Node;
use super::scenario::{End, Scenario};
use std::path::Path;

/// Hexadecimal digits below which a number is not taken for an address.
const MIN_DIGITS: usize = 8;
/// Bytes of a page.
const PAGE: u64 = 4096;
/// Separates what the documentation shows from the rest.
const MORE: &str = "# more";

/// A command and what it printed.
#[derive(Clone, PartialEq, Debug)]
pub struct Exchange {
    /// The command, with renamed addresses.
    pub command: String,
    /// Its output, renamed.
    pub output: String,
}

/// A transcript.
pub struct Transcript {
    heading: String,
    /// Commands and outputs.
    pub exchanges: Vec<Exchange>,
    /// How many of them the documentation shows.
    pub shown: usize,
}

impl Transcript {
    /// Reads a file.
    pub fn read(path: &Path) -> Transcript {
        Transcript::parse(&std::fs::read_to_string(path).expect("transcripts are UTF-8 files"))
    }

    /// Reads the text of a file.
    pub fn parse(text: &str) -> Transcript {
        let mut transcript =
            Transcript { heading: String::new(), exchanges: Vec::new(), shown: usize::MAX };
        for line in text.lines() {
            if line == MORE {
                transcript.shown = transcript.exchanges.len();
            } else if let Some(command) = line.strip_prefix("> ") {
                let command = command.to_owned();
                transcript.exchanges.push(Exchange { command, output: String::new() });
            } else if let Some(exchange) = transcript.exchanges.last_mut() {
                exchange.output += line;
                exchange.output.push('\n');
            } else {
                transcript.heading = line.trim_start_matches("# ").to_owned();
            }
        }
        transcript.shown = transcript.shown.min(transcript.exchanges.len());
        transcript
    }

    /// The text of its file.
    pub fn text(&self) -> String {
        let mut text = format!("# {}\n", self.heading);
        for (index, exchange) in self.exchanges.iter().enumerate() {
            if index == self.shown {
                text += &format!("{MORE}\n");
            }
            text += &format!("> {}\n{}", exchange.command, exchange.output);
        }
        text
    }

    /// What the documentation shows of it.
    pub fn example(&self) -> String {
        let shown = &self.exchanges[..self.shown];
        shown.iter().map(|one| format!("> {}\n{}", one.command, one.output)).collect()
    }

    /// The target of the transcript; none where it cannot be had here.
    pub fn dump(&self, node: &Node) -> Option<Dump> {
        let (script, end) = match self.heading.split_once(' ') {
            Some(("values", end)) => ("values", end),
            Some(("frames", end)) => ("frames", end),
            Some(("heap", end)) => ("heap", end),
            Some(("workers", end)) => ("workers", end),
            Some(("async", end)) => ("async", end),
            Some(("leak", end)) => ("leak", end),
            Some(("loop", end)) => ("loop", end),
            Some(("info", end)) => ("info", end),
            Some(("ticks", end)) => ("ticks", end),
            Some(("globals", end)) => ("globals", end),
            Some(("modules", end)) => ("modules", end),
            _ => panic!("\"{}\" names no scenario of transcripts", self.heading),
        };
        let (end, way) = match end {
            "spin" => (End::Spin, Way::Gdb),
            "block" => (End::Block, Way::Gdb),
            "abort" => (End::Abort, Way::Kernel),
            end => panic!("programs do not end in \"{end}\""),
        };
        super::dump::dump(node, Scenario { script, end, mode: "" }, way)
    }

    /// The transcript with what its commands print now.
    pub fn replay(&self, node: &Node, dump: &Dump) -> Transcript {
        let mdb = Mdb::on(&dump.target);
        let mut renamer = Renamer::new(node, dump, &mdb);
        // Commands use addresses that earlier ones printed, so each round goes
        // as far as the addresses are known.
        let mut done = Vec::new();
        while done.len() < self.exchanges.len() {
            let known: Vec<_> =
                self.exchanges.iter().map_while(|one| renamer.actual(&one.command)).collect();
            assert!(
                known.len() > done.len(),
                "{}: \"{}\" uses an address that no command above it printed",
                dump.label,
                self.exchanges[done.len()].command
            );
            let outputs = mdb.each_with_errors(&known);
            for (exchange, output) in self.exchanges.iter().zip(outputs).skip(done.len()) {
                // Elsewhere a number as small as a thread's id is something else.
                renamer.in_threads = exchange.command.contains("jsthreads");
                let output = renamer.rename(output.trim_end_matches('\n'));
                let output = if output.is_empty() { output } else { output + "\n" };
                let reserved = output.lines().any(|l| l.starts_with("> ") || l.starts_with("# "));
                assert!(!reserved, "{}: cannot be told from a command: {output}", dump.label);
                done.push(Exchange { command: exchange.command.clone(), output });
            }
        }
        Transcript { heading: self.heading.clone(), exchanges: done, shown: self.shown }
    }
}

/// Renames what differs from run to run.
struct Renamer {
    /// Texts and what stands for them.
    texts: Vec<(String, String)>,
    /// Start and end of each mapping of the target, and whether it is of a file.
    mappings: Vec<(u64, u64, bool)>,
    /// Addresses seen so far; ADDR1 is the first.
    addresses: Vec<u64>,
    /// Ids of all threads of the target.
    ids: Vec<u64>,
    /// Those seen so far; THREAD1 is the first.
    threads: Vec<u64>,
    /// Whether the output is one that names threads.
    in_threads: bool,
}

impl Renamer {
    fn new(node: &Node, dump: &Dump, mdb: &Mdb) -> Renamer {
        let programs = super::root().join("tests/scenarios");
        let mut texts = vec![
            (programs.display().to_string(), "/app".to_owned()),
            (node.path.display().to_string(), "/usr/bin/node".to_owned()),
        ];
        // What a program has made lies where it was dumped.
        let dirs = ["app", "cwd"].iter().filter_map(|name| dump.truth[name].as_str());
        texts.extend(dirs.map(|dir| (dir.to_owned(), "/srv/app".to_owned())));
        let threads = mdb.eval("::walk thread").stdout;
        let id = |line: &str| u64::from_str_radix(line.trim_start_matches("0x"), 16).ok();
        Renamer {
            texts,
            mappings: mappings(mdb),
            addresses: Vec::new(),
            ids: threads.lines().filter_map(id).collect(),
            threads: Vec::new(),
            in_threads: false,
        }
    }

    /// A command with the addresses and threads of this run; none when one is
    /// unknown.
    fn actual(&self, command: &str) -> Option<String> {
        let command = with_numbers(command, "ADDR", &self.addresses)?;
        with_numbers(&command, "THREAD", &self.threads)
    }

    fn rename(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in &self.texts {
            text = text.replace(from, to);
        }
        let mut renamed = String::with_capacity(text.len());
        let mut word = String::new();
        for c in text.chars().chain(['\n']) {
            if c.is_alphanumeric() || c == '_' {
                word.push(c);
                continue;
            }
            renamed += &self.word(&word);
            word.clear();
            renamed.push(c);
        }
        renamed.pop();
        aligned(&renamed)
    }

    /// A word, or the name of the address it is: a number is one when there is
    /// memory at it or just before it.
    fn word(&mut self, word: &str) -> String {
        let digits = word.strip_prefix("0x").unwrap_or(word);
        let Ok(number) = u64::from_str_radix(digits, 16) else { return word.to_owned() };
        let prefix = &word[..word.len() - digits.len()];
        if self.in_threads && self.ids.contains(&number) {
            return format!("{prefix}THREAD{}", place(&mut self.threads, number));
        }
        let is_in = |(start, end, _): &&(u64, u64, bool)| (start..=end).contains(&&number);
        // The heap of malloc may begin lower than anything else that moves; what
        // malloc gives never begins a page, but round decimal numbers do.
        let least = match self.mappings.iter().find(is_in) {
            Some((_, _, false)) if number % PAGE != 0 => MIN_DIGITS - 1,
            Some((_, _, false)) => MIN_DIGITS,
            Some((_, _, true)) => MIN_DIGITS,
            None => return word.to_owned(),
        };
        if digits.len() < least || digits.starts_with('0') {
            return word.to_owned();
        }
        format!("{prefix}ADDR{}", place(&mut self.addresses, number))
    }
}

/// A table whose first column has the right edge that its title has; any other
/// text as it is.
fn aligned(text: &str) -> String {
    let title = text.lines().next().unwrap_or_default();
    let width = title.len() - title.trim_start().len()
        + title.trim_start().chars().take_while(char::is_ascii_uppercase).count();
    if !title.starts_with("  ") {
        return text.to_owned();
    }
    let line = |line: &str| {
        let (blanks, rest) = line.split_at(line.len() - line.trim_start().len());
        let (first, others) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
        if blanks.is_empty() || !first.starts_with("ADDR") {
            return line.to_owned();
        }
        format!("{first:>width$}{others}")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The place of a number among those seen, from 1 on.
fn place(seen: &mut Vec<u64>, number: u64) -> usize {
    let known = seen.iter().position(|one| *one == number);
    known.unwrap_or_else(|| {
        seen.push(number);
        seen.len() - 1
    }) + 1
}

/// A command with numbers in place of their names.
fn with_numbers(command: &str, name: &str, numbers: &[u64]) -> Option<String> {
    let mut parts = command.split(name);
    let mut actual = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let index: usize = number.parse().expect("the name is followed by a number");
        actual += &format!("0x{:x}{rest}", numbers.get(index.wrapping_sub(1))?);
    }
    Some(actual)
}

/// The target's mappings, as the debugger lists them.
fn mappings(mdb: &Mdb) -> Vec<(u64, u64, bool)> {
    let listed = mdb.eval("::mappings");
    let parse = |line: &str| {
        let mut words = line.split_whitespace();
        let mut number = || u64::from_str_radix(words.next()?, 16).ok();
        Some((number()?, number()?, line.contains(" /")))
    };
    listed.stdout.lines().filter_map(parse).collect()
}
