//! `::v8regions` against what the kernel says of a process and what a core says
//! of itself; and what takes its place where the debugger lists no mappings.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use support::dump::{dump, Dump, Way};
use support::mdb::{Mdb, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};
use v8::heap::regions::{Regions, Source};
use v8::v8::memory::{Fault, Symbol};

/// Blocked in a system call, so that nothing is mapped meanwhile.
const QUIET: Scenario = Scenario { script: "frames", end: End::Block, mode: "cold" };

/// Start, end, access and kind.
type Row = (u64, u64, String, String);

/// What `::v8regions` prints.
fn printed(dump: &Dump, options: &str) -> BTreeSet<Row> {
    let run = Mdb::on(&dump.target).each_with_errors(&[format!("::v8regions{options}")]).remove(0);
    let mut lines: Vec<&str> = run.lines().collect();
    assert!(lines.len() > 3, "{}: {run}", dump.label);
    assert_eq!(
        lines.remove(0).split_whitespace().collect::<Vec<_>>(),
        ["BASE", "LIMIT", "SIZE", "ACCESS", "KIND"]
    );
    let last = lines.pop().expect("there is a total");
    let hex = |word: &str| u64::from_str_radix(word, 16).expect("addresses are hexadecimal");
    let mut size = 0;
    let rows: BTreeSet<Row> = lines
        .iter()
        .map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let [base, limit, bytes, access, kind] = words[..] else { panic!("{line}") };
            assert_eq!(hex(limit) - hex(base), hex(bytes), "{line}");
            size += hex(bytes);
            (hex(base), hex(limit), access.to_owned(), kind.to_owned())
        })
        .collect();
    assert_eq!(rows.len(), lines.len(), "no region is listed twice");
    assert_eq!(last, format!("{} regions, {size} bytes", rows.len()));
    rows
}

/// What the kernel lists of a process, as the command should.
fn kernel_list(pid: u32, with_brk: bool) -> BTreeSet<Row> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).expect("the process is alive");
    let row = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (start, end) = words[0].split_once('-').expect("START-END");
        let hex = |text: &str| u64::from_str_radix(text, 16).expect("addresses are hexadecimal");
        let kind = match words.get(5) {
            Some(&"[heap]") => "heap",
            Some(&"[stack]") => "stack",
            None => "anon",
            // A name that the process itself gave to memory of no file.
            Some(name) if name.starts_with("[anon:") => "anon",
            _ => return None,
        };
        let wanted = words[1].starts_with('r') && words[4] == "0" && (with_brk || kind != "heap");
        wanted.then(|| (hex(start), hex(end), words[1][..3].to_owned(), kind.to_owned()))
    };
    maps.lines().filter_map(row).collect()
}

#[test]
fn of_a_process() {
    let dump = dump(node("26.10.0"), QUIET, Way::Live).expect("any process can be looked into");
    let Target::Process(pid) = dump.target else { unreachable!("it was to be a process") };
    for (options, with_brk) in [("", false), (" -b", true)] {
        // Another thread may still have been settling.
        let mut tries = (0..5).map(|_| (printed(&dump, options), kernel_list(pid, with_brk)));
        let (ours, truth) =
            tries.find(|(ours, truth)| ours == truth).unwrap_or_else(|| panic_with(pid, &dump));
        let kinds: BTreeSet<&str> = ours.iter().map(|row| row.3.as_str()).collect();
        assert_eq!(kinds.contains("heap"), with_brk);
        assert!(kinds.contains("anon") && kinds.contains("stack"));
        println!("{}{options}: {} regions equal", dump.label, truth.len());
    }
}

fn panic_with(pid: u32, dump: &Dump) -> ! {
    let (ours, truth) = (printed(dump, " -b"), kernel_list(pid, true));
    let only: Vec<_> = ours.symmetric_difference(&truth).collect();
    panic!("{}: listed by one only: {only:x?}", dump.label)
}

/// An ELF64 core, as far as this test needs it.
struct Core {
    bytes: Vec<u8>,
    /// Type, flags, offset, address, bytes in the file, bytes in memory.
    headers: Vec<[u64; 6]>,
}

