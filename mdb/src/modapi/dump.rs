//! Hex dumps.

use super::{memory, set_errno};
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::out;
use mdb_sys::*;
use std::ffi::{c_int, c_uint, c_void};

/// How a dump looks.
#[derive(Debug, Clone, Copy)]
pub struct DumpFlags {
    /// Bits of `MDB_DUMP_*` without width and group.
    pub bits: c_uint,
    /// Bytes on a line.
    pub line: u64,
    /// Bytes of a group.
    pub group: u64,
}

impl DumpFlags {
    fn from_bits(bits: c_uint) -> DumpFlags {
        let line = 16 * u64::from((bits >> 16 & 0xf) + 1);
        DumpFlags { bits, line, group: u64::from((bits >> 20 & 0xff) + 1) }
    }

    fn has(self, bit: c_uint) -> bool {
        self.bits & bit != 0
    }
}

/// Reads bytes at an address; the error has been set in `errno` terms.
type Reader<'a> = &'a mut dyn FnMut(&mut [u8], u64) -> Result<(), Errno>;

/// Prints a dump; 0 or -1.
pub fn dump(m: &Debugger, addr: u64, size: u64, flags: DumpFlags, read: Reader<'_>) -> c_int {
    let line = flags.line.max(1);
    let start = if flags.has(MDB_DUMP_ALIGN) { addr - addr % line } else { addr };
    let end = addr.saturating_add(size);
    let shown_base = if flags.has(MDB_DUMP_RELATIVE) { start } else { 0 };
    let last = end.saturating_sub(1).wrapping_sub(shown_base);
    let digits = match flags.has(MDB_DUMP_PEDANT) {
        true => 16,
        false => format!("{last:x}").len(),
    };
    if flags.has(MDB_DUMP_HEADER) {
        header(m, addr, start, digits, flags);
    }
    let mut previous: Option<Vec<u8>> = None;
    let mut squished = false;
    let mut at = start;
    while at < end && m.stopped().is_none() {
        // With ALIGN the bytes around the range are shown too, unless TRIM.
        let trim = flags.has(MDB_DUMP_TRIM) || !flags.has(MDB_DUMP_ALIGN);
        let from = if trim { at.max(addr) } else { at };
        let to = if trim { (at.saturating_add(line)).min(end) } else { at.saturating_add(line) };
        let mut bytes = vec![0; (to - from) as usize];
        if let Err(errno) = read(&mut bytes, from) {
            m.error_because(format!("failed to read data at {from:#x}"), errno);
            return -1;
        }
        let whole = bytes.len() as u64 == line;
        if flags.has(MDB_DUMP_SQUISH) && whole && previous.as_ref() == Some(&bytes) {
            if !std::mem::replace(&mut squished, true) {
                m.print("*\n");
            }
        } else {
            squished = false;
            let lead = (from - at) as usize;
            row(m, at.wrapping_sub(shown_base), digits, lead, &bytes, flags);
        }
        previous = whole.then_some(bytes);
        match at.checked_add(line) {
            Some(next) => at = next,
            None => break,
        }
    }
    if flags.has(MDB_DUMP_NEWDOT) {
        m.set_dot(end);
    }
    0
}

fn header(m: &Debugger, addr: u64, start: u64, digits: usize, flags: DumpFlags) {
    let mut text = " ".repeat(digits + 3);
    let mut ascii = String::new();
    for column in 0..flags.line {
        if column > 0 && column % flags.group == 0 {
            text.push(' ');
        }
        let nibble = (start + column) & 0xf;
        if start + column == addr {
            text.push_str("\\/");
            ascii.push('v');
        } else {
            text.push_str(&format!(" {nibble:x}"));
            ascii.push_str(&format!("{nibble:x}"));
        }
    }
    if flags.has(MDB_DUMP_ASCII) {
        text.push_str("  ");
        text.push_str(&ascii);
    }
    out!(m, "{text}\n");
}

fn row(m: &Debugger, addr: u64, digits: usize, lead: usize, bytes: &[u8], flags: DumpFlags) {
    let (line, group) = (flags.line as usize, flags.group.max(1) as usize);
    let cells: Vec<Option<u8>> = std::iter::repeat_n(None, lead)
        .chain(bytes.iter().copied().map(Some))
        .chain(std::iter::repeat(None))
        .take(line)
        .collect();
    let mut text = format!("{addr:0digits$x}:  ");
    for (index, cells) in cells.chunks(group).enumerate() {
        if index > 0 {
            text.push(' ');
        }
        let mut shown = cells.to_vec();
        if flags.has(MDB_DUMP_ENDIAN) {
            shown.reverse();
        }
        for cell in shown {
            match cell {
                Some(byte) => text.push_str(&format!("{byte:02x}")),
                None => text.push_str("  "),
            }
        }
    }
    if flags.has(MDB_DUMP_ASCII) {
        text.push_str("  ");
        for cell in &cells {
            text.push(match cell {
                Some(byte) if byte.is_ascii_graphic() || *byte == b' ' => *byte as char,
                Some(_) => '.',
                None => ' ',
            });
        }
        text.truncate(text.trim_end_matches(' ').len().max(text.len() - trailing(&cells)));
    }
    out!(m, "{text}\n");
}

/// Cells without a byte at the end of a row.
fn trailing(cells: &[Option<u8>]) -> usize {
    cells.iter().rev().take_while(|c| c.is_none()).count()
}

/// Reads the target's memory for a dump.
fn read_target(m: &Debugger, bytes: &mut [u8], addr: u64) -> Result<(), Errno> {
    let wanted = bytes.len();
    m.target().read(addr, bytes).map_err(|error| memory::errno_of(m, error, wanted))
}

#[no_mangle]
unsafe extern "C" fn mdb_dumpptr(
    addr: usize,
    size: usize,
    flags: c_uint,
    callback: Option<mdb_dumpptr_cb_t>,
    data: *mut c_void,
) -> c_int {
    let Some(m) = Debugger::current() else { return super::fail(Errno::INVAL) };
    let flags = DumpFlags::from_bits(flags);
    dump(m, addr as u64, size as u64, flags, &mut |bytes, at| match callback {
        None => read_target(m, bytes, at),
        Some(read) => {
            // SAFETY: the module's function gets a buffer of this size.
            let got = unsafe { read(bytes.as_mut_ptr().cast(), bytes.len(), at as usize, data) };
            if got == bytes.len() as isize {
                Ok(())
            } else {
                Err(super::get_errno())
            }
        }
    })
}

#[no_mangle]
unsafe extern "C" fn mdb_dump64(
    addr: u64,
    size: u64,
    flags: c_uint,
    callback: Option<mdb_dump64_cb_t>,
    data: *mut c_void,
) -> c_int {
    let (Some(m), Some(read)) = (Debugger::current(), callback) else {
        set_errno(Errno::INVAL);
        return -1;
    };
    dump(m, addr, size, DumpFlags::from_bits(flags), &mut |bytes, at| {
        // SAFETY: the module's function gets a buffer of this size.
        let got = unsafe { read(bytes.as_mut_ptr().cast(), bytes.len(), at, data) };
        if got == bytes.len() as isize {
            Ok(())
        } else {
            Err(super::get_errno())
        }
    })
}
