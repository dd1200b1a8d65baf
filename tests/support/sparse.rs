//! A core of a process with 64 GB of memory, most of which was never used.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Bytes that the process has reserved.
pub const RESERVED: u64 = 64 << 30;
/// Where they are: nothing else is mapped there.
pub const ADDRESS: u64 = 0x1000_0000_0000;
/// ELF64 headers (elf(5)): sizes, and where the program headers are told of.
const EHDR: usize = 64;
const PHDR: usize = 56;
const E_PHOFF: u64 = 32;
const E_PHNUM: u64 = 56;

fn number(file: &File, at: u64, size: usize) -> u64 {
    let mut bytes = [0; 8];
    file.read_exact_at(&mut bytes[..size], at).expect("the headers are there");
    u64::from_le_bytes(bytes)
}

/// A copy of a core in a directory of its own, with a segment more that its file has no
/// data for.
pub fn extended(core: &Path, dir: &Path) -> PathBuf {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).expect("the target directory is writable");
    let path = dir.join("core");
    let copied = Command::new("cp").arg("--sparse=always").arg(core).arg(&path).status();
    assert!(copied.is_ok_and(|status| status.success()), "the core can be copied");
    let file = OpenOptions::new().read(true).write(true).open(&path).expect("it was made");
    let (table, count) = (number(&file, E_PHOFF, 8), number(&file, E_PHNUM, 2) as usize);
    let mut headers = vec![0; count * PHDR];
    file.read_exact_at(&mut headers, table).expect("the program headers are there");
    let end = file.metadata().expect("it is there").len().next_multiple_of(4096);
    let hole = (end + headers.len() as u64 + EHDR as u64).next_multiple_of(1 << 20);
    // PT_LOAD, readable and writable.
    headers.extend_from_slice(&1u32.to_le_bytes());
    headers.extend_from_slice(&6u32.to_le_bytes());
    for value in [hole, ADDRESS, 0, RESERVED, RESERVED, 4096] {
        headers.extend_from_slice(&u64::to_le_bytes(value));
    }
    file.write_all_at(&headers, end).expect("the disk has space");
    file.write_all_at(&end.to_le_bytes(), E_PHOFF).expect("the disk has space");
    let count = u16::try_from(count + 1).expect("few segments");
    file.write_all_at(&count.to_le_bytes(), E_PHNUM).expect("the disk has space");
    // The last page of the reserved memory holds something.
    file.write_all_at(b"the end", hole + RESERVED - 8).expect("files may be that large");
    file.set_len(hole + RESERVED).expect("files may be that large");
    path
}