/// Memory of which parts may be left out.
const LARGE: u64 = 64 << 20;
const PT_LOAD: u64 = 1;
const PT_NOTE: u64 = 4;
const NT_AUXV: u64 = 6;
const NT_FILE: u64 = 0x4649_4c45;
const AT_SYSINFO_EHDR: u64 = 33;

impl Core {
    fn open(path: &Path) -> Core {
        let bytes = fs::read(path).expect("the core can be read");
        let mut core = Core { bytes, headers: Vec::new() };
        let (table, count) = (core.number(32, 8), core.number(56, 2));
        for index in 0..count {
            let at = table + index * 56;
            let field = |offset, size| core.number(at + offset, size);
            let (kind, flags) = (field(0, 4), field(4, 4));
            core.headers.push([kind, flags, field(8, 8), field(16, 8), field(32, 8), field(40, 8)]);
        }
        core
    }

    fn number(&self, at: u64, size: usize) -> u64 {
        let bytes = &self.bytes[at as usize..at as usize + size];
        bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// Where the note of this type has its data, and how many bytes.
    fn note(&self, kind: u64) -> (u64, u64) {
        let notes = self.headers.iter().find(|h| h[0] == PT_NOTE).expect("a core has notes");
        let (mut at, end) = (notes[2], notes[2] + notes[4]);
        while at < end {
            let (name, size) = (self.number(at, 4), self.number(at + 4, 4));
            let data = at + 12 + name.next_multiple_of(4);
            if self.number(at + 8, 4) == kind {
                return (data, size);
            }
            at = data + size.next_multiple_of(4);
        }
        panic!("the core has no note of type {kind:#x}")
    }

    /// Checks that memory of the core is only zeros.
    fn is_zero(&self, start: u64, end: u64) {
        let holds = |h: &&[u64; 6]| h[0] == PT_LOAD && h[3] <= start && end <= h[3] + h[4];
        let header = self.headers.iter().find(holds).expect("the headers have it");
        let from = (header[2] + start - header[3]) as usize;
        let bytes = &self.bytes[from..from + (end - start) as usize];
        assert!(bytes.iter().all(|byte| *byte == 0), "{start:x} to {end:x} is used");
    }

    /// Start and end of what files are mapped to.
    fn files(&self) -> Vec<(u64, u64)> {
        let (at, _) = self.note(NT_FILE);
        let row = |index| {
            let row = at + 16 + index * 24;
            (self.number(row, 8), self.number(row + 8, 8))
        };
        (0..self.number(at, 8)).map(row).collect()
    }

    fn vdso(&self) -> Option<u64> {
        let (at, size) = self.note(NT_AUXV);
        let mut pairs = (at..at + size).step_by(16);
        let pair = pairs.find(|pair| self.number(*pair, 8) == AT_SYSINFO_EHDR)?;
        Some(self.number(pair + 8, 8))
    }

    /// Start, end and access of what the headers call readable and no file is
    /// behind.
    fn nameless(&self) -> BTreeSet<(u64, u64, String)> {
        const VSYSCALL: u64 = 0xffff_ffff_ff60_0000;
        let files = self.files();
        let of_file = |start, end| files.iter().any(|file| start < file.1 && file.0 < end);
        let mut found = BTreeSet::new();
        for [kind, flags, _, start, _, size] in &self.headers {
            let kernel_made = Some(*start) == self.vdso() || *start == VSYSCALL;
            let unreadable = flags & 4 == 0 || *size == 0;
            if *kind != PT_LOAD || unreadable || kernel_made || of_file(*start, start + size) {
                continue;
            }
            let letter = |bit, letter| if flags & bit != 0 { letter } else { '-' };
            let access = [letter(4, 'r'), letter(2, 'w'), letter(1, 'x')].iter().collect();
            found.insert((*start, start + size, access));
        }
        found
    }
}

fn core(way: Way) -> Option<(Dump, Core)> {
    let dump = dump(node("26.10.0"), QUIET, way)?;
    let Target::Core(path) = &dump.target else { unreachable!("it was to be a core") };
    let core = Core::open(path);
    Some((dump, core))
}

/// Regions against what the headers say. Of large memory, parts that are only zeros
/// may be left out.
fn same_but_for_zeros(label: &str, core: &Core, printed: &BTreeSet<(u64, u64, String)>) {
    let mut left = printed.clone();
    for whole in core.nameless() {
        if left.remove(&whole) {
            continue;
        }
        let (start, end, access) = whole;
        assert!(end - start >= LARGE, "{label}: {start:x} to {end:x} is missing");
        let mut at = start;
        for (from, to, part) in printed.range((start, 0, String::new())..(end, 0, String::new())) {
            assert!(*to <= end && *part == access, "{label}: {from:x} to {to:x} {part}");
            core.is_zero(at, *from);
            left.remove(&(*from, *to, part.clone()));
            at = *to;
        }
        core.is_zero(at, end);
    }
    assert!(left.is_empty(), "{label}: not in the core: {left:x?}");
}

#[test]
fn of_cores() {
    for way in [Way::Gdb, Way::Own] {
        let Some((dump, core)) = core(way) else { continue };
        let cut = |rows: &BTreeSet<Row>| -> BTreeSet<_> {
            rows.iter().map(|(start, end, access, _)| (*start, *end, access.clone())).collect()
        };
        let (without, with) = (printed(&dump, ""), printed(&dump, " -b"));
        same_but_for_zeros(&dump.label, &core, &cut(&with));
        let more: Vec<_> = with.difference(&without).collect();
        assert!(matches!(more[..], [(_, _, access, kind)] if access == "rw-" && kind == "heap"));
        assert!(without.is_subset(&with));
        println!("{}: {} regions equal", dump.label, with.len());
    }
}

/// A core as a debugger shows it that does not list mappings.
struct Mute<'a>(&'a Core, u64);

