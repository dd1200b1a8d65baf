//! The documentation of the commands is what the command table says, with
//! examples from the transcripts.
//!
//! `BLESS=1 cargo test --features std --test docs` writes it anew.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use support::transcript::Transcript;
use v8::mdb::args::{Opt, Takes};
use v8::mdb::command::Row;
use v8::{COMMANDS, WALKERS};

fn text(text: &std::ffi::CStr) -> &str {
    text.to_str().expect("the tables are UTF-8")
}

/// How a command is called, as MDB's usage messages show it.
fn synopsis(row: &Row) -> String {
    let address = match (row.needs_address(), row.takes_address()) {
        (true, _) => "address",
        (_, true) => "[address]",
        _ => "",
    };
    format!("{address}::{} {}", text(row.name), row.synopsis()).trim_end().to_owned()
}

fn option(opt: &Opt) -> String {
    match opt.takes {
        Takes::Nothing => format!("-{}", opt.letter),
        Takes::Number(name) | Takes::Text(name) => format!("-{} {name}", opt.letter),
    }
}

/// What the transcript of a command or walker shows.
fn example(name: &str) -> String {
    let path = support::root().join(format!("tests/transcripts/26.10.0/{name}.txt"));
    assert!(path.exists(), "{} is missing", path.display());
    let example = Transcript::read(&path).example();
    assert!(!example.is_empty(), "{} shows nothing", path.display());
    example
}

const INTRODUCTION: &str = "\
# Commands and walkers

Made from the command table and the transcripts by `tests/docs.rs`; do not edit. In the debugger, `::help NAME` shows the same.

Numbers are hexadecimal unless written `0t10`. Values are given as V8 keeps them: addresses of objects are odd, even numbers are
small integers. In the examples, which are from programs on Node 26, ADDR1, ADDR2 and so on stand for addresses,
THREAD1 and so on for thread ids.

";

fn markdown() -> String {
    let mut out = String::from(INTRODUCTION);
    let mut line = |name: &str, description: &str, anchor: &str| {
        writeln!(out, "- [`{name}`](#{anchor}): {description}").expect("a String takes text");
    };
    for row in COMMANDS {
        let name = text(row.name);
        line(&format!("::{name}"), text(row.description), name);
    }
    for row in WALKERS {
        let name = text(row.name);
        line(&format!("::walk {name}"), text(row.description), &format!("walk-{name}"));
    }
    out.push_str("\n## Commands\n");
    for row in COMMANDS {
        let name = text(row.name);
        write!(out, "\n### {name}\n\n    {}\n\n", synopsis(row)).expect("a String takes text");
        writeln!(out, "{}.\n\n{}", capital(text(row.description)), row.help.trim())
            .expect("a String takes text");
        if !row.options.is_empty() {
            out.push_str("\n| option | meaning |\n|---|---|\n");
        }
        for opt in row.options {
            writeln!(out, "| `{}` | {} |", option(opt), opt.help).expect("a String takes text");
        }
        write!(out, "\n```text\n{}```\n", example(name)).expect("a String takes text");
    }
    out.push_str("\n## Walkers\n");
    for row in WALKERS {
        let (name, what) = (text(row.name), capital(text(row.description)));
        let example = example(&format!("walk-{name}"));
        write!(out, "\n### walk {name}\n\n{what}.\n\n{}\n", row.help.trim())
            .expect("a String takes text");
        write!(out, "\n```text\n{example}```\n").expect("a String takes text");
    }
    out
}

fn manual() -> String {
    let mut out = String::from(
        ".\\\" Made from the command table by tests/docs.rs; do not edit.\n.TH MDB_V8 1\n.SH NAME\n\
         mdb_v8 \\- debugger module for the V8 heap and JavaScript stacks\n.SH SYNOPSIS\n.B ::load v8\n\
         .SH DESCRIPTION\nThis module of\n.BR mdb (1)\nadds commands that decode Node.js processes and their cores.\n\
         .SH COMMANDS\n",
    );
    for row in COMMANDS {
        writeln!(out, ".TP\n.B {}", roff(&synopsis(row))).expect("a String takes text");
        writeln!(out, "{}.", roff(&capital(text(row.description)))).expect("a String takes text");
        paragraphs(&mut out, row.help);
        for opt in row.options {
            let (head, help) = (roff(&option(opt)), roff(opt.help));
            writeln!(out, ".RS\n.TP\n.B {head}\n{help}\n.RE").expect("a String takes text");
        }
    }
    out.push_str(".SH WALKERS\n");
    for row in WALKERS {
        let (name, what) = (roff(text(row.name)), roff(&capital(text(row.description))));
        writeln!(out, ".TP\n.B {name}\n{what}.").expect("a String takes text");
        paragraphs(&mut out, row.help);
    }
    out.push_str(".SH SEE ALSO\n.BR mdb (1)\n");
    out
}

fn paragraphs(out: &mut String, help: &str) {
    for line in help.trim().lines() {
        let line = if line.trim().is_empty() { ".IP".to_owned() } else { roff(line.trim_end()) };
        writeln!(out, "{line}").expect("a String takes text");
    }
}

/// Text that roff takes for nothing else.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn check(path: &str, text: &str) {
    let path = support::root().join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("docs/ is writable");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let (path, hint) = (path.display(), "run this test with BLESS=1");
    assert!(found == text, "{path} is not what the command table says; {hint}");
}

#[test]
fn commands_md() {
    check("docs/commands.md", &markdown());
}

#[test]
fn manual_page() {
    check("docs/man/mdb_v8.1", &manual());
}

#[test]
fn every_row_is_explained() {
    for row in COMMANDS {
        let name = text(row.name);
        assert!(row.help.trim().len() > 20, "{name} has no help");
        assert!(!text(row.description).is_empty(), "{name} has no description");
        for opt in row.options {
            assert!(!opt.help.is_empty(), "{name} -{} is not explained", opt.letter);
            let bundled = row.synopsis().contains(opt.letter);
            assert!(bundled, "the synopsis of {name} lacks -{}", opt.letter);
        }
    }
    for row in WALKERS {
        assert!(!row.help.trim().is_empty(), "walker {} has no help", text(row.name));
    }
}

/// The manual page of the debugger describes what `mdb -?` describes.
#[test]
fn options_of_the_debugger() {
    let run = support::mdb::run(&["-?".to_owned()], "");
    let usage = format!("{}{}", run.stdout, run.stderr);
    let path = support::root().join("docs/man/mdb.1");
    let page = std::fs::read_to_string(path).expect("the page is there");
    // The first word of an option, without what it takes.
    let word = |text: &str| {
        let plain = text.replace("\\-", "-");
        plain.split([' ', '"']).next().unwrap_or_default().to_owned()
    };
    let described: BTreeSet<_> = page
        .lines()
        .filter_map(|line| [".BI \\-", ".B \\-"].iter().find_map(|s| line.strip_prefix(s)))
        .map(|rest| word(rest.trim_start()))
        .collect();
    let printed: BTreeSet<_> = usage
        .lines()
        .filter_map(|line| line.strip_prefix("\t-").filter(|_| line.contains("  ")))
        .map(word)
        .collect();
    assert!(printed.contains("e"), "{usage}");
    assert_eq!(printed, described, "docs/man/mdb.1 and mdb -? describe other options");
}
