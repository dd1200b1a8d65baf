//! What the module knows when the debugger's own `::whatis` asks modules.

use crate::mdb::command::Failure;
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::memory::{Mapping, Target, Use};
use alloc::vec;
use alloc::vec::Vec;

/// The addresses that want an answer. They can be asked for, not listed.
pub trait Asked {
    /// Whether any of them lies in these bytes.
    fn overlaps(&self, start: u64, size: u64) -> bool;
    /// Takes one of them that is this address; whether there was one.
    fn take(&mut self, addr: u64) -> bool;
}

/// Says of each address that lies in an object of V8's heap which one it is.
pub fn answer(
    session: &mut Session,
    target: &dyn Target,
    asked: &mut dyn Asked,
    out: &mut Out,
) -> Result<(), Failure> {
    // Other processes have no such objects.
    let Ok(heap) = session.heap(target) else { return Ok(()) };
    // The heap is not searched for what cannot lie in it.
    let may_hold = |mappings: Vec<Mapping>| {
        let mut anonymous = mappings.iter().filter(|m| m.readable && m.used == Use::Anonymous);
        anonymous.any(|m| asked.overlaps(m.start, m.end - m.start))
    };
    if !target.mappings().is_none_or(may_hold) {
        return Ok(());
    }
    let whole = session.whole(target, false)?;
    let objects = &whole.objects;
    for (start, end) in objects.stretches.iter().copied() {
        for addr in inside(asked, start, end) {
            let Some(id) = objects.starts.at_or_before(addr, addr - start) else { continue };
            let begin = objects.starts.addr(id);
            let offset = addr - begin;
            if offset >= objects.size(heap, id) {
                continue;
            }
            let value = objects.value(heap, id);
            let what = match objects.map(id).is_free {
                true => "free memory of V8's heap".into(),
                false => alloc::format!("V8 object {value} ({})", describe(heap, value)),
            };
            while asked.take(addr) {
                match offset {
                    0 => out.line(format_args!("{addr:x} is {what}")),
                    _ => out.line(format_args!("{addr:x} is {begin:x}+{offset:x}, {what}")),
                }
            }
        }
    }
    Ok(())
}

/// The addresses in a stretch of memory, by halving it.
fn inside(asked: &dyn Asked, start: u64, end: u64) -> Vec<u64> {
    let mut found = Vec::new();
    let mut open = vec![(start, end - start)];
    while let Some((start, size)) = open.pop() {
        if size == 0 || !asked.overlaps(start, size) {
            continue;
        }
        if size == 1 {
            found.push(start);
            continue;
        }
        let half = size / 2;
        open.push((start + half, size - half));
        open.push((start, half));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    struct List(Vec<u64>);

    impl Asked for List {
        fn overlaps(&self, start: u64, size: u64) -> bool {
            self.0.iter().any(|addr| *addr >= start && addr - start < size)
        }

        fn take(&mut self, _: u64) -> bool {
            false
        }
    }

    #[test]
    fn every_address_is_found_once() {
        let list = List(vec![0x0fff, 0x1000, 0x1001, 0x1001, 0x5555, 0x7fff, 0x8000]);
        assert_eq!(inside(&list, 0x1000, 0x8000), [0x1000, 0x1001, 0x5555, 0x7fff]);
        assert_eq!(inside(&list, 0x2000, 0x3000), []);
        assert_eq!(inside(&list, 0x2000, 0x2000), []);
    }
}
