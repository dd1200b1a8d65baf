//! The debugged thing: a core file, a live process, an executable, or nothing.
//!
//! | file | what it knows |
//! |---|---|
//! | `elf`, `notes`, `regs` | file formats |
//! | `core`, `memory` | cores: their headers, their memory |
//! | `live`, `procfs` | processes: how to stop them, what `/proc` says |
//! | `open` | how all of them come together |
//! | `objects`, `buildid` | which files are mapped, and whether those on disk are the same |
//! | `symbols` | names and addresses |
//! | `unwind`, `args`, `status`, `xdata`, `gcore` | what is made of all that |
//! | `ffi` | system calls: the only `unsafe` code |

#![deny(unsafe_code)]

mod args;
mod buildid;
mod compressed;
mod core;
mod elf;
#[allow(unsafe_code)]
mod ffi;
mod gcore;
mod live;
mod memory;
mod notes;
mod objects;
mod open;
mod procfs;
mod regs;
mod sampling;
mod status;
mod symbols;
mod unwind;
mod xdata;

use std::ffi::c_char;
use std::time::Duration;

use mdb_sys::GElf_Sym;

use self::core::Core;
use live::Live;
use memory::{Backing, Memory};
use notes::{Process, Thread};
use objects::{Alias, Image};
use sampling::StackCopy;
use symbols::Hit;

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
    pub sym: GElf_Sym,
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
    kind: Kind,
    width: Width,
    core: Option<Core>,
    live: Option<Live>,
    process: Process,
    mappings: Vec<Mapping>,
    objects: Vec<Object>,
    images: Vec<Option<Image>>,
    aliases: Vec<Alias>,
    backings: Vec<Backing>,
    warnings: Vec<String>,
    /// The stack of the thread that was looked at last.
    stack: Option<StackCopy>,
}

