//! Stacks: by unwind tables where code has them, by frame pointers elsewhere.

use framehop::x86_64::{CacheX86_64, UnwindRegsX86_64, UnwinderX86_64};
use framehop::{ExplicitModuleSectionInfo, FrameAddress, Module, Unwinder};
use iced_x86::{Decoder, DecoderOptions, Mnemonic};

use super::elf::{Bytes, Elf, PT_GNU_EH_FRAME};
use super::notes::{le, word_size, AT_SYSINFO_EHDR};
use super::{MapFlags, Target, Width};

/// A handler may run on a stack of its own, above or below the interrupted one; more switches
/// than this are taken for garbage.
const MAX_STACK_SWITCHES: usize = 4;

/// Bytes of the longest call without superfluous prefixes: REX, opcode, two bytes that say
/// where the address is, four of an offset.
const LONGEST_CALL: usize = 8;

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

/// Whether the search table has the form that all linkers give it, and points into `.eh_frame`:
/// the library that searches it trusts it with its arithmetic.
fn table_is_sound(elf: &Elf) -> bool {
    let Some(sections) = sections(elf) else { return false };
    let parts = sections.eh_frame_hdr.zip(sections.eh_frame_hdr_svma).zip(sections.eh_frame_svma);
    let Some(((table, table_range), frame)) = parts else { return false };
    // Version 1; a relative pointer, a 32-bit count, 32-bit pairs relative to the table.
    let (Some(head), Some([1, 0x1b, 0x03, 0x3b])) = (table.get(..12), table.get(..4)) else {
        return false;
    };
    let at = |base: u64, bytes: &[u8]| base.checked_add_signed((le(bytes) as u32 as i32).into());
    let count = le(&head[8..]) as usize;
    let rows = count.checked_mul(8).and_then(|size| table[12..].get(..size));
    at(table_range.start + 4, &head[4..8]) == Some(frame.start)
        && rows.is_some_and(|rows| {
            let mut found = rows.chunks_exact(8).map(|row| at(table_range.start, &row[4..]));
            found.all(|fde| fde.is_some_and(|fde| frame.contains(&fde)))
        })
}

