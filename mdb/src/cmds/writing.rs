//! `/v /w /W /Z`: writing to the target. `/l /L /M`: looking for a value.

use super::format::{pad_to, From};
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::lang::{expr, parser::Parser};
use crate::modapi::{memory, Arg};
use crate::out;
use crate::printf::with_radix;
use crate::target::MemError;
use mdb_sys::*;

/// Value of an argument: an expression.
pub fn value_of(m: &Debugger, arg: &Arg) -> Result<u64, String> {
    match arg {
        Arg::Value(value) => Ok(*value),
        Arg::Letter(letter) => Ok((*letter).into()),
        Arg::Text(text) => {
            let mut parser = Parser::new(text.to_bytes(), m.settings.radix.get());
            let parsed = parser.whole_expression().map_err(|e| e.text)?;
            let parsed = parsed.ok_or("expected a value")?;
            expr::eval(&parsed, m).map_err(|e| e.text)
        }
    }
}

fn read(m: &Debugger, from: From, addr: u64, bytes: &mut [u8]) -> Result<(), Errno> {
    let target = m.target();
    let wanted = bytes.len();
    let result = match from {
        From::File => target.read_file(addr, bytes),
        _ => target.read(addr, bytes),
    };
    result.map_err(|error| memory::errno_of(m, error, wanted))
}

/// Writes values one after the other from dot on.
pub fn write(m: &'static Debugger, flags: u32, letter: u8, args: &[Arg], from: From) -> i32 {
    let size = match letter {
        b'v' => 1,
        b'w' => 2,
        b'W' => 4,
        _ => 8,
    };
    let start = m.dot.get();
    let mut addr = start;
    for arg in args {
        let value = match value_of(m, arg) {
            Ok(value) => value,
            Err(text) => return super::status(m, Err(text)),
        };
        if let Err(errno) = write_one(m, flags, addr, value, size, from) {
            m.error_because(format!("failed to write {value:#x} at address {addr:#x}"), errno);
            return DCMD_ERR;
        }
        addr = addr.wrapping_add(size as u64);
    }
    m.increment.set(addr.wrapping_sub(start));
    DCMD_OK
}

fn write_one(
    m: &'static Debugger,
    flags: u32,
    addr: u64,
    value: u64,
    size: usize,
    from: From,
) -> Result<(), Errno> {
    if size < 8 && value >> (8 * size) != 0 && (value as i64) >> (8 * size - 1) != -1 {
        return Err(Errno(libc::EOVERFLOW));
    }
    if from == From::File {
        return Err(Errno::TGTRDONLY);
    }
    let mut old = [0; 8];
    read(m, from, addr, &mut old[..size])?;
    memory::write_bytes(m, &value.to_le_bytes()[..size], addr)?;
    if flags & DCMD_PIPE_OUT == 0 {
        let mut new = [0; 8];
        read(m, from, addr, &mut new[..size])?;
        let (old, new) = (u64::from_le_bytes(old), u64::from_le_bytes(new));
        pad_to(m, &format!("{}:", m.symbolic(addr)), 16);
        out!(m, "{:<16}={:7}{new:#x}\n", format!("{old:#x}"), "");
    }
    Ok(())
}

/// Looks from dot on for a value under a mask; sets dot where it is.
pub fn search(m: &'static Debugger, letter: u8, args: &[Arg], from: From) -> i32 {
    let size: usize = match letter {
        b'l' => 2,
        b'L' => 4,
        _ => 8,
    };
    let values: Result<Vec<u64>, String> = args.iter().map(|a| value_of(m, a)).collect();
    let (value, mask) = match values.as_deref() {
        Ok([value]) => (*value, u64::MAX),
        Ok([value, mask]) => (*value, *mask),
        Ok(_) => return DCMD_USAGE,
        Err(text) => return super::status(m, Err(text.clone())),
    };
    let all = if size == 8 { u64::MAX } else { (1 << (8 * size)) - 1 };
    match find(m, from, m.dot.get(), size, (value & all, mask & all)) {
        Ok(Some(addr)) => {
            m.set_dot(addr);
            let mut line = with_radix(addr, m.settings.radix.get(), false, false);
            line.push(b'\n');
            m.print(line);
            DCMD_OK
        }
        Ok(None) => DCMD_ABORT,
        Err(errno) => {
            m.error_because("failed to find a match", errno);
            DCMD_ERR
        }
    }
}

fn find(
    m: &Debugger,
    from: From,
    start: u64,
    size: usize,
    (value, mask): (u64, u64),
) -> Result<Option<u64>, Errno> {
    const CHUNK: usize = 4096;
    let target = m.target();
    let mut chunk = [0; CHUNK];
    let mut addr = start;
    loop {
        if m.stopped().is_some() {
            return Ok(None);
        }
        let result = match from {
            From::File => target.read_file(addr, &mut chunk),
            _ => target.read(addr, &mut chunk),
        };
        let (got, last) = match result {
            Ok(()) => (CHUNK, None),
            Err(MemError::Partial(got)) => (got.min(CHUNK), Some(Errno::NOMAP)),
            Err(error) => return Err(memory::errno_of(m, error, size)),
        };
        for (index, word) in chunk[..got].chunks_exact(size).enumerate() {
            let mut bytes = [0; 8];
            bytes[..size].copy_from_slice(word);
            if u64::from_le_bytes(bytes) & mask == value & mask {
                return Ok(Some(addr + (index * size) as u64));
            }
        }
        if let Some(errno) = last {
            return Err(errno);
        }
        addr = addr.checked_add(CHUNK as u64).ok_or(Errno::NOMAP)?;
    }
}
