//! `-j` of `::jssource` and `::v8regions`, and of `::jsprint` with its options.

mod support;

use serde_json::{json, Value};
use std::fs;
use support::check::values;
use support::dump::{dump, Dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};

fn values_of(name: &str) -> Dump {
    let scenario = Scenario { script: "values", end: End::Spin, mode: "" };
    dump(node(name), scenario, Way::Gdb).expect("gdb can dump any process")
}

fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line:.500}"))
}

/// The source of a function is that of its file, and its own lines are those
/// from its first to its last.
fn source(name: &str) {
    let dump = values_of(name);
    let at = values::holder(&dump);
    let mdb = Mdb::on(&dump.target);
    let held = mdb.each(&[format!("{at}::jsprint -ad0 closures.counter")]).remove(0);
    let function = held.split(':').next().expect("-a shows the address").to_owned();
    let printed = mdb.each(&[
        format!("0x{function}::jssource -j"),
        format!("0x{function}::jssource -j -n 0"),
        format!("0x{function}::jssource -n 0"),
    ]);
    let (wide, row) = (parse(&printed[0]), parse(&printed[1]));
    let marker = &dump.truth["markers"]["next"];
    assert_eq!(row["function"], format!("0x{function}"));
    assert_eq!((&row["file"], &row["line"]), (&marker["file"], &marker["line"]), "{row}");
    let file = fs::read_to_string(marker["file"].as_str().expect("a path")).expect("it is there");
    let lines: Vec<_> = file.lines().collect();
    let shown = |row: &Value| row["source"].as_array().expect("a list of lines").clone();
    for line in shown(&row).iter().chain(&shown(&wide)) {
        let number = line["line"].as_u64().expect("a number") as usize;
        assert_eq!(line["text"], lines[number - 1], "{line}");
    }
    let own: Vec<_> = shown(&wide).into_iter().filter(|line| line["own"] == true).collect();
    assert_eq!(own, shown(&row), "-n 0 shows the function alone");
    assert_eq!(own[0]["line"], marker["line"]);
    assert_eq!(shown(&wide).len(), own.len() + 10, "five lines on either side");
    let text: Vec<_> = printed[2].lines().skip(2).filter(|line| !line.is_empty()).collect();
    assert_eq!(text.len(), own.len(), "{}", printed[2]);
}

#[test]
fn source_of_0_10() {
    source("0.10.48");
}

#[test]
fn source_of_26() {
    source("26.10.0");
}

#[test]
fn regions() {
    let dump = values_of("26.10.0");
    let printed =
        Mdb::on(&dump.target).each(&["::v8regions -b".to_owned(), "::v8regions -bj".to_owned()]);
    let lines: Vec<_> = printed[0].lines().collect();
    let rows: Vec<_> = printed[1].lines().map(parse).collect();
    // A heading, and the total.
    assert_eq!(rows.len() + 2, lines.len(), "{}", printed[0]);
    assert!(rows.len() > 10, "{}", printed[1]);
    for (row, line) in rows.iter().zip(&lines[1..]) {
        let text = |field: &str| row[field].as_str().expect("a text").trim_start_matches("0x");
        let size = row["size"].as_u64().expect("bytes");
        let words =
            [text("base"), text("limit"), &format!("{size:x}"), text("access"), text("kind")];
        assert_eq!(line.split_whitespace().collect::<Vec<_>>(), words);
    }
}

/// What options do to the form.
#[test]
fn options() {
    let dump = values_of("26.10.0");
    let at = values::holder(&dump);
    let mdb = Mdb::on(&dump.target);
    let one = |command: &str| mdb.each_with_errors(&[format!("{at}::jsprint {command}")]).remove(0);

    let line = parse(&one("-j objectFast nosuch arrayOne[0]"));
    let fast = json!({ "a": 1, "b": "two", "c": null, "d": [1], "e": { "f": 1.25 } });
    assert_eq!(
        line,
        json!({
            "objectFast": fast, "nosuch": { "$v8": { "type": "missing" } }, "arrayOne[0]": "only"
        })
    );

    let shallow = parse(&one("-j -d1 objectFast"));
    let cut = &shallow["objectFast"]["e"]["$v8"];
    assert_eq!((&cut["type"], &cut["omitted"]), (&json!("Object"), &json!("depth")), "{shallow}");
    let address = cut["address"].as_str().expect("what is left out has an address");
    let deeper = mdb.each(&[format!("{address}::jsprint -j")]).remove(0);
    assert_eq!(parse(&deeper), fast["e"]);

    let owned = parse(&one("-bj objectFast.b"));
    assert_eq!(owned, json!({ "object": at, "value": { "objectFast.b": "two" } }));

    let addressed = parse(&one("-aj objectFast"));
    let object = &addressed["objectFast"];
    assert_eq!(object["value"]["a"], json!({ "address": "0x100000000", "value": 1 }));
    let inner = object["value"]["e"]["address"].as_str().expect("an address");
    assert_eq!(inner, address);
    assert_eq!(object["value"]["e"]["value"]["f"]["value"], 1.25);

    let cut = parse(&one("-j -N 8 long"));
    let string = json!({ "type": "string", "value": "01234567", "truncated": true });
    assert_eq!(cut["long"]["$v8"], string);

    // One that does not exist is said, and the others are there.
    let partly = one("-j arrayOne[5] smi");
    let (line, complaint) = partly.split_once('\n').expect("two lines");
    assert_eq!(parse(line), json!({ "smi": 42 }));
    assert_eq!(complaint, "mdb: array index 5 exceeds size of 1\n");
}

/// `-p` picks from the rows of `-j` what it picks from the text.
fn frame_properties(name: &str) {
    let dump = values_of(name);
    let mdb = Mdb::on(&dump.target);
    let properties = ["this", "arg1", "file", "posn", "exec"];
    let mut commands = vec!["::jsstack -f hold -j".to_owned()];
    for property in properties {
        commands.push(format!("::jsstack -f hold -jp {property}"));
        commands.push(format!("::jsstack -f hold -p {property}"));
    }
    let printed = mdb.each(&commands);
    let whole = parse(&printed[0]);
    for (property, pair) in properties.iter().zip(printed[1..].chunks(2)) {
        let (row, text) = (parse(&pair[0]), pair[1].trim_end());
        assert_eq!((&row["name"], &row["property"]), (&json!("hold"), &json!(property)));
        assert_eq!((&row["fp"], &row["pc"]), (&whole["fp"], &whole["pc"]), "{row}");
        let typed = json!({ "value": row["value"], "type": row["type"] });
        match *property {
            "this" => assert_eq!(typed, whole["this"]),
            "arg1" => assert_eq!(typed, whole["args"][0]),
            "file" => assert_eq!(row["file"], whole["file"]),
            "posn" => assert_eq!(row["line"], whole["line"]),
            "exec" => assert_eq!(row["exec_line"], whole["exec_line"]),
            _ => unreachable!("all are listed"),
        }
        let as_text = match *property {
            "this" | "arg1" => row["value"].as_str().map(|value| value[2..].to_owned()),
            "file" => row["file"].as_str().map(str::to_owned),
            "posn" => Some(format!("line {}", row["line"])),
            "exec" => Some(format!("line {}", row["exec_line"])),
            _ => unreachable!("all are listed"),
        };
        assert_eq!(as_text.as_deref(), Some(text), "{row}");
    }
}

#[test]
fn frame_properties_of_0_10() {
    frame_properties("0.10.48");
}

#[test]
fn frame_properties_of_26() {
    frame_properties("26.10.0");
}
