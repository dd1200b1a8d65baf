//! The cores of node 0.4 and 0.6 on ia32, against what those processes said of
//! themselves: V8's own text of the stack, and a description of every value.
//! See `support/cores32.rs` for where they are; without them the synthetic
//! heaps of the same constants stand in (`canned.rs`).

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use support::cores32::{self, Core32};
use support::described::{self, Described};
use support::inspect::{self, Printed};
use support::mdb::{Mdb, Target};
use support::stack::{self, Entry, Frame};

/// What commands print on a core with its configuration.
fn run(core: &Core32, commands: &[String]) -> Vec<String> {
    let mut all = vec![format!("::v8load {}", core.config())];
    all.extend(commands.iter().cloned());
    let mut outputs = Mdb::on(&Target::Core(core.path.clone())).each(&all);
    let loaded = outputs.remove(0);
    assert_eq!(loaded, format!("V8 dmod configured based on {}\n", core.config()));
    outputs
}

fn frames(core: &Core32) -> Vec<Frame> {
    let output = run(core, &["::jsstack -vn0".to_owned()]).remove(0);
    let entries = stack::parse(&output).unwrap_or_else(|why| panic!("{}: {why}", core.name));
    let js = entries.into_iter().filter_map(|entry| match entry {
        Entry::Js(frame) => Some(frame),
        _ => None,
    });
    js.collect()
}

/// A line of V8's text: `at NAME (FILE:LINE:COLUMN)` or `at FILE:LINE:COLUMN`.
struct At<'a> {
    name: &'a str,
    /// None for V8's own functions, and for code from `eval`.
    file: Option<&'a str>,
    line: u64,
}

