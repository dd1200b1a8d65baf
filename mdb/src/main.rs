//! `mdb`: the modular debugger's command language and module ABI on Linux.

pub mod target;

fn main() {}
