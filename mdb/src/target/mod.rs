//! The debugged thing: a core file, a live process, an executable, or nothing.

use std::path::Path;

/// Why target memory could not be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemError {
    /// Nothing is mapped at the first byte (`EMDB_NOMAP`).
    NoMap,
    /// Only the first bytes could be transferred (`EMDB_PARTIAL`).
    Partial(usize),
    /// The target is not open for writing (`EMDB_TGTRDONLY`).
    ReadOnly,
    /// There is no such memory on this kind of target (`EMDB_TGTNOTSUP`).
    NotSupported,
}

/// Which kind of target this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No target at all: reads give zeros.
    None,
    /// An executable without a process.
    Executable,
    /// A core file.
    Core,
    /// A live process, stopped by this debugger.
    Live,
}

bitflags::bitflags! {
    /// Properties of a mapping.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct MapFlags: u32 {
        /// Readable.
        const READ = 1;
        /// Writable.
        const WRITE = 2;
        /// Executable.
        const EXEC = 4;
        /// Shared.
        const SHARED = 8;
        /// The brk heap.
        const BREAK = 16;
        /// The main thread's stack.
        const STACK = 32;
        /// No file behind it.
        const ANON = 64;
    }
}

/// One mapping of the address space.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// First address.
    pub base: u64,
    /// Bytes.
    pub size: u64,
    /// Offset in the file behind it.
    pub offset: u64,
    /// Properties.
    pub flags: MapFlags,
    /// File behind it, none for anonymous memory.
    pub name: Option<String>,
}

/// The executable or a shared library.
#[derive(Debug, Clone)]
pub struct Object {
    /// Path as the target knows it.
    pub path: String,
    /// Lowest mapped address.
    pub base: u64,
    /// Bytes from the lowest to the highest mapped address.
    pub size: u64,
    /// Whether it is the executable.
    pub executable: bool,
}

/// One symbol, its value relocated.
#[derive(Debug, Clone, Copy)]
pub struct Symbol<'a> {
    /// Name as in the file, not demangled.
    pub name: &'a str,
    /// Index into [`Target::objects`].
    pub object: usize,
    /// Symbol with the relocated value.
    pub sym: mdb_sys::GElf_Sym,
    /// Whether it comes from the dynamic symbol table.
    pub dynamic: bool,
    /// Index in its table.
    pub index: u32,
}

/// Address width of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// ILP32: i386.
    Bits32,
    /// LP64: x86-64.
    Bits64,
}

/// The target. All addresses are `u64`, whatever the width.
pub struct Target {
    _private: (),
}

/// Registers of one thread by their mdb names (`rip`, `rsp`, `rbp`, `rax`, ... or `eip`, ...).
pub type Registers = Vec<(&'static str, u64)>;

#[allow(missing_docs, unused_variables)]
impl Target {
    /// A target with nothing in it.
    pub fn none() -> Target {
        unimplemented!()
    }
    /// Opens an executable, or a core with or without its executable.
    /// The messages go to standard error after `mdb: `.
    pub fn open(executable: Option<&Path>, core: Option<&Path>) -> Result<Target, String> {
        unimplemented!()
    }
    /// Attaches to a process and stops all its threads.
    pub fn attach(pid: i32, writable: bool) -> Result<Target, String> {
        unimplemented!()
    }
    /// Lets a live process go on. Also done on drop.
    pub fn detach(&mut self) {
        unimplemented!()
    }
    /// Things to say aloud after opening: build-id mismatch, missing files, truncation.
    pub fn warnings(&self) -> &[String] {
        unimplemented!()
    }
    pub fn kind(&self) -> Kind {
        unimplemented!()
    }
    pub fn width(&self) -> Width {
        unimplemented!()
    }
    pub fn pid(&self) -> Option<i32> {
        unimplemented!()
    }
    /// All or nothing, as `mdb_vread`.
    pub fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), MemError> {
        unimplemented!()
    }
    pub fn write(&mut self, addr: u64, buf: &[u8]) -> Result<(), MemError> {
        unimplemented!()
    }
    /// Reads what the executable file has at this address.
    pub fn read_file(&self, addr: u64, buf: &mut [u8]) -> Result<(), MemError> {
        unimplemented!()
    }
    /// Thread ids in mdb's order: the representative (crashed or main) thread first.
    /// The id shown for a thread is its Linux tid; 1 is accepted for the first.
    pub fn threads(&self) -> Vec<u64> {
        unimplemented!()
    }
    pub fn registers(&self, tid: u64) -> Option<Registers> {
        unimplemented!()
    }
    pub fn mappings(&self) -> &[Mapping] {
        unimplemented!()
    }
    pub fn objects(&self) -> &[Object] {
        unimplemented!()
    }
    /// First symbol of this name over all objects, executable first.
    pub fn symbol_by_name(&self, object: Option<&str>, name: &str) -> Option<Symbol<'_>> {
        unimplemented!()
    }
    /// Symbol whose range holds the address (smart mode), or with a distance.
    pub fn symbol_by_addr(&self, addr: u64, distance: u64) -> Option<Symbol<'_>> {
        unimplemented!()
    }
    /// Shows every symbol of an object to `each` until it returns false.
    pub fn each_symbol(&self, object: usize, dynamic: bool, each: &mut dyn FnMut(Symbol<'_>) -> bool) {
        unimplemented!()
    }
    /// `Some` text lines of `::status`, without the leading "debugging ..." line's newline.
    pub fn status_lines(&self) -> Vec<String> {
        unimplemented!()
    }
    /// Blobs of `mdb_get_xdata`: auxv, ehdr, psinfo, utsname, ...; with a description each.
    pub fn xdata(&self, name: &str) -> Option<Vec<u8>> {
        unimplemented!()
    }
    pub fn xdata_names(&self) -> Vec<(&'static str, &'static str)> {
        unimplemented!()
    }
    /// Frames of a thread by .eh_frame, frame pointers as fall-back: (frame pointer or CFA, pc).
    pub fn unwind(&self, tid: u64, limit: usize) -> Vec<(u64, u64)> {
        unimplemented!()
    }
    /// Writes an ELF core of a live target; the file is made with mode 0600 and must not exist.
    /// `progress` is called with bytes done and total, and stops the work by returning false.
    pub fn write_core(&self, path: &Path, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<u64, String> {
        unimplemented!()
    }
}
