//! Writing an ELF core of a live process.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::elf::{os_text, page_ceil, ET_CORE, PAGE, PT_LOAD, PT_NOTE};
use super::notes::{self, word_size};
use super::procfs::{self, MapLine};
use super::{ffi, MapFlags, Target, Width};

/// Bytes copied at once, and between two calls of `progress`.
const CHUNK: u64 = 1 << 20;

/// Room for the XSAVE area: 11 KB with every extension known today.
const MAX_XSTATE: usize = 64 * 1024;

/// Stands for the number of program headers when that does not fit 16 bits.
const PN_XNUM: u64 = 0xffff;

/// Why there is no memory left to write.
const ENDED: &str = "the process has ended";

/// Memory to write: a program header and how to copy what it describes.
struct Part {
    base: u64,
    size: u64,
    /// Bytes that go into the file, from the start of the mapping.
    filesz: u64,
    offset: u64,
    flags: MapFlags,
    /// Anonymous and private: pages that never were touched are zeros and need not be read.
    anonymous: bool,
}

/// What `/proc/PID/pagemap` says of a page.
#[derive(Clone, Copy)]
struct Page(u64);

impl Page {
    /// In memory or swapped out.
    fn exists(self) -> bool {
        self.0 >> 62 != 0
    }

    /// The process's own copy rather than the page of a file.
    fn is_private(self) -> bool {
        self.exists() && self.0 >> 61 & 1 == 0
    }
}

/// The page table of a process; without it all pages are taken for existing and private.
struct PageMap(Option<File>);

impl PageMap {
    fn open(pid: i32) -> PageMap {
        PageMap(File::open(format!("/proc/{pid}/pagemap")).ok())
    }

    /// Entries for `count` pages from `addr` on.
    fn read(&self, addr: u64, count: usize) -> Vec<Page> {
        let unknown = 1u64 << 63;
        let mut raw = vec![0; count * 8];
        let read = self.0.as_ref().map(|file| file.read_exact_at(&mut raw, addr / PAGE * 8));
        if !matches!(read, Some(Ok(()))) {
            return vec![Page(unknown); count];
        }
        raw.chunks_exact(8).map(|entry| Page(notes::le(entry))).collect()
    }

    fn any_private(&self, base: u64, size: u64) -> bool {
        let mut at = 0;
        while at < size {
            let step = CHUNK.min(size - at);
            if self.read(base + at, (step / PAGE) as usize).iter().any(|page| page.is_private()) {
                return true;
            }
            at += step;
        }
        false
    }
}

/// How many bytes of a mapping the core shall hold.
fn wanted(line: &MapLine, pages: &PageMap, starts_elf: impl FnOnce() -> bool) -> u64 {
    let size = line.end - line.base;
    let name = line.name.as_str();
    // Pages of the kernel, and memory of devices, which may do anything when read.
    let special = name.starts_with("[vvar") || name == "[vsyscall]";
    let shared_memory = ["/dev/shm/", "/dev/zero", "/memfd:", "/SYSV"];
    let is_shared_memory = shared_memory.iter().any(|prefix| name.starts_with(prefix));
    let device = line.is_file && name.starts_with("/dev/") && !is_shared_memory;
    if !line.flags.contains(MapFlags::READ) || special || device {
        return 0;
    }
    let gone = name.ends_with(" (deleted)");
    if !line.is_file || is_shared_memory || gone || line.flags.contains(MapFlags::WRITE) {
        return size;
    }
    if !line.flags.contains(MapFlags::SHARED) && pages.any_private(line.base, size) {
        return size;
    }
    // The first page tells the build id, by which readers find the file again.
    if line.offset == 0 && starts_elf() {
        return PAGE.min(size);
    }
    0
}

/// Little-endian fields of a width.
struct Fields {
    width: Width,
    bytes: Vec<u8>,
}

impl Fields {
    fn new(width: Width) -> Fields {
        Fields { width, bytes: Vec::new() }
    }

    fn half(&mut self, value: u64) -> &mut Fields {
        self.bytes.extend_from_slice(&(value as u16).to_le_bytes());
        self
    }

