//! The debugger's own `::stack` goes through JavaScript: it shows the functions that
//! `::jsstack` shows, in the same order, and the native frames around them.

mod support;

use serde_json::Value;
use support::dump::{dump, Way};
use support::mdb::Mdb;
use support::nodes::node;
use support::scenario::{End, Scenario};
use support::stack;

fn check(name: &str, end: End, mode: &'static str, way: Way) {
    let scenario = Scenario { script: "frames", end, mode };
    let Some(dump) = dump(node(name), scenario, way) else { return };
    let label = &dump.label;
    let commands = ["::jsstack -j", "$c", "$C", "::unload v8; $c"].map(str::to_owned);
    let printed = Mdb::on(&dump.target).each_with_errors(&commands);
    let rows: Vec<Value> = printed[0]
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|row: &Value| row["kind"] == "js")
        .collect();
    assert!(rows.len() > 40, "{label}: {} functions", rows.len());
    let wanted: Vec<_> = rows.iter().map(stack::of_row).collect();
    let found: Vec<_> = printed[1].lines().filter_map(stack::of_line).collect();
    for (at, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        assert_eq!(found, wanted, "{label}: frame {at}");
    }
    assert_eq!(found.len(), wanted.len(), "{label}:\n{}", printed[1]);

    // Below them what called them, out to the program's entry.
    let native = printed[1].lines().rev().take_while(|line| !line.starts_with("js: "));
    let native: Vec<&str> = native.collect();
    for function in ["node::Start+", "_start+"] {
        let is_it = |line: &&str| line.trim_start().starts_with(function);
        assert!(native.iter().any(is_it), "{label}: no {function}\n{}", native.join("\n"));
    }
    // With frame pointers the same lines.
    let with: Vec<&str> =
        printed[2].lines().map(|line| line.split_once(' ').map_or("", |(_, rest)| rest)).collect();
    assert_eq!(with, printed[1].lines().collect::<Vec<_>>(), "{label}");
    // Without the module there are addresses.
    assert!(!printed[3].contains("js: "), "{label}: {}", printed[3]);
    println!("{label}: {} functions as in ::jsstack, {} frames below", wanted.len(), native.len());
}

macro_rules! stacks {
    ($($test:ident: $node:literal, $end:ident, $mode:literal, $way:ident;)*) => {
        $(#[test]
        fn $test() {
            check($node, End::$end, $mode, Way::$way);
        })*
    };
}

stacks! {
    node_0_10: "0.10.48", Spin, "cold", Gdb;
    node_20: "20.20.2", Spin, "cold", Gdb;
    node_26: "26.10.0", Spin, "cold", Gdb;
    live: "26.10.0", Spin, "cold", Live;
    in_system_call: "20.20.2", Block, "cold", Gdb;
    optimized: "26.10.0", Spin, "warm", Gdb;
}