fn module(elf: &Elf, bias: u64) -> Option<Module<&[u8]>> {
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
            if pc == 0 || !self.returns_to(pc) {
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

    /// Whether code may be at an address. Cores made by gdb do not mark the code of files; where
    /// the file is missing, what it maps read-only is given the benefit of the doubt.
    fn is_code(&self, addr: u64) -> bool {
        let Some(mapping) = self.mapping_at(addr).map(|index| &self.mappings[index]) else {
            return false;
        };
        let unmarked = self.process.by_gdb && mapping.name.is_some();
        mapping.flags.contains(MapFlags::EXEC)
            || unmarked && !mapping.flags.contains(MapFlags::WRITE)
    }

    /// Whether code may go on at an address after a call. Who makes code may take the right to
    /// execute from it for a while, as V8 does when it collects garbage (src/heap/heap.h,
    /// CodeSpaceMemoryModificationScope): what follows a call in anonymous memory is code, too.
    fn returns_to(&self, addr: u64) -> bool {
        let is_anonymous = |index: usize| {
            let mapping = &self.mappings[index];
            mapping.name.is_none() && !mapping.flags.contains(MapFlags::STACK)
        };
        self.is_code(addr)
            || self.mapping_at(addr).is_some_and(is_anonymous) && self.follows_call(addr)
    }

    /// Whether the instruction before an address is a call.
    fn follows_call(&self, addr: u64) -> bool {
        let bits = if self.width == Width::Bits64 { 64 } else { 32 };
        let ends_in_call = |bytes: &[u8]| {
            let decoded = Decoder::new(bits, bytes, DecoderOptions::NONE).decode();
            decoded.mnemonic() == Mnemonic::Call && decoded.len() == bytes.len()
        };
        let mut before = [0; LONGEST_CALL];
        self.read(addr.wrapping_sub(LONGEST_CALL as u64), &mut before).is_ok()
            && (0..LONGEST_CALL).any(|from| ends_in_call(&before[from..]))
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
        let images = self.images.iter().flatten();
        let sound = images.filter(|i| *i.unwinds.get_or_init(|| table_is_sound(&i.elf)));
        let sound_vdso = vdso.iter().filter(|(elf, _)| table_is_sound(elf));
        let parts =
            sound.map(|i| (&i.elf, i.bias)).chain(sound_vdso.map(|(elf, bias)| (elf, *bias)));
        parts.filter_map(|(elf, bias)| module(elf, bias)).for_each(|m| unwinder.add_module(m));
        let mut frames = Vec::new();
        let mut cache = CacheX86_64::new();
        let mut read = |addr: u64| self.read_word(addr).ok_or(());
        let (mut pc, mut regs) = (pc, UnwindRegsX86_64::new(pc, sp, fp));
        // A call through a bad pointer: the return address is on top of the stack.
        if !self.is_code(pc) && limit > 0 {
            frames.push((sp.wrapping_sub(8), pc));
            match self.read_word(sp).filter(|caller| self.returns_to(*caller)) {
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
            let (at, before) = (address.address(), regs);
            let next = if self.is_signal_return(at) {
                self.interrupted(before.sp()).map(|interrupted| {
                    regs = interrupted;
                    frames.push((before.sp(), at));
                    FrameAddress::from_instruction_pointer(regs.ip())
                })
            } else {
                let caller = unwinder.unwind_frame(address, &mut regs, &mut cache, &mut read);
                let caller = match caller {
                    Ok(None) => None,
                    Ok(Some(caller)) if self.returns_to(caller) => Some(caller),
                    // Where code that no table covers was interrupted, it is taken for a
                    // leaf; it may have a frame.
                    _ if !address.is_return_address() => self
                        .caller_by_frame(before)
                        .inspect(|caller| regs = *caller)
                        .map(|r| r.ip()),
                    _ => None,
                };
                caller.and_then(FrameAddress::from_return_address).inspect(|_| {
                    frames.push((regs.sp().wrapping_sub(16), at));
                })
            };
            let Some(next) = next else {
                // The outermost frame has no caller to tell its extent.
                frames.push((before.bp(), at));
                break;
            };
            if regs.sp() <= before.sp() {
                let same_stack = self.mapping_at(regs.sp()) == self.mapping_at(before.sp());
                switches += 1;
                if same_stack || switches > MAX_STACK_SWITCHES {
                    break;
                }
            }
            address = next;
        }
        frames
    }

    /// Registers of the caller of code that has a frame.
    fn caller_by_frame(&self, regs: UnwindRegsX86_64) -> Option<UnwindRegsX86_64> {
        let fp = regs.bp();
        let (caller, pc) = self.unwind_from(fp, 1).pop()?;
        let is_frame = fp >= regs.sp() && caller > fp;
        is_frame.then(|| UnwindRegsX86_64::new(pc, fp + 16, caller))
    }

    /// Whether signal handlers return to this address: `mov $15, %rax; syscall` in every C
    /// library, as debuggers rely on it.
    fn is_signal_return(&self, pc: u64) -> bool {
        let mut code = [0; 9];
        self.read(pc, &mut code).is_ok() && code == [0x48, 0xc7, 0xc0, 15, 0, 0, 0, 0x0f, 0x05]
    }

    /// Registers that a signal interrupted, from the `ucontext` that the kernel left at `sp`.
    fn interrupted(&self, sp: u64) -> Option<UnwindRegsX86_64> {
        let saved = |offset: u64| self.read_word(sp.checked_add(offset)?);
        let (rbp, rsp, rip) = (saved(120)?, saved(160)?, saved(168)?);
        self.is_code(rip).then(|| UnwindRegsX86_64::new(rip, rsp, rbp))
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
