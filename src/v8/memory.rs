//! The door to the target: memory, registers, symbols.
//!
//! Everything the module knows about a process comes through [`Target`]. The
//! debugger's side implements it over MDB's API; tests implement it over
//! memory they made themselves.

use alloc::string::String;
use alloc::vec::Vec;

/// Target memory that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// First byte asked for.
    pub addr: u64,
    /// How many bytes were asked for.
    pub len: usize,
}

/// A symbol of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Name as in the symbol table.
    pub name: String,
    /// Address.
    pub value: u64,
}

/// What a mapping is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A file is mapped there, or it is the kernel's own.
    File,
    /// The heap that `brk(2)` grows.
    Heap,
    /// The main thread's stack.
    Stack,
    /// Other memory without a name.
    Anonymous,
}

/// The main thread, under every threading model MDB knows.
pub const MAIN_THREAD: u64 = 1;

/// A stretch of the target's address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// First address.
    pub start: u64,
    /// First address after it.
    pub end: u64,
    /// What it is used for.
    pub used: Use,
    /// Whether it can be read.
    pub readable: bool,
    /// Whether it can be written.
    pub writable: bool,
    /// Whether it can be executed.
    pub executable: bool,
}

/// What the module needs of a debugged process.
pub trait Target {
    /// Fills `buf` from target memory, or nothing of it.
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault>;

    /// Bytes in a pointer of the target: 4 or 8.
    fn word_size(&self) -> usize;

    /// Every symbol whose name starts with `prefix`, each once.
    fn symbols(&self, prefix: &str) -> Vec<Symbol>;

    /// Address of the symbol of this name.
    fn symbol(&self, name: &str) -> Option<u64>;

    /// Address and size of the symbol of this name.
    fn symbol_range(&self, name: &str) -> Option<(u64, u64)> {
        let _ = name;
        None
    }

    /// The function an address lies in, as the debugger prints it (`name+0xoff`);
    /// none where no symbol covers it.
    fn symbol_at(&self, addr: u64) -> Option<String>;

    /// The id of each thread; none where the debugger cannot tell.
    fn threads(&self) -> Vec<u64> {
        Vec::new()
    }

    /// A register of a thread: of one of [`Target::threads`], or of
    /// [`MAIN_THREAD`].
    fn register(&self, thread: u64, name: &str) -> Option<u64>;

    /// Every mapping of the address space; none where the debugger cannot tell.
    fn mappings(&self) -> Option<Vec<Mapping>> {
        None
    }

    /// A time in the debugger's time zone, as `YYYY Mon DD HH:MM:SS`.
    fn local_time(&self, seconds: i64) -> Option<String> {
        let _ = seconds;
        None
    }

    /// Whether the user asked to stop.
    fn interrupted(&self) -> bool {
        false
    }

    /// Tells a user who waits what is being worked on from here on; nothing if it is
    /// empty. Returns what was before.
    fn stage(&self, what: &'static str) -> &'static str {
        let _ = what;
        ""
    }
}

/// Does work that may take long, and tells a user who waits what it is.
pub fn staged<T>(target: &dyn Target, stage: &'static str, work: impl FnOnce() -> T) -> T {
    let before = target.stage(stage);
    let done = work();
    target.stage(before);
    done
}
