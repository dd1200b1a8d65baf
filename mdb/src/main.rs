//! `mdb`: the modular debugger's command language and module ABI on Linux.

fn main() {
    std::process::exit(mdb::shell::main());
}
