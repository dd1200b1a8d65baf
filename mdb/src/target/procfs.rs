//! What `/proc` says of a process.

use std::fs;
use std::io::ErrorKind;

use super::elf::os_text;
use super::notes::FileMap;
use super::{ffi, MapFlags, Mapping};

/// One line of `/proc/PID/maps`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MapLine {
    pub(super) base: u64,
    pub(super) end: u64,
    pub(super) flags: MapFlags,
    pub(super) offset: u64,
    /// Path or pseudo name; empty for anonymous memory.
    pub(super) name: String,
    /// Whether a file is behind it.
    pub(super) is_file: bool,
}

/// Parses a line like `5581a000-5581c000 r-xp 00001000 08:01 1234   /path with blanks`.
pub(super) fn parse_map_line(line: &str) -> Option<MapLine> {
    let mut fields = line.splitn(6, ' ');
    let (base, end) = fields.next()?.split_once('-')?;
    let perms = fields.next()?.as_bytes();
    let offset = fields.next()?;
    let _device = fields.next()?;
    let inode = fields.next()?;
    let name = unescape(fields.next().unwrap_or("").trim_start());
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    let letters = [
        (b'r', MapFlags::READ),
        (b'w', MapFlags::WRITE),
        (b'x', MapFlags::EXEC),
        (b's', MapFlags::SHARED),
    ];
    let mut flags = MapFlags::empty();
    for (letter, flag) in letters {
        flags.set(flag, perms.contains(&letter));
    }
    let is_file = inode != "0";
    let (base, end) = (hex(base)?, hex(end)?);
    (base < end).then_some(MapLine { base, end, flags, offset: hex(offset)?, name, is_file })
}

/// The kernel writes a newline in a path as `\012`.
fn unescape(name: &str) -> String {
    name.replace("\\012", "\n")
}

/// The address space of a process.
pub(super) fn maps(pid: i32) -> Result<Vec<MapLine>, String> {
    let path = format!("/proc/{pid}/maps");
    let text = fs::read(&path).map_err(|e| format!("failed to read {path}: {}", os_text(&e)))?;
    Ok(String::from_utf8_lossy(&text).lines().filter_map(parse_map_line).collect())
}

impl MapLine {
    /// The mapping as mdb shows it: pseudo names become flags.
    pub(super) fn mapping(&self) -> Mapping {
        let mut flags = self.flags;
        flags.set(MapFlags::ANON, !self.is_file);
        flags.set(MapFlags::BREAK, self.name == "[heap]");
        flags.set(MapFlags::STACK, self.name == "[stack]");
        let kernel_made = matches!(self.name.as_str(), "[vdso]" | "[vvar]" | "[vsyscall]");
        let named = self.is_file || kernel_made || self.name.starts_with("[vvar");
        let name = named.then(|| self.name.clone());
        Mapping { base: self.base, size: self.end - self.base, offset: self.offset, flags, name }
    }

    /// The mapped file, if it is one.
    pub(super) fn file(&self) -> Option<FileMap> {
        self.is_file.then(|| FileMap::new(self.base, self.end, self.offset, &self.name))
    }
}

/// A field of `/proc/PID/status`.
pub(super) fn status_field(pid: i32, field: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    Some(line.trim().to_owned())
}

/// The threads of a process now.
pub(super) fn threads(pid: i32) -> Vec<i32> {
    let entries = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let mut tids: Vec<i32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    tids.sort_unstable();
    tids
}

/// Whether a thread has exited but is still listed.
pub(super) fn is_dead(pid: i32, tid: i32) -> bool {
    stat(&format!("/proc/{pid}/task/{tid}/stat")).is_none_or(|s| matches!(s.state, 'Z' | 'X'))
}

/// Fields of `/proc/PID/stat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) state: char,
    pub(super) ppid: i32,
    pub(super) pgrp: i32,
    pub(super) sid: i32,
    pub(super) flags: u64,
    pub(super) nice: i64,
}

/// Parses a stat line: `PID (NAME) STATE PPID ...`, where NAME may hold anything.
pub(super) fn parse_stat(text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
    let number = |index: usize| fields.get(index)?.trim().parse::<i64>().ok();
    Some(Stat {
        state: fields.first()?.chars().next()?,
        ppid: number(1)? as i32,
        pgrp: number(2)? as i32,
        sid: number(3)? as i32,
        flags: number(6)? as u64,
        nice: number(16)?,
    })
}

