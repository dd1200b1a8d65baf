//! Core files: what their headers and notes say.

use super::elf::{Elf, ET_CORE, PT_LOAD, PT_NOTE};
use super::memory::{Backing, CoreSegment, Memory};
use super::notes::{self, word_size, FileMap, Process, AT_EXECFN, AT_SYSINFO_EHDR};
use super::objects::Image;
use super::{MapFlags, Mapping, Object, Width};

/// A core file, read.
pub(super) struct Core {
    pub(super) elf: Elf,
    pub(super) process: Process,
    /// Memory, sorted by address.
    pub(super) segments: Vec<CoreSegment>,
    /// Mapped files, sorted by address.
    pub(super) maps: Vec<FileMap>,
    pub(super) warnings: Vec<String>,
}

impl Core {
    /// The memory of the core, with that of files on disk.
    pub(super) fn memory<'a>(
        &'a self,
        backings: &'a [Backing],
        images: &'a [Option<Image>],
    ) -> Memory<'a> {
        Memory { core: Some(&self.elf), segments: &self.segments, backings, images }
    }
}

/// Reads the headers and notes of a core; its memory is not touched.
pub(super) fn read(elf: Elf, name: &str) -> Result<Core, String> {
    if elf.kind != ET_CORE {
        return Err(format!("cannot debug {name}: not a core file"));
    }
    let mut warnings: Vec<String> = elf.damage.clone().into_iter().collect();
    let segments = read_segments(&elf, name, &mut warnings);
    let mut process = Process::default();
    let mut maps = Vec::new();
    let mut sound = true;
    for note in elf.segments.iter().filter(|segment| segment.kind == PT_NOTE) {
        let data = elf.slice(note.offset, note.filesz);
        sound &= data.len() as u64 == note.filesz;
        sound &= notes::parse(data, elf.width, &mut process, &mut maps);
    }
    if !sound {
        warnings
            .push(format!("{name}: its notes are damaged: threads or file names may be missing"));
    }
    if process.threads.is_empty() {
        warnings.push(format!("{name}: it names no threads: there are no registers"));
    }
    if process.pid.is_none() {
        process.pid = process.representative().map(|thread| thread.tid);
    }
    maps.sort_by_key(|map| map.base);
    Ok(Core { elf, process, segments, maps, warnings })
}

fn read_segments(elf: &Elf, name: &str, warnings: &mut Vec<String>) -> Vec<CoreSegment> {
    let len = elf.bytes().len() as u64;
    let mut segments = Vec::new();
    let (mut cut, mut damaged) = (0u64, 0);
    let mut needed = len;
    for segment in elf.segments.iter().filter(|segment| segment.kind == PT_LOAD) {
        // Addresses that wrap round, or more bytes in the file than in memory.
        if segment.end().is_none() || segment.filesz > segment.memsz {
            damaged += 1;
            continue;
        }
        let present = len.saturating_sub(segment.offset).min(segment.filesz);
        cut = cut.saturating_add(segment.filesz - present);
        needed = needed.max(segment.offset.saturating_add(segment.filesz));
        let flag = |bit: u32, flag| if segment.flags & bit != 0 { flag } else { MapFlags::empty() };
        segments.push(CoreSegment {
            base: segment.vaddr,
            memsz: segment.memsz,
            filesz: segment.filesz,
            present,
            offset: segment.offset,
            flags: flag(4, MapFlags::READ) | flag(2, MapFlags::WRITE) | flag(1, MapFlags::EXEC),
        });
    }
    if damaged > 0 {
        warnings.push(format!("{name}: {damaged} damaged program headers are ignored"));
    }
    if cut > 0 {
        warnings.push(format!(
            "{name} is cut off: it has {len} of {needed} bytes, {cut} bytes of memory are missing"
        ));
    }
    segments.retain(|segment| segment.memsz > 0);
    segments.sort_by_key(|segment| segment.base);
    segments
}

/// The least that memory which was never used must be for its mapping to be told in parts.
const LEAST_HOLE: u64 = 64 << 20;

impl Core {
    /// A mapping in parts: memory that the file of the core has no data for reads as zeros, but
    /// nobody has to go through it. Such parts are told as not readable.
    pub(super) fn parts(&self, mapping: &Mapping) -> Vec<Mapping> {
        let end = mapping.base + mapping.size;
        let part = |base: u64, end: u64, flags: MapFlags| Mapping {
            base,
            size: end - base,
            offset: mapping.offset.wrapping_add(base - mapping.base),
            flags,
            name: mapping.name.clone(),
        };
        let mut parts = Vec::new();
        let mut at = mapping.base;
        let first = self.segments.partition_point(|segment| segment.base + segment.memsz <= at);
        for segment in self.segments[first..].iter().take_while(|segment| segment.base < end) {
            let (from, to) = (segment.base.max(at), end.min(segment.base + segment.present));
            if to.saturating_sub(from) < LEAST_HOLE {
                continue;
            }
            let offset = |addr: u64| segment.offset + (addr - segment.base);
            for hole in self.elf.holes(offset(from), offset(to), LEAST_HOLE) {
                let addr = |offset: u64| segment.base + (offset - segment.offset);
                let (start, stop) = (addr(hole.start), addr(hole.end));
                if at < start {
                    parts.push(part(at, start, mapping.flags));
                }
                parts.push(part(start, stop, mapping.flags & !MapFlags::READ));
                at = stop;
            }
        }
        if at < end {
            parts.push(part(at, end, mapping.flags));
        }
        parts
    }
}

