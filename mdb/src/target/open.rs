//! Opening a target: what is asked of whom, and in which order.

use std::collections::HashMap;
use std::path::Path;

use super::elf::{self, page_ceil, page_floor, Elf, ET_CORE, ET_DYN, ET_EXEC};
use super::live::Live;
use super::memory::{self, Backing};
use super::notes::{FileMap, AT_ENTRY, AT_PHDR};
use super::objects::{self, Clues, Image};
use super::{args, core, procfs, Kind, MapFlags, Mapping, Object, Target};

impl Target {
    /// Opens an executable, or a core with or without its executable. A core alone may also be
    /// given as `executable`. The messages go to standard error after `mdb: `.
    pub fn open(executable: Option<&Path>, core: Option<&Path>) -> Result<Target, String> {
        let named = executable.map(|path| Ok::<_, String>((path, Elf::open(path)?))).transpose()?;
        match (named, core) {
            (None, None) => Ok(Target::none()),
            (Some((path, elf)), None) if elf.kind == ET_CORE => Target::open_core(None, path, elf),
            (Some((path, elf)), None) => Target::open_executable(path, elf),
            (Some((path, elf)), Some(_)) if elf.kind == ET_CORE => {
                Err(format!("cannot debug {}: a core file is not an executable", path.display()))
            }
            (named, Some(path)) => Target::open_core(named, path, Elf::open(path)?),
        }
    }

    fn open_executable(path: &Path, elf: Elf) -> Result<Target, String> {
        let span = elf.span().filter(|_| matches!(elf.kind, ET_EXEC | ET_DYN));
        let Some(span) = span else {
            return Err(format!("cannot debug {}: not an executable", path.display()));
        };
        let path = path.to_string_lossy().into_owned();
        let mut target = Target { kind: Kind::Executable, width: elf.width, ..Target::none() };
        let image = Image::new(elf, 0);
        target.mappings = executable_mappings(&path, &image.elf);
        target.backings = memory::backings_of(0, &image);
        target.backings.sort_by_key(|backing| backing.base);
        let size = span.end - span.start;
        target.objects.push(Object { path, base: span.start, size, executable: true });
        target.images.push(Some(image));
        Ok(target)
    }

    fn open_core(named: Option<(&Path, Elf)>, path: &Path, elf: Elf) -> Result<Target, String> {
        let name = path.to_string_lossy();
        let width = elf.width;
        let mut core = core::read(elf, &name)?;
        let mut warnings = std::mem::take(&mut core.warnings);
        let peek = |addr: u64, buf: &mut [u8]| core.memory(&[], &[]).read(addr, buf).is_ok();
        let is_code = |addr: u64| {
            let after = core.segments.partition_point(|segment| segment.base <= addr);
            let segment = after.checked_sub(1).map(|index| &core.segments[index]);
            segment.is_some_and(|s| addr - s.base < s.memsz && s.flags.contains(MapFlags::EXEC))
        };
        let mut clues = Clues {
            width,
            maps: &core.maps,
            peek: &peek,
            is_code: &is_code,
            open: &|map| match map.deleted {
                true => Err(format!("{} was deleted before the core was made", map.path)),
                false => Elf::open(Path::new(&map.path)),
            },
            phdr: core.process.aux(width, AT_PHDR),
            entry: core.process.aux(width, AT_ENTRY),
            executable: named.map(|(path, elf)| (path.to_string_lossy().into_owned(), elf)),
        };
        if clues.executable.is_none() && clues.executable_path().is_none() {
            match args::started_as(&core.process, width, &peek) {
                Some(name) => match Elf::open(Path::new(&name)) {
                    Ok(elf) => clues.executable = Some((name, elf)),
                    Err(why) => warnings.push(why),
                },
                None => warnings
                    .push(format!("{name} does not name its executable: give it before the core")),
            }
        }
        let found = clues.find();
        warnings.extend(found.warnings);
        let maps = std::mem::take(&mut core.maps);
        let mut mappings = core::mappings(&core.segments, &maps);
        mark_code(&mut mappings, &found.objects, &found.images);
        let executable = found.objects.iter().find(|object| object.executable);
        core::mark(&mut mappings, &core.process, width, executable);
        let backings = core_backings(&maps, &found.objects, &found.images);
        Ok(Target {
            kind: Kind::Core,
            width,
            process: std::mem::take(&mut core.process),
            core: Some(core),
            live: None,
            mappings,
            aliases: objects::aliases(&maps, &found.objects, &found.images),
            objects: found.objects,
            images: found.images,
            backings,
            warnings,
            stack: None,
        })
    }

