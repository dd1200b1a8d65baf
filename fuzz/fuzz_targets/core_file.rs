//! Any bytes as a core file: they say little or much, but nothing crashes. The
//! input damages a small sound core of either width, so that what comes after
//! the headers is reached too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdb::target::Target;
use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::PathBuf;

/// Where the memory of the core lies.
const BASE: u64 = 0x40_0000;

struct Builder {
    wide: bool,
    bytes: Vec<u8>,
}

impl Builder {
    fn number(&mut self, value: u64, size: usize) {
        self.bytes.extend_from_slice(&value.to_le_bytes()[..size]);
    }

    fn word(&mut self, value: u64) {
        self.number(value, if self.wide { 8 } else { 4 });
    }

    fn note(&mut self, kind: u32, data: &[u8]) {
        for value in [5, data.len() as u64, kind.into()] {
            self.number(value, 4);
        }
        self.bytes.extend_from_slice(b"CORE\0\0\0\0");
        self.bytes.extend_from_slice(data);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    /// Notes of two threads, a process, its auxiliary vector and its files.
    fn notes(wide: bool) -> Vec<u8> {
        let mut notes = Builder { wide, bytes: Vec::new() };
        let (status, info) = if wide { (336, 136) } else { (144, 124) };
        for thread in [1_u8, 2] {
            let mut data = vec![0; status];
            data[if wide { 32 } else { 24 }] = thread;
            for (i, byte) in data[if wide { 112 } else { 72 }..].iter_mut().enumerate() {
                // Registers that point into the memory.
                *byte = [0x10 * thread, 0, 0x40, 0][i % 4] * u8::from(!wide || i % 8 < 4);
            }
            notes.note(1, &data);
        }
        let mut data = vec![0; info];
        data[info - 80..info - 72].copy_from_slice(b"program ");
        notes.note(3, &data);
        let mut data = Builder { wide, bytes: Vec::new() };
        for (kind, value) in [(3, BASE + 64), (5, 2), (9, BASE + 512), (31, BASE + 1024), (0, 0)] {
            data.word(kind);
            data.word(value);
        }
        notes.note(6, &data.bytes);
        let mut data = Builder { wide, bytes: Vec::new() };
        for value in [1, 4096, BASE, BASE + 4096, 0] {
            data.word(value);
        }
        data.bytes.extend_from_slice(b"/nonexistent/program\0");
        notes.note(0x4649_4c45, &data.bytes);
        notes.bytes
    }

    fn core(wide: bool) -> Vec<u8> {
        let notes = Builder::notes(wide);
        let mut core = Builder { wide, bytes: b"\x7fELF".to_vec() };
        core.bytes.extend_from_slice(&[if wide { 2 } else { 1 }, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let (header, entry) = if wide { (64, 56) } else { (52, 32) };
        core.number(4, 2);
        core.number(if wide { 62 } else { 3 }, 2);
        core.number(1, 4);
        for value in [0, header, 0] {
            core.word(value);
        }
        core.number(0, 4);
        for value in [header, entry, 2, 0, 0, 0] {
            core.number(value, 2);
        }
        let data = header + 2 * entry;
        let memory = data + notes.len() as u64;
        let headers =
            [(4, data, 0, notes.len() as u64, 4), (1, memory, BASE, 4096, 7)];
        for (kind, offset, addr, size, flags) in headers {
            core.number(kind, 4);
            if wide {
                core.number(flags, 4);
            }
            for value in [offset, addr, addr, size, size] {
                core.word(value);
            }
            if !wide {
                core.number(flags, 4);
            }
            core.word(1);
        }
        core.bytes.extend_from_slice(&notes);
        core.bytes.extend((0..4096_u32).map(|i| (i / 3) as u8));
        core.bytes
    }
}

/// A file without a name, in memory, and a path to it.
fn file(bytes: &[u8]) -> (File, PathBuf) {
    let mut file = tempfile::tempfile_in("/dev/shm").expect("files in memory can be made");
    file.write_all(bytes).expect("memory can be written");
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    (file, path.into())
}

/// Uses everything a target offers.
fn exercise(target: &Target) {
    let mut buf = [0; 5000];
    for mapping in target.mappings().iter().take(64) {
        target.read(mapping.base, &mut buf).ok();
        let end = mapping.base.wrapping_add(mapping.size);
        target.read(end.wrapping_sub(100), &mut buf).ok();
        target.symbol_by_addr(mapping.base, 0x1000);
    }
    for tid in target.threads().into_iter().take(8) {
        target.registers(tid);
        target.unwind(tid, 50);
    }
    target.status_lines();
    for (name, _) in target.xdata_names() {
        target.xdata(name);
    }
}

fuzz_target!(|input: (u8, u16, Vec<(u16, u8)>, &[u8])| {
    let (form, len, patches, raw) = input;
    let bytes = match form % 4 {
        0 => raw.to_vec(),
        form => {
            let mut core = Builder::core(form != 1);
            for (at, byte) in patches {
                let at = usize::from(at) % core.len();
                core[at] = byte;
            }
            if form == 3 {
                core.truncate(len.into());
            }
            core
        }
    };
    let (_file, path) = file(&bytes);
    if let Ok(target) = Target::open(None, Some(&path)) {
        exercise(&target);
    }
});
