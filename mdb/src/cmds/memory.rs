//! `::whatis` and `::dump`.

use super::basics::take_pipe;
use super::process::mapping_name;
use super::Builtin;
use crate::debugger::Debugger;
use crate::modapi::{self, getopts, memory, Arg, DumpFlags, Opt};
use crate::out;
use mdb_sys::*;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "whatis",
        usage: ":[-aikqv]",
        description: "given an address, return information",
        help: "Asks loaded modules first, then looks at symbols and mappings.\n\
               \n\
               #OPTIONS\n\
               -a  report all that is known, not only the first answer\n\
               -i  accepted for compatibility: identifiers of the kernel\n\
               -k  keep the order of the addresses of a pipe\n\
               -q  print only addresses\n\
               -v  let modules say more\n",
        run: whatis,
    },
    Builtin {
        name: "dump",
        usage: "?[-eqrstu] [-f|-p] [-g bytes] [-l bytes] [-w paragraphs]",
        description: "dump memory from specified address",
        help: "Shows memory in hexadecimal, one aligned paragraph of 16 bytes unless a length\n\
               is given; address,length::dump does as well.\n\
               \n\
               #OPTIONS\n\
               -e  adjust for endianness: bytes of a group as a number\n\
               -f  read the executable file\n\
               -g  bytes of a group: 1, 2, 4, 8 or 16\n\
               -l  length in bytes\n\
               -p  read physical memory, which a process has not\n\
               -q  no characters\n\
               -r  number lines from the start\n\
               -s  show repeated lines as *\n\
               -t  show only the bytes asked for\n\
               -u  do not align the start\n\
               -w  paragraphs of 16 bytes on a line, up to 16\n",
        run: dump,
    },
];

fn whatis(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut on = [false; 5];
    let [all, ids, keep, quiet, verbose] = &mut on;
    let used = getopts(
        m,
        args,
        &mut [
            Opt::Flag(b'a', all),
            Opt::Flag(b'i', ids),
            Opt::Flag(b'k', keep),
            Opt::Flag(b'q', quiet),
            Opt::Flag(b'v', verbose),
        ],
    );
    let [all, ids, keep, quiet, verbose] = on;
    if flags & DCMD_ADDRSPEC == 0 || used != args.len() {
        return DCMD_USAGE;
    }
    let mut addresses = match flags & DCMD_PIPE != 0 {
        true => take_pipe(m).map_or(vec![addr], |v| v.iter().map(|v| v.addr).collect()),
        false => vec![addr],
    };
    if !keep {
        addresses.sort_unstable();
    }
    let bits = u32::from(ids) << 1 | u32::from(quiet) << 2 | u32::from(verbose) << 3;
    let mut report = modapi::WhatisReport::new(addresses.clone(), bits, all);
    modapi::ask_whatis(m, &mut report);
    let unknown: Vec<u64> = if all { addresses } else { report.unknown().collect() };
    for addr in unknown {
        if m.stopped().is_some() {
            return DCMD_ABORT;
        }
        by_mapping(m, addr, quiet);
    }
    DCMD_OK
}

fn by_mapping(m: &Debugger, addr: u64, quiet: bool) {
    let target = m.target();
    let mapping =
        target.mappings().iter().find(|map| addr >= map.base && addr - map.base < map.size);
    match mapping {
        Some(map) if quiet => out!(m, "{:x}\n", map.base),
        Some(map) => {
            let end = map.base.wrapping_add(map.size);
            let symbol = crate::printf::symbolic(addr, m).map(|s| s + ", ").unwrap_or_default();
            let name = mapping_name(map);
            out!(m, "{addr:x} is {symbol}in {name} [{:x},{end:x})\n", map.base);
        }
        None if quiet => out!(m, "{addr:x}\n"),
        None => out!(m, "{addr:x} is unknown\n"),
    }
}

fn dump(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut on = [false; 8];
    let [endian, file, physical, no_ascii, relative, squish, trim, unaligned] = &mut on;
    let (mut group, mut length, mut paragraphs) = (None, None, None);
    let used = getopts(
        m,
        args,
        &mut [
            Opt::Flag(b'e', endian),
            Opt::Flag(b'f', file),
            Opt::Flag(b'p', physical),
            Opt::Flag(b'q', no_ascii),
            Opt::Flag(b'r', relative),
            Opt::Flag(b's', squish),
            Opt::Flag(b't', trim),
            Opt::Flag(b'u', unaligned),
            Opt::Number(b'g', &mut group),
            Opt::Number(b'l', &mut length),
            Opt::Number(b'w', &mut paragraphs),
        ],
    );
    let [endian, file, physical, no_ascii, relative, squish, trim, unaligned] = on;
    if used != args.len() || (file && physical) {
        return DCMD_USAGE;
    }
    if physical {
        m.error_because("failed to read physical memory", crate::errors::Errno::TGTNOTSUP);
        return DCMD_ERR;
    }
    let group = group.unwrap_or(4);
    if !matches!(group, 1 | 2 | 4 | 8 | 16) {
        return super::status(
            m,
            Err(format!("invalid group size {group:#x}: expected 1, 2, 4, 8 or 10")),
        );
    }
    let paragraphs = paragraphs.unwrap_or(1);
    if !(1..=16).contains(&paragraphs) {
        return super::status(
            m,
            Err(format!("invalid number of paragraphs {paragraphs:#x}: expected 1 to 10")),
        );
    }
    // The count before a comma is a length here, not a number of dumps.
    if flags & DCMD_LOOP != 0 && length.is_none() {
        length = m.take_count();
    }
    let mut bits = MDB_DUMP_HEADER;
    for (on, bit) in [
        (!unaligned, MDB_DUMP_ALIGN),
        (!no_ascii, MDB_DUMP_ASCII),
        (relative, MDB_DUMP_RELATIVE),
        (squish, MDB_DUMP_SQUISH),
        (trim, MDB_DUMP_TRIM),
        (endian, MDB_DUMP_ENDIAN),
    ] {
        bits |= if on { bit } else { 0 };
    }
    let line = 16 * paragraphs;
    let length = length.unwrap_or(match unaligned {
        true => line,
        // One line, up to where it ends.
        false => line - addr % line,
    });
    let target = m.target();
    let result =
        modapi::dump(m, addr, length, DumpFlags { bits, line, group }, &mut |bytes, at| {
            let wanted = bytes.len();
            let result = match file {
                true => target.read_file(at, bytes),
                false => target.read(at, bytes),
            };
            result.map_err(|error| memory::errno_of(m, error, wanted))
        });
    m.increment.set(length);
    if result == 0 {
        DCMD_OK
    } else {
        DCMD_ERR
    }
}