impl v8::v8::memory::Target for Mute<'_> {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        let fault = Fault { addr, len: buf.len() };
        let end = addr.checked_add(buf.len() as u64).ok_or(fault)?;
        // In the order of addresses.
        let after = self.0.headers.partition_point(|h| h[0] != PT_LOAD || h[3] <= addr);
        let header = self.0.headers[..after].last();
        let header = header.filter(|h| h[0] == PT_LOAD && end <= h[3] + h[4]);
        let header = header.ok_or(fault)?;
        let at = (header[2] + (addr - header[3])) as usize;
        buf.copy_from_slice(&self.0.bytes[at..at + buf.len()]);
        Ok(())
    }

    fn word_size(&self) -> usize {
        8
    }

    fn symbols(&self, _prefix: &str) -> Vec<Symbol> {
        Vec::new()
    }

    fn symbol(&self, _name: &str) -> Option<u64> {
        None
    }

    fn symbol_at(&self, _addr: u64) -> Option<String> {
        None
    }

    fn register(&self, _thread: u64, name: &str) -> Option<u64> {
        (name == "rsp").then_some(self.1)
    }
}

/// Pointers lead to everything that the stack and its objects hold.
#[test]
fn by_pointers() {
    let (dump, core) = core(Way::Gdb).expect("gdb can dump any process");
    let mdb = Mdb::on(&dump.target);
    let commands = ["<rsp=J", "::jsstack -vn0", "::walk jsframe | ::jsframe -av"];
    let commands = commands.map(str::to_owned);
    let outputs = mdb.each(&commands);
    let rsp = u64::from_str_radix(outputs[0].trim(), 16).expect("a register");
    let regions = Regions::of(&Mute(&core, rsp), false).expect("the stack can be read");
    assert_eq!(regions.source, Source::Pointers { cut: false });
    let pairs = regions.list.windows(2);
    assert!(pairs.into_iter().all(|pair| pair[0].end < pair[1].start), "joined and in order");
    let nameless = core.nameless();
    let values: BTreeSet<u64> = outputs[1..]
        .iter()
        .flat_map(|output| output.split(|c: char| !c.is_ascii_hexdigit()))
        .filter(|word| word.len() > 10)
        .filter_map(|word| u64::from_str_radix(word, 16).ok())
        // What the tag says is an object, and not code of a file.
        .filter(|value| value & 3 == 1)
        .filter(|value| nameless.iter().any(|(start, end, _)| (start..end).contains(&value)))
        .collect();
    assert!(values.len() > 10, "the stack has functions and arguments: {values:x?}");
    for value in &values {
        let holds = |region: &v8::heap::regions::Region| (region.start..region.end).contains(value);
        assert!(regions.list.iter().any(holds), "{value:x} is in no region");
    }
    println!("{} values in {} regions, {} bytes", values.len(), regions.list.len(), regions.size());
}
