//! ELF headers of either width, read from a mapped file or from bytes.

use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::OnceLock;

use memmap2::Mmap;
use object::elf::{FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, NoteIterator, ProgramHeader, SectionHeader};
use object::LittleEndian;

use super::compressed::Format;
use super::{ffi, Width};

pub(super) const PAGE: u64 = 4096;
pub(super) const ET_EXEC: u16 = 2;
pub(super) const ET_DYN: u16 = 3;
pub(super) const ET_CORE: u16 = 4;
pub(super) const PT_LOAD: u32 = 1;
pub(super) const PT_NOTE: u32 = 4;
pub(super) const PT_GNU_EH_FRAME: u32 = 0x6474_e550;

const EM_386: u16 = 3;
const EM_X86_64: u16 = 62;

/// Beyond this a header table is taken for garbage. Linux allows 65,530 mappings by default.
const MAX_HEADERS: usize = 1 << 20;

/// A file, mapped.
pub(super) struct MappedFile {
    file: File,
    map: Mmap,
}

impl MappedFile {
    fn new(file: File) -> io::Result<MappedFile> {
        let map = ffi::map_file(&file)?;
        Ok(MappedFile { file, map })
    }
}

/// Where the bytes of an ELF image are.
pub(super) enum Bytes {
    Mapped(MappedFile),
    Owned(Vec<u8>),
}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(file) => &file.map,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

/// A program header of either width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) kind: u32,
    pub(super) flags: u32,
    pub(super) offset: u64,
    pub(super) vaddr: u64,
    pub(super) filesz: u64,
    pub(super) memsz: u64,
}

impl Segment {
    /// The address after the last one, if the header is sane.
    pub(super) fn end(&self) -> Option<u64> {
        self.vaddr.checked_add(self.memsz)
    }
}

/// A section header of either width.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) kind: u32,
    pub(super) flags: u64,
    pub(super) addr: u64,
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) link: u32,
}

/// An ELF file or image for x86.
pub(super) struct Elf {
    bytes: Bytes,
    pub(super) width: Width,
    pub(super) kind: u16,
    pub(super) entry: u64,
    pub(super) segments: Vec<Segment>,
    sections: OnceLock<Vec<Section>>,
    /// Why a compressed file may be here in part only.
    pub(super) damage: Option<String>,
}

/// Rounds down to the start of a page.
pub(super) fn page_floor(addr: u64) -> u64 {
    addr & !(PAGE - 1)
}

/// Rounds up to the start of a page; the last page stays where it is.
pub(super) fn page_ceil(addr: u64) -> u64 {
    page_floor(addr.saturating_add(PAGE - 1))
}

/// The bytes of a file, which must be a regular one: opening a pipe or a device could hang.
fn map_path(path: &Path) -> Result<MappedFile, String> {
    let meta = std::fs::metadata(path).map_err(|e| os_text(&e))?;
    if !meta.is_file() {
        let what = if meta.is_dir() { "Is a directory" } else { "not a regular file" };
        return Err(what.to_owned());
    }
    let file = File::open(path).map_err(|e| os_text(&e))?;
    // An empty file cannot be mapped; the caller finds that it is no ELF file.
    MappedFile::new(file).map_err(|e| os_text(&e))
}

/// Reads as much as there is.
fn read_some(file: &File, offset: u64, buf: &mut [u8]) -> usize {
    let mut done = 0;
    while done < buf.len() {
        match file.read_at(&mut buf[done..], offset.saturating_add(done as u64)) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What cannot be read is not there.
            Err(_) => break,
        }
    }
    done
}

