//! How long a search of the whole heap takes and how much memory, against a
//! bound measured in the same run: a C program that reads the core twice, once for
//! V8's maps and once for pointers to them, and knows nothing else (`bound.c`). A
//! single one of its passes is beside it.
//!
//!     make bench                  # heaps of 10 and 250 MB
//!     make bench BENCH_FULL=1     # and of 1 GB, on more releases
//!
//! `cargo bench --features std --bench heap -- 22.23.3` measures that release alone.

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::dump::{dump, Way};
use support::mdb::{binary, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};

/// Runs of each command; the fastest counts, since only noise is slower. What takes
/// seconds is run less often.
const RUNS: usize = 5;
/// Time after which a command is not run once more.
const PATIENCE: Duration = Duration::from_secs(10);
/// Times that a command is given again, as what it takes then is little.
const AGAIN: u32 = 10;

/// What a run cost.
#[derive(Clone, Copy)]
struct Cost {
    /// On a CPU: what else the machine does matters less to it.
    time: Duration,
    /// The most anonymous memory it had, in kilobytes.
    memory: u64,
}

fn main() {
    let full = std::env::var_os("BENCH_FULL").is_some();
    let named: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let mut releases: Vec<&str> = match full {
        true => vec!["16.20.2", "20.20.2", "22.23.3", "26.10.0"],
        false => vec!["20.20.2", "22.23.3"],
    };
    releases.retain(|release| named.is_empty() || named.iter().any(|name| name == release));
    let units: &[&str] = if full { &["1", "25", "100"] } else { &["1", "25"] };
    let bound = compiled();
    println!("{:<26} {:>9} {:>7} {:>9} {:>7}", "", "CPU ms", "bound", "MB", "heap");
    for name in releases {
        for units in units {
            let scenario = Scenario { script: "heap", end: End::Spin, mode: units };
            let dump = dump(node(name), scenario, Way::Gdb).expect("gdb can dump any process");
            let Target::Core(core) = &dump.target else { unreachable!("gdb dumps into files") };
            measure(&format!("{name}, {units}0 MB"), core, &bound);
            if *units == "100" {
                // Large, and made again in a minute.
                let _ = fs::remove_dir_all(core.parent().expect("cores lie in directories"));
            }
        }
    }
}

fn compiled() -> PathBuf {
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bound");
    let status = Command::new("cc")
        .args(["-O2", "-D_GNU_SOURCE", "-Wall", "-Werror", "-o"])
        .arg(&binary)
        .arg(support::root().join("benches/bound.c"))
        .status()
        .expect("a C compiler is on PATH as cc");
    assert!(status.success(), "benches/bound.c does not compile");
    binary
}

fn measure(label: &str, core: &Path, bound: &Path) {
    let bound = |arguments: &[&str]| {
        fastest(|| {
            let mut command = Command::new(bound);
            command.args(arguments).arg(core);
            command
        })
    };
    let (pass, bound) = (bound(&["-1"]), bound(&[]));
    let mdb = |commands: &str| {
        fastest(|| {
            let mut command = Command::new(binary());
            command.args(["-S", "-e", &format!("::load v8; {commands}")]).arg(core);
            command
        })
    };
    let payload = payload(core);
    let list = addresses(core);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench.heapsnapshot");
    let find = "::findjsobjects";
    let refs = format!("0x{payload}::jsfindrefs");
    let opened = mdb("::v8version");
    let cold = mdb(find);
    let cold_refs = mdb(&refs);
    let snapshot = mdb(&format!("::jsheapsnapshot -f {}", file.display()));
    let _ = fs::remove_file(&file);
    let heap = heap_size(core);
    let rows = [
        ("bound", bound),
        ("one pass", pass),
        ("start", opened),
        ("::findjsobjects", cold),
        ("again", each(mdb(&again(find)), cold)),
        ("::jsfindrefs", cold_refs),
        ("again", each(mdb(&again(&refs)), cold_refs)),
        ("::jsretained", mdb("::jsretained")),
        ("::jsheapsnapshot", snapshot),
        (
            "100,000 | ::jsprint -d1",
            less(mdb(&format!("::cat {} | ::jsprint -d1", list.display())), opened),
        ),
    ];
    println!("{label}, {} MB on pages", heap >> 20);
    for (what, cost) in rows {
        let ms = cost.time.as_secs_f64() * 1000.0;
        println!(
            "  {what:<24} {ms:>9.1} {:>7.2} {:>9.1} {:>7.2}",
            ms / (bound.time.as_secs_f64() * 1000.0),
            cost.memory as f64 / 1024.0,
            (cost.memory << 10) as f64 / heap as f64,
        );
    }
}

