//! Cut off and damaged files: they may say little, but they may not crash or hang.

use std::os::unix::fs::FileExt;

use super::*;

/// A small generator with a fixed seed, so that failures repeat.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }

    fn damage(&mut self, bytes: &mut [u8]) {
        for _ in 0..1 + self.next(8) {
            let at = self.next(bytes.len());
            let value = [0, 1, 0x7f, 0x80, 0xff, self.next(256) as u8][self.next(6)];
            let run = [1, 1, 2, 4, 8][self.next(5)];
            bytes[at..].iter_mut().take(run).for_each(|byte| *byte = value);
        }
    }
}

/// Uses everything a target offers.
fn exercise(target: &Target) {
    let mut buf = [0; 5000];
    for mapping in target.mappings() {
        target.read(mapping.base, &mut buf).ok();
        target.read(mapping.base.wrapping_add(mapping.size).wrapping_sub(100), &mut buf).ok();
    }
    for tid in target.threads() {
        target.registers(tid).unwrap();
        target.unwind(tid, 50);
    }
    target.unwind_from(register_or_zero(target), 50);
    for name in ["main", "initialized", "printf", "nothing"] {
        if let Some(symbol) = target.symbol_by_name(None, name) {
            target.read_file(symbol.sym.st_value, &mut buf).ok();
            target.symbol_by_addr(symbol.sym.st_value, 0);
            target.symbol_by_addr(symbol.sym.st_value, 0x1000);
        }
    }
    for object in 0..target.objects().len() {
        for dynamic in [false, true] {
            target.each_symbol(object, dynamic, &mut |_| true);
        }
    }
    target.status_lines();
    for (name, _) in target.xdata_names() {
        target.xdata(name).unwrap();
    }
}

fn register_or_zero(target: &Target) -> u64 {
    let registers = target.registers(1).unwrap_or_default();
    registers.iter().find(|(name, _)| *name == "rsp").map_or(0, |(_, value)| *value)
}

fn try_core(executable: Option<&Path>, core: &Path) {
    if let Ok(target) = Target::open(executable, Some(core)) {
        exercise(&target);
    }
}

#[test]
fn truncated_cores() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let Some((core, output)) = dir.crash(&program, "abort") else { return };
    let bytes = std::fs::read(&core).unwrap();
    let cut = dir.path("cut");
    std::fs::copy(&core, &cut).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&cut).unwrap();
    let step = bytes.len() / 150 + 1;
    for len in (0..4096).step_by(97).chain((4096..bytes.len()).step_by(step)).rev() {
        file.set_len(len as u64).unwrap();
        try_core(None, &cut);
    }
    std::fs::write(&cut, &bytes[..bytes.len() - 5000]).unwrap();
    let target = Target::open(None, Some(&cut)).unwrap();
    let text = format!(
        "{} is cut off: it has {} of {} bytes, 5000 bytes of memory are missing",
        cut.display(),
        bytes.len() - 5000,
        bytes.len()
    );
    assert_eq!(target.warnings(), [text]);
    Truth::parse(&output).check(&target);
}

/// What is cut off while it is open is missing from then on.
#[test]
fn a_core_that_is_cut_short_meanwhile() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let Some((core, output)) = dir.crash(&program, "abort") else { return };
    let target = Target::open(None, Some(&core)).unwrap();
    let truth = Truth::parse(&output);
    truth.check(&target);
    std::fs::OpenOptions::new().write(true).open(&core).unwrap().set_len(100).unwrap();
    assert_eq!(target.read(truth.heap, &mut [0; 8]), Err(MemError::NoMap));
    exercise(&target);
}

#[test]
fn damaged_cores() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let Some((core, _)) = dir.crash(&program, "abort") else { return };
    let bytes = std::fs::read(&core).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&core).unwrap();
    let mut random = Random(1);
    // Headers and notes are at the start; the main stack is at the end.
    let (head, tail) = (20_000, bytes.len() - 20_000);
    for round in 0..400 {
        let mut start = bytes[..head].to_vec();
        random.damage(&mut start[..if round % 2 == 0 { 3000 } else { head }]);
        file.write_all_at(&start, 0).unwrap();
        let mut end = bytes[tail..].to_vec();
        random.damage(&mut end);
        file.write_all_at(&end, tail as u64).unwrap();
        try_core(None, &core);
    }
}

#[test]
fn damaged_executables() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let Some((core, _)) = dir.crash(&program, "abort") else { return };
    let bytes = std::fs::read(&program).unwrap();
    let damaged = dir.path("damaged");
    let mut random = Random(2);
    for _ in 0..400 {
        let mut copy = bytes.clone();
        let tail = copy.len() - 6000;
        // Hash table and dynamic symbols, unwind tables, then section headers and symbols. The
        // ELF header stays, lest the file be refused at once.
        random.damage(&mut copy[800..3000]);
        random.damage(&mut copy[0x2000..0x2400]);
        random.damage(&mut copy[tail..]);
        std::fs::write(&damaged, &copy).unwrap();
        try_core(Some(&damaged), &core);
        if let Ok(target) = Target::open(Some(&damaged), None) {
            exercise(&target);
        }
    }
}
