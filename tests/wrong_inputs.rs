//! What is not meant to work: each wrong input gets one clear complaint and a
//! failing status, and never a crash, a hang, or a wrong answer.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use support::dump::{dump, Dump, Way};
use support::mdb::{self, Mdb, Run, Target};
use support::nodes::{node, Node};
use support::scenario::{End, Scenario};

const VALUES: Scenario = Scenario { script: "values", end: End::Spin, mode: "" };
const STACK: &str = "::load v8; ::jsstack";

/// A directory of this test binary's own.
fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong-inputs").join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("the target directory is writable");
    dir
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of the tests are UTF-8")
}

/// What a run complained about: its reasons and its usage lines.
fn complaints(run: &Run) -> (Vec<&str>, usize) {
    let usage = run.stderr.lines().filter(|line| line.starts_with("Usage: ")).count();
    let reasons = run.stderr.lines().filter(|line| {
        line.starts_with("mdb: ")
            && !line.starts_with("mdb: warning: ")
            // Both only say what the line above them means.
            && !line.starts_with("mdb: try '::help")
            && !line.starts_with("mdb: failed to perform walk: failed to initialize")
    });
    (reasons.collect(), usage)
}

/// One reason at most, on top of the usage or instead of it; the status; the text.
fn assert_refused(what: &str, run: &Run, status: i32, expected: &str) {
    let context = format!("{what}\nstatus {:?}\n{}{}", run.code, run.stdout, run.stderr);
    assert_eq!(run.code, Some(status), "{context}");
    let (reasons, usage) = complaints(run);
    assert!(reasons.len() <= 1 && usage <= 1, "says it more than once: {context}");
    assert!(reasons.len() + usage > 0, "does not say what is wrong: {context}");
    assert!(run.stderr.contains(expected), "expected \"{expected}\": {context}");
    assert!(!run.stderr.contains("panic"), "{context}");
}

/// Addresses of objects in a dump of `values`.
struct Objects {
    holder: String,
    members: Vec<String>,
    map: String,
}

impl Objects {
    fn find(mdb: &Mdb, members: &[&str]) -> Objects {
        let holder = mdb.each(&["::jsstack -f hold -p arg1".to_owned()]).remove(0);
        let holder = holder.trim().to_owned();
        let print = |name: &&str| format!("0x{holder}::jsprint -ad0 {name}");
        let mut commands: Vec<_> = members.iter().map(print).collect();
        commands.push(format!("0x{holder}::v8print"));
        let mut outputs = mdb.each(&commands);
        let fields = outputs.pop().expect("each command has an output");
        let map = fields.split("map = ").nth(1).and_then(|rest| rest.split(' ').next());
        let address = |output: &String| output.split(':').next().unwrap_or_default().to_owned();
        let map = map.expect("an object has a map").to_owned();
        Objects { holder, members: outputs.iter().map(address).collect(), map }
    }
}

fn values() -> Option<Dump> {
    dump(node("26.10.0"), VALUES, Way::Gdb)
}

/// Each command after `::load v8`, on a good core.
fn refused(cases: &[(String, &str)]) {
    let Some(dump) = values() else { return };
    let mdb = Mdb::on(&dump.target);
    for (command, expected) in cases {
        let run = mdb.eval(&format!("::load v8; {command}"));
        assert_refused(command, &run, 1, expected);
        let banner = ["mdb_v8 version", "V8 version", "Autoconfigured"];
        let is_banner = |line: &str| banner.iter().any(|start| line.starts_with(start));
        let printed: Vec<_> = run.stdout.lines().filter(|line| !is_banner(line)).collect();
        assert!(printed.is_empty(), "{command} prints {printed:?} all the same");
    }
}

fn owned<'a>(cases: &[(&str, &'a str)]) -> Vec<(String, &'a str)> {
    cases.iter().map(|(command, expected)| ((*command).to_owned(), *expected)).collect()
}

