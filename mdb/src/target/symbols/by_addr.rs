//! Which symbol an address belongs to.
//!
//! Sorting all symbols takes longer than to look through them a few times, and most commands
//! ask for a few addresses only: the first look-ups do without an index.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::OnceLock;

use mdb_sys::GElf_Sym;

use super::{kind, rank, View, SHN_LORESERVE, SHN_UNDEF, STT_FUNC};
use crate::target::elf::{Elf, Section};

/// Look-ups before the index is made.
const SCANS: usize = 8;

/// Finds the symbols of one table by address.
#[derive(Default)]
pub(super) struct ByAddr {
    scans: AtomicUsize,
    index: OnceLock<Vec<Entry>>,
}

impl ByAddr {
    /// Index of the symbol that an unrelocated address belongs to: one whose extent holds it
    /// when `distance` is 0, else the nearest before it at less than that distance.
    pub(super) fn find(&self, elf: &Elf, view: &View<'_>, addr: u64, distance: u64) -> Option<u32> {
        let count = self.scans.fetch_add(1, Ordering::Relaxed);
        if self.index.get().is_none() && count < SCANS {
            return scan(elf, view, addr, distance);
        }
        let entries = self.index.get_or_init(|| index(elf, view));
        look_up(entries, addr, distance)
    }
}

/// Whether a symbol stands for code or data at an address.
fn is_placed(sym: &GElf_Sym) -> bool {
    let defined = sym.st_shndx != SHN_UNDEF && sym.st_shndx < SHN_LORESERVE;
    defined && sym.st_name != 0 && kind(sym) <= STT_FUNC
}

/// A symbol that may be the one.
#[derive(Clone, Copy)]
struct Candidate {
    sym: GElf_Sym,
    index: u32,
}

/// Keeps the better of two: the one that begins last, of those at one address the preferred.
#[inline]
fn better(view: &View<'_>, best: &mut Option<Candidate>, new: Candidate) {
    let key = |of: &Candidate| preference(view, &of.sym, of.index);
    let wins = best.is_none_or(|best| match new.sym.st_value.cmp(&best.sym.st_value) {
        std::cmp::Ordering::Equal => key(&new) > key(&best),
        order => order.is_gt(),
    });
    if wins {
        *best = Some(new);
    }
}

/// As [`look_up`], without an index.
fn scan(elf: &Elf, view: &View<'_>, addr: u64, distance: u64) -> Option<u32> {
    let sections = elf.sections();
    let (mut sized, mut guessed, mut nearest) = (None, None, None::<Candidate>);
    // From the nearest symbol before the address to it; at most all there is.
    let mut gap = addr;
    for (index, sym) in view.iter() {
        let behind = addr.wrapping_sub(sym.st_value);
        // Most end here, which is all the time this takes.
        if behind > gap && behind >= sym.st_size || sym.st_value > addr || !is_placed(&sym) {
            continue;
        }
        gap = gap.min(behind);
        let new = Candidate { sym, index: index as u32 };
        better(view, &mut nearest, new);
        if sym.st_size != 0 {
            if behind < sym.st_size {
                better(view, &mut sized, new);
            }
        } else if addr < section_end(sections, &sym) {
            better(view, &mut guessed, new);
        }
    }
    let nearest = nearest?;
    let found = if distance > 0 {
        Some(nearest).filter(|nearest| addr - nearest.sym.st_value < distance)
    } else {
        // One without a size ends where the next symbol begins.
        sized.or(guessed.filter(|guessed| guessed.sym.st_value == nearest.sym.st_value))
    };
    found.map(|found| found.index)
}

fn look_up(entries: &[Entry], addr: u64, distance: u64) -> Option<u32> {
    let after = entries.partition_point(|entry| entry.value <= addr);
    let before = &entries[..after];
    let entry = if distance > 0 {
        before.last().filter(|entry| addr - entry.value < distance)
    } else {
        smart_match(before, addr)
    };
    entry.map(|entry| entry.index)
}

