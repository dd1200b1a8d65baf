//! Flame graphs.

use super::colors::color;
use inferno::flamegraph::color::PaletteMap;
use inferno::flamegraph::{self, Options};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Draws folded stacks as an SVG picture that a browser lets one search and zoom.
///
/// # Errors
///
/// What is wrong with the lines.
pub fn draw(folded: &str, title: &str) -> Result<Vec<u8>, String> {
    let stacks = folded.lines().filter_map(|line| line.rsplit_once(' '));
    let frames: BTreeSet<&str> = stacks.flat_map(|(stack, _)| stack.split(';')).collect();
    // What stands below all others.
    let mut palette = "all->rgb(200,200,200)\n".to_owned();
    for frame in frames {
        let (red, green, blue) = color(frame);
        // Writing to a String cannot fail.
        let _ = writeln!(palette, "{frame}->rgb({red},{green},{blue})");
    }
    let mut palette = PaletteMap::from_reader(&mut palette.as_bytes())
        .map_err(|why| format!("the palette is damaged: {why}"))?;
    let mut options = Options::default();
    options.title = title.to_owned();
    options.count_name = "samples".to_owned();
    options.palette_map = Some(&mut palette);
    let mut picture = Vec::new();
    flamegraph::from_lines(&mut options, folded.lines(), &mut picture)
        .map_err(|why| why.to_string())?;
    Ok(picture)
}
