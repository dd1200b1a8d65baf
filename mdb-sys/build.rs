//! Compiles the C part of the crate.

fn main() {
    println!("cargo::rerun-if-changed=c/recover.c");
    cc::Build::new()
        .file("c/recover.c")
        .flag_if_supported("-fno-stack-protector")
        .warnings(true)
        .compile("mdb_sys_c");
}
