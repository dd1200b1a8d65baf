//! The command line, scripts, exit statuses.

mod support;

use support::*;

fn run(args: &[&str]) -> Run {
    mdb().args(args).output().unwrap().into()
}

#[test]
fn exit_statuses_of_commands() {
    for (commands, status) in [
        ("::status", 0),
        ("", 0),
        ("::which nope", 1),
        ("::which nope; ::status", 0),
        ("::status; ::which nope", 1),
        ("::status x", 1),
        ("::nope; ::status", 1),
        (")", 1),
        ("nope::status", 1),
        ("0/X", 1),
        ("::quit", 0),
        ("::which nope; ::quit", 0),
        ("::eval '::which nope'", 0),
        ("::eval ')'", 1),
        ("greeting/s ! cat >/dev/null", 0),
        ("::which nope ! cat", 1),
        ("! exit 3", 0),
        ("1 | ::echo", 1),
    ] {
        let run = eval(commands);
        assert_eq!(run.status, status, "{commands}: {}", run.err);
    }
    // What follows an error in a string is not run.
    assert_eq!(eval("::nope; ::echo not run").out, "");
    assert_eq!(eval("nope=X\n::echo not run").out, "");
    assert_eq!(eval("::which nope; ::echo run").out, "run \n");
}

#[test]
fn scripts_go_on_after_errors() {
    let run = script("::nope\n::echo one; ) ; ::echo lost\n::echo two\n");
    assert_eq!((run.out.as_str(), run.status), ("one \ntwo \n", 0));
    assert_eq!(
        run.err,
        "mdb: invalid command '::nope': unknown dcmd name\n\
         mdb: syntax error on line 2 of (stdin) near \")\"\n"
    );
    let run = script("::echo one\n! read line && echo got $line\nshell\n::echo two");
    assert_eq!(run.out, "one \ngot shell\ntwo \n", "{}", run.err);
    let run = script("::echo one\n::quit\n::echo two\n");
    assert_eq!((run.out.as_str(), run.status), ("one \n", 0));
    // At a script an address alone repeats the last command there.
    let run = script("numbers/J\nnumbers+8\n");
    assert!(run.out.contains("numbers+8:      2"), "{}", run.out);
}

#[test]
fn options() {
    for (args, status, text) in [
        (&["-e", "1", "-e", "2"][..], 2, "mdb: -e already specified\n"),
        (&["-Z"], 2, "mdb: illegal option -- Z\n"),
        (&["--zap"], 2, "mdb: illegal option -- -zap\n"),
        (&["-e"], 2, "mdb: option requires an argument -- e\n"),
        (&["-o", "zap", "-e", "1"], 2, "mdb: invalid debugger option -- zap\n"),
        (&["-L", "a;b"], 2, "mdb: module path cannot contain semicolons\n"),
        (&["-p", "zap"], 2, "mdb: 'zap' is not a process id\n"),
        (&["-s", "zz", "-e", "1"], 2, "mdb: digit 'z' is invalid in current base\n"),
    ] {
        let run = run(args);
        assert!(run.err.starts_with(text), "{args:?}: {}", run.err);
        assert!(run.err.contains("Usage: mdb "), "{args:?}: {}", run.err);
        assert_eq!((run.status, run.out.as_str()), (status, ""), "{args:?}");
    }
    let help = run(&["-?"]);
    assert!(help.err.starts_with("Usage: mdb "));
    assert_eq!(help.status, 0);
}

#[test]
fn targets_that_cannot_be_opened() {
    let missing = run(&["-e", "1", "no/such/file"]);
    assert_eq!(missing.status, 1);
    assert!(
        missing.err.starts_with("mdb: failed to open no/such/file: No such file"),
        "{}",
        missing.err
    );
    std::fs::write(folder().join("plain.txt"), "just text").unwrap();
    let plain = run(&["-e", "1", "plain.txt"]);
    assert_eq!((plain.status, plain.err.is_empty()), (1, false));
    let both = run(&["-p", "1", "core"]);
    assert_eq!(both.err, "mdb: -p may not be used with other arguments\n");
    assert_eq!(both.status, 1);
    let gone = run(&["-p", "2147483646", "-e", "1"]);
    assert!(gone.err.starts_with("mdb: cannot attach to 2147483646: "), "{}", gone.err);
    assert_eq!(gone.status, 1);
}

#[test]
fn no_target_at_all() {
    let run = eval_bare("::status; 1000/X; $c");
    assert!(run.out.contains("no target"), "{}", run.out);
    assert!(run.err.contains("no process active"), "{}", run.err);
}

#[test]
fn the_startup_file() {
    let home = folder().join("home");
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join(".mdbrc"), "::echo from the file\n)\n0t10$d\n").unwrap();
    let start = |args: &[&str]| -> Run {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mdb"));
        command.env("HOME", &home).args(args).output().unwrap().into()
    };
    let run = start(&["-e", "::echo $[10]"]);
    assert_eq!(run.out, "from the file \nradix = 10 base ten\n10 \n");
    assert!(run.err.contains("syntax error on line 2 of "), "{}", run.err);
    assert_eq!(start(&["-S", "-e", "::echo $[10]"]).out, "10 \n");
}

#[test]
fn a_reader_that_leaves_early() {
    // Far more output than fits a pipe.
    let run = eval("::nm ! head -1; ::echo after");
    assert!(run.out.starts_with("Value "), "{}", run.out);
    assert!(run.out.ends_with("\nafter \n"), "{}", run.out);
    assert_eq!((run.err.as_str(), run.status), ("", 0));
}

#[test]
fn standard_output_that_is_closed() {
    let mdb = env!("CARGO_BIN_EXE_mdb");
    let line = format!(
        "{{ {mdb} -S -e '::nm' {} {}; echo $? >&2; }} | true",
        victim().display(),
        core().display()
    );
    let run: Run = std::process::Command::new("sh").args(["-c", &line]).output().unwrap().into();
    assert_eq!(run.err, "1\n");
}

#[test]
fn macro_files() {
    std::fs::write(folder().join("macro"), "::echo in macro <9\n<9=D\n)\n::echo end\n").unwrap();
    let run = eval("1,3$<macro; ::echo not reached");
    assert!(run.out.contains("in macro <9 \n                3"), "{}", run.out);
    assert!(run.out.ends_with("end \n"), "{}", run.out);
    assert!(run.err.contains("syntax error on line 3 of macro near \")\""), "{}", run.err);
    let run = eval("$<<macro; ::echo reached");
    assert!(run.out.ends_with("end \nreached \n"), "{}", run.out);
    let run = eval("$<nope");
    assert_eq!(run.err, "mdb: failed to open nope (see ::help '$<')\n");
    std::fs::write(folder().join("endless"), "$<<endless\n").unwrap();
    let run = eval("$<<endless");
    assert!(run.err.starts_with("mdb: commands are nested too deeply\n"), "{}", run.err);
}
