//! The commands that look at one thing, on what a real program holds: the
//! scenario `commands` says what that is. What `-j` prints is JSON and says the
//! same as the text.

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use support::compare::{differences, text};
use support::dump::{dump, Dump, Way};
use support::inspect::{self, Key};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::stack::{self, Entry, Shown};

/// A dump of the scenario, and the object it holds.
struct Held {
    dump: Dump,
    mdb: Mdb,
    at: String,
}

impl Held {
    fn of(name: &str) -> Held {
        let scenario = Scenario { script: "commands", end: End::Spin, mode: "" };
        let dump = dump(node(name), scenario, Way::Gdb).expect("gdb can dump any process");
        let mdb = Mdb::on(&dump.target);
        let printed = mdb.each(&["::jsstack -f hold -p arg1".to_owned()]).remove(0);
        let at = format!("0x{}", printed.trim());
        Held { dump, mdb, at }
    }

    /// What each command prints, complaints included.
    fn each(&self, commands: &[String]) -> Vec<String> {
        self.mdb.each_with_errors(commands)
    }

    fn one(&self, command: &str) -> String {
        self.each(&[command.to_owned()]).remove(0)
    }

    /// Addresses of members of the object that is held.
    fn addresses(&self, members: &[&str]) -> Vec<String> {
        let print = |name: &&str| format!("{}::jsprint -ad0 {name}", self.at);
        let printed = self.each(&members.iter().map(print).collect::<Vec<_>>());
        let address = |text: &String| format!("0x{}", text.split(':').next().unwrap_or_default());
        printed.iter().map(address).collect()
    }

    fn list(&self, field: &str) -> &[Value] {
        self.dump.truth[field].as_array().expect("the truth has these lists")
    }

    fn names<'a>(&'a self, list: &'a [Value]) -> Vec<&'a str> {
        list.iter().map(|entry| text(entry, "k")).collect()
    }
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line:.300}"))
}

/// Elements: their indices and values, in every form.
fn arrays(name: &str) {
    let held = Held::of(name);
    let arrays = held.list("arrays");
    for (truth, at) in arrays.iter().zip(held.addresses(&held.names(arrays))) {
        let what = format!("{} {}", held.dump.label, text(truth, "k"));
        let elements = truth["elements"].as_array().expect("elements are listed");
        let commands = ["jsarray", "jsarray -i", "jsarray -j"].map(|form| format!("{at}::{form}"));
        let printed = held.each(&commands);
        let lines = |i: usize| printed[i].lines().collect::<Vec<_>>();
        let (plain, indexed, rows) = (lines(0), lines(1), lines(2));
        assert_eq!(plain.len(), elements.len(), "{what}: elements\n{:.300}", printed[0]);
        let mut objects = Vec::new();
        for (i, element) in elements.iter().enumerate() {
            assert_eq!(indexed[i], format!("{} {}", element["i"], plain[i]), "{what}");
            let row = json(rows[i]);
            assert_eq!(row["index"], element["i"], "{what}");
            match row["value"].as_str() {
                Some(value) => {
                    assert_eq!(value, format!("0x{}", plain[i]), "{what}");
                    objects.push((value.to_owned(), &element["v"]));
                }
                None if row["type"] == "double" => {
                    let number = plain[i].strip_prefix("double: ").expect("it says what it is");
                    assert_eq!(number, text(&element["v"], "v"), "{what}");
                    let shown = row["double"]["value"].as_str().map(str::to_owned);
                    let shown = shown.unwrap_or_else(|| row["double"].to_string());
                    assert_eq!(
                        shown.parse::<f64>().ok().map(f64::to_bits),
                        number.parse::<f64>().ok().map(f64::to_bits),
                        "{what}"
                    );
                }
                None => assert_eq!(text(&element["v"], "t"), "hole", "{what}: {row}"),
            }
        }
        // What a pipeline is handed is what has an address.
        let piped = held.one(&format!("{at}::jsarray | ::jsprint -d1"));
        let complained = piped.contains("were left out");
        assert_eq!(complained, objects.len() < elements.len(), "{what}: {piped:.300}");
        for (value, truth) in objects.into_iter().take(50) {
            let printed = inspect::parse(&held.one(&format!("{value}::jsprint -d1")));
            let printed = printed.unwrap_or_else(|why| panic!("{what}: {why}"));
            assert!(differences(&printed, truth).is_empty(), "{what}: {printed:?} is not {truth}");
        }
    }
}