    fn word(&mut self, value: u64) -> &mut Fields {
        self.bytes.extend_from_slice(&(value as u32).to_le_bytes());
        self
    }

    /// An address, offset or size.
    fn addr(&mut self, value: u64) -> &mut Fields {
        self.bytes.extend_from_slice(&value.to_le_bytes()[..word_size(self.width)]);
        self
    }

    fn note(&mut self, owner: &str, kind: u32, content: &[u8]) {
        let name = owner.len() + 1;
        self.word(name as u64).word(content.len() as u64).word(kind.into());
        self.bytes.extend_from_slice(owner.as_bytes());
        self.bytes.resize((self.bytes.len() + 1).next_multiple_of(4), 0);
        self.bytes.extend_from_slice(content);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

fn mapped_files(width: Width, lines: &[MapLine]) -> Vec<u8> {
    let files: Vec<&MapLine> = lines.iter().filter(|line| line.is_file).collect();
    let mut table = Fields::new(width);
    table.addr(files.len() as u64).addr(PAGE);
    for file in &files {
        table.addr(file.base).addr(file.end).addr(file.offset / PAGE);
    }
    for file in &files {
        table.bytes.extend_from_slice(file.name.as_bytes());
        table.bytes.push(0);
    }
    table.bytes
}

/// The headers: ELF header, program headers, notes, and the section header that holds their
/// number if it is large. Fills in the offsets of the parts.
fn headers(width: Width, notes: &[u8], parts: &mut [Part]) -> Vec<u8> {
    let (header_size, entry_size, section_size) = match width {
        Width::Bits32 => (52, 32, 40),
        Width::Bits64 => (64, 56, 64),
    };
    let count = parts.len() as u64 + 1;
    let many = count >= PN_XNUM;
    let notes_at = header_size + entry_size * count;
    let section_at = (notes_at + notes.len() as u64).next_multiple_of(8);
    let mut at = page_ceil(section_at + if many { section_size } else { 0 });
    for part in parts.iter_mut() {
        part.offset = at;
        at += page_ceil(part.filesz);
    }

    let mut out = Fields::new(width);
    let (class, machine) = match width {
        Width::Bits32 => (1, 3),
        Width::Bits64 => (2, 62),
    };
    out.bytes.extend_from_slice(&[0x7f, b'E', b'L', b'F', class, 1, 1]);
    out.bytes.resize(16, 0);
    out.half(ET_CORE.into()).half(machine).word(1);
    out.addr(0).addr(header_size).addr(if many { section_at } else { 0 }).word(0);
    out.half(header_size).half(entry_size).half(count.min(PN_XNUM));
    out.half(section_size).half(u64::from(many)).half(0);

    let mut entry = |kind: u32, flags: u64, fields: [u64; 4]| {
        let [offset, base, filesz, memsz] = fields;
        let align = if kind == PT_LOAD { PAGE } else { 4 };
        out.word(kind.into());
        match width {
            Width::Bits32 => {
                out.addr(offset).addr(base).addr(0).addr(filesz).addr(memsz);
                out.word(flags).addr(align);
            }
            Width::Bits64 => {
                out.word(flags).addr(offset).addr(base).addr(0);
                out.addr(filesz).addr(memsz).addr(align);
            }
        }
    };
    entry(PT_NOTE, 0, [notes_at, 0, notes.len() as u64, 0]);
    for part in parts.iter() {
        let bit = |flag, bit| if part.flags.contains(flag) { bit } else { 0 };
        let flags = bit(MapFlags::READ, 4) | bit(MapFlags::WRITE, 2) | bit(MapFlags::EXEC, 1);
        entry(PT_LOAD, flags, [part.offset, part.base, part.filesz, part.size]);
    }
    out.bytes.extend_from_slice(notes);
    if many {
        out.bytes.resize(section_at as usize, 0);
        out.word(0).word(0).addr(0).addr(0).addr(0).addr(0).word(0).word(count).addr(0).addr(0);
    }
    out.bytes
}

/// Removes the file unless it was finished.
struct Unfinished<'a> {
    path: &'a Path,
    keep: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.keep {
            // There is nobody left to tell; the failure that led here is reported.
            std::fs::remove_file(self.path).ok();
        }
    }
}

