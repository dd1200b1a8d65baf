//! What the fuzz targets share with the tests: synthetic heaps.

#[path = "../../tests/support/synth/mod.rs"]
pub mod synth;
#[path = "../../tests/support/zoo.rs"]
pub mod zoo;