/// The mappings of a core: its segments, cut where mapped files begin and end, and mapped files
/// that have no segment.
pub(super) fn mappings(segments: &[CoreSegment], maps: &[FileMap]) -> Vec<Mapping> {
    let mut out: Vec<Mapping> = Vec::new();
    let anonymous = |base: u64, end: u64, flags: MapFlags| Mapping {
        base,
        size: end - base,
        offset: 0,
        flags: flags | MapFlags::ANON,
        name: None,
    };
    let of_file = |map: &FileMap, base: u64, end: u64, flags: MapFlags| Mapping {
        base,
        size: end - base,
        offset: map.offset.wrapping_add(base - map.base),
        flags,
        name: Some(map.path.clone()),
    };
    let mut files = maps.iter().peekable();
    for segment in segments {
        let end = segment.base + segment.memsz;
        let mut at = segment.base;
        while let Some(map) = files.peek() {
            if map.base >= end {
                break;
            }
            // No segment shows how such a file is mapped: it can be read, or so one assumes.
            if map.base < at.min(segment.base) {
                let map_end = map.end.min(segment.base);
                out.push(of_file(map, map.base, map_end, MapFlags::READ));
            }
            let (from, to) = (map.base.max(at), map.end.min(end));
            if from < to {
                if at < from {
                    out.push(anonymous(at, from, segment.flags));
                }
                out.push(of_file(map, from, to, segment.flags));
                at = to;
            }
            if map.end > end {
                break;
            }
            files.next();
        }
        if at < end {
            out.push(anonymous(at, end, segment.flags));
        }
    }
    out.extend(files.map(|map| of_file(map, map.base, map.end, MapFlags::READ)));
    out.sort_by_key(|mapping| mapping.base);
    out
}

/// Where the kernel maps the page of old system calls (arch/x86/include/uapi/asm/vsyscall.h).
const VSYSCALL: u64 = 0xffff_ffff_ff60_0000;

/// Marks the main stack and the brk heap, which a core does not name.
pub(super) fn mark(
    mappings: &mut [Mapping],
    process: &Process,
    width: Width,
    executable: Option<&Object>,
) {
    // The kernel puts the program's name at the top of the main stack. A signal handler may run
    // on another stack, so the stack pointer comes second.
    let main = process.threads.iter().find(|thread| Some(thread.tid) == process.pid);
    let known = [process.aux(width, AT_EXECFN), main.map(|thread| thread.regs.sp())];
    let holder = |addr: u64| {
        move |m: &&mut Mapping| m.base <= addr && addr - m.base < m.size && m.name.is_none()
    };
    for addr in known.into_iter().flatten() {
        if let Some(stack) = mappings.iter_mut().find(holder(addr)) {
            stack.flags |= MapFlags::STACK;
            break;
        }
    }
    let vdso = process.aux(width, AT_SYSINFO_EHDR);
    if let Some(vdso) = mappings.iter_mut().find(|m| Some(m.base) == vdso && m.name.is_none()) {
        vdso.name = Some("[vdso]".to_owned());
    }
    // At a fixed address, and in the cores that gdb writes of it.
    if let Some(vsyscall) = mappings.iter_mut().find(|m| m.base == VSYSCALL && m.name.is_none()) {
        vsyscall.name = Some("[vsyscall]".to_owned());
    }
    if let Some(executable) = executable {
        mark_heap(mappings, executable.base.saturating_add(executable.size));
    }
}

/// The heap starts after the executable's data, at a random distance: at most 32 MB, or 1 GB on
/// newer kernels.
fn mark_heap(mappings: &mut [Mapping], end: u64) {
    const MAX_GAP: u64 = 1 << 30;
    const RIGHTS: MapFlags = MapFlags::READ.union(MapFlags::WRITE).union(MapFlags::EXEC);
    let near =
        mappings.iter().enumerate().filter(|(_, m)| m.base >= end && m.base - end <= MAX_GAP);
    let mut candidates = near.take_while(|(_, m)| m.name.is_none()).filter(|(_, m)| {
        m.flags & RIGHTS == MapFlags::READ | MapFlags::WRITE && !m.flags.contains(MapFlags::STACK)
    });
    let Some((first, _)) = candidates.next() else { return };
    let second = candidates.next().map(|(index, _)| index);
    // What adjoins the data is zeroed memory of the executable, unless there is nothing else.
    let heap = if mappings[first].base == end { second.unwrap_or(first) } else { first };
    mappings[heap].flags |= MapFlags::BREAK;
}

/// The bits that an address of a width has.
pub(super) fn address_mask(width: Width) -> u64 {
    u64::MAX >> (64 - 8 * word_size(width) as u32)
}
