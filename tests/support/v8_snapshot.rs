//! A reader of heap snapshots as V8 writes them, and of what Chrome's developer
//! tools make of one: classes, and what would be freed with them.
//!
//! The format is described by the file itself (`snapshot.meta`) and by
//! src/profiler/heap-snapshot-generator.cc (HeapSnapshotJSONSerializer). How sizes are
//! retained is in front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts of the
//! developer tools: weak edges keep nothing, shortcuts count from the root only,
//! and what global objects reach is kept by nothing that they do not reach.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A node.
pub struct Node {
    /// Its type, such as `object`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its number for life.
    pub id: u64,
    /// Bytes of its own.
    pub size: u64,
    /// What it refers to.
    pub edges: Vec<Edge>,
}

/// A reference.
pub struct Edge {
    /// Its type, such as `property`.
    pub kind: String,
    /// Its name, or its number as text.
    pub name: String,
    /// The node it leads to.
    pub to: usize,
}

/// A snapshot; node 0 is the root.
pub struct Snapshot {
    /// What the file says of its format.
    pub meta: Value,
    /// The nodes.
    pub nodes: Vec<Node>,
}

/// What keeps objects alive that a snapshot's global objects reach.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Keepers {
    /// Only what global objects reach, as for the developer tools.
    Globals,
    /// That, and what stacks reach.
    GlobalsAndStacks,
}

/// What the nodes of a class come to.
#[derive(Default, Clone, Copy, Debug)]
pub struct Sum {
    /// How many there are.
    pub count: u64,
    /// Their own bytes.
    pub own: u64,
    /// Bytes that would be freed with them.
    pub retained: u64,
}

/// Where a field is in a row.
fn field(fields: &[String], name: &str) -> usize {
    let at = fields.iter().position(|field| field == name);
    at.unwrap_or_else(|| panic!("no field {name} among {fields:?}"))
}

/// The file, each part as text: numbers take less room than values of any kind.
struct File(BTreeMap<String, Box<RawValue>>);

impl File {
    fn part<T: DeserializeOwned>(&self, name: &str) -> T {
        let part = self.0.get(name).unwrap_or_else(|| panic!("no {name} in the snapshot"));
        serde_json::from_str(part.get()).unwrap_or_else(|why| panic!("{name}: {why}"))
    }
}

/// A list of names.
fn names(list: &Value) -> Vec<String> {
    serde_json::from_value(list.clone()).unwrap_or_else(|why| panic!("{list}: {why}"))
}

