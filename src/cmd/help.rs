//! The help of a command, from its row.

use crate::mdb::args::Takes;
use crate::mdb::command::Row;
use crate::mdb::output::Out;

/// Column where the text of an option starts.
const COLUMN: usize = 12;

/// Prints what `::help NAME` shows below the synopsis: the text, then the options.
pub fn print(row: &Row, out: &mut Out) {
    for line in row.help.trim().lines() {
        out.line(format_args!("{}", line.trim_end()));
    }
    if row.options.is_empty() {
        return;
    }
    out.text("\n");
    out.heading("OPTIONS");
    for opt in row.options {
        let head = match opt.takes {
            Takes::Nothing => alloc::format!("-{}", opt.letter),
            Takes::Number(name) | Takes::Text(name) => alloc::format!("-{} {name}", opt.letter),
        };
        out.line(format_args!("{head:<width$}{}", opt.help, width = COLUMN));
    }
}