/// Registers of one thread by their mdb names (`rip`, `rsp`, `rbp`, `rax`, ... or `eip`, ...).
pub type Registers = Vec<(&'static str, u64)>;

impl Target {
    /// A target with nothing in it.
    pub fn none() -> Target {
        Target {
            kind: Kind::None,
            width: Width::Bits64,
            core: None,
            live: None,
            process: Process::default(),
            mappings: Vec::new(),
            objects: Vec::new(),
            images: Vec::new(),
            aliases: Vec::new(),
            backings: Vec::new(),
            warnings: Vec::new(),
            stack: None,
        }
    }

    /// Lets a live process go on. Also done on drop.
    pub fn detach(&mut self) {
        if let Some(live) = &mut self.live {
            live.detach();
        }
    }

    /// How long a live process stood still, or has so far.
    pub fn stood_still(&self) -> Option<Duration> {
        self.live.as_ref().map(Live::stood_still)
    }

    /// Things to say aloud after opening: build-id mismatch, missing files, truncation.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Which kind of target this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Address width.
    pub fn width(&self) -> Width {
        self.width
    }

    /// Process id, of the dead process for a core.
    pub fn pid(&self) -> Option<i32> {
        self.process.pid
    }

    /// Reads all of `buf`, as `mdb_vread`; an empty read fails.
    pub fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), MemError> {
        if self.kind == Kind::None {
            buf.fill(0);
            return Ok(());
        }
        if buf.is_empty() {
            return Err(MemError::NoMap);
        }
        match &self.live {
            Some(live) if live.is_attached() => live.read(addr, buf),
            Some(_) => match self.stack.as_ref().is_some_and(|stack| stack.read(addr, buf)) {
                true => Ok(()),
                false => Err(MemError::NoMap),
            },
            None => self.memory().read(addr, buf),
        }
    }

    fn memory(&self) -> Memory<'_> {
        match &self.core {
            Some(core) => core.memory(&self.backings, &self.images),
            None => {
                let (backings, images) = (&self.backings, &self.images);
                Memory { core: None, segments: &[], backings, images }
            }
        }
    }

    /// Writes all of `buf`, only to a live process attached to for writing.
    pub fn write(&mut self, addr: u64, buf: &[u8]) -> Result<(), MemError> {
        match &self.live {
            Some(live) => live.write(addr, buf),
            None => Err(MemError::ReadOnly),
        }
    }

    /// Reads what the executable file has at this address.
    pub fn read_file(&self, addr: u64, buf: &mut [u8]) -> Result<(), MemError> {
        if self.kind == Kind::None {
            return self.read(addr, buf);
        }
        let executable = self.objects.iter().position(|object| object.executable);
        let image = executable.and_then(|index| self.images[index].as_ref());
        let Some(image) = image else { return Err(MemError::NotSupported) };
        let bytes = image.elf.at_address(addr.wrapping_sub(image.bias));
        let count = bytes.len().min(buf.len());
        buf[..count].copy_from_slice(&bytes[..count]);
        match count {
            0 => Err(MemError::NoMap),
            _ if count < buf.len() => Err(MemError::Partial(count)),
            _ => Ok(()),
        }
    }

    /// Thread ids in mdb's order: the representative (crashed or main) thread first.
    /// The id shown for a thread is its Linux tid; 1 is accepted for the first.
    pub fn threads(&self) -> Vec<u64> {
        self.process.threads.iter().map(|thread| thread.tid as u64).collect()
    }

    fn thread(&self, tid: u64) -> Option<&Thread> {
        let mut threads = self.process.threads.iter();
        let first = self.process.representative().filter(|_| tid == 1);
        threads.find(|thread| thread.tid as u64 == tid).or(first)
    }

    /// Registers of a thread.
    pub fn registers(&self, tid: u64) -> Option<Registers> {
        Some(self.thread(tid)?.regs.named())
    }

    /// Mappings, sorted by address.
    pub fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// Mappings as modules are told of them: large memory of a core that was never used apart
    /// from the rest, and not readable, so that nobody goes through it.
    pub fn used_mappings(&self) -> Vec<Mapping> {
        let parts = |mapping: &Mapping| match &self.core {
            Some(core) => core.parts(mapping),
            None => vec![mapping.clone()],
        };
        self.mappings.iter().flat_map(parts).collect()
    }

    /// The executable and its libraries, the executable first.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Finds an object by path, by base name, by base name up to a dot, or as `a.out`.
    pub fn object_named(&self, name: &str) -> Option<usize> {
        // A link map prefix such as LM0` says nothing here: there is one link map.
        let name = match name.split_once('`') {
            Some((prefix, rest)) if prefix.starts_with("LM") => rest,
            _ => name,
        };
        let base = |path: &'_ str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let find = |test: &dyn Fn(&Object) -> bool| self.objects.iter().position(test);
        find(&|object| object.path == name)
            .or_else(|| find(&|object| base(&object.path) == name))
            .or_else(|| find(&|object| base(&object.path).split('.').next() == Some(name)))
            .or_else(|| find(&|object| object.executable && name == "a.out"))
    }

    /// Relocates a symbol of an object to where the object, or an alias of it, lies.
    fn symbol<'a>(&self, object: usize, bias: u64, hit: Hit<'a>) -> Symbol<'a> {
        let sym = self.relocated(bias, hit.sym);
        Symbol { name: hit.name, object, sym, dynamic: hit.dynamic, index: hit.index }
    }

    fn relocated(&self, bias: u64, mut sym: GElf_Sym) -> GElf_Sym {
        if symbols::is_relocated(&sym) {
            sym.st_value = sym.st_value.wrapping_add(bias) & core::address_mask(self.width);
        }
        sym
    }

    /// First symbol of this name over all objects, executable first.
    pub fn symbol_by_name(&self, object: Option<&str>, name: &str) -> Option<Symbol<'_>> {
        let only = match object {
            Some(object) => Some(self.object_named(object)?),
            None => None,
        };
        let mut images = self.images.iter().enumerate();
        images.find_map(|(index, image)| {
            let image = image.as_ref().filter(|_| only.is_none_or(|only| only == index))?;
            let hit = image.symbols.named(&image.elf, name)?;
            Some(self.symbol(index, image.bias, hit))
        })
    }

    /// Symbol whose range holds the address when `distance` is 0 (smart mode), else the nearest
    /// one less than that far before it.
    pub fn symbol_by_addr(&self, addr: u64, distance: u64) -> Option<Symbol<'_>> {
        let find = |object: usize, bias: u64| {
            let image = self.images[object].as_ref()?;
            let linked = addr.wrapping_sub(bias) & core::address_mask(self.width);
            let hit = image.symbols.at(&image.elf, linked, distance)?;
            Some(self.symbol(object, bias, hit))
        };
        if let Some(alias) = self.aliases.iter().find(|alias| alias.holds(addr)) {
            return find(alias.object, alias.bias);
        }
        let holders = self.objects.iter().enumerate().filter(|(_, object)| {
            object.base <= addr && addr - object.base < object.size.saturating_add(distance)
        });
        // With a distance the end of one object may reach into the next: the nearest wins.
        let found = holders.filter_map(|(index, _)| find(index, self.images[index].as_ref()?.bias));
        found.max_by_key(|symbol| symbol.sym.st_value)
    }

    /// Shows every symbol of an object to `each` until it returns false.
    pub fn each_symbol(
        &self,
        object: usize,
        dynamic: bool,
        each: &mut dyn FnMut(Symbol<'_>) -> bool,
    ) {
        let Some(Some(image)) = self.images.get(object) else { return };
        image
            .symbols
            .each_hit(&image.elf, dynamic, &mut |hit| each(self.symbol(object, image.bias, hit)));
    }

    /// As [`Target::each_symbol`], with the names as C strings, which are valid as long as the
    /// target is open, and the indexes. Faster where most names are of no interest.
    pub fn each_c_symbol(
        &self,
        object: usize,
        dynamic: bool,
        each: &mut dyn FnMut(*const c_char, GElf_Sym, u32) -> bool,
    ) {
        let Some(Some(image)) = self.images.get(object) else { return };
        image.symbols.each(&image.elf, dynamic, &mut |name, sym, index| {
            each(name.as_ptr(), self.relocated(image.bias, sym), index)
        });
    }
}

#[cfg(test)]
mod tests;