#[test]
fn addresses() {
    refused(&owned(&[
        ("::jsprint", "Usage: address::jsprint"),
        ("::jsclosure", "Usage: address::jsclosure"),
        ("::v8type", "Usage: address::v8type"),
        ("0::jsclosure", "0 is not a heap object"),
        ("0::jsfunction", "0 is not a heap object"),
        ("0::v8str", "0 is not a heap object"),
        ("7::jsprint", "7 is not a heap object"),
        ("7::v8str", "7 is not a heap object"),
        ("deadbeef::jsprint", "deadbeef is not a heap object"),
        ("deadbeed::jsprint", "no mapping for address"),
        ("deadbeed::v8print", "no mapping for address"),
        ("deadbeed::jsstack", "failed to read frame at deadbeed"),
        ("deadbeed::jsframe", "failed to read return address from deadbef5"),
        ("deadbeed::jsframe -i", "failed to read 8 bytes at deadbeed"),
        ("fffffffffffffff1::jsprint", "no mapping for address"),
        ("fffffffffffffff1::v8array", "no mapping for address"),
        ("nosuchsymbol::jsprint", "unknown symbol name"),
        ("*deadbeef::jsprint", "failed to read from address deadbeef"),
        ("<nosuch::jsprint", "variable 'nosuch' is not defined"),
        ("deadbeed::walk jsframe", "no mapping for address"),
    ]));
}

/// Every command on one thing, in both its forms, on what is no object.
#[test]
fn addresses_of_no_object() {
    let names = [
        "jsarray",
        "jsclosure",
        "jsconstructor",
        "jsfunction",
        "jsprint",
        "jssource",
        "nodebuffer",
        "v8array",
        "v8code",
        "v8context",
        "v8function",
        "v8internal",
        "v8print",
        "v8scopeinfo",
        "v8str",
        "v8type",
    ];
    let addresses = [
        ("7", "7 is not a heap object"),
        ("deadbeef", "deadbeef is not a heap object"),
        // An address whose tag was lost is no small integer.
        ("deadbee8", "deadbee8 is not a heap object"),
        ("deadbeed", "failed to read 8 bytes at deadbeec: no mapping for address"),
        ("fffffffffffffff1", "failed to read 8 bytes at fffffffffffffff0: no mapping for address"),
    ];
    let mut cases = Vec::new();
    for name in names {
        let operand = if name == "v8internal" { " 0" } else { "" };
        for form in ["", " -j"] {
            cases.push((format!("::{name}{form}{operand}"), "Usage: address::"));
            for (address, expected) in addresses {
                cases.push((format!("{address}::{name}{form}{operand}"), expected));
            }
        }
        cases.push((format!("0::{name} -z"), "illegal option -- z"));
    }
    refused(&cases);
}

