//! The modules that a process has loaded, CommonJS and ES.
//!
//! A CommonJS module is a Module (lib/internal/modules/cjs/loader.js) with what it has
//! required in `children`; before Node 6 only what it was the first to require. An ES
//! module is V8's SourceTextModule, which has what it imports, and Node's ModuleWrap
//! with its `url` (src/module_wrap.h). What is imported but not ES is a SyntheticModule
//! of V8's, that has its url for a name.

use super::object::{of_classes, Object};
use crate::heap::whole::Whole;
use crate::v8::elements::Elements;
use crate::v8::error::Result;
use crate::v8::fixed_array::FixedArray;
use crate::v8::function::{Function, Shared};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::properties::Slot;
use crate::v8::script::Script;
use crate::v8::string;
use crate::v8::suspended;
use crate::v8::value::Value;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Modules that one may require.
const CHILDREN: u64 = 1 << 16;
/// Words of a SourceTextModule that are looked at.
const WORDS: u64 = 24;

/// What language a module is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `require` and `exports`.
    CommonJs,
    /// `import` and `export`.
    Es,
    /// None that has code of its own to V8, such as JSON and WebAssembly that an ES
    /// module has imported.
    Synthetic,
}

/// A module.
#[derive(Debug, Clone)]
pub struct Module {
    /// Its Module or ModuleWrap, where it has one.
    pub object: Option<Value>,
    /// Its language.
    pub language: Language,
    /// Its file, or its url if that is of no file.
    pub file: String,
    /// Whether it has run to its end, as far as that is known.
    pub loaded: Option<bool>,
    /// Whether it is the one that was started.
    pub is_main: bool,
    /// Places in the list of those that it has loaded.
    pub loads: BTreeSet<usize>,
}

/// Modules in the order in which they are found, one for each file.
#[derive(Default)]
struct Finder {
    list: Vec<Module>,
    by_file: BTreeMap<String, usize>,
    by_object: BTreeMap<Value, usize>,
}

/// All modules but Node's own, in the order of their files.
pub fn find(heap: Heap<'_>, whole: &Whole) -> Result<Vec<Module>> {
    let mut finder = Finder::default();
    finder.common(heap, whole)?;
    finder.es(heap, whole)?;
    Ok(finder.sorted())
}

impl Finder {
    fn add(&mut self, file: String, language: Language, object: Option<Value>) -> usize {
        let next = self.list.len();
        let at = *self.by_file.entry(file.clone()).or_insert(next);
        if at == next {
            let (loads, is_main) = (BTreeSet::new(), false);
            self.list.push(Module { object, language, file, loaded: None, is_main, loads });
        }
        if let Some(object) = object {
            self.by_object.insert(object, at);
        }
        at
    }

    fn sorted(self) -> Vec<Module> {
        let mut places = vec![0; self.list.len()];
        for (new, old) in self.by_file.values().enumerate() {
            places[*old] = new;
        }
        let mut list = self.list;
        for module in &mut list {
            module.loads = module.loads.iter().map(|old| places[*old]).collect();
        }
        list.sort_by(|a, b| a.file.cmp(&b.file));
        list
    }

    fn common(&mut self, heap: Heap<'_>, whole: &Whole) -> Result<()> {
        let mut children = Vec::new();
        for object in of_classes(heap, whole, |name| name == "Module")? {
            heap.check_interrupt()?;
            let Ok(own) = Object::read(heap, object) else { continue };
            let (Some(file), Some(list)) = (own.text("filename"), own.get("children")) else {
                continue;
            };
            // What `createRequire` makes has the file's name, but is not it.
            let is_copy = self.by_file.contains_key(&file);
            let at = self.add(file, Language::CommonJs, Some(object));
            children.push((at, list));
            let module = &mut self.list[at];
            if !is_copy || own.is_true("loaded") {
                module.object = Some(object);
                module.loaded = Some(own.is_true("loaded"));
            }
            module.is_main |= own.text("id").is_some_and(|id| id == ".");
        }
        for (at, list) in children {
            let Ok(elements) = Elements::new(heap, list) else { continue };
            for index in 0..elements.end().min(CHILDREN) {
                let Ok(Some(Slot::Value(child))) = elements.get(index) else { continue };
                let known = self.by_object.get(&child).copied();
                self.list[at].loads.extend(known.filter(|child| *child != at));
            }
        }
        Ok(())
    }

