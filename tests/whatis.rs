//! What the debugger's own `::whatis` says of addresses in V8's heap, which it
//! asks the module for.

mod support;

use support::cores32;
use support::dump::{dump, Dump, Way};
use support::mdb::{Mdb, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};

const SCENARIO: Scenario = Scenario { script: "heap", end: End::Spin, mode: "1" };

/// Commands after the heap is known, for addresses of objects found by another.
fn answers(target: &Target, find: &str, before: &[String], each: &[String]) -> Vec<String> {
    let run = |last: &[String]| {
        let commands: Vec<String> = before.iter().chain(last).cloned().collect();
        Mdb::on(target).each_with_errors(&commands).split_off(before.len())
    };
    let objects = run(&[find.to_owned()]).remove(0);
    let objects: Vec<u64> = objects
        .lines()
        .map(|line| u64::from_str_radix(line, 16).unwrap_or_else(|why| panic!("{line}: {why}")))
        .collect();
    assert!(objects.len() > 2, "{find}: {objects:x?}");
    let picked = objects.iter().step_by(1 + objects.len() / 8);
    let commands = picked.flat_map(|object| {
        each.iter().map(move |command| command.replace("ADDR", &format!("0x{object:x}")))
    });
    run(&commands.collect::<Vec<_>>())
}

/// Of every part of objects of a class.
fn objects_are_known(target: &Target, label: &str, before: &[String], class: &str, last: u64) {
    let find = format!("::findjsobjects -c {class} | ::findjsobjects");
    let offsets = [1, 0, 4, last];
    // Printed as numbers first, so that it is known what was asked.
    let each: Vec<String> = offsets
        .iter()
        .flat_map(|offset| {
            let addr = format!("ADDR-1+0t{offset}");
            [format!("{addr}=J"), format!("{addr}::whatis")]
        })
        .collect();
    let printed = answers(target, &find, before, &each);
    for (pair, offset) in printed.chunks_exact(2).zip(offsets.iter().cycle()) {
        let addr = u64::from_str_radix(pair[0].trim(), 16).expect("=J prints hexadecimal");
        let begin = addr - offset;
        let object = format!("V8 object {:x} (JSObject: {class})\n", begin + 1);
        let wanted = match offset {
            0 => format!("{addr:x} is {object}"),
            offset => format!("{addr:x} is {begin:x}+{offset:x}, {object}"),
        };
        assert_eq!(pair[1], wanted, "{label}");
    }
}

fn heap(name: &str, way: Way) -> Dump {
    dump(node(name), SCENARIO, way).expect("gdb can dump any process")
}

#[test]
fn objects_are_told_by_any_byte() {
    for name in ["0.10.48", "20.20.2", "26.10.0"] {
        let dump = heap(name, Way::Gdb);
        objects_are_known(&dump.target, &dump.label, &[], "LeakNode", 31);
    }
}

#[test]
fn those_of_a_live_process_too() {
    let dump = heap("20.20.2", Way::Live);
    objects_are_known(&dump.target, &dump.label, &[], "LeakNode", 31);
}

#[test]
fn those_of_32_bit_cores_too() {
    for core in cores32::all().iter().filter(|core| core.name.ends_with("-objects")) {
        let load = format!("::v8load {}", core.config());
        let target = Target::Core(core.path.clone());
        objects_are_known(&target, &core.name, &[load], "Circle", 11);
    }
}

/// What is no object is left to the debugger.
#[test]
fn other_addresses_are_not() {
    let dump = heap("20.20.2", Way::Gdb);
    let run =
        |command: &str| Mdb::on(&dump.target).each_with_errors(&[command.to_owned()]).remove(0);
    assert_eq!(run("0x10::whatis"), "10 is unknown\n");
    assert!(run("<rsp::whatis").contains(" is in [ stack ] ["));
    // Several at once, in any order, and the same one twice.
    let object = run("::findjsobjects -c LeakNode").trim().to_owned();
    let map = u64::from_str_radix(&object, 16).expect("an address") - 1;
    let both = run(&format!("::findjsobjects -c LeakNode | ::whatis ! sort -u; 0x{map:x}::whatis"));
    let what = format!("V8 object {object} (JSObject: LeakNode)");
    assert_eq!(both, format!("{object} is {map:x}+1, {what}\n{map:x} is {what}\n"));
    // All that is known: the mapping too.
    let all = run(&format!("0x{object}::whatis -a"));
    let lines: Vec<&str> = all.lines().collect();
    assert_eq!(lines.len(), 2, "{all}");
    assert!(lines[0].ends_with(&what) && lines[1].contains(" is in [ anon ] ["), "{all}");
}