#[test]
fn objects_of_another_kind() {
    let Some(dump) = values() else { return };
    let mdb = Mdb::on(&dump.target);
    let members = ["ascii", "arraySmi", "functionNamed", "functionBound", "float64Many"];
    let found = Objects::find(&mdb, &members);
    let (holder, map) = (&found.holder, &found.map);
    let [string, array, function, bound, doubles] = &found.members[..] else {
        panic!("five members")
    };
    let middle = u64::from_str_radix(array, 16).expect("an address is hexadecimal") + 0x10;
    let cases = [
        (format!("0x{string}::jsclosure"), "is not a JSFunction"),
        (format!("0x{string}::jsfunction"), "is not a JSFunction"),
        (format!("0x{string}::jssource"), "is not a JSFunction"),
        (format!("0x{string}::v8array"), "is not a FixedArray"),
        (format!("0x{string}::walk jsprop"), "is not a JSObject"),
        (format!("0x{array}::v8str"), "is not a string"),
        (format!("0x{array}::jsclosure"), "is not a JSFunction"),
        (format!("0x{holder}::walk jselement"), "is not a JSArray"),
        (format!("0x{function}::v8array"), "is not a FixedArray"),
        (format!("0x{bound}::jsclosure"), "is not a JSFunction"),
        (format!("0x{bound}::jssource"), "is not a JSFunction"),
        (format!("0x{bound}::jssource -j"), "is not a JSFunction"),
        (format!("0x{bound}::v8function"), "is not a JSFunction (it is a JSBoundFunction)"),
        (format!("0x{string}::v8function -dj"), "is not a JSFunction"),
        (format!("0x{holder}::jsarray"), "failed to load JSArray: "),
        (format!("0x{function}::jsarray -ij"), "is not a JSArray (it is a JSFunction)"),
        (format!("0x{string}::jsconstructor"), "is not a JSObject (it is an InternalizedString)"),
        (format!("0x{map}::jsconstructor -v"), "is not a JSObject (it is a Map)"),
        (format!("0x{string}::nodebuffer"), "a buffer (it is an InternalizedString)"),
        (format!("0x{array}::nodebuffer -f"), "does not appear to be a buffer (it is a JSArray)"),
        (format!("0x{doubles}::nodebuffer -j"), "does not appear to be a buffer"),
        (format!("0x{function}::v8code"), "is not a Code (it is a JSFunction)"),
        (format!("0x{string}::v8code -d"), "is not a Code"),
        (format!("0x{function}::v8context -v"), "failed to load Context: "),
        (format!("0x{string}::v8context -j"), "is not a Context (it is an InternalizedString)"),
        (format!("0x{function}::v8scopeinfo"), "is not a ScopeInfo (it is a JSFunction)"),
        (format!("0x{map}::v8scopeinfo -j"), "is not a ScopeInfo (it is a Map)"),
        (format!("0x{string}::v8internal 0"), "unsupported type (it is an InternalizedString)"),
        (format!("0x{array}::v8internal 7"), "no embedder field 7 (it has 0)"),
        (format!("0x{array}::v8internal -j ffffffffffffffff"), "(it has 0)"),
        (format!("0x{array}::v8internal fffffffffffffffff"), "exceeds maximum immediate value"),
        (format!("0x{array}::v8internal zz"), "digit 'z' is invalid in current base"),
        (format!("0x{array}::v8internal"), "Usage: address::v8internal"),
        (format!("0x{array}::v8internal 0 1"), "Usage: address::v8internal"),
        (format!("0x{holder}::jsprint -jv"), "not with -j"),
        (format!("0x{holder}::jsprint -j arraySmi["), "missing array index terminator"),
        (format!("0x{holder}::jsframe -ij"), "is not a frame of JavaScript or V8"),
        (format!("0x{map}::jsprint -j"), "is not a JavaScript value (it is a Map)"),
        (format!("0x{map}::jsprint"), "is not a JavaScript value (it is a Map)"),
        (format!("0x{map}::jsfunction"), "is not a JSFunction"),
        (format!("{middle:#x}::jsprint"), "is not a heap object"),
        (format!("{middle:#x}::v8print"), "is not a heap object"),
        (format!("0x{holder}::jsframe -i"), "is not a frame of JavaScript or V8"),
        (format!("0x{holder}::jsprint arraySmi[9]"), "array index 9 exceeds size of 3"),
        (format!("0x{holder}::jsprint arraySmi["), "missing array index terminator"),
        (format!("0x{holder}::jsprint arraySmi[1x]"), "illegal array index at 'x'"),
        (format!("0x{holder}::jsprint arraySmi[99999999999999999999]"), "is too large"),
        (format!("0x{holder}::v8print Nonsense"), "unknown class 'Nonsense'"),
        (format!("0x{holder}::jsprint -d"), "option requires an argument -- d"),
        (format!("0x{holder}::jsprint -d two"), "digit 't' is invalid in current base"),
    ];
    refused(&cases);
}