/// The text of a system error without Rust's "(os error N)".
pub(super) fn os_text(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

impl Elf {
    /// Opens an ELF file. The messages name it.
    pub(super) fn open(path: &Path) -> Result<Elf, String> {
        Elf::open_as(path, &path.to_string_lossy())
    }

    /// Opens an ELF file, compressed or not, that the messages shall call `name`.
    pub(super) fn open_as(path: &Path, name: &str) -> Result<Elf, String> {
        let failed = |why| format!("failed to open {name}: {why}");
        let mut file = map_path(path).map_err(failed)?;
        let mut damage = None;
        if let Some(format) = Format::of(&file.map) {
            let unpacked = format.unpack(&file.map, name)?;
            file = MappedFile::new(unpacked.file).map_err(|why| failed(os_text(&why)))?;
            damage = unpacked.damage;
        }
        let but = |why: String| damage.clone().unwrap_or(why);
        if !file.map.starts_with(b"\x7fELF") {
            return Err(but(format!("{name} is not an ELF file")));
        }
        let elf = Elf::parse(Bytes::Mapped(file));
        let elf = elf.map_err(|why| but(format!("cannot debug {name}: {why}")))?;
        Ok(Elf { damage, ..elf })
    }

    /// Reads the headers, and nothing but the headers.
    pub(super) fn parse(bytes: Bytes) -> Result<Elf, String> {
        match bytes.get(4) {
            Some(1) => Elf::parse_as::<FileHeader32<LittleEndian>>(bytes, Width::Bits32, EM_386),
            Some(2) => Elf::parse_as::<FileHeader64<LittleEndian>>(bytes, Width::Bits64, EM_X86_64),
            _ => Err("its ELF header is damaged".to_owned()),
        }
    }

    fn parse_as<E: FileHeader<Endian = LittleEndian>>(
        bytes: Bytes,
        width: Width,
        machine: u16,
    ) -> Result<Elf, String> {
        let endian = LittleEndian;
        let data: &[u8] = &bytes;
        let header = E::parse(data).map_err(|_| "its ELF header is damaged")?;
        if !header.is_little_endian() || header.e_machine(endian).0 != machine {
            return Err("it is for another machine (only i386 and x86-64 are supported)".into());
        }
        let headers = header
            .program_headers(endian, data)
            .map_err(|_| "its program headers are damaged or cut off")?;
        if headers.len() > MAX_HEADERS {
            return Err(format!("it claims {} program headers", headers.len()));
        }
        let segments = headers
            .iter()
            .map(|ph| Segment {
                kind: ph.p_type(endian).0,
                flags: ph.p_flags(endian).0,
                offset: ph.p_offset(endian).into(),
                vaddr: ph.p_vaddr(endian).into(),
                filesz: ph.p_filesz(endian).into(),
                memsz: ph.p_memsz(endian).into(),
            })
            .collect();
        let (kind, entry) = (header.e_type(endian).0, header.e_entry(endian).into());
        let sections = OnceLock::new();
        Ok(Elf { width, kind, entry, segments, sections, damage: None, bytes })
    }

    /// All bytes of the file.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Part of the file, cut at its end; nothing if it starts beyond.
    pub(super) fn slice(&self, offset: u64, size: u64) -> &[u8] {
        &self.bytes[self.range(offset, size)]
    }

    /// Copies the part of the file that starts here and returns its bytes; they are fewer
    /// than asked for at the end, and where the file has been cut short since it was
    /// opened, of which a look at mapped memory would die.
    pub(super) fn copy(&self, offset: u64, buf: &mut [u8]) -> usize {
        match &self.bytes {
            Bytes::Mapped(MappedFile { file, .. }) => read_some(file, offset, buf),
            Bytes::Owned(_) => {
                let part = self.slice(offset, buf.len() as u64);
                buf[..part.len()].copy_from_slice(part);
                part.len()
            }
        }
    }

    /// Parts of the file of at least `least` bytes that were never written and take no
    /// space, between these two offsets; none where the system cannot tell.
    pub(super) fn holes(&self, from: u64, to: u64, least: u64) -> Vec<Range<u64>> {
        let mut holes = Vec::new();
        let Bytes::Mapped(MappedFile { file, .. }) = &self.bytes else { return holes };
        let to = to.min(self.bytes.len() as u64);
        let mut at = from;
        while at < to {
            let Some(hole) = ffi::next_hole(file, at).filter(|hole| *hole < to) else { break };
            // Without data behind it, it is the rest of the file.
            let end = ffi::next_data(file, hole).unwrap_or(to).min(to);
            if end - hole >= least {
                holes.push(hole..end);
            }
            at = end;
        }
        holes
    }

    /// Like [`Elf::slice`], as positions.
    pub(super) fn range(&self, offset: u64, size: u64) -> Range<usize> {
        let len = self.bytes.len();
        let start = usize::try_from(offset).map_or(len, |start| start.min(len));
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        start..start.saturating_add(size).min(len)
    }

    /// Segments that are loaded, in the order of the file.
    pub(super) fn loads(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|segment| segment.kind == PT_LOAD)
    }

    /// First and last address as linked, in whole pages; none if nothing is loaded.
    pub(super) fn span(&self) -> Option<Range<u64>> {
        let start = self.loads().map(|segment| page_floor(segment.vaddr)).min()?;
        let end = self.loads().filter_map(Segment::end).map(page_ceil).max()?;
        (start < end).then_some(start..end)
    }

    /// Sections, read on first use; none if the table is damaged.
    pub(super) fn sections(&self) -> &[Section] {
        self.sections.get_or_init(|| match self.width {
            Width::Bits32 => self.read_sections::<FileHeader32<LittleEndian>>(),
            Width::Bits64 => self.read_sections::<FileHeader64<LittleEndian>>(),
        })
    }

    fn read_sections<E: FileHeader<Endian = LittleEndian>>(&self) -> Vec<Section> {
        let endian = LittleEndian;
        let data: &[u8] = &self.bytes;
        let Ok(table) = E::parse(data).and_then(|header| header.sections(endian, data)) else {
            return Vec::new();
        };
        let section = |sh: &E::SectionHeader| Section {
            name: String::from_utf8_lossy(table.section_name(endian, sh).unwrap_or_default())
                .into(),
            kind: sh.sh_type(endian).0,
            flags: sh.sh_flags(endian).0,
            addr: sh.sh_addr(endian).into(),
            offset: sh.sh_offset(endian).into(),
            size: sh.sh_size(endian).into(),
            link: sh.sh_link(endian),
        };
        table.iter().take(MAX_HEADERS).map(section).collect()
    }

    /// The section of this name.
    pub(super) fn section(&self, name: &str) -> Option<&Section> {
        self.sections().iter().find(|section| section.name == name)
    }

    /// The bytes of a section or segment found at this linked address, up to the end of its data.
    pub(super) fn at_address(&self, vaddr: u64) -> &[u8] {
        let holds = |s: &&Segment| vaddr.checked_sub(s.vaddr).is_some_and(|d| d < s.filesz);
        match self.loads().find(holds) {
            Some(segment) => {
                let skip = vaddr - segment.vaddr;
                self.slice(segment.offset.saturating_add(skip), segment.filesz - skip)
            }
            None => &[],
        }
    }
}

/// Shows each note to `each` as owner, type and content; false if the notes are damaged.
pub(super) fn each_note<'a>(data: &'a [u8], mut each: impl FnMut(&'a [u8], u32, &'a [u8])) -> bool {
    // Note headers have the same layout in both widths.
    type AnyHeader = FileHeader64<LittleEndian>;
    let Ok(mut notes) = NoteIterator::<AnyHeader>::new(LittleEndian, 4, data) else {
        return false;
    };
    loop {
        match notes.next() {
            Ok(Some(note)) => each(note.name(), note.n_type(LittleEndian).0, note.desc()),
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}
