//! The whole heap of real processes, which say how many of what they hold: what
//! `::findjsobjects` counts, what `::jsfindrefs` finds refers to what, and what
//! `::v8whatis` says an address lies in.
//!
//! `make test` takes the releases of the spread, `make matrix` all of them.

#[macro_use]
mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use support::dump::{dump, Dump, Way};
use support::mdb::{Mdb, Run, Target};
use support::memory::Memory;
use support::nodes::node;
use support::scenario::{End, Scenario};

/// A heap of about 10 MB.
const SCENARIO: Scenario = Scenario { script: "heap", end: End::Spin, mode: "1" };
/// The payload of the last of the leaking nodes.
const PAYLOAD: &str = "::jsstack -f hold -p arg2";

fn heap(name: &str, way: Way) -> Dump {
    dump(node(name), SCENARIO, way).expect("gdb can dump any process")
}

/// What a run printed, which must have gone well.
fn lines(run: &Run) -> Vec<String> {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let notes = ["mdb_v8 version", "V8 version", "Autoconfigured", "Configured V8"];
    let is_note = |line: &&str| notes.iter().any(|note| line.starts_with(note));
    run.stdout.lines().filter(|line| !is_note(line)).map(str::to_owned).collect()
}

fn eval(dump: &Dump, commands: &str) -> Vec<String> {
    lines(&Mdb::on(&dump.target).eval(&format!("::load v8; 0t1000000$w; {commands}")))
}

fn each(dump: &Dump, commands: &[&str]) -> Vec<String> {
    let commands: Vec<String> = commands.iter().map(|command| (*command).to_owned()).collect();
    Mdb::on(&dump.target).each_with_errors(&commands)
}

/// Rows of `::findjsobjects -j`.
fn rows(output: &str) -> Vec<Value> {
    let row = |line: &str| serde_json::from_str(line).unwrap_or_else(|why| panic!("{line}: {why}"));
    output.lines().map(row).collect()
}

/// How many objects of each class there are, by one of the row's numbers.
fn by_class(rows: &[Value], number: &str) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let name = row["constructor"].as_str().unwrap_or("");
        *sums.entry(name.to_owned()).or_default() += row[number].as_u64().expect("a number");
    }
    sums
}

/// The counts of the truth against those printed.
fn counts_are_true(dump: &Dump, printed: &str) {
    let rows = rows(printed);
    let (found, dead) = (by_class(&rows, "objects"), by_class(&rows, "unreachable"));
    let truth = dump.truth["counts"].as_object().expect("the truth counts classes");
    assert!(truth.len() >= 22, "{}: {truth:?}", dump.label);
    let mut all = 0;
    for (class, count) in truth {
        let found = found.get(class).copied().unwrap_or(0);
        assert_eq!(Some(found), count.as_u64(), "{}: {class}", dump.label);
        all += found;
    }
    // Memory of C++ may still have an address that it uses no more.
    let kept = found.get("Dropped").copied().unwrap_or(0);
    assert!(kept <= 2, "{}: {kept} of Dropped", dump.label);
    let dropped = dead.get("Dropped").copied().unwrap_or(0);
    assert!(dropped <= dump.truth["dropped"].as_u64().expect("a number"), "{}", dump.label);
    for (what, class) in
        [("dates", "Date"), ("patterns", "RegExp"), ("errors", "Error"), ("promises", "Promise")]
    {
        let live = dump.truth["live"][what].as_u64().expect("a number");
        let found = found.get(class).copied().unwrap_or(0);
        assert!(found >= live, "{}: {found} of {live} {class}", dump.label);
    }
    println!("{}: {all} objects of {} classes, all counted", dump.label, truth.len());
}

