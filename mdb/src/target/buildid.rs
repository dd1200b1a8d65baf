//! Whether a file on disk is the one that was mapped: by build id, headers, or layout.

use super::elf::{each_note, page_floor, Bytes, Elf, PAGE, PT_LOAD, PT_NOTE};
use super::notes::FileMap;

const NT_GNU_BUILD_ID: u32 = 3;

/// Build ids are 20 bytes (SHA-1) or 16; a note segment is a few hundred bytes.
const MAX_NOTES: u64 = 64 * 1024;

/// Reads target memory that does not itself come from files on disk.
pub(super) type Peek<'a> = dyn Fn(u64, &mut [u8]) -> bool + 'a;

fn in_notes(notes: &[u8]) -> Option<String> {
    let mut id = None;
    each_note(notes, |owner, kind, desc| {
        if owner == b"GNU" && kind == NT_GNU_BUILD_ID && !desc.is_empty() {
            id = Some(desc.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    });
    id
}

/// The build id of a file.
pub(super) fn of_file(elf: &Elf) -> Option<String> {
    let mut notes = elf.segments.iter().filter(|segment| segment.kind == PT_NOTE);
    notes.find_map(|s| in_notes(elf.slice(s.offset, s.filesz.min(MAX_NOTES))))
}

/// The ELF header and program headers that the target has mapped at `base`.
pub(super) fn mapped_headers(base: u64, peek: &Peek) -> Option<Elf> {
    let mut page = vec![0; PAGE as usize];
    if !peek(base, &mut page) || !page.starts_with(b"\x7fELF") {
        return None;
    }
    Elf::parse(Bytes::Owned(page)).ok()
}

fn of_mapped(headers: &Elf, bias: u64, peek: &Peek) -> Option<String> {
    let mut notes = headers.segments.iter().filter(|segment| segment.kind == PT_NOTE);
    notes.find_map(|segment| {
        let mut bytes = vec![0; segment.filesz.min(MAX_NOTES) as usize];
        peek(segment.vaddr.wrapping_add(bias), &mut bytes).then(|| in_notes(&bytes))?
    })
}

/// Says how the file differs from what the target has mapped at `base`, as far as that can be
/// known: cores made by gdb lack the first page of most files, so what remains is whether the
/// segments of the file lie where the target had them.
pub(super) fn mismatch(
    elf: &Elf,
    base: u64,
    bias: u64,
    maps: &[&FileMap],
    peek: &Peek,
) -> Option<String> {
    let Some(mapped) = mapped_headers(base, peek) else {
        return layout_differs(elf, bias, maps)
            .then(|| "its segments do not lie where the process had them".to_owned());
    };
    if let (Some(in_core), Some(in_file)) = (of_mapped(&mapped, bias, peek), of_file(elf)) {
        return (in_core != in_file).then(|| {
            format!("the process had build id {in_core}, the file has build id {in_file}")
        });
    }
    // strip(1) changes section headers and nothing else that matters here.
    let loads = |elf: &Elf| elf.loads().copied().collect::<Vec<_>>();
    let same =
        mapped.width == elf.width && mapped.entry == elf.entry && loads(&mapped) == loads(elf);
    (!same).then(|| "its program headers differ from those of the process".to_owned())
}

fn layout_differs(elf: &Elf, bias: u64, maps: &[&FileMap]) -> bool {
    let mut loads = elf.segments.iter().filter(|s| s.kind == PT_LOAD && s.filesz > 0);
    loads.any(|segment| {
        let start = page_floor(segment.vaddr).wrapping_add(bias);
        maps.iter().any(|map| {
            map.base <= start
                && start < map.end
                && map.offset.wrapping_add(start - map.base) != page_floor(segment.offset)
        })
    })
}