/// A symbol in the index.
struct Entry {
    value: u64,
    end: u64,
    /// The highest end of this and all entries before it: tells when to stop looking back.
    reach: u64,
    index: u32,
    /// Whether the extent is a guess, for a symbol without a size.
    guessed: bool,
}

/// Symbols of code and data, sorted by address; of several at one address the best comes last.
fn index(elf: &Elf, view: &View<'_>) -> Vec<Entry> {
    let mut found: Vec<(u64, u32)> = Vec::with_capacity(view.len());
    for (index, sym) in view.iter() {
        if is_placed(&sym) {
            found.push((sym.st_value, index as u32));
        }
    }
    found.sort_unstable();
    let sections = elf.sections();
    let mut entries: Vec<Entry> = Vec::with_capacity(found.len());
    let mut start = 0;
    let mut symbols: Vec<(GElf_Sym, u32)> = Vec::new();
    while start < found.len() {
        let value = found[start].0;
        let same = found[start..].iter().take_while(|(other, _)| *other == value).count();
        let next = found.get(start + same).map_or(u64::MAX, |(value, _)| *value);
        let group = found[start..start + same].iter();
        symbols.clear();
        symbols
            .extend(group.filter_map(|(_, index)| Some((view.symbol(*index as usize)?, *index))));
        if symbols.len() > 1 {
            symbols.sort_by_cached_key(|(sym, index)| preference(view, sym, *index));
        }
        for (sym, index) in symbols.iter().copied() {
            let guessed = sym.st_size == 0;
            let end = if guessed {
                section_end(sections, &sym).min(next)
            } else {
                value.saturating_add(sym.st_size)
            };
            let reach = entries.last().map_or(end, |entry| entry.reach.max(end));
            entries.push(Entry { value, end, reach, index, guessed });
        }
        start += same;
    }
    entries
}

/// Orders symbols of one address, the best last: sized, typed, global, with a plain name, first
/// in the table.
fn preference(view: &View<'_>, sym: &GElf_Sym, index: u32) -> impl Ord {
    let name = view.name(sym).bytes();
    let underscores = name.iter().take_while(|byte| matches!(byte, b'_' | b'$')).count();
    (sym.st_size != 0, rank(sym), Reverse(underscores), Reverse(index))
}

fn section_end(sections: &[Section], sym: &GElf_Sym) -> u64 {
    let section = sections.get(usize::from(sym.st_shndx));
    section.map_or(sym.st_value, |section| section.addr.saturating_add(section.size))
}

/// The last symbol that holds the address. One with a size wins over one without, whose extent
/// is a guess: assembler labels lie within functions.
fn smart_match(before: &[Entry], addr: u64) -> Option<&Entry> {
    let mut guess = None;
    for entry in before.iter().rev() {
        if entry.reach <= addr {
            break;
        }
        if addr < entry.end {
            if !entry.guessed {
                return Some(entry);
            }
            guess = guess.or(Some(entry));
        }
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::symbols::Symbols;
    use std::path::Path;

    /// The test's own program has all kinds of symbols, and a table of tens of thousands.
    #[test]
    fn scans_find_what_the_index_does() {
        let program = std::env::current_exe().unwrap();
        let elf = Elf::open(Path::new(&program)).unwrap();
        let symbols = Symbols::default();
        let view = symbols.table(&elf, false).unwrap();
        let entries = index(&elf, &view);
        assert!(entries.len() > 1000);
        let mut found = [0, 0];
        for entry in entries.iter().step_by(entries.len() / 150) {
            let near = [entry.value.wrapping_sub(1), entry.value, entry.value + 1];
            for addr in near.into_iter().chain([entry.end.wrapping_sub(1), entry.end]) {
                for distance in [0, 16] {
                    let scanned = scan(&elf, &view, addr, distance);
                    assert_eq!(scanned, look_up(&entries, addr, distance), "{addr:#x}");
                    found[usize::from(scanned.is_some())] += 1;
                }
            }
        }
        assert!(found.iter().all(|count| *count > 50), "{found:?}");
    }
}
