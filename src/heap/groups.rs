//! JavaScript objects by what they look like: their constructor and the names
//! of their properties; arrays by their length.

use super::column::Column;
use super::maps::Map;
use super::names::Names;
use super::objects::{Objects, Seen};
use super::whole::Life;
use super::window::Window;
use crate::v8::constructor;
use crate::v8::elements;
use crate::v8::error::{Error, Result};
use crate::v8::function::Function;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::properties::{self, Key, Place};
use crate::v8::value::Value;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// Most properties of which the names are compared.
const NAMES: usize = 1 << 16;

/// How the properties of a group are kept, and what is wrong with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Traits {
    /// In a dictionary.
    pub dict: bool,
    /// In the object itself.
    pub inobject: bool,
    /// In a properties array.
    pub props: bool,
    /// Some could not be read.
    pub badprop: bool,
}

/// What tells groups apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    constructor: Option<Rc<str>>,
    names: Vec<u32>,
    /// Number of properties; of an array, its length.
    props: u64,
    is_array: bool,
    is_bad: bool,
}

/// Objects that look alike.
#[derive(Debug)]
pub struct Group {
    /// Name of the constructor; none for objects without one.
    pub constructor: Option<Rc<str>>,
    /// Whether they are arrays.
    pub is_array: bool,
    /// Whether they are functions.
    pub is_function: bool,
    /// Number of properties; of arrays, the length.
    pub props: u64,
    /// How the properties are kept.
    pub traits: Traits,
    names: Vec<u32>,
    /// The first of them that is alive, if one is.
    pub first: Value,
    /// How many are alive.
    pub alive: u64,
    /// How many are not.
    pub dead: u64,
    /// Bytes of those that are alive, without what they refer to.
    pub bytes: u64,
    /// Bytes of those that are not.
    pub dead_bytes: u64,
}

impl Group {
    /// Whether its objects cannot be decoded.
    pub fn is_bad(&self) -> bool {
        self.traits.badprop
    }
}

/// Whether the objects with a map are JavaScript objects.
fn is_grouped(map: &Map) -> bool {
    (map.kind.is_js_object() || map.kind == Kind::Proxy) && !map.is_free
}

/// Where the group of an object is to be found.
#[derive(Debug, Clone, Copy)]
enum Home {
    /// All with this map belong together.
    Map(u32),
    /// It is looked up by the object's number.
    Listed,
}

/// All groups.
#[derive(Debug)]
pub struct Groups {
    /// In the order in which they were found.
    pub list: Vec<Group>,
    names: Names,
    /// By number of map; none for those that no JavaScript object has.
    homes: Vec<Option<Home>>,
    /// Numbers of the objects that do not belong where their map does, and their
    /// groups.
    listed: Column,
    listed_group: Column,
}

impl Groups {
    /// Groups the JavaScript objects of a heap.
    pub fn find(heap: Heap<'_>, objects: &Objects, life: &Life) -> Result<Groups> {
        let mut maker = Maker {
            heap,
            looks: BTreeMap::new(),
            constructors: BTreeMap::new(),
            functions: BTreeMap::new(),
            arrays: BTreeMap::new(),
            waiting: BTreeMap::new(),
            groups: Groups {
                list: Vec::new(),
                names: Names::default(),
                homes: objects.maps.iter().map(|_| None).collect(),
                listed: Column::default(),
                listed_group: Column::default(),
            },
        };
        objects.sweep_maps(heap, is_grouped, |seen, window| maker.add(life, &seen, window))?;
        for (map_id, dead) in core::mem::take(&mut maker.waiting) {
            let id = dead.first;
            let seen = Seen { id, addr: 0, size: 0, map_id, map: objects.map(id) };
            maker.settle(&seen, dead)?;
        }
        Ok(maker.groups)
    }

    /// The group an object belongs to; none if it is no JavaScript object.
    pub fn of(&self, objects: &Objects, id: u32) -> Option<usize> {
        match self.homes.get(objects.map_id(id) as usize)?.as_ref()? {
            Home::Map(group) => Some(*group as usize),
            Home::Listed => {
                let (mut low, mut high) = (0, self.listed.len());
                while low < high {
                    let middle = low + (high - low) / 2;
                    match self.listed.get(middle) {
                        at if at < id => low = middle + 1,
                        _ => high = middle,
                    }
                }
                let found = low < self.listed.len() && self.listed.get(low) == id;
                found.then(|| self.listed_group.get(low) as usize)
            }
        }
    }

