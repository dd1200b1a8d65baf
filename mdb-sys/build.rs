//! Compiles the C part of the crate and, when asked to, makes the bindings.

#[cfg(feature = "bindgen")]
#[path = "build/generate.rs"]
mod generate;

fn main() {
    println!("cargo::rerun-if-changed=c/recover.c");
    cc::Build::new()
        .file("c/recover.c")
        .flag_if_supported("-fno-stack-protector")
        .warnings(true)
        .compile("mdb_sys_c");
    #[cfg(feature = "bindgen")]
    bindings();
}

/// From the system's header where it has one, else from the crate's own.
#[cfg(feature = "bindgen")]
fn bindings() {
    let variable = |name: &str| std::env::var(name).expect("cargo sets this for build scripts");
    println!("cargo::rerun-if-changed=include/mdb_modapi.h");
    println!("cargo::rerun-if-changed=build/generate.rs");
    let include = format!("-I{}/include", variable("CARGO_MANIFEST_DIR"));
    let (line, args) = match variable("CARGO_CFG_TARGET_OS").as_str() {
        "illumos" | "solaris" => ("#include <sys/mdb_modapi.h>\n", Vec::new()),
        _ => ("#include <mdb_modapi.h>\n", vec![include]),
    };
    let text = generate::bindings(line, &args).expect("the header can be read");
    let path = format!("{}/bindings.rs", variable("OUT_DIR"));
    std::fs::write(path, text).expect("the output directory is writable");
}