/// Reads a stat file.
pub(super) fn stat(path: &str) -> Option<Stat> {
    parse_stat(&String::from_utf8_lossy(&fs::read(path).ok()?))
}

/// The user that a process runs as.
pub(super) fn user(pid: i32) -> Option<u32> {
    status_field(pid, "Uid")?.split_whitespace().nth(1)?.parse().ok()
}

/// The group that a process runs as.
pub(super) fn group(pid: i32) -> Option<u32> {
    status_field(pid, "Gid")?.split_whitespace().nth(1)?.parse().ok()
}

/// Why a process may not be traced, in one line.
pub(super) fn explain_refusal(pid: i32) -> String {
    const KERNEL_THREAD: u64 = 0x0020_0000;
    let stat = stat(&format!("/proc/{pid}/stat"));
    let tracer = status_field(pid, "TracerPid").and_then(|text| text.parse::<i32>().ok());
    if let Some(tracer) = tracer.filter(|tracer| *tracer > 0) {
        return format!("it is already being traced by process {tracer}");
    }
    if stat.is_some_and(|stat| matches!(stat.state, 'Z' | 'X')) {
        return "it has exited and is a zombie".to_owned();
    }
    if stat.is_some_and(|stat| stat.flags & KERNEL_THREAD != 0) {
        return "it is a kernel thread".to_owned();
    }
    let me = ffi::effective_user();
    if let Some(owner) = user(pid).filter(|owner| me != 0 && *owner != me) {
        return format!("it runs as user {owner}: run mdb as that user or as root");
    }
    let scope = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    match scope.trim() {
        "1" if me != 0 => "kernel.yama.ptrace_scope is 1, so only a parent may trace a process: \
            run mdb as root, or set it to 0"
            .to_owned(),
        "2" => "kernel.yama.ptrace_scope is 2, so only CAP_SYS_PTRACE may trace: run mdb as root, \
            and in a container with --cap-add SYS_PTRACE"
            .to_owned(),
        "3" => "kernel.yama.ptrace_scope is 3, so nothing may be traced until the next boot".into(),
        _ if me == 0 => "Operation not permitted (in a container, start it with \
            --cap-add SYS_PTRACE; a seccomp or security policy may forbid it too)"
            .to_owned(),
        _ => "Operation not permitted (the process may hold privileges: run mdb as root)".into(),
    }
}

/// Whether the process exists at all; the error is for the user.
pub(super) fn check_exists(pid: i32) -> Result<(), String> {
    match fs::metadata(format!("/proc/{pid}")) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == ErrorKind::NotFound => Err("No such process".to_owned()),
        Err(e) => Err(os_text(&e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn map_lines() {
        let line = "7f00-8f00 r-xs 00001000 08:01 1234                       /a path (deleted)";
        let parsed = parse_map_line(line).unwrap();
        assert_eq!((parsed.base, parsed.end, parsed.offset), (0x7f00, 0x8f00, 0x1000));
        assert_eq!(parsed.flags, MapFlags::READ | MapFlags::EXEC | MapFlags::SHARED);
        let file = parsed.file().unwrap();
        assert_eq!((file.path.as_str(), file.deleted), ("/a path", true));
        let heap = parse_map_line("1000-2000 rw-p 00000000 00:00 0          [heap]").unwrap();
        assert!(heap.file().is_none());
        assert_eq!(heap.mapping().name, None);
        assert!(heap.mapping().flags.contains(MapFlags::BREAK | MapFlags::ANON));
        let bare = parse_map_line("1000-2000 ---p 00000000 00:00 0 ").unwrap();
        assert_eq!(bare.flags, MapFlags::empty());
        for bad in ["", "1000 rw-p", "2000-1000 rw-p 0 00:00 0", "x-y rw-p 0 00:00 0"] {
            assert_eq!(parse_map_line(bad), None, "{bad}");
        }
    }

    #[test]
    fn stat_lines_with_odd_names() {
        let text = "12 (a) b) (c) T 1 2 3 0 -1 64 0 0 0 0 0 0 0 0 20 -5 1 0";
        let stat = parse_stat(text).unwrap();
        let expected = Stat { state: 'T', ppid: 1, pgrp: 2, sid: 3, flags: 64, nice: -5 };
        assert_eq!(stat, expected);
        assert_eq!(parse_stat("12 (a"), None);
        assert_eq!(parse_stat("12 (a) T 1"), None);
    }
}