    /// The objects of a group, in the order of addresses.
    pub fn members<'a>(
        &'a self,
        objects: &'a Objects,
        group: usize,
    ) -> impl Iterator<Item = u32> + 'a {
        let mut listed = 0;
        (0u32..).zip(objects.map_ids()).filter_map(move |(id, map)| {
            let belongs = match self.homes[map as usize] {
                Some(Home::Map(home)) => home as usize == group,
                Some(Home::Listed) => {
                    while listed < self.listed.len() && self.listed.get(listed) < id {
                        listed += 1;
                    }
                    listed < self.listed.len()
                        && self.listed.get(listed) == id
                        && self.listed_group.get(listed) as usize == group
                }
                _ => false,
            };
            belongs.then_some(id)
        })
    }

    /// The names of all properties.
    pub fn all_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter()
    }

    /// Names of the properties of a group, in order; not more than [`NAMES`].
    pub fn names<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a str> + 'a {
        group.names.iter().map(|name| self.names.get(*name))
    }
}

struct Maker<'a> {
    heap: Heap<'a>,
    looks: BTreeMap<Look, u32>,
    constructors: BTreeMap<u32, Option<Rc<str>>>,
    /// Names of functions that are constructors of several maps.
    functions: BTreeMap<u64, Option<Rc<str>>>,
    /// Groups of arrays by the number of their map and the word of their length.
    arrays: BTreeMap<(u32, u64), u32>,
    /// Dead objects of maps of which no live one was seen yet, by number of map.
    waiting: BTreeMap<u32, Dead>,
    groups: Groups,
}

/// Dead objects of one map.
#[derive(Default)]
struct Dead {
    first: u32,
    count: u64,
    bytes: u64,
}

