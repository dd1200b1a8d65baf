//! What the memory of the heap is used for, by space and by class.

use super::classes::Classes;
use super::whole::Whole;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// What the memory of a space is used for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Use {
    /// Pages, or other stretches of memory.
    pub pages: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Bytes of objects that something keeps alive.
    pub live: u64,
    /// Bytes of other objects.
    pub dead: u64,
}

impl Use {
    /// The sum of both.
    #[must_use]
    pub fn with(self, other: &Use) -> Use {
        Use {
            pages: self.pages + other.pages,
            bytes: self.bytes + other.bytes,
            live: self.live + other.live,
            dead: self.dead + other.dead,
        }
    }
}

/// What the heap is used for.
#[derive(Debug)]
pub struct Summary {
    /// Spaces by V8's names of their classes.
    pub spaces: BTreeMap<String, Use>,
    /// Number and bytes of the live objects of each class.
    pub classes: Vec<(u64, u64)>,
}

impl Summary {
    /// Goes through all objects.
    pub fn of(heap: Heap<'_>, whole: &Whole, classes: &Classes) -> Result<Summary> {
        let (objects, life) = (&whole.objects, whole.life(heap)?);
        // Each stretch of memory with its space.
        let spaces: Vec<String> = match objects.exact() {
            true => {
                let names = objects.pages.spaces(heap).into_iter();
                names.map(|name| name.unwrap_or_else(|| "ReadOnlySpace".into())).collect()
            }
            false => vec!["(not known)".into(); objects.stretches.len()],
        };
        let mut used = vec![Use::default(); spaces.len()];
        for (used, (start, end)) in used.iter_mut().zip(&objects.stretches) {
            (used.pages, used.bytes) = (1, end - start);
        }
        let mut by_class = vec![(0, 0); classes.len()];
        let mut at = 0;
        objects.sweep(heap, |seen, _| {
            while objects.stretches[at].1 <= seen.addr {
                at += 1;
            }
            if seen.map.is_free {
                return Ok(());
            }
            if life.has(seen.id) {
                used[at].live += seen.size;
                let class = &mut by_class[classes.of(objects, seen.id) as usize];
                class.0 += 1;
                class.1 += seen.size;
            } else {
                used[at].dead += seen.size;
            }
            Ok(())
        })?;
        let mut summary = Summary { spaces: BTreeMap::new(), classes: by_class };
        for (name, used) in spaces.into_iter().zip(&used) {
            let all = summary.spaces.entry(name).or_default();
            *all = all.with(used);
        }
        Ok(summary)
    }
}
