//! The help text of a command, from its row.

use crate::mdb::args::Takes;
use crate::mdb::command::Row;
use alloc::string::String;

/// Column where the text of an option starts.
const COLUMN: usize = 12;

/// Text of `::help NAME` below the synopsis.
pub fn text(row: &Row) -> String {
    let mut text = String::new();
    for line in row.help.trim().lines() {
        text += line.trim_end();
        text.push('\n');
    }
    if !row.options.is_empty() {
        text += "\n";
    }
    for opt in row.options {
        let head = match opt.takes {
            Takes::Nothing => alloc::format!("-{}", opt.letter),
            Takes::Number(name) | Takes::Text(name) => alloc::format!("-{} {name}", opt.letter),
        };
        text += &alloc::format!("  {head:<width$}{}\n", opt.help, width = COLUMN - 2);
    }
    text
}
