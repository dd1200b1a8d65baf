//! Which symbol an address belongs to.

use super::*;

fn labels(dir: &Dir) -> Target {
    assert!(dir.try_compile("labels.s", "labels", &["-nostdlib", "-static", "-no-pie"]));
    Target::open(Some(&dir.path("labels")), None).unwrap()
}

#[test]
fn smart_mode() {
    let dir = Dir::new();
    let target = labels(&dir);
    let value = |name: &str| target.symbol_by_name(None, name).unwrap().sym.st_value;
    let at = |addr: u64| target.symbol_by_addr(addr, 0).map(|symbol| symbol.name);
    let start = value("_start");
    assert_eq!(at(start), Some("_start"));
    assert_eq!(at(start - 1), None);
    // A label is found at its address; what follows it is still the function's.
    assert_eq!(value("inside"), start + 2);
    assert_eq!(at(start + 3), Some("_start"));
    assert_eq!([at(start + 4), at(start + 6)], [Some("unsized"); 2]);
    assert_eq!([at(start + 7), at(start + 8)], [Some("last"); 2]);
    assert_eq!(at(start + 9), None);
    let twin = value("global_twin");
    assert_eq!(value("local_twin"), twin);
    assert_eq!(at(twin), Some("global_twin"));
    assert_eq!(at(twin + 1), None);
    assert_eq!(value("absolute"), 0x1234);
    assert_eq!(at(0x1234), None);
    assert_eq!(at(value("per_thread")), None);
}

#[test]
fn with_a_distance() {
    let dir = Dir::new();
    let target = labels(&dir);
    let twin = target.symbol_by_name(None, "global_twin").unwrap().sym.st_value;
    let near = |distance: u64| target.symbol_by_addr(twin + 5, distance).map(|s| s.name);
    assert_eq!(near(5), None);
    assert_eq!(near(6), Some("global_twin"));
}

#[test]
fn every_symbol_is_shown() {
    let dir = Dir::new();
    let target = labels(&dir);
    let mut names = Vec::new();
    target.each_symbol(0, false, &mut |symbol| {
        names.push((symbol.name.to_owned(), symbol.index));
        true
    });
    for name in ["_start", "inside", "absolute", "per_thread"] {
        assert_eq!(names.iter().filter(|(other, _)| other == name).count(), 1, "{names:?}");
    }
    let mut count = 0;
    target.each_symbol(0, false, &mut |_| {
        count += 1;
        count < 3
    });
    assert_eq!(count, 3);
    target.each_symbol(7, false, &mut |_| panic!("no such object"));
}

#[test]
fn a_stripped_program_has_its_dynamic_symbols() {
    let dir = Dir::new();
    let program = dir.compile(&["-s", "-rdynamic"]);
    let target = Target::open(Some(&program), None).unwrap();
    let main = target.symbol_by_name(None, "main").unwrap();
    assert!(main.dynamic);
    assert_eq!(target.symbol_by_addr(main.sym.st_value + 1, 0).unwrap().name, "main");
    assert!(target.symbol_by_name(None, "local_data").is_none());
    // One that is imported is not defined here.
    assert!(target.symbol_by_name(None, "puts").is_none());
    let mut dynamic = true;
    target.each_symbol(0, false, &mut |symbol| {
        dynamic &= symbol.dynamic;
        true
    });
    assert!(dynamic);
}