/// The rows of the text, with what they must be.
fn text_is_formed(label: &str, text: &str, rows: &[Value]) {
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("          OBJECT #OBJECTS   #PROPS CONSTRUCTOR: PROPS"),
        "{label}"
    );
    let mut last = (0, 0, 0);
    let mut shown = BTreeMap::new();
    for line in lines {
        let (numbers, what) =
            line.split_at_checked(35).unwrap_or_else(|| panic!("{label}: {line}"));
        let field = |range: std::ops::Range<usize>| numbers[range].trim_start().to_owned();
        assert_eq!((&numbers[16..17], &numbers[25..26], &numbers[34..]), (" ", " ", " "), "{line}");
        let object = field(0..16);
        let number =
            |text: String| text.parse::<u64>().unwrap_or_else(|why| panic!("{line}: {why}"));
        let (count, props) = (number(field(17..25)), number(field(26..34)));
        let key = (count * props, count, props);
        assert!(last <= key, "{label}: not ascending at {line}");
        last = key;
        assert!(what.len() <= 80 + 3, "{label}: {} columns: {line}", what.len());
        shown.insert(object, (count, props, what.to_owned()));
    }
    let live = rows.iter().filter(|row| row["objects"].as_u64() > Some(0));
    let mut compared = 0;
    for row in live {
        let object = row["object"].as_str().expect("an address").trim_start_matches("0x");
        // Malformed ones are in the JSON only if they are in the text.
        let (count, props, what) = &shown[object];
        assert_eq!(Some(*count), row["objects"].as_u64(), "{label}: {object}");
        assert_eq!(Some(*props), row["properties"].as_u64(), "{label}: {object}");
        let class = row["constructor"].as_str().unwrap_or("");
        let names: Vec<&str> =
            row["names"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        let whole = match (class, names.is_empty()) {
            ("", _) => names.join(", "),
            (_, true) => class.to_owned(),
            _ => format!("{class}: {}", names.join(", ")),
        };
        let cut = what.strip_suffix("...").map(|kept| kept.trim_end_matches([' ', ',', ':']));
        let is_whole = what.trim_end() == whole.trim_end() || what == class;
        assert!(
            is_whole || cut.is_some_and(|kept| whole.starts_with(kept)),
            "{label}: {what} {whole}"
        );
        compared += 1;
    }
    assert_eq!(compared, shown.len(), "{label}: rows of the text and of the JSON");
}

/// The forms that print addresses only.
fn lists_are_right(dump: &Dump, rows: &[Value]) {
    let label = &dump.label;
    let listed = |commands: &str| -> BTreeSet<String> {
        let lines = eval(dump, commands);
        let set: BTreeSet<String> = lines.iter().cloned().collect();
        assert_eq!(set.len(), lines.len(), "{label}: {commands} lists some twice");
        set
    };
    let of = |wanted: &dyn Fn(&Value) -> bool| -> BTreeSet<String> {
        let rows = rows.iter().filter(|row| row["objects"].as_u64() > Some(0) && wanted(row));
        let objects = rows.filter_map(|row| row["object"].as_str());
        objects.map(|object| object.trim_start_matches("0x").to_owned()).collect()
    };
    let has = |row: &Value, name: &str| {
        row["names"].as_array().is_some_and(|names| names.iter().any(|have| have == name))
    };
    assert_eq!(listed("::findjsobjects -l"), of(&|_| true), "{label}");
    let tariffs = listed("::findjsobjects -c Tariff");
    assert_eq!(tariffs, of(&|row| row["constructor"] == "Tariff"), "{label}");
    assert_eq!(listed("::findjsobjects -p payload"), of(&|row| has(row, "payload")), "{label}");
    assert_eq!(listed("::findjsobjects -p nobodyHasThis").len(), 0, "{label}");
    assert_eq!(listed("::findjsobjects -c Tarif").len(), 0, "{label}");
    let kinds = ["dict", "inobject", "props"];
    let by_kind = kinds.map(|kind| listed(&format!("::findjsobjects -k {kind}")));
    for tariff in &tariffs {
        assert!(by_kind[1].contains(tariff) || by_kind[2].contains(tariff), "{label}: {tariff}");
        assert!(!by_kind[0].contains(tariff), "{label}: {tariff} has no dictionary");
    }
    let all: BTreeSet<String> = by_kind.iter().flatten().cloned().collect();
    assert!(all.is_subset(&of(&|_| true)), "{label}");

    // All objects of a class, each named so by another command.
    for class in ["LeakNode", "Derived", "Account"] {
        let Some(count) = dump.truth["counts"][class].as_u64() else { continue };
        let find = format!("::findjsobjects -c {class} | ::findjsobjects");
        let objects = eval(dump, &find);
        let distinct: BTreeSet<&String> = objects.iter().collect();
        assert_eq!(
            (objects.len() as u64, distinct.len() as u64),
            (count, count),
            "{label}: {class}"
        );
        let names = eval(dump, &format!("{find} | ::jsconstructor"));
        assert_eq!(names.len(), objects.len(), "{label}: {class}");
        assert!(names.iter().all(|name| name == class), "{label}: {class}: {:?}", names[0]);
        // From any of them the same list, with the one that stands for all first.
        let middle = eval(dump, &format!("0x{}::findjsobjects", objects[objects.len() / 2]));
        assert_eq!(middle[0], objects[0], "{label}: {class}");
        assert_eq!(middle, objects, "{label}: {class}");
    }
}