impl Snapshot {
    /// Reads a file, and checks that it is sound.
    pub fn read(path: &Path) -> Snapshot {
        let text = std::fs::read(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let file = serde_json::from_slice(&text);
        let file = File(file.unwrap_or_else(|why| panic!("{}: {why}", path.display())));
        let head: Value = file.part("snapshot");
        let meta = &head["meta"];
        let numbers = |part: &str, fields: &str, count: &str| -> (Vec<u64>, Vec<String>) {
            let (list, fields): (Vec<u64>, _) = (file.part(part), names(&meta[fields]));
            let count = head[count].as_u64().expect("a number") as usize;
            assert_eq!(list.len(), count * fields.len(), "numbers of {part}");
            (list, fields)
        };
        let (nodes, node_fields) = numbers("nodes", "node_fields", "node_count");
        let (edges, edge_fields) = numbers("edges", "edge_fields", "edge_count");
        let strings: Vec<String> = file.part("strings");
        // The names of the types are the first entry of a list.
        let (kinds, edge_kinds) = (names(&meta["node_types"][0]), names(&meta["edge_types"][0]));
        let width = node_fields.len();
        let node_field = |name| field(&node_fields, name);
        let (kind, name, id) = (node_field("type"), node_field("name"), node_field("id"));
        let (size, edge_count) = (node_field("self_size"), node_field("edge_count"));
        let edge_field = |name| field(&edge_fields, name);
        let (edge_kind, edge_name) = (edge_field("type"), edge_field("name_or_index"));
        let edge_to = edge_field("to_node");
        let mut rows = edges.chunks_exact(edge_fields.len());
        let mut edge = |_| {
            let row = rows.next().expect("nodes have no more edges than there are");
            let kind = edge_kinds[row[edge_kind] as usize].clone();
            let name = match kind.as_str() {
                "element" | "hidden" => row[edge_name].to_string(),
                _ => strings[row[edge_name] as usize].clone(),
            };
            let to = row[edge_to] as usize;
            assert!(to.is_multiple_of(width) && to < nodes.len(), "an edge to {to}");
            Edge { kind, name, to: to / width }
        };
        let node = |row: &[u64]| Node {
            kind: kinds[row[kind] as usize].clone(),
            name: strings[row[name] as usize].clone(),
            id: row[id],
            size: row[size],
            edges: (0..row[edge_count]).map(&mut edge).collect(),
        };
        let nodes: Vec<Node> = nodes.chunks_exact(width).map(node).collect();
        assert!(rows.next().is_none(), "edges are left that no node has");
        let ids: BTreeSet<u64> = nodes.iter().map(|node| node.id).collect();
        assert_eq!(ids.len(), nodes.len(), "two nodes have one id");
        Snapshot { meta: meta.clone(), nodes }
    }

    /// Leaves of the texts of Node's own scripts what is in the heap, where they are
    /// part of the executable: V8 counts what is outside too [13.6].
    pub fn without_sources(&mut self) {
        const HEADER: u64 = 32;
        const WORD: u64 = 8;
        let scripts = self.nodes.iter().filter(|node| node.name.starts_with("node:"));
        let sources = scripts.flat_map(|node| node.edges.iter().filter(|e| e.name == "source"));
        let sources: Vec<usize> = sources.map(|edge| edge.to).collect();
        // What is in the heap has whole words.
        if sources.iter().any(|at| !self.nodes[*at].size.is_multiple_of(WORD)) {
            for at in sources {
                self.nodes[at].size = self.nodes[at].size.min(HEADER);
            }
        }
    }

    /// Whether a node is the prototype of the built-in constructor of its name:
    /// V8 counts it among the constructor's objects.
    pub fn is_prototype(&self, node: &Node) -> bool {
        node.kind == "object"
            && node.edges.iter().any(|edge| {
                edge.name == "constructor"
                    && edge.kind == "property"
                    && self.nodes[edge.to].name == node.name
            })
    }

    /// How many edges there are.
    pub fn edges(&self) -> usize {
        self.nodes.iter().map(|node| node.edges.len()).sum()
    }

    /// The classes of the nodes, as the developer tools name them; the sums of
    /// each. Prototypes of built-in constructors are not counted.
    pub fn classes(&self, keepers: Keepers) -> BTreeMap<String, Sum> {
        let (dominators, order) = self.dominators(keepers);
        let mut retained: Vec<u64> = self.nodes.iter().map(|node| node.size).collect();
        for at in order.iter().skip(1).rev() {
            retained[dominators[*at]] += retained[*at];
        }
        let mut below = vec![Vec::new(); self.nodes.len()];
        for at in order.iter().skip(1) {
            below[dominators[*at]].push(*at);
        }
        let classes: Vec<&str> = self.nodes.iter().map(Node::class).collect();
        let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
        for (node, class) in self.nodes.iter().zip(&classes) {
            if self.is_prototype(node) {
                continue;
            }
            let sum = sums.entry((*class).to_owned()).or_default();
            sum.count += 1;
            sum.own += node.size;
        }
        // Down the tree; a node below another of its class is counted with that.
        let mut above: BTreeMap<&str, usize> = BTreeMap::new();
        let mut open = vec![(0, false)];
        while let Some((at, is_left)) = open.pop() {
            let count = above.entry(classes[at]).or_default();
            if is_left {
                *count -= 1;
                continue;
            }
            if *count == 0 {
                sums.entry(classes[at].to_owned()).or_default().retained += retained[at];
            }
            *count += 1;
            open.push((at, true));
            open.extend(below[at].iter().map(|to| (*to, false)));
        }
        sums
    }

    /// What can be reached from the nodes in `open`, which are reached already.
    fn reach(&self, reached: &mut [bool], mut open: Vec<usize>) {
        while let Some(at) = open.pop() {
            for edge in self.nodes[at].edges.iter().filter(|edge| edge.kind != "weak") {
                if !std::mem::replace(&mut reached[edge.to], true) {
                    open.push(edge.to);
                }
            }
        }
    }

    /// The edges that keep something alive: from each node, where to.
    fn keeping(&self, keepers: Keepers) -> Vec<Vec<usize>> {
        let mut users = vec![false; self.nodes.len()];
        let globals = self.nodes[0].edges.iter().filter(|edge| edge.kind == "shortcut");
        let mut open: Vec<usize> = globals.map(|edge| edge.to).collect();
        if keepers == Keepers::GlobalsAndStacks {
            open.extend((0..self.nodes.len()).filter(|at| self.nodes[*at].name == "(Stack roots)"));
        }
        open.iter().for_each(|at| users[*at] = true);
        self.reach(&mut users, open);
        let table = |edge: &Edge| -> Option<u64> {
            // An entry of a WeakMap: its value is kept by its key, not by the table.
            let (_, rest) = edge.name.split_once(" pair in WeakMap (table @")?;
            rest.strip_suffix(')')?.parse().ok()
        };
        let keeps = |at: usize, edge: &Edge| {
            edge.kind != "weak"
                && (edge.kind != "shortcut" || at == 0)
                && (edge.kind != "internal" || table(edge) != Some(self.nodes[at].id))
                && (at == 0 || users[at] || !users[edge.to])
        };
        let of = |(at, node): (usize, &Node)| {
            node.edges.iter().filter(|edge| keeps(at, edge)).map(|edge| edge.to).collect()
        };
        self.nodes.iter().enumerate().map(of).collect()
    }

    /// The immediate dominator of each node, and all nodes in an order in which
    /// it comes first. By the iteration of K. Cooper, T. Harvey and K. Kennedy, A
    /// Simple, Fast Dominance Algorithm.
    fn dominators(&self, keepers: Keepers) -> (Vec<usize>, Vec<usize>) {
        const NONE: usize = usize::MAX;
        let mut to = self.keeping(keepers);
        let mut order = depth_first(&to);
        // What only weak edges lead to hangs on the root.
        let mut reached = vec![false; to.len()];
        order.iter().for_each(|at| reached[*at] = true);
        let lost: Vec<usize> = (0..to.len()).filter(|at| !reached[*at]).collect();
        if !lost.is_empty() {
            to[0].extend(lost);
            order = depth_first(&to);
        }
        let mut position = vec![0; to.len()];
        for (position_of, at) in order.iter().enumerate() {
            position[*at] = position_of;
        }
        let mut from = vec![Vec::new(); to.len()];
        for (at, to) in to.iter().enumerate() {
            to.iter().for_each(|to| from[position[*to]].push(position[at]));
        }
        let mut dominators = vec![NONE; to.len()];
        dominators[0] = 0;
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for at in 1..order.len() {
                let mut found = NONE;
                for other in from[at].iter().filter(|from| dominators[**from] != NONE) {
                    found = if found == NONE { *other } else { meet(&dominators, found, *other) };
                }
                changed |= std::mem::replace(&mut dominators[at], found) != found;
            }
        }
        let mut named = vec![0; to.len()];
        for (at, dominator) in dominators.iter().enumerate() {
            named[order[at]] = order[*dominator];
        }
        (named, order)
    }
}

/// The nearest position above both.
fn meet(dominators: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        while a > b {
            a = dominators[a];
        }
        while b > a {
            b = dominators[b];
        }
    }
    a
}

/// What can be reached from node 0, in reverse postorder.
fn depth_first(to: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; to.len()];
    let mut order = Vec::new();
    let mut open = vec![(0, 0)];
    seen[0] = true;
    while let Some((at, next)) = open.last_mut() {
        match to[*at].get(*next) {
            Some(child) => {
                *next += 1;
                if !std::mem::replace(&mut seen[*child], true) {
                    open.push((*child, 0));
                }
            }
            None => {
                order.push(*at);
                open.pop();
            }
        }
    }
    order.reverse();
    order
}

impl Node {
    /// Its class as the developer tools name it.
    pub fn class(&self) -> &str {
        match self.kind.as_str() {
            "object" | "native" => &self.name,
            "closure" => "Function",
            "regexp" => "RegExp",
            "string" | "concatenated string" | "sliced string" => "(string)",
            "code" => "(compiled code)",
            "array" => "(array)",
            "number" | "bigint" => "(number)",
            "symbol" => "(symbol)",
            "hidden" => "(system)",
            "object shape" => "(object shape)",
            _ => "(synthetic)",
        }
    }
}
