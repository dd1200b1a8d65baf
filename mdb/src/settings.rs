//! Options and properties that `::set`, the old-style commands and the command
//! line change.

use std::cell::{Cell, RefCell};

/// Settings of a session.
#[derive(Debug)]
pub struct Settings {
    /// Default radix of numbers.
    pub radix: Cell<u32>,
    /// How far from an address its symbol may be; 0: inside the symbol only.
    pub distance: Cell<u64>,
    /// Whether names of C++ and Rust are shown as in the source.
    pub demangle: Cell<bool>,
    /// Whether the target may be written to.
    pub writable: Cell<bool>,
    /// Whether output stops after each screen.
    pub pager: Cell<bool>,
    /// Whether long lines are broken.
    pub autowrap: Cell<bool>,
    /// Whether ^D at the prompt is ignored.
    pub ignoreeof: Cell<bool>,
    /// Whether an empty line repeats the last command.
    pub repeatlast: Cell<bool>,
    /// Whether modules are not loaded by themselves.
    pub nomods: Cell<bool>,
    /// Whether a terminal is on standard input and output.
    pub interactive: Cell<bool>,
    /// Columns of the terminal when last looked at.
    pub columns: Cell<usize>,
    /// Options that are only kept, with their values.
    pub kept: RefCell<Vec<(String, String)>>,
    /// Name of the file the session is logged to.
    pub log: RefCell<Option<String>>,
    /// Prompt, in the format language.
    pub prompt: RefCell<String>,
    /// Where modules are looked for, with tokens.
    pub module_path: RefCell<String>,
    /// Where macro files are looked for, with tokens.
    pub include_path: RefCell<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            radix: Cell::new(16),
            distance: Cell::new(0),
            demangle: Cell::new(true),
            writable: Cell::new(false),
            pager: Cell::new(true),
            autowrap: Cell::new(false),
            ignoreeof: Cell::new(false),
            repeatlast: Cell::new(false),
            nomods: Cell::new(false),
            interactive: Cell::new(false),
            columns: Cell::new(0),
            kept: RefCell::default(),
            log: RefCell::default(),
            prompt: RefCell::new("> ".to_string()),
            module_path: RefCell::new(String::new()),
            include_path: RefCell::new(String::new()),
        }
    }
}
