//! `::array`, `::list`, `::ugrep`: addresses by what lies there.
//!
//! There is no type information, so types are those of C itself, and a member of a
//! structure is told by its offset.

use super::basics::{bind, print_address};
use super::writing::value_of;
use super::Builtin;
use crate::debugger::Debugger;
use crate::modapi::{getopts, Arg, Opt};
use crate::target::MapFlags;
use mdb_sys::*;
use std::collections::HashSet;

/// Bytes of memory read at a time.
const PIECE: u64 = 1 << 20;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "array",
        usage: ":type count [variable]",
        description: "print each array element's address",
        help: "Prints the addresses of so many elements of a type, one after the other: a type\n\
               of C or stdint.h such as int, uint64_t, size_t or char *, or their size in\n\
               bytes. A variable takes on each address, also in later stages of a pipe.\n",
        run: array,
    },
    Builtin {
        name: "list",
        usage: ":offset [variable]",
        description: "walk a linked list",
        help: "Prints the address and those that follow it in a list, up to a null pointer or\n\
               to one that was there before. The offset is that of the pointer to the next\n\
               element in each. A variable takes on each address, also in later stages of a\n\
               pipe.\n",
        run: list,
    },
    Builtin {
        name: "ugrep",
        usage: ":[-m mask]",
        description: "search memory for a pointer or value",
        help: "Prints the addresses of all words of writable memory that hold the address.\n\
               \n\
               #OPTIONS\n\
               -m  compare only these bits\n",
        run: ugrep,
    },
];

/// Bytes of a type; none for one that is not known.
fn size_of(m: &Debugger, name: &str) -> Option<u64> {
    let word = m.word_size() as u64;
    let name = name.trim();
    if name.ends_with('*') {
        return Some(word);
    }
    let plain = name.strip_prefix("unsigned ").or(name.strip_prefix("signed ")).unwrap_or(name);
    Some(match plain.trim_end_matches(" int") {
        "char" | "int8_t" | "uint8_t" | "uchar_t" | "bool" => 1,
        "short" | "int16_t" | "uint16_t" | "ushort_t" => 2,
        "int" | "signed" | "unsigned" | "int32_t" | "uint32_t" | "uint_t" | "float" => 4,
        "long" | "size_t" | "ssize_t" | "intptr_t" | "uintptr_t" | "ulong_t" | "ptrdiff_t" => word,
        "long long" | "int64_t" | "uint64_t" | "double" | "u_longlong_t" => 8,
        _ => return None,
    })
}

/// The arguments as words, with those of a type joined: its name may have blanks.
fn words(args: &[Arg]) -> Vec<String> {
    let word = |arg: &Arg| match arg {
        Arg::Value(value) => format!("{value:#x}"),
        _ => arg.as_str().unwrap_or_default().into_owned(),
    };
    args.iter().map(word).collect()
}

fn array(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if flags & DCMD_ADDRSPEC == 0 {
        return DCMD_USAGE;
    }
    let words = words(args);
    // As many words as make a type, then a number, then perhaps a name.
    let number = |text: &str| value_of(m, &Arg::text(text.as_bytes())).ok();
    let sized = (1..words.len()).rev().find_map(|used| {
        let name = words[..used].join(" ");
        let size = size_of(m, &name).or_else(|| if used == 1 { number(&name) } else { None })?;
        Some((size, &words[used..]))
    });
    let Some((size, rest)) = sized else {
        if let [_, _, ..] = words[..] {
            m.error(format!("failed to look up type {}: no symbolic type information", words[0]));
            return DCMD_ERR;
        }
        return DCMD_USAGE;
    };
    let (count, variable) = match rest {
        [count] => (count, None),
        [count, variable] => (count, Some(variable.as_str())),
        _ => return DCMD_USAGE,
    };
    let count = match value_of(m, &Arg::text(count.as_bytes())) {
        Ok(count) => count,
        Err(text) => return super::status(m, Err(text)),
    };
    if let Err(text) = bind(m, flags, variable) {
        return super::status(m, Err(text));
    }
    for index in 0..count {
        if m.stopped().is_some() {
            return DCMD_ABORT;
        }
        print_address(m, addr.wrapping_add(index.wrapping_mul(size)), variable);
    }
    DCMD_OK
}

fn list(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let words = words(args);
    let (offset, variable) = match &words[..] {
        [offset] => (offset, None),
        [offset, variable] => (offset, Some(variable.as_str())),
        _ => return DCMD_USAGE,
    };
    if flags & DCMD_ADDRSPEC == 0 {
        return DCMD_USAGE;
    }
    let offset = match value_of(m, &Arg::text(offset.as_bytes())) {
        Ok(offset) => offset,
        Err(text) => return super::status(m, Err(text)),
    };
    if let Err(text) = bind(m, flags, variable) {
        return super::status(m, Err(text));
    }
    let (mut at, mut seen) = (addr, HashSet::new());
    while at != 0 && seen.insert(at) {
        if m.stopped().is_some() {
            return DCMD_ABORT;
        }
        print_address(m, at, variable);
        let space = crate::lang::ast::Space::Memory;
        match m.read_number(space, at.wrapping_add(offset), m.word_size()) {
            Ok(next) => at = next,
            Err(error) => {
                let errno = crate::modapi::memory::errno_of(m, error, m.word_size());
                m.error_because(format!("failed to read next pointer of {at:#x}"), errno);
                return DCMD_ERR;
            }
        }
    }
    DCMD_OK
}

fn ugrep(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut mask = None;
    let used = getopts(m, args, &mut [Opt::Number(b'm', &mut mask)]);
    if flags & DCMD_ADDRSPEC == 0 || used != args.len() {
        return DCMD_USAGE;
    }
    let mask = mask.unwrap_or(u64::MAX);
    let word = m.word_size();
    let wanted = MapFlags::READ | MapFlags::WRITE;
    let target = m.target();
    let mut piece = vec![0; PIECE as usize];
    for mapping in target.used_mappings().iter().filter(|map| map.flags.contains(wanted)) {
        let end = mapping.base + mapping.size;
        let mut at = mapping.base;
        while at < end {
            if m.stopped().is_some() {
                return DCMD_ABORT;
            }
            let piece = &mut piece[..(end - at).min(PIECE) as usize];
            if target.read(at, piece).is_ok() {
                for (index, bytes) in piece.chunks_exact(word).enumerate() {
                    let value = bytes.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
                    if value & mask == addr & mask {
                        print_address(m, at + (index * word) as u64, None);
                    }
                }
            }
            at += piece.len() as u64;
        }
    }
    DCMD_OK
}
