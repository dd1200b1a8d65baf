//! What is left in a process of the package.json files that Node has read, by
//! directory.
//!
//! Node 12 to 16 keep their texts, in a Map by path (lib/internal/modules/
//! package_json_reader.js, `cache`); 18 and 20 keep names but no versions (the same,
//! and lib/internal/modules/esm/package_config.js); from 21 on the binding `modules`
//! has the texts in C++ (src/node_modules.h, BindingData::package_configs_). All were
//! read in cores. What the program itself has read with `require` is there in each
//! release.

use super::cpp;
use super::manifest::{self, Manifest};
use super::modules::Module;
use super::object::{is_object, text, Object};
use super::wraps;
use crate::heap::whole::Whole;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::special;
use alloc::collections::BTreeMap;
use alloc::string::String;

/// Name of the files.
pub const FILE: &str = "/package.json";
/// Bytes of one that are read.
const TEXT: u64 = 1 << 20;
/// Characters of a path that are read.
const PATH: u64 = 4096;
/// Files of which Node may know.
const MOST: u64 = 1 << 20;
/// Places of a Map in which a key is looked for.
const FIRST: u64 = 4;
/// Words from the key of a PackageConfig to its end: 41 in Node 22 to 26, where the text
/// is at 37. Behind that is other memory.
const CONFIG: u64 = 42;
/// A function that the binding `modules` has had from the first.
const OF_BINDING: &str = "readPackageJSON";

/// Manifests by directory.
pub type Manifests = BTreeMap<String, Manifest>;

/// Finds all.
pub fn find(heap: Heap<'_>, whole: &Whole, modules: &[Module]) -> Result<Manifests> {
    let mut found = Manifests::new();
    of_maps(heap, whole, &mut found)?;
    of_binding(heap, whole, &mut found)?;
    for module in modules {
        let exports = module.object.filter(|_| module.file.ends_with(FILE));
        let exports = exports.and_then(|object| Object::read(heap, object).ok()?.object("exports"));
        if let Some(exports) = exports {
            add(&mut found, &module.file, of_object(&exports));
        }
    }
    Ok(found)
}

/// Adds what is known of a file; what was known before stays.
fn add(found: &mut Manifests, path: &str, manifest: Manifest) {
    let Some(dir) = path.strip_suffix(FILE) else { return };
    let known = found.entry(dir.into()).or_default();
    known.name = known.name.take().or(manifest.name);
    known.version = known.version.take().or(manifest.version);
}

fn of_object(object: &Object<'_>) -> Manifest {
    Manifest { name: object.text("name"), version: object.text("version") }
}

/// Those in Maps whose keys are paths.
fn of_maps(heap: Heap<'_>, whole: &Whole, found: &mut Manifests) -> Result<()> {
    let life = whole.life(heap)?;
    let maps = whole.objects.of_maps(|map| map.kind == Kind::MapCollection);
    for id in maps.filter(|id| life.has(*id)) {
        heap.check_interrupt()?;
        let map = whole.objects.value(heap, id);
        let first = special::entries(heap, map, FIRST).unwrap_or_default();
        let path = first.first().and_then(|(key, _)| text(heap, *key, PATH));
        if !path.is_some_and(|path| path.ends_with(FILE)) {
            continue;
        }
        for (key, value) in special::entries(heap, map, MOST)? {
            heap.check_interrupt()?;
            let Some(path) = text(heap, key, PATH) else { continue };
            if !is_object(heap, value) {
                continue;
            }
            let value = Object::read(heap, value)?;
            let read = value.get("string").or_else(|| value.get("data"));
            let manifest = read.and_then(|read| manifest::parse(&text(heap, read, TEXT)?));
            let data = manifest.is_none().then(|| value.object("data")).flatten();
            add(
                found,
                &path,
                manifest.unwrap_or_else(|| of_object(data.as_ref().unwrap_or(&value))),
            );
        }
    }
    Ok(())
}

/// Those of the binding.
fn of_binding(heap: Heap<'_>, whole: &Whole, found: &mut Manifests) -> Result<()> {
    let groups = whole.groups(heap)?;
    for (number, group) in groups.list.iter().enumerate() {
        if !groups.names(group).any(|name| name == OF_BINDING) {
            continue;
        }
        for id in groups.members(&whole.objects, number) {
            let object = whole.objects.value(heap, id);
            let Ok(Some(base)) = wraps::base_object(heap, object) else { continue };
            let is_path =
                |key| cpp::string(heap, key, PATH).is_some_and(|path| path.ends_with(FILE));
            for key in cpp::hash_table(heap, base, MOST, is_path)? {
                heap.check_interrupt()?;
                let Some(path) = cpp::string(heap, key, PATH) else { continue };
                add(found, &path, of_config(heap, key).unwrap_or_default());
            }
        }
    }
    Ok(())
}

/// What a PackageConfig has, by its text: the longest of its strings that is an object
/// of JSON. It begins behind the key with the path; where there is no file, with what
/// the memory had before.
fn of_config(heap: Heap<'_>, key: u64) -> Option<Manifest> {
    let at = |index: u64| key.wrapping_add(index * heap.word_size());
    if cpp::string(heap, at(4), PATH) != cpp::string(heap, key, PATH) {
        return None;
    }
    let texts = (4..CONFIG).filter_map(|index| cpp::string(heap, at(index), TEXT));
    let objects = texts.filter_map(|text| Some((text.len(), manifest::parse(&text)?)));
    objects.max_by_key(|(length, _)| *length).map(|(_, manifest)| manifest)
}
