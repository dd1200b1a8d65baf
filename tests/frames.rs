//! `::jsstack -v` against what real Node processes say of their own stacks:
//! every frame, its name, file, line, receiver and arguments.

mod support;

use support::check;
use support::dump::{dump, Way};
use support::nodes::node;
use support::scenario::{End, Scenario};

fn check(name: &str, end: End, mode: &'static str, way: Way) {
    let scenario = Scenario { script: "frames", end, mode };
    let Some(dump) = dump(node(name), scenario, way) else { return };
    check::frames::check(&dump).verdict(&dump.label);
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
