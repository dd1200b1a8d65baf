//! Which of the mapped files are the executable and its libraries, and what they hold.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::buildid::{self, Peek};
use super::elf::{page_ceil, page_floor, Elf, ET_DYN, PAGE};
use super::notes::FileMap;
use super::symbols::Symbols;
use super::{Object, Width};

const PT_PHDR: u32 = 6;

/// An object's file.
pub(super) struct Image {
    pub(super) elf: Elf,
    /// Load address minus linked address, modulo 2^64.
    pub(super) bias: u64,
    pub(super) symbols: Symbols,
    /// Whether its unwind tables can be used, once that was asked.
    pub(super) unwinds: OnceLock<bool>,
}

impl Image {
    pub(super) fn new(elf: Elf, bias: u64) -> Image {
        Image { elf, bias, symbols: Symbols::default(), unwinds: OnceLock::new() }
    }
}

/// What there is to know before looking for objects.
pub(super) struct Clues<'a> {
    pub(super) width: Width,
    /// Mapped files, sorted by address.
    pub(super) maps: &'a [FileMap],
    pub(super) peek: &'a Peek<'a>,
    /// Whether the mapping at an address is executable.
    pub(super) is_code: &'a dyn Fn(u64) -> bool,
    pub(super) open: &'a dyn Fn(&FileMap) -> Result<Elf, String>,
    /// `AT_PHDR` and `AT_ENTRY` of the auxiliary vector.
    pub(super) phdr: Option<u64>,
    pub(super) entry: Option<u64>,
    /// The executable, when the user named it, with the path to say.
    pub(super) executable: Option<(String, Elf)>,
}

/// The objects, the executable first.
#[derive(Default)]
pub(super) struct Found {
    pub(super) objects: Vec<Object>,
    /// The file of each object, if it is there and the right one.
    pub(super) images: Vec<Option<Image>>,
    pub(super) warnings: Vec<String>,
}

/// Mapped files that are no file one could open again.
fn is_pseudo(path: &str) -> bool {
    const PREFIXES: [&str; 6] =
        ["/dev/", "/memfd:", "/SYSV", "/anon_hugepage", "/proc/", "anon_inode:"];
    PREFIXES.iter().any(|prefix| path.starts_with(prefix)) || !path.starts_with('/')
}

