//! `::jsstack -v` against what a program says of its own stack.

use super::{Count, Tally, ARGUMENTS, FRAMES, LINES, LOCALS, OPTIMIZED};
use crate::support::compare::text;
use crate::support::dump::Dump;
use crate::support::kinds;
use crate::support::mdb::Mdb;
use crate::support::stack::{self, Entry, Frame, Shown};
use serde_json::Value;

/// A value of a frame, to be printed and compared.
struct Seen<'a> {
    kind: &'static str,
    shown: Shown,
    truth: &'a Value,
    place: String,
}

/// Compares every frame of a dump of the scenario `frames` with the program's
/// own account: its name, file, line, receiver, arguments and variables.
pub fn check(dump: &Dump) -> Tally {
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

    let mut tally = Tally::default();
    let pairs = pair(&shown, frames(&dump.truth), &mut tally);
    let may_be_inlined = dump.truth["mode"] == "warm";
    let major = text(&dump.truth, "node").trim_start_matches('v').split('.').next();
    let major: u32 = major.and_then(|major| major.parse().ok()).expect("a version is a number");
    let mut seen = Vec::new();
    for (index, (frame, truth)) in pairs.iter().enumerate() {
        executing(frame, truth, index == 0, &mut tally);
        properties(frame, truth, may_be_inlined, &mut tally, &mut seen);
        variables(frame, truth, major <= 10, may_be_inlined, &mut tally, &mut seen);
    }
    printed_values(dump, seen, &mut tally);
    tally.output = printed;
    if may_be_inlined {
        // Which calls are inlined, and so have no values, is up to the day: a
        // frame counts once, with all that is shown of it.
        let own = |frame: &&Value| frame["builtin"] != true;
        let total = frames(&dump.truth).iter().filter(own).count();
        let equal = total.saturating_sub(tally.wrong.len());
        tally.counts = [(OPTIMIZED, Count { equal, total })].into();
    }
    tally
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
    tally: &mut Tally,
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
            if truth[j]["builtin"] != true {
                tally.right(FRAMES);
            }
            pairs.push((shown[i], &truth[j]));
            (i, j) = (i + 1, j + 1);
        } else if j == truth.len() || i < shown.len() && best[i][j] == best[i + 1][j] {
            if !is_builtin(shown[i]) {
                tally.wrong(FRAMES, format!("no such frame, or not here: {:?}", shown[i]));
            }
            i += 1;
        } else {
            if truth[j]["builtin"] != true {
                let (file, line) = (text(&truth[j], "file"), &truth[j]["line"]);
                tally.wrong(
                    FRAMES,
                    format!("not shown: {} at {file} line {line}", truth[j]["site"]),
                );
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
    // A builtin is called after its receiver's class, as in the engine's traces;
    // where the receiver is not known, it has its own name only.
    let class = truth["type"].as_str().filter(|_| truth["builtin"] == true);
    let name = class.and_then(|class| method_of(name, class)).unwrap_or(name);
    let inferred = name.strip_prefix("<anonymous> (as ").and_then(|rest| rest.strip_suffix(')'));
    match (truth["site"].as_str(), inferred) {
        // `new Function` gives code from a string a name that it has not.
        (Some("eval"), _) => inferred.is_some() || name == "anonymous",
        (Some(site), None) => name == site,
        // Of an inlined call there is no function object, hence no computed name.
        (Some(_), Some(_)) if frame.get("inlined").is_some() => truth["anonymous"] == true,
        (Some(site), Some(inferred)) => inferred == site && truth["anonymous"] != false,
        (None, Some(inferred)) => {
            let method = text(truth, "method");
            match method {
                "" => truth["key"].is_null() || inferred == "<anon>" || is_module(truth),
                // The engine finds a method's name with the receiver.
                _ => method_of(inferred, text(truth, "type")) == Some(method),
            }
        }
        (None, None) => is_module(truth) && name.is_empty(),
    }
}

/// The method of `CLASS.METHOD`. A receiver that is a function is called by its
/// name, as engines do since V8 13; before, they called all of them Function.
fn method_of<'a>(name: &'a str, class: &str) -> Option<&'a str> {
    if class == "Function" {
        let (function, method) = name.split_once('.')?;
        return (!function.is_empty()).then_some(method);
    }
    name.strip_prefix(class)?.strip_prefix('.')
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

/// Compares the line that a frame executes with that of the engine's stack
/// trace. The innermost function has gone on since it made that.
fn executing(frame: &Frame, truth: &Value, innermost: bool, tally: &mut Tally) {
    let Some(line) = truth["callLine"].as_u64().filter(|_| truth["builtin"] != true) else {
        return;
    };
    let further = if innermost { 4 } else { 0 };
    let shown = frame.get("exec").and_then(|text| text.strip_prefix("line ")?.parse().ok());
    if shown.is_some_and(|shown: u64| (line..=line + further).contains(&shown)) {
        return tally.right(LINES);
    }
    let shown = frame.get("exec");
    tally.wrong(
        LINES,
        format!("{} (line {}): at {line}, shown {shown:?}", frame.name, truth["line"]),
    );
}