/// With `-s`: bytes in a column of their own, and the order is by them.
fn sizes_are_sums(label: &str, text: &str, rows: &[Value]) {
    let mut lines = text.lines();
    let heading = "          OBJECT #OBJECTS   #PROPS       BYTES CONSTRUCTOR: PROPS";
    assert_eq!(lines.next(), Some(heading), "{label}");
    let mut last = 0;
    let mut bytes = BTreeMap::new();
    for line in lines {
        let size: u64 = line[34..46].trim().parse().unwrap_or_else(|why| panic!("{line}: {why}"));
        assert!(last <= size, "{label}: not ascending at {line}");
        last = size;
        bytes.insert(line[..16].trim().to_owned(), size);
    }
    for row in rows.iter().filter(|row| row["objects"].as_u64() > Some(0)) {
        let object = row["object"].as_str().expect("an address").trim_start_matches("0x");
        assert_eq!(bytes.get(object).copied(), row["bytes"].as_u64(), "{label}: {object}");
        // A map, properties and elements.
        let each = row["bytes"].as_u64().expect("a number") / row["objects"].as_u64().expect("one");
        assert!(each >= 24 || row["constructor"].is_null(), "{label}: {row}");
    }
}

/// From the last payload up the chain to the object it all hangs on.
fn references_lead_up(dump: &Dump) {
    let label = &dump.label;
    let payload = eval(dump, PAYLOAD).join("");
    let step = |value: &str| -> Vec<String> {
        let out = each(dump, &[&format!("0x{value}::jsfindrefs -v")]).remove(0);
        out.lines().filter(|line| !line.contains("(root: ")).map(str::to_owned).collect()
    };
    let class = |value: &str| eval(dump, &format!("0x{value}::jsconstructor")).join("");
    let mut at = payload;
    for link in [".payload", ".next", ".next"] {
        let found = step(&at);
        let [only] = &found[..] else { panic!("{label}: {at}{link}: {found:?}") };
        let (value, _) = only.split_once(" (type: ").expect("-v shows the type");
        assert!(only.ends_with(&format!("){link}")), "{label}: {only}");
        assert_eq!(class(value), "LeakNode", "{label}: {only}");
        let plain = each(dump, &[&format!("0x{at}::jsfindrefs")]).remove(0);
        assert_eq!(plain.trim(), value, "{label}: without -v");
        at = value.to_owned();
    }
    // The head is held by a function's variable and by the holder.
    let head = eval(dump, "::findjsobjects -p head | ::findjsobjects");
    let holders: Vec<&String> = head
        .iter()
        .filter(|holder| eval(dump, &format!("0x{holder}::jsprint head.payload.number")) == ["0"])
        .collect();
    let [holder] = holders[..] else { panic!("{label}: {} holders", holders.len()) };
    let found = step(holder);
    if dump.truth["live"]["maps"].as_u64() > Some(0) {
        let entry = found.iter().find(|line| line.ends_with(" (entry \"leak\")"));
        let entry = entry.unwrap_or_else(|| panic!("{label}: {holder}: {found:?}"));
        let map = entry.split(' ').next().expect("an address");
        assert_eq!(class(map), "Map", "{label}");
        let found = step(map);
        assert!(found.iter().any(|line| line.ends_with(").registry")), "{label}: {found:?}");
    } else {
        assert!(found.iter().any(|line| line.ends_with(").registry")), "{label}: {found:?}");
    }
}