#[test]
fn options_and_names() {
    refused(&owned(&[
        ("::jsstack -z", "illegal option -- z"),
        ("::jsstack -f", "option requires an argument -- f"),
        ("::jsstack -n zz", "digit 'z' is invalid in current base"),
        ("::jsstack -n 99999999999999999", "exceeds maximum immediate value"),
        ("::jsstack extra", "unexpected argument: extra"),
        ("::jsstack -p bogus", "unknown frame property 'bogus'"),
        ("::v8load", "Usage: v8load config"),
        ("::v8load bogus", "unknown configuration: \"bogus\""),
        ("::jsstack -t", "option requires an argument -- t"),
        ("::jsstack -t zz", "digit 'z' is invalid in current base"),
        ("::jsstack -t 0", "no registers of a thread 0"),
        ("::jsstack -t 7fffffff", "no registers of a thread 7fffffff"),
        ("::jsstack -j -t ffffffffffffffff", "no registers of a thread ffffffffffffffff"),
        ("::jsstack -t 99999999999999999", "exceeds maximum immediate value"),
        ("::jsthreads -t 1", "illegal option -- t"),
        ("::jsthreads extra", "unexpected argument: extra"),
        ("::v8regions -z", "illegal option -- z"),
        ("::v8regions extra", "unexpected argument: extra"),
        ("::v8field", "Usage: v8field"),
        ("::v8field JSArray", "Usage: v8field"),
        ("::v8field JSArray length 10 20", "Usage: v8field"),
        ("::v8field Nope nope", "no such class: \"Nope\""),
        ("::v8field -j Nope nope 8", "no such class: \"Nope\""),
        ("::v8field JSArray nope", "no such field in class \"JSArray\": \"nope\""),
        ("::v8field JSArray length zz", "digit 'z' is invalid in current base"),
        ("::v8field JSArray length -1", "cannot be at offset 0xffffffffffffffff"),
        ("::v8field JSArray length 0t99999999999", "cannot be at offset 0x174876e7ff"),
        ("::v8types x", "unexpected argument: x"),
        ("::v8cfg -j nosuch", "no constant with \"nosuch\" in its name"),
        ("::v8cfg nosuch", "no constant with \"nosuch\" in its name"),
        ("::nosuch", "unknown dcmd name"),
        ("::walk nosuch", "unknown walk name"),
        ("::walk jsprop", "'jsprop' does not support global walks"),
        ("::walk jselement", "'jselement' does not support global walks"),
        ("::load nosuch", "no module 'nosuch' could be found"),
        ("::load /etc/passwd", "/etc/passwd"),
        ("::load /dev/null", "/dev/null"),
        ("::load /lib/x86_64-linux-gnu/libm.so.6", "_mdb_init"),
        ("::unload nosuch", "nosuch"),
        ("::help nosuch", "nosuch"),
        ("$</nonexistent", "/nonexistent"),
        ("::echo 'open", "' unmatched"),
        ("1+", "syntax error"),
        ("1%0=X", "divide by zero"),
    ]));
}

/// Input made to exhaust a parser's stack.
#[test]
fn nesting() {
    for (open, close) in [("(", ")"), ("-", ""), ("~", "")] {
        let deep = format!("{}1{}=X", open.repeat(50_000), close.repeat(50_000));
        let script = Mdb::on(&Target::None).script(&format!("{deep}\n"));
        let (reasons, _) = complaints(&script);
        assert!(reasons.len() == 1 && reasons[0].contains("nested too deeply"), "{reasons:?}");
        // Errors of a script do not end it.
        assert_eq!(script.code, Some(0));
    }
    let dir = scratch("nesting");
    let file = dir.join("itself");
    fs::write(&file, format!("$<<{}\n", text(&file))).expect("the directory is writable");
    let run = Mdb::on(&Target::None).eval(&format!("$<<{}", text(&file)));
    let (reasons, _) = complaints(&run);
    assert_eq!(reasons, ["mdb: commands are nested too deeply"]);
}

#[test]
fn files_that_are_no_cores() {
    let dir = scratch("files");
    let file = |name: &str, content: &[u8]| {
        let path = dir.join(name);
        fs::write(&path, content).expect("the directory is writable");
        text(&path).to_owned()
    };
    let cases = [
        (file("empty", b""), "is not an ELF file"),
        (file("text", b"a text, not a core\n"), "is not an ELF file"),
        (file("magic", b"\x7fELF"), "ELF"),
        (file("zeros", &[0; 8192]), "is not an ELF file"),
        (text(&dir).to_owned(), "Is a directory"),
        ("/dev/null".to_owned(), "not a regular file"),
        ("/nonexistent".to_owned(), "No such file or directory"),
    ];
    for (path, expected) in cases {
        let run = mdb::run(&["-e".into(), STACK.into(), path.clone()], "");
        assert_refused(&path, &run, 1, expected);
        assert!(run.stderr.contains(&path), "{path} is not named: {}", run.stderr);
    }
}