impl Target {
    /// Writes an ELF core of a live target; the file is made with mode 0600 and must not exist.
    /// `progress` is called with bytes done and total, and stops the work by returning false.
    /// Returns the size of the file; holes for zeros make it take less room.
    pub fn write_core(
        &self,
        path: &Path,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<u64, String> {
        let fail = |why: String| format!("failed to write core {}: {why}", path.display());
        let Some(live) = self.live.as_ref().filter(|live| live.is_attached()) else {
            return Err(fail("the target is not a live process".to_owned()));
        };
        let lines = procfs::maps(live.pid()).map_err(fail)?;
        if lines.is_empty() {
            return Err(fail(ENDED.to_owned()));
        }
        let pages = PageMap::open(live.pid());
        let mut parts: Vec<Part> = lines.iter().map(|line| self.part(line, &pages)).collect();
        let notes = self.core_notes(&lines);
        let head = headers(self.width, &notes, &mut parts);
        let end = parts.last().map_or(head.len() as u64, |last| last.offset + last.filesz);
        if self.width == Width::Bits32 && end > u32::MAX.into() {
            return Err(fail(format!("{end} bytes do not fit a 32-bit core")));
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|e| fail(os_text(&e)))?;
        let mut unfinished = Unfinished { path, keep: false };
        self.write_parts(file, &head, &parts, &pages, end, progress)
            .map_err(|e| fail(os_text(&e)))?;
        // What could not be read was taken for zeros.
        if procfs::maps(live.pid()).map_or(true, |lines| lines.is_empty()) {
            return Err(fail(ENDED.to_owned()));
        }
        unfinished.keep = true;
        Ok(end)
    }

    fn part(&self, line: &MapLine, pages: &PageMap) -> Part {
        let starts_elf = || {
            let mut magic = [0; 4];
            self.read(line.base, &mut magic).is_ok() && magic == *b"\x7fELF"
        };
        Part {
            base: line.base,
            size: line.end - line.base,
            filesz: wanted(line, pages, starts_elf),
            offset: 0,
            flags: line.flags,
            anonymous: !line.is_file && !line.name.starts_with("[v"),
        }
    }

    fn core_notes(&self, lines: &[MapLine]) -> Vec<u8> {
        let mut out = Fields::new(self.width);
        if !self.process.psinfo.is_empty() {
            out.note("CORE", notes::NT_PRPSINFO, &self.process.psinfo);
        }
        // Threads of a 32-bit process have 32-bit registers, whatever code they are in.
        let size = notes::prstatus(self.width).size;
        for thread in self.process.threads.iter().filter(|thread| thread.status.len() == size) {
            let mut buf = vec![0; MAX_XSTATE];
            let mut status = thread.status.clone();
            let float = ffi::regset(thread.tid, ffi::REGSET_FLOAT, &mut buf).unwrap_or(0);
            notes::set_float_valid(self.width, &mut status, float > 0);
            out.note("CORE", notes::NT_PRSTATUS, &status);
            if float > 0 {
                out.note("CORE", ffi::REGSET_FLOAT, &buf[..float]);
            }
            let state = ffi::regset(thread.tid, ffi::REGSET_XSTATE, &mut buf).unwrap_or(0);
            if state > 0 {
                out.note("LINUX", ffi::REGSET_XSTATE, &buf[..state]);
            }
        }
        out.note("CORE", notes::NT_AUXV, &self.process.auxv);
        out.note("CORE", notes::NT_FILE, &mapped_files(self.width, lines));
        out.bytes
    }

    fn write_parts(
        &self,
        mut file: File,
        head: &[u8],
        parts: &[Part],
        pages: &PageMap,
        end: u64,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<(), Error> {
        file.write_all(head)?;
        let total = parts.iter().map(|part| part.filesz).sum();
        let mut done = 0;
        let mut buf = vec![0; CHUNK as usize];
        for part in parts {
            let mut at = 0;
            while at < part.filesz {
                if !progress(done, total) {
                    return Err(Error::new(ErrorKind::Interrupted, "interrupted"));
                }
                let size = CHUNK.min(part.filesz - at);
                let exists = pages.read(part.base + at, size.div_ceil(PAGE) as usize);
                let needed = exists.iter().map(|page| !part.anonymous || page.exists());
                let needed: Vec<bool> = needed.collect();
                self.copy_pages(&file, part, at, &mut buf[..size as usize], &needed)?;
                at += size;
                done += size;
            }
        }
        // The last pages may be a hole.
        file.set_len(end)?;
        progress(total, total);
        Ok(())
    }

    /// Copies runs of needed pages, leaving holes for the others and for zeros.
    fn copy_pages(
        &self,
        file: &File,
        part: &Part,
        at: u64,
        buf: &mut [u8],
        needed: &[bool],
    ) -> Result<(), Error> {
        let mut page = 0;
        for run in needed.chunk_by(|a, b| a == b) {
            let start = page * PAGE as usize;
            page += run.len();
            let stop = (page * PAGE as usize).min(buf.len());
            if run[0] {
                let bytes = &mut buf[start..stop];
                self.read_or_zeros(part.base + at + start as u64, bytes);
                write_sparse(file, bytes, part.offset + at + start as u64)?;
            }
        }
        Ok(())
    }

    /// Reads page by page where a page cannot be read, as beyond the end of a mapped file.
    fn read_or_zeros(&self, addr: u64, buf: &mut [u8]) {
        if self.read(addr, buf).is_ok() {
            return;
        }
        for (index, page) in buf.chunks_mut(PAGE as usize).enumerate() {
            if self.read(addr + index as u64 * PAGE, page).is_err() {
                page.fill(0);
            }
        }
    }
}

fn write_sparse(file: &File, bytes: &[u8], offset: u64) -> Result<(), Error> {
    const ZEROS: [u8; PAGE as usize] = [0; PAGE as usize];
    let is_zero = |page: &[u8]| *page == ZEROS[..page.len()];
    let zero: Vec<bool> = bytes.chunks(PAGE as usize).map(is_zero).collect();
    let mut at = 0;
    for run in zero.chunk_by(|a, b| a == b) {
        let end = (at + run.len() * PAGE as usize).min(bytes.len());
        if !run[0] {
            file.write_all_at(&bytes[at..end], offset + at as u64)?;
        }
        at = end;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::elf::{Bytes, Elf};

    #[test]
    fn headers_can_be_read_whatever_their_number() {
        for width in [Width::Bits32, Width::Bits64] {
            for count in [0, 3, 65_533, 65_534, 70_000] {
                let part = |index: u64| Part {
                    base: index * 2 * PAGE,
                    size: PAGE,
                    filesz: if index.is_multiple_of(2) { PAGE } else { 0 },
                    offset: 0,
                    flags: MapFlags::READ | MapFlags::EXEC,
                    anonymous: true,
                };
                let mut parts: Vec<Part> = (0..count).map(part).collect();
                let mut notes = Fields::new(width);
                notes.note("CORE", notes::NT_AUXV, b"12345");
                let head = headers(width, &notes.bytes, &mut parts);
                let elf = Elf::parse(Bytes::Owned(head)).unwrap();
                assert_eq!((elf.width, elf.kind), (width, ET_CORE));
                assert_eq!(elf.segments.len() as u64, count + 1);
                let note = &elf.segments[0];
                assert_eq!(elf.slice(note.offset, note.filesz), notes.bytes);
                let mut next = page_ceil(elf.bytes().len() as u64);
                for (part, segment) in parts.iter().zip(elf.loads()) {
                    assert_eq!((segment.vaddr, segment.flags), (part.base, 5));
                    assert_eq!((segment.filesz, segment.memsz), (part.filesz, PAGE));
                    assert_eq!((segment.offset, part.offset), (next, next));
                    next += part.filesz;
                }
            }
        }
    }
}