fn constructors(name: &str) {
    let held = Held::of(name);
    let list = held.list("constructors");
    let found = held.addresses(&held.names(list));
    for (truth, at) in list.iter().zip(found) {
        let expected = text(truth, "name");
        let commands = ["jsconstructor", "jsconstructor -v", "jsconstructor -j"];
        let printed = held.each(&commands.map(|form| format!("{at}::{form}")));
        let (name, verbose, row) = (printed[0].trim(), printed[1].trim(), json(&printed[2]));
        assert_eq!(name, expected, "{}: {}", held.dump.label, text(truth, "k"));
        assert_eq!(row["constructor"], expected);
        let function = row["function"].as_str().expect("a function made it");
        let address = function.strip_prefix("0x").expect("addresses are hexadecimal");
        assert_eq!(verbose, format!("{name} (JSFunction: {address})"));
        let function = held.one(&format!("{function}::jsfunction"));
        assert!(function.starts_with(&format!("function: {name}\n")), "{function}");
    }
}

fn buffers(name: &str) {
    let held = Held::of(name);
    let list = held.list("buffers");
    for (truth, at) in list.iter().zip(held.addresses(&held.names(list))) {
        let what = format!("{} {}", held.dump.label, text(truth, "k"));
        let option = if truth["isView"] == true { " -f" } else { "" };
        let printed = held.each(&[
            format!("{at}::nodebuffer"),
            format!("{at}::nodebuffer{option}"),
            format!("{at}::nodebuffer -j{}", option.trim_start_matches(" -")),
        ]);
        let refused = printed[0].contains("does not appear to be a buffer");
        assert_eq!(refused, truth["isView"] == true, "{what}: {}", printed[0]);
        let data = printed[1].trim();
        let row = json(&printed[2]);
        assert_eq!(row["data"], format!("0x{data}"), "{what}");
        let bytes: String = text(truth, "text").chars().take(60).collect();
        let count = if truth["isView"] == true { 2 } else { text(truth, "text").len() };
        assert_eq!(row["length"], count, "{what}");
        let shown = held.one(&format!("0x{data}/0t{}c", bytes.len()));
        let shown = shown.trim_end().split_once(':').expect("a label").1.trim_start();
        assert_eq!(shown, bytes, "{what}");
    }
}

/// A buffer without its bytes, and its views.
fn detached(name: &str) {
    let held = Held::of(name);
    let list = held.list("detached");
    // The engine of 0.10 has none.
    assert_eq!(list.is_empty(), node(name).major() == 0, "{}", held.dump.label);
    for truth in list {
        let path = format!("detached.{}", text(truth, "k"));
        let printed = held.each(&[
            format!("{}::jsprint {path}", held.at),
            format!("{}::jsprint -j {path}", held.at),
            format!("{}::nodebuffer -f", held.addresses(&[&path])[0]),
        ]);
        let shown = inspect::parse(&printed[0]).unwrap_or_else(|why| panic!("{why}"));
        assert!(differences(&shown, &truth["v"]).is_empty(), "{name} {path}: {}", printed[0]);
        let row = &json(&printed[1])[&path]["$v8"];
        assert_eq!(row["detached"], true, "{name} {path}: {}", printed[1]);
        assert!(printed[2].contains("is detached: it has no bytes"), "{name}: {}", printed[2]);
    }
}

/// Parameters and variables of functions, their contexts, and their code.
fn functions(name: &str) {
    let held = Held::of(name);
    let list = held.list("functions");
    for (truth, at) in list.iter().zip(held.addresses(&held.names(list))) {
        let what = format!("{} {}", held.dump.label, text(truth, "k"));
        let printed = held.each(&[format!("{at}::v8function"), format!("{at}::v8function -j")]);
        let row = json(&printed[1]);
        same_facts(&format!("{what} {at}"), &printed[0], std::slice::from_ref(&row));
        let marker = &held.dump.truth["markers"][text(truth, "k")];
        assert_eq!(row["name"], truth["name"], "{what}");
        assert_eq!((&row["file"], &row["line"]), (&marker["file"], &marker["line"]), "{what}");
        // A function that was called has a scope.
        let scope = row["scope_info"].as_str().expect("it was called");
        let printed =
            held.each(&[format!("{scope}::v8scopeinfo"), format!("{scope}::v8scopeinfo -j")]);
        let row = json(&printed[1]);
        same_facts(&format!("{what} {scope}"), &printed[0], std::slice::from_ref(&row));
        variables(&what, &row["parameters"], &truth["parameters"]);
        // Compilers may add some of their own.
        if let Some(found) = row["stack_local_variables"].as_array() {
            let found: Vec<_> = found.iter().map(|local| &local["name"]).collect();
            let wanted = truth["locals"].as_array().expect("a list");
            assert!(wanted.iter().all(|name| found.contains(&name)), "{what}: {found:?}");
        }
        variables(&what, &row["context_local_variables"], &truth["captured"]);
    }
}