/// A core that lost its end: the less there is, the less is said, but what is
/// missing is said aloud.
#[test]
fn truncated_cores() {
    let Some(dump) = values() else { return };
    let Target::Core(core) = &dump.target else { panic!("gdb makes a core file") };
    let cut = scratch("cut").join("core");
    let size = fs::metadata(core).expect("the core is there").len();
    for length in [16, 60, 64, 400, 4096, size / 1000, size / 10, size / 2] {
        let mut source = fs::File::open(core).expect("the core is readable");
        let mut target = fs::File::create(&cut).expect("the directory is writable");
        let mut head = std::io::Read::take(&mut source, length);
        std::io::copy(&mut head, &mut target).expect("there is room for a part of the core");
        drop(target);
        let run = Mdb::on(&Target::Core(cut.clone())).eval(STACK);
        let context = format!("{length} of {size} bytes\n{}{}", run.stdout, run.stderr);
        assert!(matches!(run.code, Some(0 | 1)), "{context}");
        let named = run.stderr.contains(text(&cut)) || run.stderr.contains("core");
        assert!(named && run.stderr.lines().count() <= 8, "{context}");
        assert!(run.stderr.lines().all(|line| line.starts_with("mdb: ")), "{context}");
        assert!(!run.stderr.contains("panic"), "{context}");
    }
    fs::remove_file(&cut).expect("it was just made");
}

#[test]
fn missing_or_wrong_executable() {
    let dir = scratch("moved");
    let copy = dir.join("node");
    fs::copy(&node("0.10.48").path, &copy).expect("there is room for a copy of node");
    let moved = Node { name: "0.10.48".to_owned(), path: copy.clone() };
    let mut running = VALUES.start(&moved, &dir);
    running.truth();
    let command = format!("::gcore -o {}", text(&dir.join("core")));
    let made = Mdb::on(&Target::Process(running.pid())).eval(&command);
    let core = dir.join(format!("core.{}", running.pid()));
    assert!(core.exists(), "{}{}", made.stdout, made.stderr);
    drop(running);
    fs::remove_file(&copy).expect("it was just made");

    let run = Mdb::on(&Target::Core(core.clone())).eval("::status");
    let lines: Vec<_> = run.stderr.lines().filter(|line| line.contains("/node")).collect();
    assert_eq!(lines.len(), 1, "the missing executable is named once: {}", run.stderr);
    assert!(lines[0].contains("No such file or directory"), "{}", lines[0]);
    assert_eq!(run.code, Some(0), "what there is can be looked at");

    // Given by hand, from where it is now.
    let node_path = text(&node("0.10.48").path).to_owned();
    let args =
        |executable: &str| ["-e", STACK, executable, text(&core)].map(str::to_owned).to_vec();
    let run = mdb::run(&args(&node_path), "");
    assert!(run.code == Some(0) && run.stdout.contains("js:     hold"), "{run:?}");
    let run = mdb::run(&args("/bin/true"), "");
    let warning = "mdb: warning: /bin/true does not match: ";
    assert!(run.code == Some(1) && run.stderr.starts_with(warning), "{run:?}");
    assert!(run.stderr.contains("no V8 configuration is loaded"), "{run:?}");
    let run = mdb::run(&args(text(&core)), "");
    assert_refused("a core as executable", &run, 1, "a core file is not an executable");
    fs::remove_dir_all(&dir).expect("it was just made");
}

#[test]
fn processes() {
    let mut gone = Command::new("true").spawn().expect("there is a true");
    let dead = gone.id().to_string();
    gone.wait().expect("it is ours");
    let no_process = "No such process";
    let cases = [
        (dead.as_str(), 1, no_process),
        ("999999999", 1, no_process),
        ("0", 2, "'0' is not a process id"),
        ("-1", 2, "'-1' is not a process id"),
        ("node", 2, "'node' is not a process id"),
        ("99999999999999999999", 2, "is not a process id"),
    ];
    for (pid, status, expected) in cases {
        let run = mdb::run(&["-p".into(), pid.into(), "-e".into(), STACK.into()], "");
        assert_refused(pid, &run, status, expected);
    }
}

