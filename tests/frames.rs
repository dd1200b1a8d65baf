//! `::jsstack -v` against what real Node processes say of their own stacks:
//! every frame, its name, file, line, receiver and arguments.

mod support;

use serde_json::Value;
use support::compare::{differences, text};
use support::dump::{dump, Dump, Way};
use support::inspect;
use support::kinds;
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::stack::{self, Entry, Frame, Shown};

/// A value of a frame, to be printed and compared.
struct Seen<'a> {
    shown: Shown,
    truth: &'a Value,
    place: String,
}

fn check(name: &str, end: End, mode: &'static str, way: Way) {
    let scenario = Scenario { script: "frames", end, mode };
    let Some(dump) = dump(node(name), scenario, way) else { return };
    let printed = Mdb::on(&dump.target).each(&["::jsstack -vn0".to_owned()]).remove(0);
    let entries = stack::parse(&printed).unwrap_or_else(|why| panic!("{}: {why}", dump.label));
    let shown: Vec<&Frame> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Js(frame) => Some(frame),
            _ => None,
        })
        // What the program called of Node's own after it had told the truth.
        .skip_while(|frame| !is_own(frame))
        .collect();

    let mut wrong = Vec::new();
    let pairs = pair(&shown, frames(&dump.truth), &mut wrong);
    let mut seen = Vec::new();
    for (frame, truth) in &pairs {
        properties(frame, truth, mode == "warm", &mut wrong, &mut seen);
    }
    let values = seen.len();
    wrong.extend(printed_values(&dump, seen));
    println!("{}: {} frames, {values} values, {} wrong", dump.label, pairs.len(), wrong.len());
    assert!(wrong.is_empty(), "{}:\n{}\n\n{printed}", dump.label, wrong.join("\n"));
}

fn frames(truth: &Value) -> &[Value] {
    truth["frames"].as_array().expect("the truth lists frames")
}