/// Names in any order; or just their number, where the engine keeps no names.
fn variables(what: &str, found: &Value, truth: &Value) {
    let truth = truth.as_array().expect("a list");
    let Some(found) = found.as_array() else {
        assert_eq!(*found, truth.len(), "{what}");
        return;
    };
    let names =
        |list: &[Value]| list.iter().map(|n| n.as_str().unwrap_or("?").to_owned()).collect();
    let found: Vec<_> = found.iter().map(|local| local["name"].clone()).collect();
    let (found, truth): (BTreeSet<String>, BTreeSet<String>) = (names(&found), names(truth));
    assert_eq!(found, truth, "{what}");
}

fn contexts(name: &str) {
    let held = Held::of(name);
    let list = held.list("contexts");
    for (truth, at) in list.iter().zip(held.addresses(&held.names(list))) {
        let what = format!("{} {}", held.dump.label, text(truth, "k"));
        let function = json(&held.one(&format!("{at}::v8function -j")));
        let context = function["context"].as_str().expect("functions have one");
        let forms = ["v8context", "v8context -v", "v8context -d", "v8context -j"];
        let printed = held.each(&forms.map(|form| format!("{context}::{form}")));
        assert_eq!(printed[0], printed[2], "{what}: -d does nothing");
        let row = json(&printed[3]);
        same_facts(&format!("{what} {context}"), &printed[1], std::slice::from_ref(&row));
        for part in ["previous_context", "native_context", "global_object"] {
            let typed = &row[part];
            let known = typed.is_null() || typed["value"].as_str().is_some_and(|v| v != "0x0");
            assert!(known, "{what}: {part} {typed}");
        }
        assert!(row["native_context"].is_object() || row["global_object"].is_object(), "{what}");
        let slots = row["slots"].as_array().expect("a list");
        for variable in truth["variables"].as_array().expect("a list") {
            let slot = slots.iter().find(|slot| slot["name"] == variable["k"]);
            let slot = slot.unwrap_or_else(|| panic!("{what}: no {} in {row}", variable["k"]));
            let value = slot["value"].as_str().expect("slots have values");
            let printed = inspect::parse(&held.one(&format!("{value}::jsprint"))).expect("a value");
            let found = differences(&printed, &variable["v"]);
            assert!(found.is_empty(), "{what}: {} is {printed:?}", variable["k"]);
        }
        assert_eq!(slots.len(), truth["variables"].as_array().map_or(0, Vec::len), "{what}");
    }
}

/// The instructions of a function are where it executes: the program's own
/// function, which called the one that spins.
fn code(name: &str) {
    let held = Held::of(name);
    let stack = held.one("::jsstack -a");
    let frame = stack.lines().filter(|line| line.contains("(JSFunction: ")).nth(1);
    let frame = frame.unwrap_or_else(|| panic!("{}: {stack}", held.dump.label));
    let what = format!("{}: {frame}", held.dump.label);
    let pc = frame.split(' ').nth(1).expect("-a shows the address");
    let function = frame.rsplit("JSFunction: ").next().expect("the line ends so");
    let function = format!("0x{}", function.trim_end_matches(')'));
    let printed = held.one(&format!("{function}::v8function -j"));
    let row = json(&printed);
    let number = |field: &str| hex(row["code"][field].as_str().expect("code has a range"));
    let (start, end) = (number("start"), number("end"));
    let at = row["code"]["code"].as_str().expect("it has code");
    let printed = held.each(&[
        format!("{at}::v8code"),
        format!("{at}::v8code -j"),
        format!("{at}::v8code -d"),
    ]);
    same_facts(&format!("{what} {at}"), &printed[0], &[json(&printed[1])]);
    assert_eq!(json(&printed[1]), row["code"], "{what}");
    let listing: Vec<_> = printed[2].lines().skip(2).collect();
    let indented = listing.iter().filter(|line| line.starts_with("        ")).count();
    assert!(indented > 0 && !printed[2].contains("mdb: "), "{what}: {:.2000}", printed[2]);
    if !(start..end).contains(&hex(pc)) {
        // A trampoline: the builtins are in the executable.
        let listing = listing.join("\n");
        let digits = listing.split("$0x").nth(1).unwrap_or_default();
        let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
        let to = hex(&digits[..end]);
        assert!(hex(pc).wrapping_sub(to) < 0x2000, "{what}: {start:x}\n{listing}");
    }
    if node(name).major() >= 8 {
        let bytecode = row["bytecode"].as_str().expect("it is interpreted");
        let class = held.one(&format!("{bytecode}::v8type"));
        assert!(class.ends_with(": BytecodeArray\n"), "{what}: {class}");
    }
}