/// A process of somebody else, asked for by somebody who may not.
#[test]
fn foreign_process() {
    // Only root can become somebody else to try.
    let uid = fs::metadata("/proc/self").map(|meta| std::os::unix::fs::MetadataExt::uid(&meta));
    if !uid.is_ok_and(|uid| uid == 0) {
        support::skip("foreign process", "needs root, to become another user");
        return;
    }
    // The checkout may be closed to others.
    let dir = std::env::temp_dir().join(format!("mdb-foreign-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("the temporary directory is writable");
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let binary = dir.join("mdb");
    fs::copy(mdb::binary(), &binary).expect("there is room for a copy");
    let mut sleeper = Sleeper(
        Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().expect("there is a sleep"),
    );
    let pid = sleeper.0.id().to_string();
    let output = Command::new(&binary)
        .args(["-p", &pid, "-e", "::status"])
        .current_dir("/")
        .uid(65534)
        .gid(65534)
        .output()
        .expect("the copy can be started");
    fs::remove_dir_all(&dir).expect("it was just made");
    assert!(sleeper.0.try_wait().expect("it is ours").is_none(), "it lives on");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = stderr.lines().collect();
    assert_eq!((output.status.code(), lines.len()), (Some(1), 1), "{stderr}");
    let start = format!("mdb: cannot attach to {pid}: ");
    assert!(lines[0].starts_with(&start), "{stderr}");
}

/// A process that ends with the test.
struct Sleeper(Child);

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn command_lines() {
    let cases: [(&[&str], i32, &str); 6] = [
        (&["-Q"], 2, "illegal option -- Q"),
        (&["--bogus"], 2, "illegal option"),
        (&["-e"], 2, "option requires an argument -- e"),
        (&["-p"], 2, "option requires an argument -- p"),
        (&["-p", "1", "core"], 1, "-p may not be used with other arguments"),
        (&["a", "b", "c"], 1, "too many files were specified"),
    ];
    for (args, status, expected) in cases {
        let run = mdb::run(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>(), "");
        assert_refused(&args.join(" "), &run, status, expected);
    }
    let usage = mdb::run(&["-?".to_owned()], "");
    assert_eq!(usage.code, Some(0));
}

/// What a core lacks of the memory that is searched is said, with a number.
#[test]
fn memory_missing_from_a_core_is_counted() {
    let scenario = Scenario { script: "heap", end: End::Spin, mode: "1" };
    let dump = dump(node("20.20.2"), scenario, Way::Gdb).expect("gdb can dump any process");
    let Target::Core(core) = &dump.target else { panic!("gdb makes a core file") };
    const COMMAND: &str = "::load v8; ::findjsobjects -c Tariff; ::findjsobjects -c Tariff";
    let whole = Mdb::on(&dump.target).eval(COMMAND);
    assert!(!whole.stderr.contains("could not be read"), "{}", whole.stderr);
    let object = whole.stdout.lines().last().unwrap_or_default();
    let object = u64::from_str_radix(object, 16).unwrap_or_else(|why| panic!("{object}: {why}"));
    // Half of the memory around an object goes: its header says that the file ends there.
    let cut = scratch("holes").join("core");
    let status = Command::new("cp").arg("--sparse=always").arg(core).arg(&cut).status();
    assert!(status.is_ok_and(|status| status.success()), "the core can be copied");
    let (start, left, size) = halve_segment(&cut, object);
    let run = Mdb::on(&Target::Core(cut.clone())).eval(COMMAND);
    let said = format!(
        "mdb: {} bytes of memory could not be read in the search for objects, the first at {:x}: \
         what was there is missing",
        size - left,
        start + left
    );
    let told: Vec<&str> = run.stderr.lines().filter(|line| line.contains("search for")).collect();
    assert_eq!(told, [said], "{}", run.stderr);
    fs::remove_file(&cut).expect("it was just made");
}

/// Leaves half of the segment of an ELF64 core that an address lies in: its
/// address, the bytes that are left, and how many there were.
fn halve_segment(core: &Path, addr: u64) -> (u64, u64, u64) {
    use std::os::unix::fs::FileExt;
    const LOAD: u64 = 1;
    const HEADER: u64 = 56;
    let file = fs::OpenOptions::new().read(true).write(true).open(core).expect("it is there");
    let number = |at: u64| -> u64 {
        let mut bytes = [0; 8];
        file.read_exact_at(&mut bytes, at).expect("the headers are there");
        u64::from_le_bytes(bytes)
    };
    let (table, count) = (number(32), number(56) & 0xffff);
    for at in (0..count).map(|i| table + HEADER * i).filter(|at| number(*at) & 0xffff_ffff == LOAD)
    {
        let (start, size) = (number(at + 16), number(at + 32));
        if (start..start + size).contains(&addr) {
            let left = (size / 2) & !4095;
            file.write_all_at(&left.to_le_bytes(), at + 32).expect("the core is writable");
            return (start, left, size);
        }
    }
    panic!("no segment of {} holds {addr:x}", core.display())
}