/// What refers to a value, against all words of memory that point to it.
fn references_are_all(dump: &Dump, memory: &Memory) {
    let label = &dump.label;
    let live: BTreeSet<String> =
        eval(dump, "::findjsobjects -l | ::findjsobjects").into_iter().collect();
    let mut values = eval(dump, PAYLOAD);
    values.push(eval(dump, &format!("{PAYLOAD} | ::jsfindrefs")).remove(0));
    for class in ["Tariff", "Date", "Map", "Account"] {
        let of = eval(dump, &format!("::findjsobjects -c {class} | ::findjsobjects"));
        values.extend(of.iter().skip(of.len() / 3).step_by(1 + of.len() / 2).take(2).cloned());
    }
    let mut pairs = 0;
    for value in &values {
        let naive = holders(dump, memory, number(value), &live);
        let found = each(dump, &[&format!("0x{value}::jsfindrefs")]).remove(0);
        let found: Vec<&str> = found.lines().filter(|line| !line.starts_with("mdb: ")).collect();
        let set: BTreeSet<String> = found.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(set.len(), found.len(), "{label}: {value}: some are printed twice");
        // Functions are not among the objects that are listed.
        let set: BTreeSet<String> = set.intersection(&live).cloned().collect();
        assert_eq!(set, naive, "{label}: what refers to {value}");
        pairs += set.len();
    }
    assert!(pairs >= values.len() - 2, "{label}: {pairs} references to {values:?}");
    println!("{label}: {pairs} references to {} values, as all of memory has", values.len());
}

/// The live objects that hold a value, directly or in what belongs to them: by
/// a search upwards from each word that points to it.
fn holders(dump: &Dump, memory: &Memory, value: u64, live: &BTreeSet<String>) -> BTreeSet<String> {
    let mut holders = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut at = vec![value];
    for _ in 0..4 {
        let pointers = at.iter().flat_map(|value| memory.pointers(*value));
        // As far as the array that the list of all objects is.
        let found = pointers.filter_map(|at| memory.container(at, 4 << 20));
        let found: Vec<u64> = found.filter(|object| seen.insert(*object)).collect();
        let commands: Vec<String> =
            found.iter().map(|object| format!("0x{object:x}::v8type")).collect();
        let types = Mdb::on(&dump.target).each_with_errors(&commands);
        at.clear();
        for (object, kind) in found.into_iter().zip(types) {
            let text = format!("{object:x}");
            // Some releases do not name the types of dictionaries.
            let array = [
                "FixedArray",
                "HashTable",
                "PropertyArray",
                "OrderedHashMap",
                "OrderedHashSet",
                "Dictionary",
                "PropertyCell",
                "<unknown>",
            ];
            if live.contains(&text) {
                holders.insert(text);
            } else if array.iter().any(|name| kind.contains(name)) {
                at.push(object);
            }
        }
    }
    holders
}

