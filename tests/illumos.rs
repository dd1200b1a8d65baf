//! The module as illumos' users load it: built for illumos, audited, the 64-bit
//! file run by the Linux debugger and the 32-bit file by a small host of its
//! own (see `illumos/`).
//!
//! The compiler for it is a download of its own. These tests run where it is
//! in the cache already, and where `MDB_ILLUMOS=1` asks for it.

mod support;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use support::cores32::{self, Core32};
use support::mdb::{Mdb, Target};

const NODE: &str = "26.10.0";

/// A program of this checkout, with what it prints.
fn output(program: &Path, args: &[&str], env: &[(&str, &Path)]) -> Output {
    Command::new(program)
        .args(args)
        .envs(env.iter().copied())
        .current_dir(support::root())
        .env("CARGO_TARGET_DIR", support::target_dir())
        .output()
        .unwrap_or_else(|why| panic!("{}: {why}", program.display()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a script of `illumos/` prints; it must succeed.
fn script(name: &str, args: &[&str]) -> String {
    let output = output(&support::root().join("illumos").join(name), args, &[]);
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{name} {args:?}:\n{printed}\n{}", text(&output.stderr));
    printed
}

fn is_wanted() -> bool {
    let toolchain = support::root().join("illumos/toolchain.sh");
    std::env::var_os("MDB_ILLUMOS").is_some_and(|value| value == "1")
        || output(&toolchain, &["--cached"], &[]).status.success()
}

/// The folder with both files, built once, if they can be.
fn built() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let what = "the module built for illumos";
        if !is_wanted() {
            support::skip(what, "its compiler is not in the cache; MDB_ILLUMOS=1 downloads it");
            return None;
        }
        let printed = script("build.sh", &[]);
        if let Some(line) = printed.lines().find(|line| line.starts_with("*** SKIPPED")) {
            support::skip(what, line.trim_start_matches("*** SKIPPED: "));
            return None;
        }
        Some(support::target_dir().join("illumos"))
    });
    built.as_deref()
}

fn utf8(path: &Path) -> &str {
    path.to_str().expect("paths of the tests are UTF-8")
}

/// The debugger that runs the 64-bit file.
fn host(_built: &Path) -> PathBuf {
    // Not at the same time from two tests: the script writes files.
    static HOST: OnceLock<PathBuf> = OnceLock::new();
    HOST.get_or_init(|| PathBuf::from(script("host.sh", &["amd64"]).trim_end())).clone()
}

#[test]
fn files_pass_the_audit() {
    let Some(built) = built() else { return };
    for architecture in ["amd64", "i386"] {
        let file = built.join(architecture).join("v8.so");
        println!("{}", script("audit.sh", &[utf8(&file)]));
    }
}

/// The audit is worth something only if it finds what is wrong.
#[test]
fn audit_refuses_a_linux_module() {
    let audit = support::root().join("illumos/audit.sh");
    let output = output(&audit, &[utf8(&support::mdb::module())], &[]);
    let printed = text(&output.stdout);
    assert!(!output.status.success(), "{printed}");
    for complaint in ["GNU_HASH", "mode is not 0555"] {
        assert!(printed.contains(complaint), "no word of {complaint}:\n{printed}");
    }
}

/// Functions that differ between the systems come from the stand-in for
/// illumos' libc, and none of them from Linux'.
#[test]
fn names_are_bound_to_the_stand_in() {
    let Some(built) = built() else { return };
    let host = host(built);
    let env = [("LD_DEBUG", Path::new("bindings"))];
    let output = output(&host, &["-e", "::load v8; ::dmods"], &env);
    let (printed, log) = (text(&output.stdout), text(&output.stderr));
    assert!(printed.lines().any(|line| line == "v8"), "{printed}");
    let names = std::fs::read_to_string(support::root().join("illumos/names"))
        .expect("the list of names is in the checkout");
    let differ: Vec<_> = names
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let columns: Vec<_> = line.split_whitespace().collect();
            (columns[3] == "shim").then(|| columns[4])
        })
        .collect();
    let mut bound = 0;
    for line in log.lines().filter(|line| line.contains("amd64/v8.so [0] to ")) {
        let (_, to) = line.split_once(" to ").expect("the filter has it");
        let name = to.rsplit_once('`').map_or("", |(_, name)| name.trim_end_matches('\''));
        let is_ours = to.contains("illumos/linux64/libc.so.1");
        assert_eq!(is_ours, differ.contains(&name), "{line}");
        bound += u32::from(is_ours);
    }
    assert!(bound > 0, "nothing of the module was bound:\n{log}");
}

/// The same checks as the module for Linux passes, on a core of a real
/// program: every frame, and every kind of value.
#[test]
fn decodes_as_the_linux_module_does() {
    let Some(built) = built() else { return };
    let host = host(built);
    let major = NODE.split('.').next().expect("split yields at least one part");
    let frames = format!("gdb_core_{major}");
    let values = format!("node_{major}::gdb_core");
    // As `make test` calls it, so that nothing is built again.
    let mut args = vec!["test", "--workspace", "--features", "mdb_v8/std"];
    args.extend(["--test", "frames", "--test", "values", "--"]);
    args.extend(["--exact", "--nocapture", &frames, &values]);
    let output = output(Path::new(env!("CARGO")), &args, &[("MDB_BIN", &host)]);
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}\n{}", text(&output.stderr));
    assert_eq!(printed.matches("test result: ok. 1 passed").count(), 2, "{printed}");
    println!("{printed}");
}