/// Compares what is printed below a frame's name; values are collected.
fn properties<'a>(
    frame: &Frame,
    truth: &'a Value,
    may_be_inlined: bool,
    tally: &mut Tally,
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
            let truth = &truth["receiver"];
            seen.push(Seen { kind: ARGUMENTS, shown, truth, place: format!("{at}: this") });
        }
        None => tally.wrong(ARGUMENTS, format!("{at}: no receiver")),
    }
    if shown.len() != args.len() {
        tally.wrong(ARGUMENTS, format!("{at}: {} arguments, shown {shown:?}", args.len()));
        return;
    }
    for (index, (shown, truth)) in shown.into_iter().zip(args).enumerate() {
        let place = format!("{at}: arg{}", index + 1);
        seen.push(Seen { kind: ARGUMENTS, shown, truth, place });
    }
}

/// Compares the names of parameters, and every variable of the frame. Those on
/// the stack must be shown where V8 keeps their names, and nowhere wrong; in
/// code that may be optimized they may be unavailable.
fn variables<'a>(
    frame: &Frame,
    truth: &'a Value,
    has_stack_names: bool,
    may_be_optimized: bool,
    tally: &mut Tally,
    seen: &mut Vec<Seen<'a>>,
) {
    let at = format!("{} (line {})", frame.name, truth["line"]);
    let Some(params) = truth["params"].as_array() else { return };
    if frame.get("inlined").is_some() {
        return;
    }
    let shown = frame.get("params").unwrap_or("");
    let names: Vec<_> = params.iter().filter_map(Value::as_str).collect();
    if shown == names.join(", ") {
        tally.right(LOCALS);
    } else {
        tally.wrong(LOCALS, format!("{at}: parameters are {names:?}, shown {shown:?}"));
    }
    let Some(captured) = truth["captured"].as_array() else { return };
    let stack = truth["stack"].as_array().expect("the truth has both lists");
    let wanted =
        captured.iter().map(|v| (v, true)).chain(stack.iter().map(|v| (v, has_stack_names)));
    let mut known = Vec::new();
    for (variable, required) in wanted {
        let name = text(variable, "k");
        known.push(name);
        let place = format!("{at}: {name}");
        match frame.get(&format!("local {name}")) {
            // A block whose context optimized code never made is not known of.
            None if may_be_optimized => {}
            None if required => tally.wrong(LOCALS, format!("{place}: not shown")),
            None => {}
            Some("<unavailable>") if may_be_optimized => {}
            Some("<not initialized>") if variable["v"]["t"] == "hole" => tally.right(LOCALS),
            Some(shown) => {
                if let Some(number) = shown.strip_prefix("double: ") {
                    match number == text(&variable["v"], "v") {
                        true => tally.right(LOCALS),
                        false => tally.wrong(LOCALS, format!("{place}: {shown}")),
                    }
                    continue;
                }
                let shown = Shown::parse(shown);
                seen.push(Seen { kind: LOCALS, shown, truth: &variable["v"], place });
            }
        }
    }
    for (key, value) in &frame.properties {
        let name = key.strip_prefix("local ");
        let Some(name) = name.filter(|name| !known.contains(name)) else { continue };
        // What `with` may refer to, V8 keeps in a context: parameters, `arguments`,
        // the receiver.
        let index = names.iter().position(|param| *param == name);
        let argument = index.and_then(|index| truth["args"].get(index));
        match argument.or((name == "this").then_some(&truth["receiver"])) {
            _ if may_be_optimized && value == "<unavailable>" => {}
            Some(argument) => seen.push(Seen {
                kind: LOCALS,
                shown: Shown::parse(value),
                truth: argument,
                place: format!("{at}: {name}"),
            }),
            None if name == "arguments" && value.contains("(JS") => tally.right(LOCALS),
            None => tally.wrong(LOCALS, format!("{at}: has no variable {name}, shown {value}")),
        }
    }
}

/// Prints every value that was seen and compares it with its description.
fn printed_values(dump: &Dump, seen: Vec<Seen<'_>>, tally: &mut Tally) {
    let (known, unknown): (Vec<_>, Vec<_>) =
        seen.into_iter().partition(|seen| kinds::fits(&seen.shown.kind, seen.truth));
    for Seen { kind, shown, truth, place } in unknown {
        tally.wrong(kind, format!("{place}: shown as {shown:?}, is {truth:.200}"));
    }
    // The global object would be the whole program.
    let (global, deep): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|seen| seen.truth["t"] == "global");
    global.iter().for_each(|seen| tally.right(seen.kind));
    let commands: Vec<_> =
        deep.iter().map(|seen| format!("0x{}::jsprint -d 4", seen.shown.address)).collect();
    for (seen, output) in deep.iter().zip(Mdb::on(&dump.target).each(&commands)) {
        tally.compared(seen.kind, &seen.place, &output, seen.truth);
    }
}
