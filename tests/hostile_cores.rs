//! Core files that lie: cut off anywhere, with headers that contradict each other
//! or the file, on executables that are other ones. Each is opened in bounded time,
//! with a clear message, and what is left of it can be looked at.

mod support;

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use support::dump::{dump, Way};
use support::mdb::{self, Mdb, Run, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};

const QUIET: Scenario = Scenario { script: "frames", end: End::Block, mode: "cold" };
const LOOK: &str = "::status; ::load v8; ::jsstack";
/// How long any of these may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Commands that look at the whole heap.
const WHOLE: &[&str] = &[
    "::jsstack -v",
    "::findjsobjects -v",
    "::findjsobjects -l | ::findjsobjects | ::jsprint -d2",
    "::findjsobjects -l | ::jsfindrefs -v",
    "::findjsobjects -l | ::jspath",
    "::jsfunctions -l | ::v8function",
    "::jsfunctions -X",
    "::jsheap",
    "::jsstrings",
    "::jsretained",
    "::jsroots",
    "::jsasync -v",
];

/// Sizes and places in ELF64 headers (elf(5)).
const EHDR: u64 = 64;
const PHDR: u64 = 56;
const P_OFFSET: u64 = 8;
const P_VADDR: u64 = 16;
const P_FILESZ: u64 = 32;
const P_MEMSZ: u64 = 40;

fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-cores").join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("the target directory is writable");
    dir
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of the tests are UTF-8")
}

/// A core to be damaged: a sparse copy of a good one.
struct Copy {
    path: PathBuf,
    file: File,
}

impl Copy {
    fn of(core: &Path, name: &str) -> Copy {
        let path = scratch(name).join("core");
        let status = Command::new("cp").arg("--sparse=always").arg(core).arg(&path).status();
        assert!(status.is_ok_and(|status| status.success()), "the core can be copied");
        let file = OpenOptions::new().read(true).write(true).open(&path).expect("it was made");
        Copy { path, file }
    }