/// A command, and the same again some times.
fn again(command: &str) -> String {
    vec![command; 1 + AGAIN as usize].join("; ")
}

/// What the same command takes each time it is given again.
fn each(all: Cost, first: Cost) -> Cost {
    Cost { time: less(all, first).time / AGAIN, memory: all.memory }
}

/// What a second command adds to the first.
fn less(both: Cost, first: Cost) -> Cost {
    Cost { time: both.time.saturating_sub(first.time), memory: both.memory }
}

fn run(core: &Path, commands: &str) -> String {
    let output = Command::new(binary())
        .args(["-S", "-e", &format!("::load v8; {commands}")])
        .arg(core)
        .output()
        .expect("the debugger can be started");
    assert!(output.status.success(), "{commands} failed on {}", core.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn payload(core: &Path) -> String {
    let printed = run(core, "::jsstack -f hold -p arg2");
    printed.lines().last().expect("hold has a second argument").to_owned()
}

/// A file of the addresses of up to 100,000 objects, taken evenly from all there are.
fn addresses(core: &Path) -> PathBuf {
    let printed = run(core, "::findjsobjects | ::findjsobjects");
    let is_address = |line: &&str| line.bytes().all(|byte| byte.is_ascii_hexdigit());
    let all: Vec<&str> = printed.lines().filter(is_address).collect();
    let list: Vec<&str> = all.iter().copied().step_by(all.len().div_ceil(100_000)).collect();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("addresses");
    fs::write(&path, list.join("\n") + "\n").expect("the target directory is writable");
    path
}

/// Bytes of the pages that were searched.
fn heap_size(core: &Path) -> u64 {
    let printed = run(core, "::findjsobjects -v");
    let line = printed.lines().find_map(|line| line.split_once("bytes of memory => "));
    line.and_then(|(_, number)| number.parse().ok()).expect("-v tells how much was searched")
}

fn fastest(command: impl Fn() -> Command) -> Cost {
    let begin = Instant::now();
    let runs = (0..RUNS).take_while(|run| *run == 0 || begin.elapsed() < PATIENCE);
    let costs: Vec<Cost> = runs.map(|_| cost(command())).collect();
    Cost {
        time: costs.iter().map(|cost| cost.time).min().expect("there are runs"),
        memory: costs.iter().map(|cost| cost.memory).max().expect("there are runs"),
    }
}

fn cost(mut command: Command) -> Cost {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program can be started");
    let cost = watched(&child);
    assert!(child.wait().expect("the child is ours").success(), "{command:?} failed");
    cost
}

/// A process watched until it ends.
fn watched(child: &Child) -> Cost {
    let of = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id()));
    let mut most = Cost { time: Duration::ZERO, memory: 0 };
    while let Ok(status) = of("status") {
        let field = |name| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let memory = field("RssAnon:").and_then(|text| text.trim_end_matches(" kB").parse().ok());
        most.memory = most.memory.max(memory.unwrap_or(0));
        // While a process runs, its time is told as of the last tick of the clock; once
        // it has ended and nobody has asked how, exactly.
        let has_ended = field("State:").is_some_and(|state| state.starts_with('Z'));
        let times = of("schedstat").unwrap_or_default();
        let nanoseconds = times.split(' ').next().and_then(|word| word.parse().ok());
        most.time = most.time.max(Duration::from_nanos(nanoseconds.unwrap_or(0)));
        if has_ended {
            break;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    most
}