impl<'a> At<'a> {
    fn parse(text: &'a str) -> At<'a> {
        let text = text.trim().strip_prefix("at ").expect("lines of a stack begin so");
        if text.starts_with("eval at ") {
            return At { name: "", file: None, line: 0 };
        }
        let (name, place) = match text.strip_suffix(')').and_then(|t| t.split_once(" (")) {
            Some((name, place)) => (name, place),
            None => ("", text),
        };
        let mut parts = place.rsplitn(3, ':');
        let number = parts.nth(1).and_then(|line| line.parse().ok());
        let file = parts.next().filter(|_| number.is_some() && !place.starts_with("eval at"));
        At { name, file, line: number.unwrap_or(0) }
    }

    /// Whether a frame is this one: its name is the function's own, after the
    /// receiver's type and before the method's; a function without a name has
    /// none here either, or the receiver's for it. It lies in the same file, and
    /// is defined before it calls.
    fn is(&self, frame: &Frame) -> bool {
        let own = self.name.split(" [as ").next().unwrap_or(self.name);
        let own = own.strip_prefix("new ").unwrap_or(own);
        let last = own.rsplit('.').next().unwrap_or(own);
        let name = match frame.name.strip_prefix("<anonymous> (as ") {
            // The type is that of the receiver, which may have inherited the
            // function, or hold it under another name.
            Some(_) => !self.name.contains(" [as ") || own.contains('.'),
            None => last == frame.name || own == frame.name,
        };
        // Node's own scripts have names outside of the core.
        let unreadable = |shown: &str| shown.starts_with("<failed to read");
        let file = self.file.is_none_or(|file| match frame.get("file") {
            Some(shown) => shown == file || !file.starts_with('/') && unreadable(shown),
            None => false,
        });
        let line = self.file.is_none() || frame.line().is_none_or(|line| line <= self.line);
        name && file && line
    }
}

#[test]
fn frames_are_those_of_v8() {
    let cores = cores32::all();
    let stacks = cores.iter().filter(|core| core.name.ends_with("-frames_stack"));
    for with_lines in stacks {
        let truth = with_lines.truth().expect("this process printed its stack");
        let truth: Vec<At<'_>> =
            truth.lines().filter(|line| line.starts_with("    at ")).map(At::parse).collect();
        assert!(truth.len() > 30, "{}", with_lines.name);
        let twin = with_lines.name.replace("_stack", "");
        let without = cores.iter().find(|core| core.name == twin).expect("the cores are complete");
        for core in [with_lines, without] {
            let frames = frames(core);
            // V8 leaves its own helpers out of its text.
            let shown: Vec<&Frame> =
                frames.iter().filter(|frame| !frame.name.starts_with("StringReplace")).collect();
            let equal = truth.iter().zip(&shown).filter(|(at, frame)| at.is(frame)).count();
            for (at, frame) in truth.iter().zip(&shown).filter(|(at, frame)| !at.is(frame)) {
                println!("{}: {} is {:?}", core.name, at.name, frame);
            }
            println!("{}: {equal}/{} frames equal", core.name, truth.len());
            assert_eq!((equal, shown.len()), (truth.len(), truth.len()), "{}", core.name);
        }
    }
}

/// The stack that `loop_stack.js` writes down in words, with the definitions of
/// its functions, and the arguments of `func2`.
#[test]
fn stacks_of_the_loop() {
    for core in cores32::all().iter().filter(|core| core.name.ends_with("-loop_stack")) {
        let frames = frames(core);
        let names: Vec<&str> = frames.iter().map(|frame| frame.name.as_str()).collect();
        assert_eq!(names[1..4], ["func2", "func1", "main"], "{}: {names:?}", core.name);
        assert!(names[0].starts_with("<anonymous>") && names[4].starts_with("<anonymous>"));
        let lines: Vec<_> = frames[..5].iter().map(Frame::line).collect();
        // Every function begins at or before the line it is at, the wrapper first.
        let truth = [18, 14, 9, 6, 22];
        assert!(lines.iter().zip(truth).all(|(line, at)| line.is_some_and(|line| line <= at)));
        let args = frames[1].args();
        let commands: Vec<String> =
            args.iter().map(|arg| format!("0x{}::jsprint", arg.address)).collect();
        let printed = run(core, &commands);
        assert_eq!(printed[..2], ["42\n", "\"func1-arg1-suffix\"\n"], "{}", core.name);
        println!("{}: {}/{} frames, {} arguments", core.name, 5, 5, args.len());
    }
}

/// Arguments of `hold()`, as its call names them.
const HOLD: [&str; 19] = [
    "",
    "4242",
    "-77",
    "v.dbl",
    "v.strAscii",
    "v.strTwoByte",
    "v.strCons",
    "v.strSliced",
    "v.objSimple",
    "v.foo",
    "v.arrMixed",
    "v.fnClosure",
    "v.date",
    "v.regexp",
    "v.nul",
    "v.undef",
    "v.bTrue",
    "v.buffer",
    "v.inferred",
];

#[test]
fn values_are_those_of_the_process() {
    for core in cores32::all().iter().filter(|core| core.name.ends_with("-values")) {
        let text = core.truth().expect("this process described its values");
        let pid = text.split(' ').nth(1).expect("the first line begins with pid N");
        let text = text.replace("<pid>", pid);
        let truth: BTreeMap<&str, Described> = text
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .filter(|(name, _)| name.starts_with("v."))
            .map(|(name, value)| {
                (name, described::parse(value).unwrap_or_else(|why| panic!("{name}: {why}")))
            })
            .collect();
        let frames = frames(core);
        let hold = frames.iter().find(|frame| frame.name == "hold").expect("the innermost");
        let args = hold.args();
        assert_eq!(args.len(), HOLD.len(), "{}", core.name);
        let all = &args[0].address;

        let members = truth.keys().map(|name| format!("0x{all}::jsprint -d7 {}", &name[2..]));
        let given = args[1..].iter().map(|arg| format!("0x{}::jsprint -d7", arg.address));
        let commands: Vec<String> = members.chain(given).collect();
        let outputs = run(core, &commands);
        let (values, given) = outputs.split_at(truth.len());

        let numbers = |text: &str| Described::Number(text.to_owned());
        let expected = HOLD[1..].iter().map(|name| match truth.get(name) {
            Some(value) => value.clone(),
            None => numbers(name),
        });
        let wrong_values =
            wrong(&core.name, truth.keys().copied().zip(truth.values().cloned()), values);
        let wrong_given = wrong(&core.name, HOLD[1..].iter().copied().zip(expected), given);
        println!(
            "{}: {}/{} values, {}/{} arguments",
            core.name,
            values.len() - wrong_values,
            values.len(),
            given.len() - wrong_given,
            given.len()
        );
        assert_eq!((wrong_values, wrong_given), (0, 0), "{}", core.name);
    }
}

/// How many outputs do not fit, each with a line that says why.
fn wrong<'a>(
    core: &str,
    truth: impl Iterator<Item = (&'a str, Described)>,
    outputs: &[String],
) -> usize {
    let mut count = 0;
    for ((name, value), output) in truth.zip(outputs) {
        let found = inspect::parse(output).and_then(|printed: Printed| value.fits(&printed));
        if let Err(why) = found {
            println!("{core}: {name}: {why}\n{output:.600}");
            count += 1;
        }
    }
    count
}

/// The objects that a process says it has, with how many of each: by their
/// constructor, where that has a name, and the names of their properties.
#[test]
fn objects_are_those_of_the_process() {
    for core in cores32::all().iter().filter(|core| core.name.ends_with("-objects")) {
        let output = run(core, &["::findjsobjects -j".to_owned()]).remove(0);
        let rows: Vec<Value> = output
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{line}: {why}")))
            .collect();
        let count = |class: Option<&str>, names: &[String]| -> u64 {
            let fits = |row: &&Value| {
                class.is_none_or(|class| row["constructor"] == class)
                    && row["names"] == Value::from(names.to_vec())
            };
            rows.iter().filter(fits).filter_map(|row| row["objects"].as_u64()).sum()
        };
        let truth = core.truth().expect("this process counted its objects");
        let truth = truth.lines().nth(1).expect("the second line counts");
        let mut kinds = 0;
        for word in truth.split(' ') {
            let Some((what, number)) = word.rsplit_once('=') else { continue };
            let number: u64 = number.parse().expect("counts are numbers");
            let Some((class, names)) = what.split_once(['(', '{']) else { continue };
            let names: Vec<String> = match names.trim_end_matches([')', '}']) {
                "dk0..dk49" => (0..50).map(|i| format!("dk{i}")).collect(),
                names => names.split(',').map(str::to_owned).collect(),
            };
            // V8 keeps an object for each literal, of which it makes copies.
            let (class, number) = match class {
                "Circle" | "Square" => (Some(class), number),
                "Triangle" => (Some("<anonymous> (as Triangle)"), number),
                "literal" | "" if names[0] != "dk0" => (Some("Object"), number + 1),
                _ => (Some("Object"), number),
            };
            assert_eq!(count(class, &names), number, "{}: {word}", core.name);
            kinds += 1;
        }
        assert_eq!(kinds, 6, "{}: {truth}", core.name);
        // The 321 arrays of three are not alone in the process.
        let arrays =
            rows.iter().filter(|row| row["constructor"] == "Array" && row["properties"] == 3);
        let arrays: u64 = arrays.filter_map(|row| row["objects"].as_u64()).sum();
        assert!((321..400).contains(&arrays), "{}: {arrays} arrays of 3", core.name);
        println!("{}: {kinds} kinds of object, all counted; {arrays} arrays of 3", core.name);
    }
}
