//! What the fuzz targets share with the tests: synthetic heaps, and every command.

#[path = "../../tests/support/every.rs"]
pub mod every;
#[path = "../../tests/support/pages.rs"]
pub mod pages;
#[path = "../../tests/support/synth/mod.rs"]
pub mod synth;
#[path = "../../tests/support/zoo.rs"]
pub mod zoo;