impl Clues<'_> {
    /// The mapping that holds the program headers or the entry point is the executable's.
    pub(super) fn executable_path(&self) -> Option<&str> {
        let holder = |addr: u64| self.maps.iter().find(|map| map.base <= addr && addr < map.end);
        let known = [self.phdr, self.entry].into_iter().flatten();
        known.into_iter().find_map(holder).map(|map| map.path.as_str())
    }

    /// Where the executable was loaded relative to its link address.
    fn executable_bias(&self, elf: &Elf) -> Option<u64> {
        let linked = elf.segments.iter().find(|s| s.kind == PT_PHDR).map(|s| s.vaddr);
        let by_headers = self.phdr.zip(linked).map(|(mapped, linked)| mapped.wrapping_sub(linked));
        let by_entry = || self.entry.map(|entry| entry.wrapping_sub(elf.entry));
        let by_type = || (elf.kind != ET_DYN).then_some(0);
        by_headers.or_else(by_entry).or_else(by_type).filter(|bias| bias % PAGE == 0)
    }

    /// Finds the objects. Takes the named executable out of the clues.
    pub(super) fn find(&mut self) -> Found {
        let mut found = Found::default();
        let executable_path = self.executable_path().map(str::to_owned);
        let mut named = self.executable.take();

        let mut order: Vec<&str> = Vec::new();
        let mut groups: HashMap<&str, Vec<&FileMap>> = HashMap::new();
        for map in self.maps {
            let group = groups.entry(&map.path).or_default();
            if group.is_empty() {
                order.push(&map.path);
            }
            group.push(map);
        }
        // A stable sort: the executable first, the rest by address.
        order.sort_by_key(|path| Some(*path) != executable_path.as_deref());
        for path in order {
            let executable = Some(path) == executable_path.as_deref();
            let file = if executable { named.take() } else { None };
            self.add_group(&groups[path], executable, file, &mut found);
        }
        if let Some((path, elf)) = named {
            self.add_unmapped(path, elf, &mut found);
        }
        found
    }

    /// An executable that no mapping names: older kernels do not list mapped files in cores.
    fn add_unmapped(&self, path: String, elf: Elf, found: &mut Found) {
        let (Some(bias), Some(span)) = (self.executable_bias(&elf), elf.span()) else {
            found.warnings.push(format!("cannot tell where {path} was loaded: it is not used"));
            return;
        };
        let base = span.start.wrapping_add(bias);
        if let Some(why) = buildid::mismatch(&elf, base, bias, &[], self.peek) {
            found.warnings.push(format!("{path} is not the executable of this core: {why}"));
            return;
        }
        let object = Object { path, base, size: span.end - span.start, executable: true };
        found.objects.insert(0, object);
        found.images.insert(0, Some(Image::new(elf, bias)));
    }

    fn add_group(
        &self,
        maps: &[&FileMap],
        executable: bool,
        named: Option<(String, Elf)>,
        found: &mut Found,
    ) {
        let first = maps[0];
        if is_pseudo(&first.path) && !executable {
            return;
        }
        // Cores made by gdb do not say which mappings are code; a loaded file has several.
        let looks_loaded = executable
            || maps.len() >= 3
            || maps.iter().any(|map| (self.is_code)(map.base))
            || buildid::mapped_headers(first.base, self.peek).is_some();
        // Messages name the file that was looked at: the one given, if one was.
        let (file, opened) = match named {
            Some((path, elf)) => (path, Ok(elf)),
            None => (first.path.clone(), (self.open)(first)),
        };
        let mut elf = match opened {
            Ok(elf) => Some(elf),
            // Other files, such as locale data, are mapped too and are of no concern.
            Err(_) if !looks_loaded => return,
            Err(why) => {
                let lost = "its symbols and its memory outside the core are missing";
                found.warnings.push(format!("{why}: {lost}"));
                None
            }
        };
        if elf.as_ref().is_some_and(|elf| elf.width != self.width) {
            found.warnings.push(format!("{file} has another word size: it is not used"));
            elf = None;
        }
        let span = match &elf {
            Some(elf) => elf.span(),
            None => buildid::mapped_headers(first.base, self.peek).and_then(|elf| elf.span()),
        };
        let size = span.map_or(u64::MAX, |span| span.end - span.start);
        for instance in instances(maps, size) {
            // dlmopen can load a file twice; the second copy maps the file again.
            let elf = match &elf {
                Some(_) if instance.start == 0 => elf.take(),
                _ if instance.start == 0 => None,
                _ => (self.open)(first).ok(),
            };
            self.add_object(&maps[instance], executable, (&file, elf), looks_loaded, found);
        }
    }

    fn add_object(
        &self,
        maps: &[&FileMap],
        executable: bool,
        (file, elf): (&str, Option<Elf>),
        looks_loaded: bool,
        found: &mut Found,
    ) {
        let (first, last) = (maps[0], maps[maps.len() - 1]);
        let path = first.path.clone();
        let mut object = Object { path, base: first.base, size: last.end - first.base, executable };
        let Some(elf) = elf else {
            found.objects.push(object);
            found.images.push(None);
            return;
        };
        let by_headers = if executable { self.executable_bias(&elf) } else { None };
        let bias = by_headers.or_else(|| bias_of_map(&elf, first));
        let why = match bias {
            Some(bias) => buildid::mismatch(&elf, first.base, bias, maps, self.peek),
            None => Some("no segment of the file fits its mappings".to_owned()),
        };
        match (why, bias) {
            (None, Some(bias)) => {
                if let Some(span) = elf.span() {
                    // With the zeroed memory, and without stray mappings: V8 maps the code of its
                    // builtins a second time, far away.
                    let end = span.end.wrapping_add(bias);
                    object.size = end.checked_sub(object.base).unwrap_or(object.size);
                }
                found.objects.push(object);
                found.images.push(Some(Image::new(elf, bias)));
            }
            // An ELF file mapped as data, as by a program that reads it.
            (Some(_), _) if !looks_loaded => {}
            (why, _) => {
                let why = why.unwrap_or_default();
                found.warnings.push(format!("{file} does not match: {why}: it is not used"));
                found.objects.push(object);
                found.images.push(None);
            }
        }
    }
}

/// Splits the mappings of one file into the places where it is loaded.
fn instances(maps: &[&FileMap], size: u64) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    for (index, map) in maps.iter().enumerate().skip(1) {
        let start: usize = starts[starts.len() - 1];
        if map.offset == 0 && map.base - maps[start].base >= size {
            starts.push(index);
        }
    }
    let ends = starts[1..].iter().copied().chain([maps.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// The load bias by the segment that the first mapping shows.
fn bias_of_map(elf: &Elf, map: &FileMap) -> Option<u64> {
    let shows = |s: &&super::elf::Segment| {
        let end = page_ceil(s.offset.saturating_add(s.filesz));
        page_floor(s.offset) <= map.offset && map.offset < end
    };
    let segment = elf.loads().find(shows)?;
    let linked = page_floor(segment.vaddr).wrapping_add(map.offset - page_floor(segment.offset));
    Some(map.base.wrapping_sub(linked))
}

/// Code of an object mapped a second time elsewhere: V8 does so with its builtins, to have them
/// close to the code it makes.
pub(super) struct Alias {
    base: u64,
    end: u64,
    /// Index of the object.
    pub(super) object: usize,
    /// Address minus linked address.
    pub(super) bias: u64,
}

impl Alias {
    /// Whether the address lies in the alias.
    pub(super) fn holds(&self, addr: u64) -> bool {
        self.base <= addr && addr < self.end
    }
}

/// Finds the mappings of objects' files that lie outside the objects.
pub(super) fn aliases(
    maps: &[FileMap],
    objects: &[Object],
    images: &[Option<Image>],
) -> Vec<Alias> {
    let mut aliases = Vec::new();
    for map in maps {
        let of_map = |object: &Object| object.path == map.path;
        let inside = |object: &Object| {
            of_map(object) && object.base <= map.base && map.base - object.base < object.size
        };
        if objects.iter().any(inside) {
            continue;
        }
        let Some(object) = objects.iter().position(of_map) else { continue };
        let bias = images[object].as_ref().and_then(|image| bias_of_map(&image.elf, map));
        if let Some(bias) = bias {
            aliases.push(Alias { base: map.base, end: map.end, object, bias });
        }
    }
    aliases
}
