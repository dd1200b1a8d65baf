//! The engine for whole heaps beside a slow and simple one, on random heaps in
//! made-up memory: which objects there are, which are alive, what keeps how much
//! alive, and what refers to what.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use support::every;
use support::pages::{session, Kinds, Object, Random, What, World, NEW, OLD};
use v8::heap::paths::{self, Origin};
use v8::heap::whole::Whole;
use v8::session::Session;
use v8::v8::memory::Use;
use v8::v8::value::Value;

/// Heaps of each shape.
const HEAPS: u64 = 20;

/// What a heap holds, the slow way.
struct Oracle<'w> {
    world: &'w World,
    /// The objects whose first word is there, by address.
    objects: BTreeMap<u64, &'w Object>,
    /// What each keeps alive by itself.
    strong: BTreeMap<u64, Vec<u64>>,
    /// Table, key and value of every entry of weak collections.
    pairs: Vec<(u64, u64, u64)>,
}

impl<'w> Oracle<'w> {
    fn new(world: &'w World) -> Oracle<'w> {
        let there = world.objects.iter().filter(|object| world.is_there(object.addr));
        let objects = there.map(|object| (object.addr, object)).collect();
        let (strong, pairs) = (BTreeMap::new(), Vec::new());
        let mut oracle = Oracle { world, objects, strong, pairs };
        let tables: BTreeSet<u64> =
            oracle.objects.values().filter_map(|object| oracle.table(object)).collect();
        let strong = oracle.objects.values();
        oracle.strong =
            strong.map(|object| (object.addr, oracle.kept_by(object, &tables))).collect();
        oracle.pairs = tables.iter().flat_map(|table| oracle.entries(*table)).collect();
        oracle
    }

    /// The object that a word points to strongly.
    fn target(&self, word: u64) -> Option<u64> {
        let addr = word.checked_sub(1).filter(|_| word & 3 == 1)?;
        self.objects.contains_key(&addr).then_some(addr)
    }

    /// What an object keeps alive by itself; the tables of weak collections nothing but
    /// their map.
    fn kept_by(&self, object: &Object, tables: &BTreeSet<u64>) -> Vec<u64> {
        let word = self.world.shape.word;
        let mut kept = vec![object.map];
        let weak: &[u64] = match object.what {
            What::Text | What::Free => return kept,
            What::WeakCell => &[2, 3],
            What::WeakRef => &[3],
            _ => &[],
        };
        if tables.contains(&object.addr) {
            return kept;
        }
        for at in 1..object.size / word {
            if !weak.contains(&at) {
                let value = self.world.word(object.addr + at * word).unwrap_or(0);
                kept.extend(self.target(value));
            }
        }
        kept
    }

    /// The table of a weak collection.
    fn table(&self, object: &Object) -> Option<u64> {
        let at = object.addr + 3 * self.world.shape.word;
        (object.what == What::WeakMap).then(|| self.target(self.world.word(at)?)).flatten()
    }

    fn entries(&self, table: u64) -> Vec<(u64, u64, u64)> {
        let word = self.world.shape.word;
        let at = |index: u64| self.target(self.world.word(table + index * word)?);
        let indices = (5..self.objects[&table].size / word - 1).step_by(2);
        indices.filter_map(|index| Some((table, at(index)?, at(index + 1)?))).collect()
    }

    /// Everything that these keep alive, if `without` were not there.
    fn reach(&self, from: &BTreeSet<u64>, without: Option<u64>) -> BTreeSet<u64> {
        let mut alive: BTreeSet<u64> = BTreeSet::new();
        let mut open: Vec<u64> = from.iter().copied().collect();
        loop {
            while let Some(addr) = open.pop() {
                if Some(addr) != without && alive.insert(addr) {
                    open.extend(&self.strong[&addr]);
                }
            }
            let held = |(table, key, value): &&(u64, u64, u64)| {
                alive.contains(table) && alive.contains(key) && !alive.contains(value)
            };
            open.extend(self.pairs.iter().filter(held).map(|(.., value)| *value));
            open.retain(|addr| Some(*addr) != without);
            if open.is_empty() {
                return alive;
            }
        }
    }

    fn roots(&self, wanted: impl Fn(Use) -> bool) -> BTreeSet<u64> {
        let roots = self.world.roots().into_iter().filter(|(.., used)| wanted(*used));
        roots.filter_map(|(_, word, _)| self.target(word)).collect()
    }

    fn size(&self, set: &BTreeSet<u64>) -> u64 {
        set.iter().map(|addr| self.objects[addr].size).sum()
    }
}

/// Runs a comparison on many heaps of both shapes.
fn on_heaps(kinds: Kinds, compare: impl Fn(&str, &World, &Oracle<'_>, &Session)) {
    for shape in [&NEW, &OLD] {
        let session = session(shape);
        for seed in 1..=HEAPS {
            let world = World::new(shape, seed, kinds);
            let label = format!("{} bytes a word, seed {seed}", shape.word);
            compare(&label, &world, &Oracle::new(&world), &session);
        }
    }
}

#[test]
fn every_object_is_found() {
    on_heaps(Kinds::All, |label, world, oracle, session| {
        let Ok(heap) = session.heap(world) else { panic!("the session has a layout") };
        let whole = Whole::find(heap, false, false).expect("the search ends");
        assert!(whole.objects.exact(), "{label}: chunks are recognized");
        let found: Vec<u64> = whole.objects.starts.iter().collect();
        let wanted: Vec<u64> = oracle.objects.keys().copied().collect();
        let differs = |(a, b): &(&u64, &u64)| a != b;
        if let Some((found, wanted)) = found.iter().zip(&wanted).find(differs) {
            panic!("{label}: found {found:x} where {wanted:x} is next");
        }
        assert_eq!(found.len(), wanted.len(), "{label}");
        for (id, object) in (0..).zip(oracle.objects.values()) {
            // What says its size on the page that is missing is taken to go on.
            let size = whole.objects.size(heap, id);
            assert_eq!(size, object.size, "{label}: size of {object:x?}");
            assert_eq!(whole.objects.map(id).value.0, object.map + 1, "{label}: {object:x?}");
            assert_eq!(
                whole.objects.map(id).is_free,
                object.what == What::Free,
                "{label}: {object:x?}"
            );
        }
        assert_eq!(whole.missing().is_some(), world.missing.is_some(), "{label}");
    });
}

#[test]
fn what_is_alive_is_known() {
    on_heaps(Kinds::All, |label, world, oracle, session| {
        let Ok(heap) = session.heap(world) else { panic!("the session has a layout") };
        let alive = oracle.reach(&oracle.roots(|_| true), None);
        // Asked for some first, in any order, and for all afterwards.
        let whole = Whole::find(heap, false, false).expect("the search ends");
        let mut random = Random(alive.len() as u64 + 1);
        let all: Vec<u64> = oracle.objects.keys().copied().collect();
        for _ in 0..all.len() / 4 {
            let at = random.below(all.len() as u64) as usize;
            let found = whole.is_alive(heap, at as u32).expect("nothing interrupts");
            assert_eq!(found, alive.contains(&all[at]), "{label}: {:x?}", oracle.objects[&all[at]]);
        }
        let life = whole.life(heap).expect("nothing interrupts");
        for (id, addr) in (0..).zip(&all) {
            assert_eq!(life.has(id), alive.contains(addr), "{label}: {:x?}", oracle.objects[addr]);
        }
        for (id, addr) in (0..).zip(&all).step_by(7) {
            let path = |origin| paths::find(heap, &whole, id, origin).expect("nothing interrupts");
            let has_path = path(Origin::Stack).is_some() || path(Origin::Outside).is_some();
            assert_eq!(has_path, alive.contains(addr), "{label}: path to {addr:x}");
        }
    });
}

#[test]
fn pointers_are_found_backwards() {
    on_heaps(Kinds::All, |label, world, oracle, session| {
        let Ok(heap) = session.heap(world) else { panic!("the session has a layout") };
        // Read on the way through the heap, and afterwards.
        let wholes = [true, false].map(|with_refs| Whole::find(heap, false, with_refs));
        let wholes = wholes.map(|whole| whole.expect("the search ends"));
        for addr in oracle.objects.keys().step_by(5) {
            let mut wanted = Vec::new();
            for (start, end) in &world.areas {
                for at in (*start..*end).step_by(world.shape.word as usize) {
                    let weak = |word: u64| word == addr + 3 && world.shape.word == 8;
                    match world.word(at) {
                        Some(word) if word == addr + 1 => wanted.push((at, false)),
                        Some(word) if weak(word) => wanted.push((at, true)),
                        _ => {}
                    }
                }
            }
            wanted.sort_unstable();
            for whole in &wholes {
                let backrefs = whole.backrefs(heap).expect("nothing interrupts");
                let found = backrefs.of(heap, Value(addr + 1)).expect("nothing interrupts");
                assert_eq!(found, wanted, "{label}: pointers to {addr:x}");
            }
        }
    });
}

#[test]
fn what_would_be_freed_is_known() {
    on_heaps(Kinds::NoPairs, |label, world, oracle, session| {
        let Ok(heap) = session.heap(world) else { panic!("the session has a layout") };
        let whole = Whole::find(heap, false, false).expect("the search ends");
        let tree = whole.dominators(heap).expect("nothing interrupts");
        // Stacks come first; of other words those that point to what is left.
        let mut starts = oracle.roots(|used| used == Use::Stack);
        let reached = oracle.reach(&starts, None);
        starts.extend(oracle.roots(|_| true).into_iter().filter(|addr| !reached.contains(addr)));
        let alive = oracle.reach(&starts, None);
        let all = oracle.size(&alive);
        for (id, addr) in
            (0..).zip(oracle.objects.keys()).filter(|(_, addr)| alive.contains(addr)).step_by(4)
        {
            let left = oracle.reach(&starts, Some(*addr));
            let retained = all - oracle.size(&left);
            assert_eq!(tree.retained(id), retained, "{label}: {:x?}", oracle.objects[addr]);
        }
    });
}

/// Whatever words a heap holds, every command ends, and one that fails says why.
#[test]
fn commands_survive_damage() {
    for shape in [&NEW, &OLD] {
        for seed in 1..=HEAPS {
            let mut world = World::new(shape, seed, Kinds::All);
            let mut random = Random(seed);
            let mut number = || random.below(1 << 31) << 31 | random.below(1 << 31);
            for _ in 0..32 {
                world.damage(number() as usize, number(), number());
            }
            let mut session = session(shape);
            for _ in 0..8 {
                let at = number() as usize % world.objects.len();
                every::command(&mut session, &world, world.objects[at].addr + 1, number());
            }
        }
    }
}
