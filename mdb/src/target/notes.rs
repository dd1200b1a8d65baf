//! The notes of a core file: threads, the process, the signal, the mapped files.

use super::elf::each_note;
use super::regs::{self, Regs};
use super::Width;

pub(super) const NT_PRSTATUS: u32 = 1;
pub(super) const NT_PRPSINFO: u32 = 3;
pub(super) const NT_AUXV: u32 = 6;
pub(super) const NT_FILE: u32 = 0x4649_4c45;
const NT_SIGINFO: u32 = 0x5349_4749;

/// Auxiliary vector entries that are of use here.
pub(super) const AT_PHDR: u64 = 3;
pub(super) const AT_ENTRY: u64 = 9;
pub(super) const AT_RANDOM: u64 = 25;
pub(super) const AT_EXECFN: u64 = 31;
pub(super) const AT_SYSINFO_EHDR: u64 = 33;

/// A little-endian number of up to 8 bytes.
pub(super) fn le(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// A little-endian number at an offset; 0 if it is not there.
pub(super) fn le_at(bytes: &[u8], offset: usize, size: usize) -> u64 {
    bytes.get(offset..offset + size).map_or(0, le)
}

/// A signed 32-bit number at an offset; 0 if it is not there.
pub(super) fn i32_at(bytes: &[u8], offset: usize) -> i32 {
    le_at(bytes, offset, 4) as u32 as i32
}

/// Bytes of a pointer.
pub(super) const fn word_size(width: Width) -> usize {
    match width {
        Width::Bits32 => 4,
        Width::Bits64 => 8,
    }
}

/// The text up to the first NUL.
pub(super) fn c_text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// Where `struct elf_prstatus` has its fields.
pub(super) struct PrStatus {
    pub(super) pid: usize,
    pub(super) ppid: usize,
    pub(super) regs: usize,
    pub(super) size: usize,
}

/// Offset of the current signal, 2 bytes, in either width.
pub(super) const PRSTATUS_CURSIG: usize = 12;

/// Field offsets of `struct elf_prstatus`.
pub(super) const fn prstatus(width: Width) -> PrStatus {
    match width {
        Width::Bits32 => PrStatus { pid: 24, ppid: 28, regs: 72, size: 144 },
        Width::Bits64 => PrStatus { pid: 32, ppid: 36, regs: 112, size: 336 },
    }
}

/// Where `struct elf_prpsinfo` has its fields.
pub(super) struct PrPsInfo {
    pub(super) uid: usize,
    pub(super) id_size: usize,
    pub(super) pid: usize,
    pub(super) fname: usize,
    pub(super) args: usize,
    pub(super) size: usize,
}

/// Field offsets of `struct elf_prpsinfo`.
pub(super) const fn prpsinfo(width: Width) -> PrPsInfo {
    match width {
        Width::Bits32 => PrPsInfo { uid: 8, id_size: 2, pid: 12, fname: 28, args: 44, size: 124 },
        Width::Bits64 => PrPsInfo { uid: 16, id_size: 4, pid: 24, fname: 40, args: 56, size: 136 },
    }
}

/// One thread.
#[derive(Debug, Clone)]
pub(super) struct Thread {
    pub(super) tid: i32,
    pub(super) regs: Regs,
    /// `struct elf_prstatus`.
    pub(super) status: Vec<u8>,
}

/// What is known of the process besides its memory.
#[derive(Debug, Default)]
pub(super) struct Process {
    pub(super) pid: Option<i32>,
    pub(super) threads: Vec<Thread>,
    /// `struct elf_prpsinfo`, empty if unknown.
    pub(super) psinfo: Vec<u8>,
    /// `siginfo_t`, empty if unknown.
    pub(super) siginfo: Vec<u8>,
    /// Auxiliary vector, raw.
    pub(super) auxv: Vec<u8>,
    /// Whether gdb wrote the file.
    pub(super) by_gdb: bool,
}

/// A file mapped into the address space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileMap {
    pub(super) base: u64,
    pub(super) end: u64,
    pub(super) offset: u64,
    pub(super) path: String,
    /// Whether the file had been deleted: another may stand at its path now.
    pub(super) deleted: bool,
}

impl FileMap {
    /// Takes a name as the kernel shows it, with a mark if the file was deleted.
    pub(super) fn new(base: u64, end: u64, offset: u64, name: &str) -> FileMap {
        let alive = name.strip_suffix(" (deleted)");
        let path = alive.unwrap_or(name).to_owned();
        FileMap { base, end, offset, path, deleted: alive.is_some() }
    }
}

