//! Everything that is suspended: chains from what is waited for, a pending
//! promise, to the outermost that waits.

use super::whole::Whole;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::special::{self, GeneratorState, PromiseState};
use crate::v8::suspended;
use crate::v8::value::Value;
use crate::v8::waiting::{self, Step, Waiter};
use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// Steps followed at most, over all chains: where many wait for many, there are
/// more ways through than there are promises.
const MAX_STEPS: usize = 1 << 22;
/// Steps of one chain at most.
const MAX_DEPTH: usize = 1 << 16;

/// A chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The promise that is waited for; none for a function of which nothing tells
    /// what it waits for, since that is settled already.
    pub promise: Option<Value>,
    /// What waits, innermost first.
    pub waiters: Vec<Waiter>,
}

/// All chains, and whether there are more than were followed.
#[derive(Debug, Default)]
pub struct Waits {
    /// In the order of the addresses of what is waited for.
    pub list: Vec<Wait>,
    /// Whether some are missing.
    pub cut: bool,
}

/// Who waits for what.
struct Graph {
    steps: BTreeMap<Value, Vec<Step>>,
}

/// Finds all chains of a heap.
pub fn find(heap: Heap<'_>, whole: &Whole) -> Result<Waits> {
    let graph = Graph::read(heap, whole)?;
    let targets: BTreeSet<Value> =
        graph.steps.values().flatten().filter_map(|step| step.next).collect();
    let mut follower = Follower::new(&graph);
    for promise in graph.steps.keys().filter(|promise| !targets.contains(*promise)) {
        heap.check_interrupt()?;
        follower.follow(Some(*promise), Vec::new(), Some(*promise));
    }
    // What is left waits for itself, in a circle.
    for promise in graph.steps.keys() {
        heap.check_interrupt()?;
        if !follower.seen.contains(promise) {
            follower.follow(Some(*promise), Vec::new(), Some(*promise));
        }
    }
    let waiting: BTreeSet<Value> = graph
        .steps
        .values()
        .flatten()
        .filter_map(|step| match step.waiter {
            Waiter::Suspended(function) => Some(function),
            _ => None,
        })
        .collect();
    for function in functions(heap, whole)?.into_iter().filter(|one| !waiting.contains(one)) {
        heap.check_interrupt()?;
        let next = suspended::promise(heap, function, None).unwrap_or_default();
        follower.follow(None, Vec::from([Waiter::Suspended(function)]), next);
    }
    Ok(follower.waits)
}

/// The chains that begin at one promise.
pub fn of_promise(heap: Heap<'_>, promise: Value) -> Result<Waits> {
    let graph = Graph::around(heap, promise)?;
    let mut follower = Follower::new(&graph);
    follower.follow(Some(promise), Vec::new(), Some(promise));
    Ok(follower.waits)
}

/// The chains that begin at a suspended function.
pub fn of_function(heap: Heap<'_>, function: Value) -> Result<Waits> {
    let next = suspended::promise(heap, function, None)?;
    let graph = match next {
        Some(promise) => Graph::around(heap, promise)?,
        None => Graph { steps: BTreeMap::new() },
    };
    let mut follower = Follower::new(&graph);
    follower.follow(None, Vec::from([Waiter::Suspended(function)]), next);
    Ok(follower.waits)
}

/// The async functions and generators that are suspended, alive ones only.
fn functions(heap: Heap<'_>, whole: &Whole) -> Result<Vec<Value>> {
    let mut list = Vec::new();
    for object in alive(heap, whole, Kind::Generator)? {
        let is_async = special::generator_class(heap, object)? != "Generator";
        let state = special::generator_state(heap, object);
        if is_async && state == Ok(GeneratorState::Suspended) {
            list.push(object);
        }
    }
    Ok(list)
}

/// The objects of a kind that are alive.
fn alive(heap: Heap<'_>, whole: &Whole, kind: Kind) -> Result<Vec<Value>> {
    let life = whole.life(heap)?;
    let ids = whole.objects.of_maps(|map| map.kind == kind).filter(|id| life.has(*id));
    Ok(ids.map(|id| whole.objects.value(heap, id)).collect())
}

impl Graph {
    /// Everything that waits, in the whole heap.
    fn read(heap: Heap<'_>, whole: &Whole) -> Result<Graph> {
        let mut steps = BTreeMap::new();
        for promise in alive(heap, whole, Kind::Promise)? {
            heap.check_interrupt()?;
            if special::promise(heap, promise) == Ok(PromiseState::Pending) {
                let found = waiting::steps(heap, promise)?;
                if !found.is_empty() {
                    steps.insert(promise, found);
                }
            }
        }
        Ok(Graph { steps })
    }

    /// What waits for a promise, and so on.
    fn around(heap: Heap<'_>, promise: Value) -> Result<Graph> {
        let mut steps = BTreeMap::new();
        let mut open = Vec::from([promise]);
        while let Some(promise) = open.pop() {
            heap.check_interrupt()?;
            if let Entry::Vacant(entry) = steps.entry(promise) {
                let found = waiting::steps(heap, promise)?;
                open.extend(found.iter().filter_map(|step| step.next));
                entry.insert(found);
            }
        }
        Ok(Graph { steps })
    }
}

/// Follows every way through a graph.
struct Follower<'g> {
    graph: &'g Graph,
    /// Promises that were come upon.
    seen: BTreeSet<Value>,
    steps: usize,
    waits: Waits,
}

impl<'g> Follower<'g> {
    fn new(graph: &'g Graph) -> Follower<'g> {
        Follower { graph, seen: BTreeSet::new(), steps: 0, waits: Waits::default() }
    }

    /// Adds the chains that begin with these and go on from a promise.
    fn follow(&mut self, start: Option<Value>, waiters: Vec<Waiter>, from: Option<Value>) {
        // What has been followed so far, and what is left to follow from there.
        let mut chain = waiters;
        let mut path: Vec<(Value, usize, usize)> = Vec::new();
        let mut on_path: BTreeSet<Value> = BTreeSet::new();
        let mut next = from;
        loop {
            let steps = next
                .filter(|promise| path.len() < MAX_DEPTH && !on_path.contains(promise))
                .and_then(|promise| Some((promise, self.graph.steps.get(&promise)?)))
                .filter(|(_, steps)| !steps.is_empty());
            match steps {
                Some((promise, _)) => {
                    self.seen.insert(promise);
                    on_path.insert(promise);
                    path.push((promise, 0, chain.len()));
                }
                None => {
                    if chain.iter().any(|waiter| *waiter != Waiter::Passed) {
                        self.waits.list.push(Wait { promise: start, waiters: shown(&chain) });
                    }
                }
            }
            // The next step of the last promise that has one left.
            next = loop {
                let Some((promise, at, len)) = path.last_mut() else { return };
                chain.truncate(*len);
                match self.graph.steps.get(promise).and_then(|steps| steps.get(*at)) {
                    Some(step) => {
                        *at += 1;
                        chain.push(step.waiter);
                        break step.next;
                    }
                    None => {
                        on_path.remove(promise);
                        path.pop();
                    }
                }
            };
            self.steps += 1;
            if self.steps > MAX_STEPS {
                self.waits.cut = true;
                return;
            }
        }
    }
}

/// What of a chain is the program's.
fn shown(chain: &[Waiter]) -> Vec<Waiter> {
    chain.iter().copied().filter(|waiter| *waiter != Waiter::Passed).collect()
}