impl Maker<'_> {
    fn add(&mut self, life: &Life, seen: &Seen<'_>, window: &mut Window<'_>) -> Result<()> {
        let home = match self.groups.homes[seen.map_id as usize] {
            Some(home) => home,
            None => match self.home(seen)? {
                Some(home) => {
                    self.groups.homes[seen.map_id as usize] = Some(home);
                    home
                }
                // What a dead object refers to may be other things by now: it shows
                // what the objects of its map look like only if there is no live one.
                None if !life.has(seen.id) => {
                    let new = || Dead { first: seen.id, ..Dead::default() };
                    let dead = self.waiting.entry(seen.map_id).or_insert_with(new);
                    dead.count += 1;
                    dead.bytes += seen.size;
                    return Ok(());
                }
                None => {
                    let dead = self.waiting.remove(&seen.map_id).unwrap_or_default();
                    self.settle(seen, dead)?
                }
            },
        };
        let group = match home {
            Home::Map(group) => group,
            Home::Listed => {
                let group = self.listed(seen, window)?;
                self.groups.listed.push(seen.id);
                self.groups.listed_group.push(group);
                group
            }
        };
        let group = &mut self.groups.list[group as usize];
        if life.has(seen.id) {
            if group.alive == 0 {
                group.first = seen.value(self.heap);
            }
            group.alive += 1;
            group.bytes += seen.size;
        } else {
            group.dead += 1;
            group.dead_bytes += seen.size;
        }
        Ok(())
    }

    /// Where the objects with the map of this one belong; none if they look like
    /// one of them, which is still to be chosen.
    fn home(&self, seen: &Seen<'_>) -> Result<Option<Home>> {
        let value = seen.value(self.heap);
        let own = seen.map.kind == Kind::Array
            || properties::in_dictionary(self.heap, value).unwrap_or(true);
        Ok(own.then_some(Home::Listed))
    }

    /// The group of an object that does not belong where its map does.
    fn listed(&mut self, seen: &Seen<'_>, window: &mut Window<'_>) -> Result<u32> {
        let value = seen.value(self.heap);
        // Arrays are many, their groups few.
        let length = match self.heap.layout.find(C::ArrayLength) {
            Some(offset) if seen.map.kind == Kind::Array => {
                window.word(seen.addr.wrapping_add_signed(offset))
            }
            _ => None,
        };
        let Some(length) = length else { return self.group(seen, value) };
        if let Some(group) = self.arrays.get(&(seen.map_id, length)) {
            return Ok(*group);
        }
        let group = self.group(seen, value)?;
        self.arrays.insert((seen.map_id, length), group);
        Ok(group)
    }

    /// Puts all objects with the map of this one into its group, and those that
    /// have waited.
    fn settle(&mut self, seen: &Seen<'_>, dead: Dead) -> Result<Home> {
        let value = seen.value(self.heap);
        let at = self.group(seen, value)?;
        let home = Home::Map(at);
        self.groups.homes[seen.map_id as usize] = Some(home);
        let group = &mut self.groups.list[at as usize];
        group.dead += dead.count;
        group.dead_bytes += dead.bytes;
        Ok(home)
    }

    fn constructor(&mut self, seen: &Seen<'_>, object: Value) -> Result<Option<Rc<str>>> {
        if let Some(known) = self.constructors.get(&seen.map_id) {
            return Ok(known.clone());
        }
        let name = match constructor::function(self.heap, object) {
            Ok(Some(function)) => self.name(function)?,
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Ok(None) | Err(_) => None,
        };
        self.constructors.insert(seen.map_id, name.clone());
        Ok(name)
    }

    /// The name of a constructor.
    fn name(&mut self, function: Value) -> Result<Option<Rc<str>>> {
        if let Some(known) = self.functions.get(&function.0) {
            return Ok(known.clone());
        }
        let name = match Function::new(self.heap, function).map(|function| function.name()) {
            Ok(name) => Some(Rc::from(name)),
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(_) => None,
        };
        self.functions.insert(function.0, name.clone());
        Ok(name)
    }

    /// The group an object belongs to, made if it is the first.
    fn group(&mut self, seen: &Seen<'_>, object: Value) -> Result<u32> {
        let constructor = self.constructor(seen, object)?;
        let is_array = seen.map.kind == Kind::Array;
        let (mut names, mut traits, mut props) = (Vec::new(), Traits::default(), 0);
        if is_array {
            match elements::array_length(self.heap, object) {
                Ok(length) => props = length,
                Err(_) => traits.badprop = true,
            }
        } else if seen.map.kind != Kind::Proxy {
            let mut found: Vec<String> = Vec::new();
            let mut is_cut = false;
            let read = properties::each(self.heap, object, &mut |property| {
                match property {
                    Ok(property) => {
                        props += 1;
                        match property.place {
                            Place::InObject => traits.inobject = true,
                            Place::OutOfObject => traits.props = true,
                            Place::Dictionary => traits.dict = true,
                            Place::Descriptor => {}
                        }
                        if found.len() < NAMES {
                            found.push(text(property.key));
                        } else if property.place == Place::Dictionary {
                            // The others would only be counted.
                            is_cut = true;
                            return ControlFlow::Break(());
                        }
                    }
                    Err(_) => traits.badprop = true,
                }
                ControlFlow::Continue(())
            });
            if is_cut {
                let count = properties::count_in_dictionary(self.heap, object);
                props = count.ok().flatten().unwrap_or(props);
            }
            match read {
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(_) => traits.badprop = true,
                Ok(()) => {}
            }
            names = found.iter().map(|name| self.groups.names.number(name)).collect();
        }
        let look = Look { constructor, names, props, is_array, is_bad: traits.badprop };
        if let Some(group) = self.looks.get(&look) {
            return Ok(*group);
        }
        let at = self.groups.list.len() as u32;
        self.groups.list.push(Group {
            constructor: look.constructor.clone(),
            is_array,
            is_function: matches!(seen.map.kind, Kind::Function | Kind::BoundFunction),
            props,
            traits,
            names: look.names.clone(),
            first: object,
            alive: 0,
            dead: 0,
            bytes: 0,
            dead_bytes: 0,
        });
        self.looks.insert(look, at);
        Ok(at)
    }
}

/// A property's name as it is listed.
fn text(key: Key) -> String {
    match key {
        Key::Name(name) | Key::Private(name) => name,
        Key::Symbol(Some(name)) | Key::Internal(Some(name)) => alloc::format!("[{name}]"),
        Key::Symbol(None) | Key::Internal(None) => "[Symbol()]".into(),
    }
}