fn hex(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("an address")
}

/// The C++ object behind one of node's: its first word leads to its methods.
fn internal(name: &str) {
    let held = Held::of(name);
    let at = &held.addresses(&["handle"])[0];
    // Since Node 14 the first field tells the type.
    let index = u32::from(node(name).major() >= 14);
    let printed =
        held.each(&[format!("{at}::v8internal {index}"), format!("{at}::v8internal -j {index}")]);
    let object = printed[0].trim();
    assert_eq!(json(&printed[1])["value"], format!("0x{object}"));
    // Debian's library has no symbols for them.
    if node(name).name != "18-debian" {
        let methods = held.one(&format!("0x{object}/p"));
        assert!(methods.contains("vtable(node::"), "{}: {object} {methods}", held.dump.label);
    } else {
        let methods = held.one(&format!("*0x{object}::whatis"));
        assert!(methods.contains("libnode"), "{}: {object} {methods}", held.dump.label);
    }
    let beyond = held.one(&format!("{at}::v8internal 9"));
    assert!(beyond.contains("no embedder field 9"), "{}: {beyond}", held.dump.label);
}

/// An offset that is set is used, and is gone when the module is loaded anew.
fn field() {
    let held = Held::of("26.10.0");
    let at = &held.addresses(&["small"])[0];
    let printed = held.each(&[
        "::v8field JSArray length".to_owned(),
        "::v8field -j JSArray length".to_owned(),
        "::v8field JSArray length 10".to_owned(),
        "::v8cfg JSArray.length".to_owned(),
        format!("{at}::jsarray"),
        "::v8field JSArray length 0t24".to_owned(),
        format!("{at}::jsarray"),
        "::v8field JSArray invented 8".to_owned(),
        "::v8field JSArray invented".to_owned(),
        "::v8field NoClass length".to_owned(),
        "::v8field JSArray nothing".to_owned(),
    ]);
    assert_eq!(printed[0], "JSArray::length at offset 0x18\n");
    assert_eq!(json(&printed[1])["offset"], 24);
    assert_eq!(printed[2], "JSArray::length at offset 0x10\n");
    assert!(printed[3].trim_end().ends_with("16  session"), "{}", printed[3]);
    assert!(printed[4].contains("failed to load JSArray: "), "{}", printed[4]);
    assert_eq!(printed[5], printed[0]);
    assert_eq!(printed[6], "100000000\nfffffffe00000000\n300000000\n");
    assert_eq!(
        (printed[7].as_str(), &printed[7]),
        ("JSArray::invented at offset 0x8\n", &printed[8])
    );
    assert_eq!(printed[9], "mdb: error: no such class: \"NoClass\"\n");
    assert_eq!(printed[10], "mdb: error: no such field in class \"JSArray\": \"nothing\"\n");
}

/// Text and JSON say the same: every address in the text is one in the JSON, and
/// every value in the JSON is in the text.
fn same_facts(what: &str, text: &str, rows: &[Value]) {
    let mut leaves = Vec::new();
    rows.iter().for_each(|row| collect(row, &mut leaves));
    let context = format!("{what}\n{text:.2000}\n{rows:?}");
    // The object that was asked for need not be named again.
    let text = &format!("{what}\n{text}");
    for leaf in &leaves {
        let found = match leaf {
            Value::String(leaf) => match leaf.strip_prefix("0x") {
                Some(digits) => text.contains(digits),
                None => {
                    let quoted = Value::from(leaf.as_str()).to_string();
                    text.contains(leaf.as_str()) || text.contains(&quoted)
                }
            },
            Value::Number(number) => {
                let hex = number.as_u64().map(|n| format!("0x{n:x}"));
                let padded = number.as_u64().map(|n| format!("0x{n:02x}"));
                [Some(number.to_string()), hex, padded]
                    .into_iter()
                    .flatten()
                    .any(|n| text.contains(&n))
            }
            _ => true,
        };
        assert!(found, "{leaf} is not in the text: {context:.4000}");
    }
    let known: BTreeSet<String> = leaves
        .iter()
        .map(|leaf| match leaf {
            Value::String(leaf) => leaf.trim_start_matches("0x").to_owned(),
            leaf => leaf.to_string().trim_start_matches('-').to_owned(),
        })
        .collect();
    for word in text.lines().skip(1).flat_map(|l| l.split(|c: char| !c.is_ascii_alphanumeric())) {
        let word = word.trim_start_matches("0x");
        let is_address = word.len() >= 8 && word.bytes().all(|b| b.is_ascii_hexdigit());
        assert!(!is_address || known.contains(word), "{word} is not in the JSON: {context:.4000}");
    }
}