fn number(text: &str) -> u64 {
    u64::from_str_radix(text, 16).unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// Interior addresses of objects.
fn addresses_have_objects(dump: &Dump) {
    let label = &dump.label;
    let objects = eval(dump, "::findjsobjects -c LeakNode | ::findjsobjects");
    let objects: Vec<u64> = objects.iter().step_by(97).map(|object| number(object)).collect();
    let mut commands = Vec::new();
    let mut wanted = Vec::new();
    for object in &objects {
        // Tagged, the first byte, the last byte of the map, and inside of it.
        for offset in [1, 0, 7, 8, 15, 16, 23] {
            let addr = object - 1 + offset;
            commands.push(format!("0x{addr:x}::v8whatis"));
            wanted.push(format!("{object:x}\n"));
            commands.push(format!("0x{addr:x}::v8whatis -v"));
            let start = object - 1;
            wanted.push(format!(
                "{object:x} (found Map at {start:x} ({addr:x}-{offset:#x}) for type JSObject)\n"
            ));
        }
        // Beyond what is asked for, when that is less than how far it is.
        commands.push(format!("0x{:x}::v8whatis -v -d 4", object + 15));
        wanted.push(format!("mdb: {:x}: no heap object found in previous 4 bytes\n", object + 15));
    }
    commands.push("0x10::v8whatis".to_owned());
    wanted.push(String::new());
    commands.push("0x10::v8whatis -v".to_owned());
    wanted.push("mdb: 10: no heap object found in previous 4096 bytes\n".to_owned());
    let printed = Mdb::on(&dump.target).each_with_errors(&commands);
    for ((command, wanted), printed) in commands.iter().zip(wanted).zip(printed) {
        assert_eq!(printed, wanted, "{label}: {command}");
    }
    let large = each(dump, &[&format!("0x{:x}::v8whatis -d 8000", objects[0])]).remove(0);
    let warning = "mdb: warn: very large value supplied for \"-d\": 32768\n";
    let at = objects[0];
    assert!(
        large == format!("{warning}{at:x}\n") || large == format!("{at:x}\n{warning}"),
        "{large}"
    );
}

/// All of the above on a release.
fn release(name: &str) {
    let dump = heap(name, Way::Gdb);
    let commands = ["::findjsobjects -j", "::findjsobjects", "::findjsobjects -s"];
    let printed = each(&dump, &commands);
    counts_are_true(&dump, &printed[0]);
    let rows = rows(&printed[0]);
    text_is_formed(&dump.label, &printed[1], &rows);
    sizes_are_sums(&dump.label, &printed[2], &rows);
    lists_are_right(&dump, &rows);
    references_lead_up(&dump);
    addresses_have_objects(&dump);
    let Target::Core(core) = &dump.target else { unreachable!("gdb dumps into files") };
    references_are_all(&dump, &Memory::of(core));
}

every_release!(release);

#[test]
fn a_live_process_has_the_same_counts() {
    for name in ["0.10.48", "20.20.2", "26.10.0"] {
        let dump = heap(name, Way::Live);
        counts_are_true(&dump, &each(&dump, &["::findjsobjects -j"]).remove(0));
    }
}

#[test]
fn wrong_uses_are_said() {
    let dump = heap("20.20.2", Way::Gdb);
    let cases = [
        ("::findjsobjects -c x -p y", "cannot specify both a property name and a constructor"),
        ("::findjsobjects -c x -k y", "cannot specify both a constructor name and a property kind"),
        ("::findjsobjects -p x -k y", "cannot specify both a property name and a property kind"),
        ("::findjsobjects -m", "must specify an object to mark"),
        ("::findjsobjects -r", "must specify or mark an object to find references"),
        ("0x1000::findjsobjects", "1000 is not a valid object"),
        ("0x1000::findjsobjects -m", "1000 does not correspond to a known object"),
        ("0x1000::findjsobjects -r", "1000 does not correspond to a known object"),
    ];
    let commands = cases.map(|(command, _)| command);
    for ((command, wanted), printed) in cases.iter().zip(each(&dump, &commands)) {
        assert_eq!(printed, format!("mdb: {wanted}\n"), "{command}");
    }
    let payload = eval(&dump, PAYLOAD).join("");
    let both = format!("0x{payload}::findjsobjects -m -r");
    assert_eq!(
        each(&dump, &[&both])[0],
        "mdb: can't both mark an object and find its references\n"
    );
    let mark = format!("0x{payload}::findjsobjects -m");
    let printed = each(&dump, &[&mark, &mark, "::findjsobjects -r"]);
    assert_eq!(printed[0], format!("findjsobjects: marked {payload}\n"));
    assert_eq!(printed[1], format!("mdb: {payload} is already marked; ignoring\n"));
    let node = eval(&dump, &format!("{PAYLOAD} | ::jsfindrefs")).join("");
    assert_eq!(printed[2], format!("{payload} referred to by {node}.payload\n"));
    for command in ["::jsfindrefs", "::v8whatis"] {
        let printed = each(&dump, &[command]).remove(0);
        let said = format!("mdb: must specify address for {command}\n");
        let usage = printed.strip_prefix(&said).unwrap_or_else(|| panic!("{printed}"));
        assert!(usage.starts_with(&format!("Usage: address{command} ")), "{printed}");
    }
}

/// What was found is told once, by the command that searches.
#[test]
fn the_search_is_reported_once() {
    let dump = heap("20.20.2", Way::Gdb);
    let printed = each(&dump, &["::findjsobjects -v", "::findjsobjects -v"]);
    let report: Vec<&str> =
        printed[0].lines().filter(|line| line.starts_with("findjsobjects: ")).collect();
    assert!(report.len() >= 5, "{report:?}");
    for line in &report {
        let (what, number) = line["findjsobjects: ".len()..].split_once(" => ").expect("N => N");
        assert_eq!(what.len(), 30, "{line:?}");
        number.parse::<u64>().unwrap_or_else(|why| panic!("{line}: {why}"));
    }
    assert!(!printed[1].contains("findjsobjects: "), "{:.300}", printed[1]);
    let rest = |text: &str| text.lines().filter(|l| !l.starts_with("findjsobjects: ")).count();
    assert_eq!(rest(&printed[0]), rest(&printed[1]));
}