    fn es(&mut self, heap: Heap<'_>, whole: &Whole) -> Result<()> {
        let mut wraps = BTreeMap::new();
        for object in of_classes(heap, whole, |name| name == "ModuleWrap")? {
            let url = Object::read(heap, object).ok().and_then(|own| own.text("url"));
            wraps.extend(url.map(|url| (url, object)));
        }
        let types = &heap.layout.types;
        let life = whole.life(heap)?;
        let records = whole.objects.of_maps(|map| types.lookup(map.number).1 == Some(RECORD));
        let mut imports = Vec::new();
        for id in records.filter(|id| life.has(*id)) {
            heap.check_interrupt()?;
            let object = whole.objects.value(heap, id);
            let Ok(record) = Record::read(heap, object) else { continue };
            let Some(file) = record.url.as_deref().and_then(file_of) else { continue };
            let wrap = record.url.as_ref().and_then(|url| wraps.get(url)).copied();
            let at = self.add(file, Language::Es, wrap);
            self.list[at].language = Language::Es;
            self.by_object.insert(object, at);
            imports.push((at, record.requested));
        }
        // Where V8's records are not known, Node's say at least which there are.
        let language = match types.number_of(RECORD) {
            Some(_) => Language::Synthetic,
            None => Language::Es,
        };
        for (url, wrap) in wraps {
            let file = file_of(&url).filter(|file| !self.by_file.contains_key(file));
            file.map(|file| self.add(file, language, Some(wrap)));
        }
        for (at, requested) in imports {
            for other in requested {
                let known = self
                    .by_object
                    .get(&other)
                    .or_else(|| self.by_file.get(&file_of(&synthetic_url(heap, other)?)?));
                let known = known.copied();
                self.list[at].loads.extend(known.filter(|other| *other != at));
            }
        }
        Ok(())
    }
}

/// Class of ES modules.
const RECORD: &str = "SourceTextModule";
/// Class of what is imported but not ES.
const SYNTHETIC: &str = "SyntheticModule";

/// An ES module as V8 has it.
struct Record {
    url: Option<String>,
    requested: Vec<Value>,
}

impl Record {
    /// Reads one. Its fields have moved with each release, but what is in them tells
    /// which they are (src/objects/source-text-module.tq): the code leads to the
    /// script, and `requested_modules` is the only list of nothing but modules.
    fn read(heap: Heap<'_>, object: Value) -> Result<Record> {
        let mut record = Record { url: None, requested: Vec::new() };
        let size = heap.instance_size(heap.map(object)?)?.min(WORDS * heap.word_size());
        let start = heap.addr(object)?;
        for at in (heap.word_size()..size).step_by(heap.word_size() as usize) {
            let field = Value(heap.word(start + at)?);
            if !heap.is_heap_object(field) {
                continue;
            }
            if record.url.is_none() {
                record.url = script_of(heap, field).and_then(|script| script.name().ok()?);
            }
            if record.requested.is_empty() {
                record.requested = modules_in(heap, field).unwrap_or_default();
            }
        }
        Ok(record)
    }
}

/// The script of any code.
fn script_of(heap: Heap<'_>, code: Value) -> Option<Script<'_>> {
    match heap.kind(code).ok()? {
        Kind::Script => Script::new(heap, code).ok(),
        Kind::Generator => suspended::function(heap, code).ok()?.shared.script().ok()?,
        Kind::Function => Function::new(heap, code).ok()?.shared.script().ok()?,
        Kind::SharedFunctionInfo => Shared::new(heap, code).ok()?.script().ok()?,
        _ => None,
    }
}

/// The modules of a list that has nothing else.
fn modules_in(heap: Heap<'_>, list: Value) -> Option<Vec<Value>> {
    if heap.kind(list) != Ok(Kind::FixedArray) {
        return None;
    }
    let array = FixedArray::new(heap, list).ok().filter(|array| array.len() <= CHILDREN)?;
    let is_module = |value: &Value| {
        heap.is_heap_object(*value)
            && heap.class_name(*value).is_ok_and(|class| class == RECORD || class == SYNTHETIC)
    };
    array.iter().map(|value| value.ok().filter(is_module)).collect()
}

/// The url of a synthetic module.
fn synthetic_url(heap: Heap<'_>, module: Value) -> Option<String> {
    // src/objects/synthetic-module.tq: the name is the first text.
    let size = heap.instance_size(heap.map(module).ok()?).ok()?.min(WORDS * heap.word_size());
    let start = heap.addr(module).ok()?;
    let words = (heap.word_size()..size).step_by(heap.word_size() as usize);
    let values = words.filter_map(|at| heap.word(start + at).ok().map(Value));
    let mut texts =
        values.filter(|value| heap.is_heap_object(*value) && heap.kind(*value) == Ok(Kind::String));
    string::name(heap, texts.next()?).ok()
}

/// The file of a url; another url as it is, and none for what Node has built in.
fn file_of(url: &str) -> Option<String> {
    if url.starts_with("node:") {
        return None;
    }
    let Some(path) = url.strip_prefix("file://") else {
        return url.contains(':').then(|| url.to_string());
    };
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, others @ ..] = rest {
        let code = others.get(..2).and_then(|digits| core::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.filter(|_| *first == b'%') {
            Some(code) => {
                bytes.push(code);
                rest = &others[2..];
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::file_of;

    #[test]
    fn files_of_urls() {
        let file = |url| file_of(url);
        assert_eq!(file("file:///srv/a%20b/%C3%A9.mjs?v=1#x").as_deref(), Some("/srv/a b/é.mjs"));
        assert_eq!(file("file:///srv/100%/%zz").as_deref(), Some("/srv/100%/%zz"));
        assert_eq!(file("data:text/javascript,1").as_deref(), Some("data:text/javascript,1"));
        assert_eq!(file("node:fs"), None);
        assert_eq!(file("fs"), None);
    }
}