fn collect<'a>(value: &'a Value, leaves: &mut Vec<&'a Value>) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| collect(item, leaves)),
        Value::Object(members) => members.values().for_each(|item| collect(item, leaves)),
        leaf => leaves.push(leaf),
    }
}

/// Commands whose text and JSON are compared as they are; each line of text is a
/// row unless the command prints a single object.
fn forms(name: &str) {
    let held = Held::of(name);
    let members = ["small", "handle", "shaped", "orphan", "inner", "mixed"];
    let [small, handle, shaped, orphan, inner, mixed] =
        <[String; 6]>::try_from(held.addresses(&members)).expect("as many as were asked for");
    let printed = json(&held.one(&format!("{small}::v8print -j")));
    let fields = printed["fields"].as_array().expect("a list").iter();
    let elements = fields.clone().find(|field| field["name"] == "elements").expect("it has");
    let elements = elements["value"].as_str().expect("an address");
    let [text_at] = <[String; 1]>::try_from(held.addresses(&["mixed[0]"])).expect("one");
    let rows = [
        "::v8types".to_owned(),
        "::v8frametypes".to_owned(),
        "::v8classes".to_owned(),
        "::v8cfg".to_owned(),
        "::v8cfg -m".to_owned(),
        "::v8cfg -a Map".to_owned(),
        format!("{elements}::v8array -i"),
    ];
    let single = [
        "::v8version".to_owned(),
        format!("{small}::v8type"),
        "2a00000000::v8type".to_owned(),
        format!("{shaped}::jsfunction"),
        format!("{inner}::jsfunction"),
        format!("{orphan}::jsconstructor -v"),
        format!("{text_at}::v8str -v"),
        format!("{small}::v8print"),
        format!("{handle}::v8print"),
        format!("{mixed}::v8print JSObject"),
    ];
    for (command, is_rows) in
        rows.iter().map(|c| (c, true)).chain(single.iter().map(|c| (c, false)))
    {
        let (head, tail) = command.split_once("::").expect("a command");
        let (name, rest) = tail.split_once(' ').unwrap_or((tail, ""));
        // How strings are made up has no words of its own in the text.
        let rest = if name == "v8str" { "" } else { rest };
        let printed = held.each(&[command.clone(), format!("{head}::{name} -j {rest}")]);
        let parsed: Vec<_> = printed[1].lines().map(json).collect();
        let lines = printed[0].lines().count();
        assert_eq!(parsed.len(), if is_rows { lines } else { 1 }, "{command}\n{}", printed[1]);
        let text = match is_rows {
            // Values that are small integers, and their absence, have words.
            true => printed[0].clone(),
            false => printed[0].replace("0x", ""),
        };
        let context = format!("{} {command}", held.dump.label);
        if name != "v8array" {
            same_facts(&context, &text, &parsed);
        }
    }
}

/// A line of `-a`: the frame and what it is; as many as there are frames in it.
fn without_pc(line: &str) -> Vec<String> {
    let is_address = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let elided = line.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(" internal"));
    if let Some((count, _)) = elided {
        return vec!["elided".to_owned(); count.parse().expect("a number of frames")];
    }
    match line.splitn(3, ' ').collect::<Vec<_>>()[..] {
        [fp, pc, rest] if is_address(pc) => vec![format!("{fp} {rest}")],
        _ => vec![line.to_owned()],
    }
}

