//! General registers as Linux saves them, by the names mdb gives them.

use super::Width;

/// `user_regs_struct` of x86-64; an empty name is a slot that mdb does not show.
const NAMES_64: [&str; 27] = [
    "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi",
    "rdi", "", "rip", "cs", "rflags", "rsp", "ss", "fsbase", "gsbase", "ds", "es", "fs", "gs",
];

/// `user_regs_struct` of i386.
const NAMES_32: [&str; 17] = [
    "ebx", "ecx", "edx", "esi", "edi", "ebp", "eax", "ds", "es", "fs", "gs", "", "eip", "cs",
    "eflags", "esp", "ss",
];

/// Bytes of the saved registers of a width.
pub(super) const fn size(width: Width) -> usize {
    match width {
        Width::Bits32 => NAMES_32.len() * 4,
        Width::Bits64 => NAMES_64.len() * 8,
    }
}

/// The registers of one thread.
#[derive(Debug, Clone)]
pub(super) struct Regs {
    width: Width,
    slots: Vec<u64>,
}

impl Regs {
    /// Takes the registers out of a saved block; none if it is too short.
    pub(super) fn parse(width: Width, bytes: &[u8]) -> Option<Regs> {
        let bytes = bytes.get(..size(width))?;
        let word = super::notes::word_size(width);
        let slots = bytes.chunks_exact(word).map(super::notes::le).collect();
        Some(Regs { width, slots })
    }

    fn names(&self) -> &'static [&'static str] {
        match self.width {
            Width::Bits32 => &NAMES_32,
            Width::Bits64 => &NAMES_64,
        }
    }

    /// Names and values.
    pub(super) fn named(&self) -> super::Registers {
        let pairs = self.names().iter().copied().zip(self.slots.iter().copied());
        pairs.filter(|(name, _)| !name.is_empty()).collect()
    }

    fn value(&self, of_32: &str, of_64: &str) -> u64 {
        let name = match self.width {
            Width::Bits32 => of_32,
            Width::Bits64 => of_64,
        };
        self.names().iter().position(|n| *n == name).map_or(0, |slot| self.slots[slot])
    }

    /// Program counter.
    pub(super) fn pc(&self) -> u64 {
        self.value("eip", "rip")
    }

    /// Stack pointer.
    pub(super) fn sp(&self) -> u64 {
        self.value("esp", "rsp")
    }

    /// Frame pointer.
    pub(super) fn fp(&self) -> u64 {
        self.value("ebp", "rbp")
    }
}
