//! Restricts the module's exports.

fn main() {}
