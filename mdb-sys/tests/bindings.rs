//! The checked-in bindings against the C header of the same API: every
//! structure, constant, variable and function.

#[path = "../build/generate.rs"]
mod generate;
mod items;

use items::Items;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::Write;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Says what is not tested here past the test harness, which hides the output
/// of tests that pass.
fn skip(why: &str) {
    let line = format!("\n*** SKIPPED: {why}\n");
    let _ = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/stderr")
        .and_then(|mut file| file.write_all(line.as_bytes()));
}

#[test]
fn generated_equal_checked_in() {
    if std::panic::catch_unwind(bindgen::clang_version).is_err() {
        return skip("comparing generated bindings: no libclang; `make setup` installs it");
    }
    let include = format!("-I{ROOT}/include");
    let text = generate::bindings("#include <mdb_modapi.h>\n", &[include])
        .expect("libclang reads the header");
    let generated = Items::parse(&text);
    let path = format!("{ROOT}/src/bindings.rs");
    let checked_in = Items::parse(&std::fs::read_to_string(path).expect("the bindings are there"));

    same("constants", &generated.constants, &checked_in.constants);
    same("structures", &generated.structures, &checked_in.structures);
    same("functions", &generated.functions, &checked_in.functions);
    same("variables", &generated.variables, &checked_in.variables);
    same("callbacks", &generated.callbacks, &checked_in.callbacks);
    // An empty set would equal an empty set.
    assert!(checked_in.functions.len() > 50 && checked_in.constants.len() > 50);
    assert!(checked_in.structures.len() > 10 && checked_in.callbacks.len() > 5);
}

fn same<T: PartialEq + Debug>(
    what: &str,
    generated: &BTreeMap<String, T>,
    checked_in: &BTreeMap<String, T>,
) {
    let mut names: Vec<_> = generated.keys().chain(checked_in.keys()).collect();
    names.sort();
    names.dedup();
    let differing: Vec<_> = names
        .into_iter()
        .filter(|&name| generated.get(name) != checked_in.get(name))
        .map(|name| {
            let (header, ours) = (generated.get(name), checked_in.get(name));
            format!("{name}:\n  header   {header:?}\n  bindings {ours:?}")
        })
        .collect();
    assert!(differing.is_empty(), "{what} differ:\n{}", differing.join("\n"));
}

/// Compiles the assertions of `layout.c` for one width.
fn layout(width: &str) {
    let cc = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let compile = |source: &str| {
        Command::new(&cc)
            .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", width, "-I"])
            .arg(format!("{ROOT}/include"))
            .arg(format!("{ROOT}/tests/{source}"))
            .output()
            .expect("there is a C compiler, which building the crate needed")
    };
    // Without the system's headers for this width nothing compiles.
    if !compile("headers.c").status.success() {
        return skip(&format!("layout at {width}: no C headers; `make setup` installs them"));
    }
    let output = compile("layout.c");
    assert!(output.status.success(), "{width}:\n{}", String::from_utf8_lossy(&output.stderr));
    let wrong = compile("layout_wrong.c");
    assert!(!wrong.status.success(), "{width}: a wrong size must not compile");
}

#[test]
fn c_layout_64() {
    layout("-m64");
}

#[test]
fn c_layout_32() {
    layout("-m32");
}
