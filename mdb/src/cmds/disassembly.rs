//! `::dis`, and the instructions of the formats `i` and `I`.

use super::Builtin;
use crate::debugger::Debugger;
use crate::generated;
use crate::modapi::{getopts, memory, Arg, Opt};
use crate::out;
use iced_x86::{Decoder, DecoderOptions, Formatter, GasFormatter, Instruction, OpKind};
use mdb_sys::*;

/// Bytes of the longest x86 instruction.
const LONGEST: usize = 15;
/// Instructions on either side of an address that is in no function.
const WINDOW: u64 = 10;
/// Columns of the address.
const COLUMN: usize = 32;

/// The family.
pub const TABLE: &[Builtin] = &[Builtin {
    name: "dis",
    usage: "?[-aw] [-n num] [addr]",
    description: "disassemble near addr",
    help: "Disassembles the function that the address lies in; without one, the instructions\n\
           from the address on.\n\
           \n\
           #OPTIONS\n\
           -a  addresses as numbers, not relative to symbols\n\
           -n  so many instructions before the address and after it (10)\n\
           -w  only the instructions around the address, even within a function\n",
    run: dis,
}];

/// The instruction at an address, in AT&T syntax, and its length.
pub fn instruction(m: &'static Debugger, addr: u64) -> Result<(String, u64), String> {
    let mut bytes = [0; LONGEST];
    let mut length = LONGEST;
    // The last instruction before a gap is shorter than the longest one.
    while let Err(error) = m.target().read(addr, &mut bytes[..length]) {
        length -= 1;
        if length == 0 {
            let errno = memory::errno_of(m, error, 1);
            return Err(format!("failed to read instruction from target: {}", m.errno_text(errno)));
        }
    }
    let bits = if m.word_size() == 4 { 32 } else { 64 };
    let mut decoder = Decoder::with_ip(bits, &bytes[..length], addr, DecoderOptions::NONE);
    let decoded = decoder.decode();
    if decoded.is_invalid() {
        // Data among the code.
        return Ok((format!(".byte 0x{:02x}", bytes[0]), 1));
    }
    Ok((text(m, &decoded), decoded.len() as u64))
}

/// An instruction, with the symbol it jumps to or refers to.
fn text(m: &'static Debugger, decoded: &Instruction) -> String {
    let mut formatter = GasFormatter::new();
    formatter.options_mut().set_hex_prefix("0x");
    formatter.options_mut().set_uppercase_hex(false);
    let mut text = String::new();
    formatter.format(decoded, &mut text);
    let near = matches!(decoded.op0_kind(), OpKind::NearBranch32 | OpKind::NearBranch64);
    let place = match near {
        true => decoded.near_branch_target(),
        false if decoded.is_ip_rel_memory_operand() => decoded.ip_rel_memory_address(),
        // An address in a register, as far jumps have it.
        false if decoded.op1_kind() == OpKind::Immediate64 => decoded.immediate64(),
        false => 0,
    };
    if let Some(name) = Some(place).filter(|place| *place != 0).and_then(|place| named(m, place)) {
        text += &format!("\t<{name}>");
    }
    text
}

/// An address by its symbol, or by what a module knows of code that the program made.
fn named(m: &'static Debugger, addr: u64) -> Option<String> {
    match m.find_symbol(addr) {
        Some(_) => Some(m.symbolic(addr)),
        None => generated::place(m, addr),
    }
}

/// Addresses of the instructions of a function up to the one at `addr`.
fn before(m: &'static Debugger, start: u64, addr: u64) -> Vec<u64> {
    let mut found = Vec::new();
    let mut at = start;
    while at < addr && m.stopped().is_none() {
        let Ok((_, length)) = instruction(m, at) else { break };
        found.push(at);
        at += length;
    }
    found
}

fn dis(m: &'static Debugger, addr: u64, _flags: u32, args: &[Arg]) -> i32 {
    let (mut plain, mut window, mut count) = (false, false, None);
    let options = &mut [
        Opt::Flag(b'a', &mut plain),
        Opt::Number(b'n', &mut count),
        Opt::Flag(b'w', &mut window),
    ];
    let used = getopts(m, args, options);
    let addr = match &args[used..] {
        [] => addr,
        [Arg::Value(value)] => *value,
        [_] | [_, _, ..] => return DCMD_USAGE,
    };
    let function = m
        .find_symbol(addr)
        .filter(|found| addr.wrapping_sub(found.sym.st_value) < found.sym.st_size);
    let range = function.map(|found| (found.sym.st_value, found.sym.st_value + found.sym.st_size));
    let whole = range.filter(|_| !window && count.is_none());
    let (mut at, mut left) = match (whole, range) {
        (Some((start, _)), _) => (start, u64::MAX),
        (None, Some((start, _))) => {
            let around = count.unwrap_or(WINDOW);
            let earlier = before(m, start, addr);
            let skipped = earlier.len().saturating_sub(around as usize);
            let shown = &earlier[skipped..];
            (shown.first().copied().unwrap_or(addr), shown.len() as u64 + around.saturating_add(1))
        }
        (None, None) => (addr, count.unwrap_or(WINDOW).saturating_add(1)),
    };
    let end = whole.map_or(u64::MAX, |(_, end)| end);
    while at < end && left > 0 {
        if m.stopped().is_some() {
            return DCMD_ABORT;
        }
        let (text, length) = match instruction(m, at) {
            Ok(found) => found,
            Err(error) => {
                m.error(error);
                return DCMD_ERR;
            }
        };
        let label = if plain { None } else { named(m, at) };
        let label = label.unwrap_or_else(|| format!("{at:#x}")) + ":";
        out!(m, "{label:<COLUMN$}{text}\n");
        at += length;
        left -= 1;
    }
    DCMD_OK
}
