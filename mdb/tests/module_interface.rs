//! The module interface, exercised by modules in C through the real program.

mod support;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::*;

fn with_module(commands: &str) -> Run {
    eval(&format!("::load {}; {commands}", api_module().display()))
}

#[test]
fn every_function() {
    let run = with_module("::apitest");
    let failed: Vec<_> = run.out.lines().filter(|l| l.starts_with("FAIL")).collect();
    assert!(failed.is_empty(), "{failed:#?}\n{}", run.err);
    assert_eq!(run.status, 0, "{}", run.err);
    let passed = run.out.lines().filter(|l| l.trim_start().starts_with("PASS")).count();
    assert!(passed > 110, "only {passed} checks ran:\n{}{}", run.out, run.err);
    // What the functions print, in the order they do.
    for line in ["    indented", "ab      |5%", "evaluated ", "word "] {
        assert!(run.out.lines().any(|l| l == line), "no {line:?} in {}", run.out);
    }
    assert!(run.out.contains("68656c6c 6f2c2077 6f726c64 00        hello, world."), "{}", run.out);
    assert!(run.out.contains("1000:  41414141 41414141 41414141 41414141  AAAAAAAAAAAAAAAA"));
    for line in [
        "mdb: a warning about x: No such file or directory",
        "mdb: a whole line",
        "mdb: cannot read 10: no mapping for address",
        "mdb: illegal option -- z",
        "mdb: nope not found",
        "mdb: syntax error on line 1 of (string) near \")\"",
        "mdb: failed to read data at 0x1000: no mapping for address",
    ] {
        assert!(run.err.lines().any(|l| l == line), "no {line:?} in {}", run.err);
    }
}

#[test]
fn the_module_calls_every_exported_function() {
    let module = Command::new("nm").arg("-D").arg(api_module()).output().unwrap();
    let module = String::from_utf8_lossy(&module.stdout).into_owned();
    let used: Vec<&str> = module.lines().filter_map(|l| l.split_whitespace().last()).collect();
    let missing: Vec<&str> = include_str!("../exports.txt")
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .filter(|name| !used.contains(name))
        .collect();
    assert!(missing.is_empty(), "not called by apitest.c: {missing:?}");
}