    /// Attaches to a process and stops all its threads.
    pub fn attach(pid: i32, writable: bool) -> Result<Target, String> {
        let (live, mut warnings) = Live::attach(pid, writable)?;
        let (process, width) = live.process()?;
        let lines =
            procfs::maps(live.pid()).map_err(|why| format!("cannot attach to {pid}: {why}"))?;
        let maps: Vec<FileMap> = lines.iter().filter_map(procfs::MapLine::file).collect();
        let phdr = process.aux(width, AT_PHDR);
        let holds = |map: &FileMap| phdr.is_some_and(|at| map.base <= at && at < map.end);
        let executable = maps.iter().find(|map| holds(map)).map(|map| map.path.clone());
        let mut clues = Clues {
            width,
            maps: &maps,
            peek: &|addr, buf| live.read(addr, buf).is_ok(),
            is_code: &|addr| {
                let line = lines.iter().find(|line| line.base <= addr && addr < line.end);
                line.is_some_and(|line| line.flags.contains(MapFlags::EXEC))
            },
            open: &|map| live.open_file(map, executable.as_ref() == Some(&map.path)),
            phdr,
            entry: process.aux(width, AT_ENTRY),
            executable: None,
        };
        let found = clues.find();
        warnings.extend(found.warnings);
        Ok(Target {
            kind: Kind::Live,
            width,
            core: None,
            process,
            mappings: lines.iter().map(procfs::MapLine::mapping).collect(),
            aliases: objects::aliases(&maps, &found.objects, &found.images),
            objects: found.objects,
            images: found.images,
            backings: Vec::new(),
            warnings,
            stack: None,
            live: Some(live),
        })
    }
}

/// What the loader would map of an executable.
fn executable_mappings(path: &str, elf: &Elf) -> Vec<Mapping> {
    let mapping = |segment: &elf::Segment| {
        let flag = |bit: u32, flag| if segment.flags & bit != 0 { flag } else { MapFlags::empty() };
        let base = page_floor(segment.vaddr);
        Some(Mapping {
            base,
            size: page_ceil(segment.end()?).checked_sub(base)?,
            offset: page_floor(segment.offset),
            flags: flag(4, MapFlags::READ) | flag(2, MapFlags::WRITE) | flag(1, MapFlags::EXEC),
            name: Some(path.to_owned()),
        })
    };
    let mut mappings: Vec<Mapping> = elf.loads().filter_map(mapping).collect();
    mappings.sort_by_key(|mapping| mapping.base);
    mappings
}

/// Marks the code of objects, which cores made by gdb show as plain readable memory.
fn mark_code(mappings: &mut [Mapping], objects: &[Object], images: &[Option<Image>]) {
    for (object, image) in objects.iter().zip(images) {
        let Some(image) = image else { continue };
        let code = image.elf.loads().filter(|segment| segment.flags & 1 != 0);
        for segment in code {
            let offsets = page_floor(segment.offset)..segment.offset.saturating_add(segment.filesz);
            let its = |m: &&mut Mapping| {
                m.name.as_ref() == Some(&object.path) && offsets.contains(&m.offset)
            };
            mappings.iter_mut().filter(its).for_each(|m| m.flags |= MapFlags::EXEC);
        }
    }
}

/// Which file on disk stands behind which addresses of a core.
fn core_backings(maps: &[FileMap], objects: &[Object], images: &[Option<Image>]) -> Vec<Backing> {
    let mut by_path: HashMap<&str, usize> = HashMap::new();
    let mut backings = Vec::new();
    for (index, (object, image)) in objects.iter().zip(images).enumerate() {
        let Some(image) = image else { continue };
        if maps.iter().any(|map| map.path == object.path) {
            by_path.insert(&object.path, index);
        } else {
            backings.extend(memory::backings_of(index, image));
        }
    }
    backings.extend(maps.iter().filter_map(|map| {
        let image = *by_path.get(map.path.as_str())?;
        Some(Backing { base: map.base, end: map.end, offset: map.offset, image })
    }));
    backings.sort_by_key(|backing| backing.base);
    backings
}