/// The debugger that runs the 32-bit file, and what it prints for commands.
struct Host32(PathBuf);

impl Host32 {
    fn new() -> Option<Host32> {
        // Not at the same time from two tests: the script writes files.
        static PRINTED: OnceLock<String> = OnceLock::new();
        let printed = PRINTED.get_or_init(|| script("host.sh", &["i386"]));
        if let Some(why) = printed.strip_prefix("*** SKIPPED: ") {
            support::skip("the 32-bit module", why.trim_end());
            return None;
        }
        Some(Host32(PathBuf::from(printed.trim_end())))
    }

    fn each(&self, core: &Path, commands: &[String]) -> Vec<String> {
        const MARK: &str = "@@@-";
        let script: String =
            commands.iter().map(|command| format!("::echo {MARK}\n{command}\n")).collect();
        let mut child = Command::new(&self.0)
            .arg(core)
            .env("TZ", "UTC")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the script has made the program");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        let writer = std::thread::spawn(move || drop(stdin.write_all(script.as_bytes())));
        let output = child.wait_with_output().expect("the child is ours");
        writer.join().expect("writing does not panic");
        assert!(output.status.success(), "{}: {}", output.status, text(&output.stderr));
        let printed = text(&output.stdout);
        printed.split(&format!("{MARK}\n")).skip(1).map(str::to_owned).collect()
    }
}

/// Runs commands at both widths; the number of those that printed something.
fn compare(host: &Host32, core: &Path, commands: &[String]) -> usize {
    let wide = Mdb::on(&Target::Core(core.to_owned())).each(commands);
    let narrow = host.each(core, commands);
    assert_eq!(wide.len(), narrow.len(), "every command was run");
    for ((command, wide), narrow) in commands.iter().zip(&wide).zip(&narrow) {
        assert_eq!(wide, narrow, "{command} on {}: 64-bit (left), 32-bit (right)", core.display());
    }
    narrow.iter().filter(|printed| !printed.is_empty()).count()
}

fn commands(list: &[&str]) -> Vec<String> {
    list.iter().map(|command| (*command).to_owned()).collect()
}

/// A core of a 32-bit program: the host itself.
fn core_of_host(host: &Host32) -> PathBuf {
    let mut child = Command::new(&host.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the script has made the program");
    // It answers: the module is loaded, and the next thing it does is to wait.
    let mut first = [0];
    let mut stdout = child.stdout.take().expect("standard output is a pipe");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    stdin.write_all(b"::echo ready\n").expect("the program reads its input");
    stdout.read_exact(&mut first).expect("the program prints something");
    let prefix = Path::new(env!("CARGO_TARGET_TMPDIR")).join("core32");
    let pid = child.id().to_string();
    let dumped = output(Path::new("gcore"), &["-o", utf8(&prefix), &pid], &[]);
    drop(stdin);
    child.wait().expect("the child is ours");
    assert!(dumped.status.success(), "gcore: {}", text(&dumped.stderr));
    let core = prefix.with_extension("core");
    std::fs::rename(format!("{}.{pid}", utf8(&prefix)), &core).expect("gcore named it so");
    core
}

/// The 32-bit file prints what the module prints at 64 bits.
#[test]
fn widths_agree() {
    let Some(_built) = built() else { return };
    let Some(host) = Host32::new() else { return };
    let core = core_of_host(&host);
    let list = ["::v8load node-0.6.5", "::v8version", "::v8cfg", "::v8frametypes", "::v8types"];
    assert_eq!(compare(&host, &core, &commands(&list)), list.len());
    regions_agree(&host, &core);
}

#[test]
fn widths_agree_on_cores() {
    let Some(_built) = built() else { return };
    let Some(host) = Host32::new() else { return };
    for core in cores32::all() {
        let mut list = commands(&[&format!("::v8load {}", core.config()), "::jsstack -vn0"]);
        let stack = host.each(&core.path, &list).swap_remove(1);
        let addresses: BTreeSet<_> = stack
            .split(|c: char| !c.is_ascii_alphanumeric())
            .map(|word| word.trim_start_matches("0x"))
            .filter(|word| word.len() == 8 && u32::from_str_radix(word, 16).is_ok())
            .collect();
        for address in &addresses {
            for command in ["v8type", "v8str", "jsprint -d 2", "v8print"] {
                list.push(format!("0x{address}::{command}"));
            }
        }
        let printed = compare(&host, &core.path, &list);
        regions_agree(&host, &core.path);
        let Core32 { name, .. } = core;
        println!("{name}: {} values, {printed} of {} commands", addresses.len(), list.len());
    }
}

/// Both widths list the same memory, each from its own debugger; what it is
/// used for the small host does not know.
fn regions_agree(host: &Host32, core: &Path) {
    let list = commands(&["::v8regions -b"]);
    let regions = |printed: String| -> Vec<String> {
        let unused = |line: &str| line.rsplit_once(' ').map_or("", |(rest, _)| rest).to_owned();
        printed.lines().map(unused).collect()
    };
    let wide = regions(Mdb::on(&Target::Core(core.to_owned())).each(&list).remove(0));
    let narrow = regions(host.each(core, &list).remove(0));
    assert!(wide.len() > 5, "{wide:?}");
    assert_eq!(wide, narrow, "{}: 64-bit (left), 32-bit (right)", core.display());
}