impl Process {
    /// An entry of the auxiliary vector.
    pub(super) fn aux(&self, width: Width, key: u64) -> Option<u64> {
        let word = word_size(width);
        let mut pairs = self.auxv.chunks_exact(2 * word).map(|p| (le(&p[..word]), le(&p[word..])));
        pairs.find(|(k, _)| *k == key).map(|(_, value)| value).filter(|value| *value != 0)
    }

    /// Name of the program as the kernel has it, at most 15 bytes.
    pub(super) fn name(&self, width: Width) -> Option<String> {
        let at = prpsinfo(width);
        let name = c_text(self.psinfo.get(at.fname..at.args)?);
        (!name.is_empty()).then_some(name)
    }

    /// Arguments, at most 79 bytes.
    pub(super) fn args(&self, width: Width) -> Option<String> {
        let at = prpsinfo(width);
        let args = c_text(self.psinfo.get(at.args..at.size)?).trim_end().to_owned();
        (!args.is_empty()).then_some(args)
    }

    /// The thread that mdb shows first: the one that died, or the main one.
    pub(super) fn representative(&self) -> Option<&Thread> {
        self.threads.first()
    }
}

/// Reads one note segment; false if it is damaged or cut off.
pub(super) fn parse(
    data: &[u8],
    width: Width,
    process: &mut Process,
    files: &mut Vec<FileMap>,
) -> bool {
    let mut sound = true;
    let whole = each_note(data, |owner, kind, desc| match (owner, kind) {
        (b"CORE", NT_PRSTATUS) => match thread(width, desc) {
            Some(thread) => process.threads.push(thread),
            None => sound = false,
        },
        (b"CORE", NT_PRPSINFO) => {
            process.psinfo = desc.to_vec();
            process.pid = Some(i32_at(desc, prpsinfo(width).pid)).filter(|pid| *pid > 0);
        }
        (b"CORE", NT_AUXV) => process.auxv = desc.to_vec(),
        // Later ones belong to other threads.
        (b"CORE", NT_SIGINFO) if process.siginfo.is_empty() => process.siginfo = desc.to_vec(),
        (b"CORE", NT_FILE) => sound &= mapped_files(desc, word_size(width), files),
        (b"GDB", _) => process.by_gdb = true,
        _ => {}
    });
    whole && sound
}

fn thread(width: Width, desc: &[u8]) -> Option<Thread> {
    let at = prstatus(width);
    let regs = Regs::parse(width, desc.get(at.regs..)?)?;
    Some(Thread { tid: i32_at(desc, at.pid), regs, status: desc.to_vec() })
}

/// `NT_FILE`: a count, the page size, ranges with their offsets in pages, then the names.
fn mapped_files(desc: &[u8], word: usize, files: &mut Vec<FileMap>) -> bool {
    let count = usize::try_from(le_at(desc, 0, word)).unwrap_or(usize::MAX);
    let page = le_at(desc, word, word);
    let Some(ranges) = count.checked_mul(3 * word).and_then(|n| desc.get(2 * word..)?.get(..n))
    else {
        return false;
    };
    let mut names = desc[2 * word + ranges.len()..].split(|byte| *byte == 0);
    for range in ranges.chunks_exact(3 * word) {
        let [base, end, offset] = [0, 1, 2].map(|i| le(&range[i * word..(i + 1) * word]));
        let (Some(name), Some(offset)) = (names.next(), offset.checked_mul(page)) else {
            return false;
        };
        if base < end {
            files.push(FileMap::new(base, end, offset, &String::from_utf8_lossy(name)));
        }
    }
    true
}

/// Makes a `struct elf_prstatus` from ids (parent, group, session) and saved registers.
pub(super) fn make_status(width: Width, tid: i32, ids: [i32; 3], saved: &[u8]) -> Vec<u8> {
    let at = prstatus(width);
    let mut status = vec![0; at.size];
    let mut put = |offset: usize, value: i32| {
        status[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
    };
    put(at.pid, tid);
    for (slot, id) in ids.into_iter().enumerate() {
        put(at.ppid + 4 * slot, id);
    }
    let len = saved.len().min(regs::size(width));
    status[at.regs..at.regs + len].copy_from_slice(&saved[..len]);
    status
}

/// Says in a `struct elf_prstatus` whether the floating-point registers follow.
pub(super) fn set_float_valid(width: Width, status: &mut [u8], valid: bool) {
    let after_regs = prstatus(width).regs + regs::size(width);
    if let Some(byte) = status.get_mut(after_regs) {
        *byte = valid.into();
    }
}