/// Pairs printed frames with true ones, both innermost first, so that as many
/// as possible agree: one wrong frame is then one complaint. Builtins are not
/// frames of the program: a debugger may show or hide them.
fn pair<'a>(
    shown: &[&'a Frame],
    truth: &'a [Value],
    wrong: &mut Vec<String>,
) -> Vec<(&'a Frame, &'a Value)> {
    // best[i][j]: pairs to be had from shown[i..] and truth[j..].
    let mut best = vec![vec![0_u32; truth.len() + 1]; shown.len() + 1];
    for i in (0..shown.len()).rev() {
        for j in (0..truth.len()).rev() {
            let taken = u32::from(is_frame(shown[i], &truth[j])) + best[i + 1][j + 1];
            best[i][j] = taken.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < shown.len() || j < truth.len() {
        let both = i < shown.len() && j < truth.len();
        if both && is_frame(shown[i], &truth[j]) && best[i][j] == best[i + 1][j + 1] + 1 {
            pairs.push((shown[i], &truth[j]));
            (i, j) = (i + 1, j + 1);
        } else if j == truth.len() || i < shown.len() && best[i][j] == best[i + 1][j] {
            if !is_builtin(shown[i]) {
                wrong.push(format!("no such frame, or not here: {:?}", shown[i]));
            }
            i += 1;
        } else {
            if truth[j]["builtin"] != true {
                let (file, line) = (text(&truth[j], "file"), &truth[j]["line"]);
                wrong.push(format!("not shown: {} at {file} line {line}", truth[j]["site"]));
            }
            j += 1;
        }
    }
    pairs
}

/// Name, file, and line where it is known, make a frame.
fn is_frame(frame: &Frame, truth: &Value) -> bool {
    let file = truth["file"].as_str();
    is_name(frame, truth)
        && (truth["builtin"] == true || file.is_none() || frame.get("file") == file)
        && (truth["line"].is_null() || frame.line() == truth["line"].as_u64())
}

/// A function's own name; a function without one is called after what it was
/// assigned to, or not at all.
fn is_name(frame: &Frame, truth: &Value) -> bool {
    let name = frame.name.as_str();
    let inferred = name.strip_prefix("<anonymous> (as ").and_then(|rest| rest.strip_suffix(')'));
    match (truth["site"].as_str(), inferred) {
        // `new Function` gives code from a string a name that it has not.
        (Some("eval"), _) => inferred.is_some() || name == "anonymous",
        (Some(site), None) => name == site,
        // Of an inlined call there is no function object, hence no computed name.
        (Some(_), Some(_)) if frame.get("inlined").is_some() => truth["anonymous"] == true,
        (Some(site), Some(inferred)) => inferred == site && truth["anonymous"] != false,
        (None, Some(inferred)) => {
            truth["key"].is_null() || inferred == "<anon>" || is_module(truth)
        }
        (None, None) => is_module(truth) && name.is_empty(),
    }
}

fn is_module(truth: &Value) -> bool {
    truth["key"] == "module"
}

/// Whether the frame is of a scenario program's function: its file has a path.
fn is_own(frame: &Frame) -> bool {
    frame.get("file").is_some_and(|file| file.starts_with('/'))
}

/// Whether the frame is of a function without source: no file, or one that the
/// engine made up.
fn is_builtin(frame: &Frame) -> bool {
    frame.get("file").is_none_or(|file| file.starts_with('<') || file.starts_with("native "))
}

/// Compares what is printed below a frame's name; values are collected.
fn properties<'a>(
    frame: &Frame,
    truth: &'a Value,
    may_be_inlined: bool,
    wrong: &mut Vec<String>,
    seen: &mut Vec<Seen<'a>>,
) {
    let at = format!("{} (line {})", frame.name, truth["line"]);
    let Some(args) = truth["args"].as_array() else { return };
    let shown = frame.args();
    // The values of an inlined call are wherever the compiler left them.
    if may_be_inlined && frame.receiver().is_none() && shown.is_empty() {
        return;
    }
    match frame.receiver() {
        Some(shown) => {
            seen.push(Seen { shown, truth: &truth["receiver"], place: format!("{at}: this") });
        }
        None => wrong.push(format!("{at}: no receiver")),
    }
    if shown.len() != args.len() {
        wrong.push(format!("{at}: {} arguments, shown {shown:?}", args.len()));
        return;
    }
    for (index, (shown, truth)) in shown.into_iter().zip(args).enumerate() {
        seen.push(Seen { shown, truth, place: format!("{at}: arg{}", index + 1) });
    }
}

/// Prints every value that was seen and compares it with its description.
fn printed_values(dump: &Dump, seen: Vec<Seen<'_>>) -> Vec<String> {
    let mut wrong = Vec::new();
    let (known, unknown): (Vec<_>, Vec<_>) =
        seen.into_iter().partition(|seen| kinds::fits(&seen.shown.kind, seen.truth));
    for Seen { shown, truth, place } in unknown {
        wrong.push(format!("{place}: shown as {shown:?}, is {truth:.200}"));
    }
    let deep: Vec<_> = known.into_iter().filter(|seen| seen.truth["t"] != "global").collect();
    let commands: Vec<_> =
        deep.iter().map(|seen| format!("0x{}::jsprint -d 4", seen.shown.address)).collect();
    for (seen, output) in deep.iter().zip(Mdb::on(&dump.target).each(&commands)) {
        match inspect::parse(&output) {
            Ok(printed) => wrong.extend(
                differences(&printed, seen.truth)
                    .into_iter()
                    .map(|difference| format!("{}{}", seen.place, difference.0)),
            ),
            Err(why) => wrong.push(format!("{}: {why}", seen.place)),
        }
    }
    wrong
}

macro_rules! frames {
    ($($test:ident: $node:literal, $end:ident, $mode:literal, $way:ident;)*) => {
        $(#[test]
        fn $test() {
            check($node, End::$end, $mode, Way::$way);
        })*
    };
}

frames! {
    live_0_10: "0.10.48", Spin, "cold", Live;
    live_18_debian: "18-debian", Spin, "cold", Live;
    live_20: "20.20.2", Spin, "cold", Live;
    live_26: "26.10.0", Spin, "cold", Live;

    gdb_core_0_10: "0.10.48", Spin, "cold", Gdb;
    gdb_core_18_debian: "18-debian", Spin, "cold", Gdb;
    gdb_core_20: "20.20.2", Spin, "cold", Gdb;
    gdb_core_26: "26.10.0", Spin, "cold", Gdb;

    own_core_0_10: "0.10.48", Spin, "cold", Own;
    own_core_18_debian: "18-debian", Spin, "cold", Own;
    own_core_20: "20.20.2", Spin, "cold", Own;
    own_core_26: "26.10.0", Spin, "cold", Own;

    kernel_core_0_10: "0.10.48", Abort, "cold", Kernel;
    kernel_core_18_debian: "18-debian", Abort, "cold", Kernel;
    kernel_core_20: "20.20.2", Abort, "cold", Kernel;
    kernel_core_26: "26.10.0", Abort, "cold", Kernel;

    in_system_call_0_10: "0.10.48", Block, "cold", Gdb;
    in_system_call_18_debian: "18-debian", Block, "cold", Gdb;
    in_system_call_20: "20.20.2", Block, "cold", Gdb;
    in_system_call_26: "26.10.0", Block, "cold", Gdb;

    optimized_0_10: "0.10.48", Spin, "warm", Gdb;
    optimized_18_debian: "18-debian", Spin, "warm", Gdb;
    optimized_20: "20.20.2", Spin, "warm", Gdb;
    optimized_26: "26.10.0", Spin, "warm", Gdb;

    resumed_18_debian: "18-debian", Spin, "later", Gdb;
    resumed_20: "20.20.2", Spin, "later", Gdb;
    resumed_26: "26.10.0", Spin, "later", Gdb;
}
