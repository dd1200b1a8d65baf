//! Values that are larger than what one expects: each is printed in bounded time, as
//! what it is, and the debugger lives on.

mod support;

use std::time::{Duration, Instant};
use support::dump::{dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};

/// How long any of these may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn they_are_printed() {
    let scenario = Scenario { script: "large", end: End::Spin, mode: "" };
    let dump = dump(node("26.10.0"), scenario, Way::Own).expect("the debugger dumps it");
    let mdb = Mdb::on(&dump.target);
    let held = mdb.each(&["::jsstack -f hold -p arg1".to_owned()]).remove(0);
    let held = format!("0x{}", held.trim());
    let many = dump.truth["many"].as_u64().expect("a number");
    let print = |what: &str| format!("{held}::jsprint {what}");
    let cases = [
        // Command, and what it prints.
        (print("text ! head -c 11"), "\"text text ".to_owned()),
        (print("deep ! wc -c"), format!("{}\n", many + "\"the beginning\"\n".len() as u64)),
        (print("list ! wc -l"), format!("{}\n", 10 * many + 2)),
        (print("table ! wc -l"), format!("{}\n", many + 2)),
        (print("-d 100 chain ! grep -c chain"), "256\n".to_owned()),
        (
            print("circle"),
            "{\n    \"name\": \"circle\",\n    \"self\": [Circular],\n    \"list\": [\n        \
             [Circular],\n        [...],\n    ],\n}\n"
                .to_owned(),
        ),
        (print("child"), "{}\n".to_owned()),
        (format!("{held}::walk jsprop ! wc -l"), "7\n".to_owned()),
    ];
    for (command, wanted) in cases {
        let begin = Instant::now();
        let printed = mdb.each_with_errors(std::slice::from_ref(&command)).remove(0);
        let took = begin.elapsed();
        assert_eq!(printed, wanted, "{command}");
        assert!(took < PATIENCE, "{command}: {took:?}");
    }
    // The heap around them, and ways through a chain of a million.
    let commands = [
        "::jsstrings -n 1 -j".to_owned(),
        format!("{held}::jsretained -j"),
        "::findjsobjects -c Object ! wc -l".to_owned(),
    ];
    let begin = Instant::now();
    let printed = mdb.each_with_errors(&commands);
    assert!(begin.elapsed() < 2 * PATIENCE, "{:?}", begin.elapsed());
    assert!(printed[0].contains("\"bytes\":"), "{}", printed[0]);
    assert!(printed[1].contains("\"retained\":"), "{}", printed[1]);
}
