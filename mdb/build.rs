//! Compiles the C part and restricts what the program exports to modules.

use std::path::PathBuf;
use std::{env, fs};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=c/shim.c");
    println!("cargo::rerun-if-changed=exports.txt");
    cc::Build::new().file("c/shim.c").warnings(true).compile("mdb_host_shim");

    let names = fs::read_to_string("exports.txt")?;
    let list: String = names
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|name| format!("\t{name};\n"))
        .collect();
    let out = env::var_os("OUT_DIR").ok_or_else(|| std::io::Error::other("OUT_DIR is not set"))?;
    let path = PathBuf::from(out).join("exports.list");
    fs::write(&path, format!("{{\n{list}}};\n"))?;
    println!("cargo::rustc-link-arg-bins=-Wl,--dynamic-list={}", path.display());
    Ok(())
}
