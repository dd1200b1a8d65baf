//! `::jsprint` and `::jsclosure` against real values of every kind.

mod support;

use support::check::values;
use support::dump::{dump, Dump, Way};
use support::nodes::node;
use support::scenario::{End, Scenario};

fn taken(name: &str, way: Way) -> Option<Dump> {
    let end = if way == Way::Kernel { End::Abort } else { End::Spin };
    dump(node(name), Scenario { script: "values", end, mode: "" }, way)
}

fn members(name: &str, way: Way) {
    let Some(dump) = taken(name, way) else { return };
    values::members(&dump).verdict(&dump.label);
}

fn json(name: &str) {
    let Some(dump) = taken(name, Way::Gdb) else { return };
    values::json(&dump).verdict(&format!("{} as JSON", dump.label));
}

fn whole(name: &str) {
    let Some(dump) = taken(name, Way::Gdb) else { return };
    values::whole(&dump);
}

fn closures(name: &str) {
    let Some(dump) = taken(name, Way::Gdb) else { return };
    values::closures(&dump).verdict(&format!("{} closures", dump.label));
}

macro_rules! values {
    ($($node:ident = $name:literal;)*) => {
        $(mod $node {
            use super::support::dump::Way;

            #[test]
            fn gdb_core() {
                super::members($name, Way::Gdb);
            }

            #[test]
            fn kernel_core() {
                super::members($name, Way::Kernel);
            }

            #[test]
            fn live() {
                super::members($name, Way::Live);
            }

            #[test]
            fn as_json() {
                super::json($name);
            }

            #[test]
            fn whole_object() {
                super::whole($name);
            }

            #[test]
            fn closures() {
                super::closures($name);
            }
        })*
    };
}

values! {
    node_0_10 = "0.10.48";
    node_18_debian = "18-debian";
    node_20 = "20.20.2";
    node_26 = "26.10.0";
}