#[test]
fn exports_only_the_interface() {
    let output = Command::new("nm")
        .args(["-D", "--defined-only"])
        .arg(env!("CARGO_BIN_EXE_mdb"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut found: Vec<&str> = text.lines().filter_map(|l| l.split_whitespace().last()).collect();
    let mut wanted: Vec<&str> = include_str!("../exports.txt")
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

#[test]
fn loading_and_unloading() {
    let path = api_module().display().to_string();
    let run = eval(&format!("::load {path}; ::dmods; ::unload apitest; ::dmods; ::unload mdb"));
    assert_eq!(run.out, "apitest loaded\napitest\nmdb\napitest unloaded\nmdb\n");
    assert_eq!(run.err, "mdb: failed to unload mdb: cannot unload built-in module\n");
    assert_eq!(run.status, 1);
    let run = eval(&format!("::load {path}; ::load {path}"));
    assert_eq!(run.err, "mdb: apitest module is already loaded\n");
    let run = eval("::load nosuch");
    assert_eq!((run.err.as_str(), run.status), ("mdb: no module 'nosuch' could be found\n", 1));
    assert_eq!(eval("::load -s nosuch").status, 0);
    let folder = api_module().parent().unwrap().display().to_string();
    let run =
        mdb().args(["-L", &folder, "-e", "::load apitest; ::which apitest"]).output().unwrap();
    assert_eq!(
        Run::from(run).out,
        "apitest loaded\napitest is a dcmd from module apitest\napitest unloaded\n"
    );
}

#[test]
fn modules_that_are_wrong() {
    for (variant, message) in [
        (1, "dcmd name 'bad name' contains illegal characters"),
        (2, "dcmd 'nodescr' must have a description"),
        (3, "dcmd 'nofunc' has a NULL function pointer"),
        (4, "walk 'nostep' has a NULL walk_step function"),
        (5, "variant5 module requires newer mdb API version (99) than debugger (5)"),
        (6, "variant6 module is compiled for obsolete mdb API version 0"),
        (7, "failed to load dcmd variant7`twice: dcmd name already in use"),
        (100, "variant100 module failed to initialize"),
        (101, "variant101 module is missing _mdb_init definition"),
    ] {
        let define = format!("-DVARIANT={variant}");
        let library = module("variant.c", &format!("variant{variant}"), &["-w", &define]);
        let run = eval_bare(&format!("::load {}", library.display()));
        assert_eq!(run.err, format!("mdb: {message}\n"));
    }
    let run = eval_bare("::load ./nosuch.so");
    assert_eq!(run.err, "mdb: no module './nosuch.so' could be found\n");
    std::fs::write(folder().join("text.so"), "not a library").unwrap();
    let run = eval_bare("::load ./text.so");
    assert!(run.err.starts_with("mdb: ./text.so: "), "{}", run.err);
}

#[test]
fn a_module_of_version_3() {
    let library = module("variant.c", "variant0", &["-w", "-DVARIANT=0"]);
    let run = eval_bare(&format!("::load {}; ::oldhello; ::oldagain", library.display()));
    assert_eq!(run.out, "hello from version 3\nhello from version 3\n", "{}", run.err);
}

#[test]
fn flags_and_loops() {
    let run = with_module("::echoaddr; 10::echoaddr; 10,3::echoaddr; ,2::echoaddr; 10,0::echoaddr");
    let expected = "0 -----\n10 A----\n10 ALF--\n10 AL---\n10 AL---\n10 -LF--\n10 -L---\n";
    assert_eq!(run.out, format!("apitest loaded\n{expected}apitest unloaded\n"));
    let run = with_module("first::walk victim_node | ::echoaddr");
    let flags: Vec<_> = run.out.lines().filter_map(|l| l.split_once(' ')).skip(1).collect();
    let flags: Vec<_> = flags.iter().map(|(_, f)| *f).filter(|f| f.len() == 5).collect();
    assert_eq!(flags, ["ALFP-", "AL-P-", "AL-P-"]);
}

#[test]
fn whole_pipes() {
    let run = with_module("::walk victim_value | ::takepipe");
    assert!(run.out.contains("3: a 14 1e\n"), "{}", run.out);
    let run = with_module("::walk victim_value | ::takepipe | ::echoaddr");
    assert!(run.out.contains("a ALFP-\n14 AL-P-\n1e AL-P-\n"), "{}", run.out);
    let run = with_module("::takepipe");
    assert!(run.out.contains("0:\n"), "{}", run.out);
    let run = with_module("::walk victim_value | ::head -2 | ::map \".+1\"");
    assert!(run.out.contains("\nb\n15\napitest"), "{}", run.out);
    let run = with_module("::walk victim_value | ::grep \".==0t20\"");
    assert!(run.out.contains("\n14\napitest"), "{}", run.out);
}

#[test]
fn a_variable_travels_with_its_element() {
    let run = with_module("::walk victim_value v | ::map \".*2\" | ::eval \"<v=D\"");
    let numbers: Vec<u64> = run.out.split_whitespace().filter_map(|w| w.parse().ok()).collect();
    assert_eq!(numbers, [10, 20, 30], "{}", run.out);
}

#[test]
fn statuses() {
    for (commands, status, out) in [
        ("1::ret 0", 0, "status at 1\n"),
        ("1::ret 1", 1, "status at 1\n"),
        ("1::ret 1; ::echo", 0, "status at 1\n\n"),
        ("1,3::ret 1", 1, "status at 1\nstatus at 1\nstatus at 1\n"),
        ("1,3::ret 4", 1, "status at 1\n"),
        ("1,3::ret 2", 1, "status at 1\n"),
        ("1,3::ret 3", 0, "status at 1\nstatus at 1\nstatus at 1\n"),
        ("::walk victim_value | ::ret 1", 1, "status at a\nstatus at 14\nstatus at 1e\n"),
        ("::walk victim_value | ::ret 4", 1, "status at a\n"),
        // A number that cannot be read ends everything.
        ("1::ret 1z; ::echo", 1, "status at 1\n"),
    ] {
        let run = with_module(commands);
        let text = format!("apitest loaded\n{out}apitest unloaded\n");
        assert_eq!((run.out, run.status), (text, status), "{commands}: {}", run.err);
    }
    // The next definition of a name is used when the first one passes on.
    let run = with_module("::load -f nosuch; ::apitest`unload x; ::mdb`unload apitest; ::dmods");
    assert!(run.out.ends_with("apitest unloaded\nmdb\n"), "{}", run.out);
}

#[test]
fn usage_and_help() {
    let run = with_module("1::ret 2");
    let text = "Usage: address::ret [-x] code\nmdb: try '::help ret' for more information\n";
    assert_eq!(run.err, text);
    let run = with_module("::status 2");
    assert_eq!(run.err, "Usage: status\n", "the first definition of a name is the built-in one");
    let run = with_module("::apitest`status 2");
    assert_eq!(run.err, "Usage: [address]::status [code]\n");
    let run = with_module("::help ret");
    let expected = "\nNAME\n  ret - return a code\n\nSYNOPSIS\n  addr ::ret [-x] code\n\n\
        DESCRIPTION\n  First line.\nOPTIONS\n    -x  nothing\n\nATTRIBUTES\n\n  Target: proc\n  \
        Module: apitest\n  Interface Stability: Unstable\n\n";
    assert_eq!(run.out, format!("apitest loaded\n{expected}apitest unloaded\n"));
}

#[test]
fn whatis_asks_modules_first() {
    let run = with_module("numbers::whatis; numbers+8::whatis -v; greeting::whatis");
    assert!(run.out.contains(" is the numbers\n"), "{}", run.out);
    assert!(run.out.contains("+8, a number of flags 8\n"), "{}", run.out);
    assert!(run.out.contains(" is greeting, in "), "{}", run.out);
}

#[test]
fn an_interrupt_ends_a_command_and_nothing_else() {
    let load = format!("::load {}\ncounter::forever\n::echo still here\n", api_module().display());
    let mut command = mdb();
    command.arg(victim()).arg(core());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    use std::io::{BufRead, BufReader, Read, Write};
    child.stdin.take().unwrap().write_all(load.as_bytes()).unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line != "working\n" {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the command did not start");
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let start = Instant::now();
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "still here \napitest unloaded\n");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(20));
}