/// A stack in both forms: the same frames, and the same of each.
fn stacks(name: &str) {
    let held = Held::of(name);
    let printed = held.mdb.each(&["::jsstack -vn0".to_owned(), "::jsstack -j".to_owned()]);
    let entries = stack::parse(&printed[0]).expect("the text is read elsewhere too");
    let frames: Vec<_> = entries.iter().filter(|e| !matches!(e, Entry::Elided(_))).collect();
    let rows: Vec<_> =
        printed[1].lines().map(json).filter(|row| row["kind"] != "internal").collect();
    assert_eq!(rows.len(), frames.len(), "{}\n{}", printed[0], printed[1]);
    for (row, entry) in rows.iter().zip(frames) {
        let frame = match entry {
            Entry::Js(frame) => frame,
            Entry::Native(printed) => {
                // The text cuts long ones.
                let symbol = text(row, "symbol");
                let same = match printed.strip_suffix("...") {
                    Some(begin) => symbol.starts_with(begin),
                    None => symbol == printed.as_str(),
                };
                assert!(same && row["kind"] == "native", "{printed}: {row}");
                continue;
            }
            Entry::Elided(_) => unreachable!("left out above"),
        };
        assert_eq!((text(row, "kind"), text(row, "name")), ("js", &*frame.name), "{row}");
        assert_eq!(row["file"].as_str(), frame.get("file"), "{row}");
        assert_eq!(row["line"].as_u64(), frame.line(), "{row}");
        let exec = frame.get("exec").and_then(|text| text.strip_prefix("line ")?.parse().ok());
        assert_eq!(row["exec_line"].as_u64(), exec, "{row}");
        let same = |row: &Value, shown: Shown| {
            assert_eq!(row["value"], format!("0x{}", shown.address), "{row}");
            assert_eq!(row["type"], shown.kind, "{row}");
        };
        same(&row["this"], frame.receiver().expect("no call is inlined here"));
        let args = row["args"].as_array().expect("arguments are listed");
        assert_eq!(args.len(), frame.args().len(), "{row}");
        args.iter().zip(frame.args()).for_each(|(row, shown)| same(row, shown));
    }
    // Each frame by itself is what it is on the stack, but for where it executes.
    let alone = held.mdb.each(&["::jsstack -a".into(), "::walk jsframe | ::jsframe -ia".into()]);
    let [stack, alone] = [0, 1].map(|i| alone[i].lines().flat_map(without_pc).collect::<Vec<_>>());
    assert_eq!(alone, stack, "{}", held.dump.label);
    // One frame in JSON, and the variables of a function.
    let inner = rows.iter().find(|row| row["name"] == "hold").expect("it runs");
    let one = held.one(&format!("{}::jsframe -ij", text(inner, "fp")));
    assert_eq!((&json(&one)["name"], &json(&one)["fp"]), (&inner["name"], &inner["fp"]));
    let closure = |form: &str| format!("{}::jsclosure {form}", text(inner, "function"));
    let printed = held.mdb.each(&[closure(""), closure("-j")]);
    let items = inspect::parse_closure(&printed[0]).expect("the text is read elsewhere too");
    let rows: Vec<_> = printed[1].lines().map(json).collect();
    assert_eq!(rows.len(), items.len(), "{}\n{}", printed[0], printed[1]);
    assert!(!rows.is_empty(), "{}: hold captures the module's variables", held.dump.label);
    for (row, item) in rows.iter().zip(&items) {
        assert_eq!(item.key, Some(Key::Name(text(row, "name").to_owned())));
        let value = row["value"].as_str().and_then(|value| value.strip_prefix("0x"));
        assert_eq!(value, item.address.as_deref(), "{row}");
    }
}

macro_rules! commands {
    ($($node:ident = $name:literal;)*) => {
        $(mod $node {
            #[test]
            fn arrays() {
                super::arrays($name);
            }

            #[test]
            fn constructors() {
                super::constructors($name);
            }

            #[test]
            fn buffers() {
                super::buffers($name);
            }

            #[test]
            fn detached() {
                super::detached($name);
            }

            #[test]
            fn functions() {
                super::functions($name);
            }

            #[test]
            fn contexts() {
                super::contexts($name);
            }

            #[test]
            fn code() {
                super::code($name);
            }

            #[test]
            fn internal() {
                super::internal($name);
            }

            #[test]
            fn stacks() {
                super::stacks($name);
            }

            #[test]
            fn forms() {
                super::forms($name);
            }
        })*
    };
}

commands! {
    node_0_10 = "0.10.48";
    node_6 = "6.17.1";
    node_12 = "12.22.12";
    node_18_debian = "18-debian";
    node_20 = "20.20.2";
    node_24 = "24.21.0";
    node_26 = "26.10.0";
}

#[test]
fn a_field_is_set() {
    field();
}
