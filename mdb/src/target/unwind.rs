//! Stacks: by unwind tables where code has them, by frame pointers elsewhere.

use framehop::x86_64::{CacheX86_64, UnwindRegsX86_64, UnwinderX86_64};
use framehop::{ExplicitModuleSectionInfo, FrameAddress, Module, Unwinder};

use super::elf::{Bytes, Elf, PT_GNU_EH_FRAME};
use super::notes::{le, word_size, AT_SYSINFO_EHDR};
use super::{MapFlags, Target, Width};

/// A handler may run on a stack of its own, above or below the interrupted one; more switches
/// than this are taken for garbage.
const MAX_STACK_SWITCHES: usize = 4;

/// The vdso is two to five pages.
const MAX_VDSO: u64 = 64 * 1024;

/// The unwind sections of an object, with linked addresses.
fn sections(elf: &Elf) -> Option<ExplicitModuleSectionInfo<&[u8]>> {
    let hdr = elf.segments.iter().find(|segment| segment.kind == PT_GNU_EH_FRAME)?;
    let hdr_bytes = elf.at_address(hdr.vaddr);
    let hdr_bytes = &hdr_bytes[..hdr_bytes.len().min(usize::try_from(hdr.filesz).ok()?)];
    // Without sections, as in the vdso of a core, the table's own header says where .eh_frame is:
    // usually as a signed 32-bit distance from that field.
    let (frame_addr, frame_size) = match elf.section(".eh_frame") {
        Some(section) => (section.addr, section.size),
        None if hdr_bytes.get(1) == Some(&0x1b) => {
            let distance = le(hdr_bytes.get(4..8)?) as u32 as i32;
            (hdr.vaddr.checked_add(4)?.checked_add_signed(distance.into())?, u64::MAX)
        }
        None => return None,
    };
    let frame = elf.at_address(frame_addr);
    let frame = &frame[..frame.len().min(usize::try_from(frame_size).unwrap_or(usize::MAX))];
    let range = |start: u64, bytes: &[u8]| Some(start..start.checked_add(bytes.len() as u64)?);
    let text = elf.section(".text").filter(|text| text.flags & 2 != 0);
    let text_svma = text.and_then(|text| Some(text.addr..text.addr.checked_add(text.size)?));
    Some(ExplicitModuleSectionInfo {
        base_svma: elf.span()?.start,
        text_svma,
        text: text.map(|text| elf.slice(text.offset, text.size)),
        eh_frame_svma: range(frame_addr, frame),
        eh_frame: Some(frame),
        eh_frame_hdr_svma: range(hdr.vaddr, hdr_bytes),
        eh_frame_hdr: Some(hdr_bytes),
        ..Default::default()
    })
}

fn module<'a>(elf: &'a Elf, bias: u64) -> Option<Module<&'a [u8]>> {
    let span = elf.span()?;
    let range = span.start.wrapping_add(bias)..span.end.wrapping_add(bias);
    let sections = sections(elf).filter(|_| range.start < range.end)?;
    Some(Module::new(String::new(), range.clone(), range.start, sections))
}

impl Target {
    /// Frames of a thread, the innermost first, each as its frame address and its pc. The frame
    /// address is where a function with a frame pointer keeps its caller's: two words below the
    /// stack pointer of the caller. Unwind tables are used where there are any (64-bit only),
    /// frame pointers for the rest, such as code that V8 made.
    pub fn unwind(&self, tid: u64, limit: usize) -> Vec<(u64, u64)> {
        let Some(regs) = self.thread(tid).map(|thread| &thread.regs) else { return Vec::new() };
        match self.width {
            Width::Bits64 => self.unwind_64(regs.pc(), regs.sp(), regs.fp(), limit),
            Width::Bits32 => {
                let mut frames = vec![(regs.fp(), regs.pc())];
                frames.extend(self.unwind_from(regs.fp(), limit.saturating_sub(1)));
                frames.truncate(limit);
                frames
            }
        }
    }