    fn number(&self, at: u64, size: usize) -> u64 {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes[..size], at).expect("the headers are there");
        u64::from_le_bytes(bytes)
    }

    fn put(&self, at: u64, value: u64, size: usize) {
        self.file.write_all_at(&value.to_le_bytes()[..size], at).expect("the copy is writable");
    }

    /// Where the program headers lie, and their kinds.
    fn headers(&self) -> Vec<(u64, u64)> {
        let (table, count) = (self.number(32, 8), self.number(56, 2));
        (0..count).map(|i| table + PHDR * i).map(|at| (at, self.number(at, 4))).collect()
    }

    fn loads(&self) -> Vec<u64> {
        self.headers().into_iter().filter(|(_, kind)| *kind == 1).map(|(at, _)| at).collect()
    }

    fn size(&self) -> u64 {
        self.file.metadata().expect("it is open").len()
    }

    fn look(&self, what: &str) -> Run {
        look(what, &[text(&self.path)])
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// What is true of every answer: it comes soon, it is a status and not a signal,
/// a failure says why, and complaints are few and have their form.
fn look(what: &str, files: &[&str]) -> Run {
    let start = Instant::now();
    let mut args = vec!["-e".to_owned(), LOOK.to_owned()];
    args.extend(files.iter().map(|file| (*file).to_owned()));
    let run = mdb::run(&args, "");
    let took = start.elapsed();
    let context = format!("{what}: {took:?}, status {:?}\n{}{}", run.code, run.stdout, run.stderr);
    assert!(took < PATIENCE, "{context}");
    assert!(matches!(run.code, Some(0 | 1)), "{context}");
    assert!(run.code == Some(0) || !run.stderr.is_empty(), "{context}");
    assert!(run.stderr.lines().all(|line| line.starts_with("mdb: ")), "{context}");
    assert!(run.stderr.lines().count() <= 8, "{context}");
    assert!(!run.stderr.contains("panic"), "{context}");
    let mut lines: Vec<_> = run.stderr.lines().collect();
    lines.dedup();
    assert_eq!(lines.len(), run.stderr.lines().count(), "says it twice: {context}");
    let frames = run.stdout.lines().filter(|line| line.starts_with("js:")).count();
    println!("{what}: {frames} frames, {}", lines.join("; "));
    run
}

fn core() -> PathBuf {
    let dump = dump(node("20.20.2"), QUIET, Way::Gdb).expect("gdb can dump any process");
    match dump.target {
        Target::Core(path) => path,
        _ => unreachable!("gdb dumps into files"),
    }
}

/// Numbers that look random and are the same in every run (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Ends of headers, notes and segments, a byte around each, and anywhere else.
#[test]
fn cut_off_anywhere() {
    let copy = Copy::of(&core(), "cut");
    let size = copy.size();
    let mut lengths = vec![4, 5, 16, 17, 40, 58, 63, EHDR, EHDR + 1];
    for (at, kind) in copy.headers() {
        let (start, length) = (copy.number(at + P_OFFSET, 8), copy.number(at + P_FILESZ, 8));
        // The notes are where a core can be cut in a meaningful way; one in four of the rest.
        if kind == 4 {
            lengths.extend([at, at + 4, start, start + 1, start + 12, start + length - 1]);
            lengths.extend((0..20).map(|i| start + length * i / 20));
        } else if (at / PHDR).is_multiple_of(4) {
            lengths.extend([at + P_OFFSET, at + PHDR, start, start + length]);
        }
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    lengths.extend((0..100).map(|_| random.below(size)));
    lengths.extend((0..100).map(|_| random.below(size / 1000)));
    lengths.retain(|length| *length < size);
    lengths.sort_unstable();
    lengths.dedup();
    // From the longest, as what is cut does not come back.
    for length in lengths.iter().rev() {
        copy.file.set_len(*length).expect("a file can be cut");
        let run = copy.look(&format!("{length} of {size} bytes"));
        assert!(run.stderr.contains("core"), "{length}: it is not named: {}", run.stderr);
    }
}

#[test]
fn segments_that_overlap() {
    let copy = Copy::of(&core(), "overlap");
    let loads = copy.loads();
    // Every second one begins in the middle of the one before it.
    for pair in loads.chunks(2).filter(|pair| pair.len() == 2) {
        let middle = copy.number(pair[0] + P_VADDR, 8) + copy.number(pair[0] + P_MEMSZ, 8) / 2;
        copy.put(pair[1] + P_VADDR, middle & !4095, 8);
    }
    copy.look("every second segment lies in another");
    // All at one address.
    for at in &loads {
        copy.put(at + P_VADDR, 0x40_0000, 8);
    }
    copy.look("all segments at one address");
    // Each takes all there is.
    for at in &loads {
        copy.put(at + P_VADDR, 0x1000, 8);
        copy.put(at + P_MEMSZ, 0x7fff_ffff_f000, 8);
    }
    copy.look("all segments are the whole address space");
}

#[test]
fn headers_with_absurd_numbers() {
    let good = core();
    let copy = Copy::of(&good, "headers");
    let first = copy.loads()[0];
    let note = copy.headers().iter().find(|(_, kind)| *kind == 4).expect("there are notes").0;
    let table = copy.number(32, 8);
    // Offset, size, and values: the ELF header first.
    let cases: &[(&str, u64, usize, &[u64])] = &[
        ("width", 4, 1, &[0, 1, 3, 255]),
        ("byte order", 5, 1, &[0, 2, 255]),
        ("kind", 16, 2, &[0, 1, 2, 3, 0xffff]),
        ("machine", 18, 2, &[0, 3, 0xb7, 0xffff]),
        ("e_phoff", 32, 8, &[0, 1, copy.size() - 8, u64::MAX - 7, u64::MAX]),
        ("e_phentsize", 54, 2, &[0, 1, 55, 57, 0xffff]),
        ("e_phnum", 56, 2, &[0, 1, 0xfffe, 0xffff]),
        ("notes' offset", note + P_OFFSET, 8, &[0, 1, copy.size(), u64::MAX]),
        ("notes' size", note + P_FILESZ, 8, &[0, 1, 11, 13, 1 << 40, u64::MAX]),
        ("p_offset", first + P_OFFSET, 8, &[1, copy.size(), u64::MAX]),
        ("p_vaddr", first + P_VADDR, 8, &[0, u64::MAX, 1 << 63]),
        ("p_filesz", first + P_FILESZ, 8, &[0, 1, u64::MAX, 1 << 62]),
        ("p_memsz", first + P_MEMSZ, 8, &[0, 1, u64::MAX, 1 << 62]),
        ("p_type", first, 4, &[0, 4, 0x6474_e551, 0xffff_ffff]),
    ];
    for (name, at, size, values) in cases {
        let before = copy.number(*at, *size);
        for value in *values {
            copy.put(*at, *value, *size);
            copy.look(&format!("{name} {value:#x}"));
        }
        copy.put(*at, before, *size);
    }
    // Any byte of the headers and notes.
    let notes = (copy.number(note + P_OFFSET, 8), copy.number(note + P_FILESZ, 8).min(20_000));
    let mut random = Random(88_172_645_463_325_252);
    let end = table + PHDR * copy.number(56, 2);
    for _ in 0..150 {
        let at = match random.below(3) {
            0 => random.below(EHDR),
            1 => table + random.below(end - table),
            _ => notes.0 + random.below(notes.1),
        };
        let (before, byte) = (copy.number(at, 1), random.below(256));
        copy.put(at, byte, 1);
        copy.look(&format!("byte {at} is {byte}"));
        copy.put(at, before, 1);
    }
    let whole = copy.look("as it was");
    assert!(whole.code == Some(0) && whole.stdout.contains("js:     "), "{whole:?}");
}

/// Words of the heap that are other words of it, small numbers or noise, more and more
/// of them.
#[test]
fn words_of_the_heap() {
    let copy = Copy::of(&core(), "words");
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let is_heap = |at: &u64| {
        let size = copy.number(at + P_FILESZ, 8);
        copy.number(at + 4, 4) & 2 == 2 && (0x4_0000..0x100_0000).contains(&size)
    };
    let segments: Vec<u64> = copy.loads().into_iter().filter(is_heap).collect();
    let place = |random: &mut Random| {
        let at = segments[random.below(segments.len() as u64) as usize];
        let words = copy.number(at + P_FILESZ, 8) / 8;
        copy.number(at + P_OFFSET, 8) + random.below(words) * 8
    };
    for round in 0..4 {
        let mut left = 800;
        while left > 0 {
            let at = place(&mut random);
            if copy.number(at, 8) == 0 {
                continue;
            }
            let value = match random.below(3) {
                0 => random.below(u64::MAX),
                1 => random.below(256) << 32,
                _ => copy.number(place(&mut random), 8),
            };
            copy.put(at, value, 8);
            left -= 1;
        }
        for command in WHOLE {
            let run = Mdb::on(&Target::Core(copy.path.clone()))
                .eval(&format!("::load v8; {command} ! tail -3"));
            let context = format!("round {round}: {command}: {run:?}");
            assert!(matches!(run.code, Some(0 | 1)), "{context}");
            assert!(!run.stderr.contains("internal error"), "{context}");
            assert!(!run.stdout.is_empty() || !run.stderr.is_empty(), "{context}");
        }
    }
}

/// Segments that the file says nothing of: their memory is missing, not zero.
#[test]
fn memory_that_is_missing() {
    let copy = Copy::of(&core(), "holes");
    for (index, at) in copy.loads().into_iter().enumerate().filter(|(index, _)| index % 3 == 1) {
        assert!(index > 0);
        copy.put(at, 0, 4);
    }
    let run = copy.look("every third segment is missing");
    assert!(run.stdout.contains("debugging core file"), "{run:?}");
    let run =
        Mdb::on(&Target::Core(copy.path.clone())).eval("::load v8; ::findjsobjects ! tail -1");
    assert!(matches!(run.code, Some(0 | 1)) && !run.stderr.contains("panic"), "{run:?}");
}

/// Executables other than the one that was dumped.
#[test]
fn executables() {
    let core = core();
    let dir = scratch("executables");
    let real = fs::canonicalize(&node("20.20.2").path).expect("node is there");
    // Without its symbols, but with its build id: there is nothing to warn of.
    let stripped = dir.join("node-stripped");
    let strip = Command::new("strip").arg("-o").arg(&stripped).arg(&real).status();
    assert!(strip.is_ok_and(|status| status.success()), "strip is there, with the compiler");
    let run = look("stripped", &[text(&stripped), text(&core)]);
    assert!(!run.stderr.contains("does not match"), "{run:?}");
    // Another release: the build ids are told.
    let other = fs::canonicalize(&node("26.10.0").path).expect("node is there");
    let run = look("another release", &[text(&other), text(&core)]);
    assert!(run.stderr.contains("does not match: "), "{run:?}");
    for (name, bytes) in
        [("empty", &b""[..]), ("text", b"#!/bin/sh\n"), ("magic", b"\x7fELF\x02\x01\x01")]
    {
        let file = dir.join(name);
        fs::write(&file, bytes).expect("the directory is writable");
        let run = look(name, &[text(&file), text(&core)]);
        assert!(run.stderr.contains(text(&file)), "{run:?}");
    }
    // Cut in the middle: what it had for the core is not there.
    let half = dir.join("half");
    fs::copy(&real, &half).expect("there is room for a copy of node");
    let file = OpenOptions::new().write(true).open(&half).expect("it was made");
    let size = file.metadata().expect("it is open").len();
    for part in [size - 1, size / 2, size / 100, 5000, 900] {
        file.set_len(part).expect("a file can be cut");
        look(&format!("{part} bytes of the executable"), &[text(&half), text(&core)]);
    }
    fs::remove_dir_all(&dir).expect("it was just made");
}

/// Libraries that are not where the core says they are.
#[test]
fn libraries() {
    let copy = Copy::of(&core(), "libraries");
    let note = copy.headers().iter().find(|(_, kind)| *kind == 4).expect("there are notes").0;
    let (start, size) = (copy.number(note + P_OFFSET, 8), copy.number(note + P_FILESZ, 8));
    let mut notes = vec![0; size as usize];
    copy.file.read_exact_at(&mut notes, start).expect("the notes are there");
    let name = b"/lib/x86_64-linux-gnu/";
    let places: Vec<_> =
        (0..notes.len() - name.len()).filter(|at| notes[*at..].starts_with(name)).collect();
    assert!(places.len() > 5, "node has libraries");
    for at in places {
        copy.put(start + at as u64 + 1, u64::from(b'X'), 1);
    }
    let run = copy.look("no libraries");
    assert!(run.stdout.contains("js:     "), "{run:?}");
    let missing = run.stderr.lines().filter(|line| line.contains("/Xib/")).count();
    assert!(missing >= 1, "{run:?}");
}