    /// Frames by frame pointers alone, starting with the caller of the frame at `fp`.
    pub fn unwind_from(&self, fp: u64, limit: usize) -> Vec<(u64, u64)> {
        let word = word_size(self.width);
        let mut frames = Vec::new();
        let mut fp = fp;
        while frames.len() < limit && fp != 0 {
            let mut pair = [0; 16];
            let pair = &mut pair[..2 * word];
            if self.read(fp, pair).is_err() {
                break;
            }
            let (caller, pc) = (le(&pair[..word]), le(&pair[word..]));
            if pc == 0 || !self.is_code(pc) {
                break;
            }
            frames.push((caller, pc));
            // Callers lie higher; anything else would be a loop or garbage.
            if caller <= fp {
                break;
            }
            fp = caller;
        }
        frames
    }

    fn is_code(&self, addr: u64) -> bool {
        self.mapping_at(addr)
            .is_some_and(|range| self.mappings[range].flags.contains(MapFlags::EXEC))
    }

    fn mapping_at(&self, addr: u64) -> Option<usize> {
        let index = self.mappings.partition_point(|m| m.base <= addr).checked_sub(1)?;
        let mapping = &self.mappings[index];
        (addr - mapping.base < mapping.size).then_some(index)
    }

    fn read_word(&self, addr: u64) -> Option<u64> {
        let mut word = [0; 8];
        self.read(addr, &mut word).ok()?;
        Some(u64::from_le_bytes(word))
    }

    fn vdso(&self) -> Option<(Elf, u64)> {
        let base = self.process.aux(self.width, AT_SYSINFO_EHDR)?;
        let size = self.mappings[self.mapping_at(base)?].size.min(MAX_VDSO);
        let mut bytes = vec![0; size as usize];
        self.read(base, &mut bytes).ok()?;
        let elf = Elf::parse(Bytes::Owned(bytes)).ok()?;
        let bias = base.wrapping_sub(elf.span()?.start);
        Some((elf, bias))
    }

    fn unwind_64(&self, pc: u64, sp: u64, fp: u64, limit: usize) -> Vec<(u64, u64)> {
        let vdso = self.vdso();
        let mut unwinder: UnwinderX86_64<&[u8]> = UnwinderX86_64::new();
        let images = self.images.iter().flatten().map(|image| (&image.elf, image.bias));
        for (elf, bias) in images.chain(vdso.as_ref().map(|(elf, bias)| (elf, *bias))) {
            if let Some(module) = module(elf, bias) {
                unwinder.add_module(module);
            }
        }
        let mut frames = Vec::new();
        let mut cache = CacheX86_64::new();
        let mut read = |addr: u64| self.read_word(addr).ok_or(());
        let (mut pc, mut regs) = (pc, UnwindRegsX86_64::new(pc, sp, fp));
        // A call through a bad pointer: the return address is on top of the stack.
        if !self.is_code(pc) && limit > 0 {
            frames.push((sp.wrapping_sub(8), pc));
            match self.read_word(sp).filter(|caller| self.is_code(*caller)) {
                Some(caller) => {
                    pc = caller;
                    regs = UnwindRegsX86_64::new(pc, sp.wrapping_add(8), fp);
                }
                None => return frames,
            }
        }
        let mut address = FrameAddress::from_instruction_pointer(pc);
        let mut switches = 0;
        while frames.len() < limit {
            let (before_sp, before_fp) = (regs.sp(), regs.bp());
            let caller = unwinder.unwind_frame(address, &mut regs, &mut cache, &mut read);
            let caller = match caller {
                Ok(Some(caller)) if self.is_code(caller) => caller,
                // The outermost frame has no caller to tell its extent.
                _ => {
                    frames.push((before_fp, address.address()));
                    break;
                }
            };
            frames.push((regs.sp().wrapping_sub(16), address.address()));
            if regs.sp() <= before_sp {
                let same_stack = self.mapping_at(regs.sp()) == self.mapping_at(before_sp);
                switches += 1;
                if same_stack || switches > MAX_STACK_SWITCHES {
                    break;
                }
            }
            let Some(next) = FrameAddress::from_return_address(caller) else { break };
            address = next;
        }
        frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_tables_has_no_module() {
        let mut bytes = vec![0; 64];
        bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        bytes[18] = 62;
        let elf = Elf::parse(Bytes::Owned(bytes)).unwrap();
        assert!(module(&elf, 0).is_none());
    }
}
