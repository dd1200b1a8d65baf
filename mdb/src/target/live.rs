//! Stopping a process without harm, and its memory while it stands still.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::elf::{os_text, Elf};
use super::ffi::{self, Wait};
use super::notes::{make_status, prpsinfo, FileMap, Process, Thread};
use super::regs::{self, Regs};
use super::{procfs, MemError, Width};

/// How long a thread may take to stop. One in an uninterruptible system call takes for ever.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a thread usually takes to stop.
const AT_ONCE: Duration = Duration::from_micros(200);

/// How long to wait for dying threads when letting go.
const LAST_PATIENCE: Duration = Duration::from_millis(200);

/// A process whose threads are stopped.
pub(super) struct Live {
    pid: i32,
    tracees: Vec<Tracee>,
    memory: Option<File>,
    writable: bool,
    since: Instant,
    stood: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Tracee {
    tid: i32,
    stopped: bool,
    /// A signal that was on its way to the thread when it stopped: handed on at the end.
    signal: i32,
}

impl Live {
    /// Stops all threads of a process. The warnings name those that did not stop.
    pub(super) fn attach(pid: i32, writable: bool) -> Result<(Live, Vec<String>), String> {
        let fail = |why: String| format!("cannot attach to {pid}: {why}");
        if pid <= 0 {
            return Err(fail("not a process id".to_owned()));
        }
        procfs::check_exists(pid).map_err(fail)?;
        // Any thread's id names the process.
        let leader = procfs::status_field(pid, "Tgid").and_then(|text| text.parse().ok());
        let pid = leader.unwrap_or(pid);
        if pid == std::process::id() as i32 {
            return Err(fail("it is this debugger".to_owned()));
        }
        let (since, tracees) = (Instant::now(), Vec::new());
        let mut live = Live { pid, tracees, memory: None, writable, since, stood: None };
        // New threads may appear until all known ones stand still. Dropping `live` undoes what
        // was done if this fails half way.
        while live.seize_new().map_err(fail)? {
            live.wait_for_stops();
        }
        if !live.tracees.iter().any(|tracee| tracee.stopped) {
            return Err(fail(match live.tracees.first() {
                Some(_) => format!("no thread stopped within {} seconds", PATIENCE.as_secs()),
                None => procfs::explain_refusal(pid),
            }));
        }
        let memory = OpenOptions::new().read(true).write(writable).open(format!("/proc/{pid}/mem"));
        live.memory = match memory {
            Ok(file) => Some(file),
            Err(e) if writable => return Err(fail(format!("memory: {}", os_text(&e)))),
            Err(_) => None,
        };
        let stuck = live.tracees.iter().filter(|tracee| !tracee.stopped);
        let warnings = stuck
            .map(|tracee| format!("thread {} does not stop: its registers are unknown", tracee.tid))
            .collect();
        Ok((live, warnings))
    }

    /// Seizes threads not yet known; false if there are none.
    fn seize_new(&mut self) -> Result<bool, String> {
        let mut any = false;
        for tid in procfs::threads(self.pid) {
            if self.tracees.iter().any(|tracee| tracee.tid == tid) {
                continue;
            }
            match ffi::seize(tid) {
                Ok(()) => {}
                Err(e) if e.raw_os_error() == Some(libc::ESRCH) => continue,
                Err(_) if procfs::is_dead(self.pid, tid) => continue,
                Err(e) if e.raw_os_error() == Some(libc::EPERM) => {
                    return Err(procfs::explain_refusal(self.pid));
                }
                Err(e) => return Err(os_text(&e)),
            }
            self.tracees.push(Tracee { tid, stopped: false, signal: 0 });
            // If this fails the thread has exited, which the wait will find out.
            ffi::interrupt(tid).ok();
            any = true;
        }
        Ok(any)
    }

    /// Stops one thread of a process that runs.
    pub(super) fn hold(&mut self, tid: i32) -> Result<(), String> {
        self.since = Instant::now();
        self.stood = None;
        ffi::seize(tid).map_err(|why| match procfs::is_dead(self.pid, tid) {
            true => format!("thread {tid} has ended"),
            false => os_text(&why),
        })?;
        self.tracees.push(Tracee { tid, stopped: false, signal: 0 });
        // If this fails the thread has exited, which the wait will find out.
        ffi::interrupt(tid).ok();
        self.wait_for_stops();
        match self.tracees.first() {
            Some(tracee) if tracee.stopped => Ok(()),
            Some(_) => {
                self.detach();
                Err(format!("thread {tid} does not stop"))
            }
            None => Err(format!("thread {tid} has ended")),
        }
    }

    fn wait_for_stops(&mut self) {
        let start = Instant::now();
        let mut pause = Duration::from_micros(20);
        loop {
            self.poll();
            let all = self.tracees.iter().all(|tracee| tracee.stopped);
            let waited = start.elapsed();
            if all || waited > PATIENCE {
                return;
            }
            // Most stop before a sleep, however short, would be over.
            if waited < AT_ONCE {
                std::thread::yield_now();
                continue;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(5));
        }
    }

    fn poll(&mut self) {
        self.tracees.retain_mut(|tracee| {
            if tracee.stopped {
                return true;
            }
            match ffi::poll_thread(tracee.tid) {
                Some(Wait::Running) => true,
                Some(Wait::Stopped) => {
                    tracee.stopped = true;
                    true
                }
                Some(Wait::Signal(signal)) => {
                    (tracee.stopped, tracee.signal) = (true, signal);
                    true
                }
                None => false,
            }
        });
    }

    /// Lets the process go on as it was: running, or stopped by job control.
    pub(super) fn detach(&mut self) {
        if self.tracees.is_empty() {
            return;
        }
        self.poll();
        // Letting go fails for a thread that is dying, whose end must be taken note of lest its
        // parent wait for ever, and for one that never stopped, which the kernel lets go of when
        // the debugger exits.
        self.tracees.retain(|tracee| ffi::detach(tracee.tid, tracee.signal).is_err());
        let start = Instant::now();
        while !self.tracees.is_empty() && start.elapsed() < LAST_PATIENCE {
            self.tracees.retain(|tracee| ffi::poll_thread(tracee.tid) == Some(Wait::Running));
            std::thread::sleep(Duration::from_millis(1));
        }
        self.tracees.clear();
        self.memory = None;
        self.stood = Some(self.since.elapsed());
    }

    /// Whether the process is still held.
    pub(super) fn is_attached(&self) -> bool {
        !self.tracees.is_empty()
    }

    /// How long the process stood still, or has so far.
    pub(super) fn stood_still(&self) -> Duration {
        self.stood.unwrap_or_else(|| self.since.elapsed())
    }

    /// Whether its memory may be written.
    pub(super) fn is_writable(&self) -> bool {
        self.writable
    }

    pub(super) fn pid(&self) -> i32 {
        self.pid
    }

    /// Ids of the threads that stand still, the main one first.
    pub(super) fn stopped_threads(&self) -> Vec<i32> {
        let mut tids: Vec<i32> =
            self.tracees.iter().filter(|tracee| tracee.stopped).map(|tracee| tracee.tid).collect();
        tids.sort_by_key(|tid| (*tid != self.pid, *tid));
        tids
    }

    /// Registers and facts, and the word size that the registers tell.
    pub(super) fn process(&self) -> Result<(Process, Width), String> {
        let pid = self.pid;
        let mut process = Process { pid: Some(pid), ..Process::default() };
        let (threads, width) = self.threads();
        process.threads = threads;
        let Some(first) = process.threads.first() else {
            return Err(format!("cannot attach to {pid}: cannot read its registers"));
        };
        process.siginfo = ffi::siginfo(first.tid).map(Vec::from).unwrap_or_default();
        process.auxv = std::fs::read(format!("/proc/{pid}/auxv")).unwrap_or_default();
        process.psinfo = psinfo(pid, width);
        Ok((process, width))
    }

    /// The threads that stand still with their registers, and the word size of the
    /// first one's.
    pub(super) fn threads(&self) -> (Vec<Thread>, Width) {
        let stat = procfs::stat(&format!("/proc/{}/stat", self.pid));
        let ids = stat.map_or([0; 3], |stat| [stat.ppid, stat.pgrp, stat.sid]);
        let mut threads = Vec::new();
        let mut width = Width::Bits64;
        for tid in self.stopped_threads() {
            let mut block = [0; regs::size(Width::Bits64)];
            let Ok(size) = ffi::regset(tid, ffi::REGSET_GENERAL, &mut block) else { continue };
            let its_width = if size == block.len() { Width::Bits64 } else { Width::Bits32 };
            let Some(regs) = Regs::parse(its_width, &block[..size]) else { continue };
            if threads.is_empty() {
                width = its_width;
            }
            let status = make_status(its_width, tid, ids, &block[..size]);
            threads.push(Thread { tid, regs, status });
        }
        (threads, width)
    }

    pub(super) fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), MemError> {
        let mut done = 0;
        while done < buf.len() {
            let count = match addr.checked_add(done as u64) {
                Some(addr) => self.read_some(addr, &mut buf[done..]),
                None => 0,
            };
            match count {
                0 if done == 0 => return Err(MemError::NoMap),
                0 => return Err(MemError::Partial(done)),
                _ => done += count,
            }
        }
        Ok(())
    }

    /// The fast call stops at pages without read permission and may be forbidden; the file of the
    /// process's memory reads those too.
    fn read_some(&self, addr: u64, buf: &mut [u8]) -> usize {
        if !self.is_attached() {
            return 0;
        }
        match ffi::read_process(self.pid, addr, buf) {
            Ok(count) if count > 0 => count,
            _ => self.memory.as_ref().map_or(0, |file| file.read_at(buf, addr).unwrap_or(0)),
        }
    }

    pub(super) fn write(&self, addr: u64, buf: &[u8]) -> Result<(), MemError> {
        let Some(file) = self.memory.as_ref().filter(|_| self.writable) else {
            return Err(MemError::ReadOnly);
        };
        let mut done = 0;
        while done < buf.len() {
            let at = addr.checked_add(done as u64);
            match at.map_or(0, |at| file.write_at(&buf[done..], at).unwrap_or(0)) {
                0 if done == 0 => return Err(MemError::NoMap),
                0 => return Err(MemError::Partial(done)),
                count => done += count,
            }
        }
        Ok(())
    }

    /// Opens a mapped file as the process sees it: even if it was deleted or replaced since, or
    /// lies in another container's file system.
    pub(super) fn open_file(&self, map: &FileMap, is_executable: bool) -> Result<Elf, String> {
        let pid = self.pid;
        let inside = PathBuf::from(format!("/proc/{pid}/root{}", map.path));
        let mapped = PathBuf::from(format!("/proc/{pid}/map_files/{:x}-{:x}", map.base, map.end));
        let running = PathBuf::from(format!("/proc/{pid}/exe"));
        let first = if is_executable { running } else { mapped };
        let opened = Elf::open_as(&first, &map.path);
        if map.deleted {
            return opened;
        }
        opened.or_else(|_| Elf::open_as(&inside, &map.path))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.detach();
    }
}

/// `struct elf_prpsinfo` as the kernel would write it.
fn psinfo(pid: i32, width: Width) -> Vec<u8> {
    let at = prpsinfo(width);
    let mut info = vec![0; at.size];
    let Some(stat) = procfs::stat(&format!("/proc/{pid}/stat")) else { return info };
    let states = "RSDTZW";
    let state = states.find(stat.state).unwrap_or(states.len());
    let head = [state as u8, stat.state as u8, u8::from(stat.state == 'Z'), stat.nice as i8 as u8];
    info[..4].copy_from_slice(&head);
    let user = procfs::user(pid).unwrap_or(0);
    let group = procfs::group(pid).unwrap_or(0);
    for (slot, id) in [user, group].into_iter().enumerate() {
        let start = at.uid + slot * at.id_size;
        info[start..start + at.id_size].copy_from_slice(&id.to_le_bytes()[..at.id_size]);
    }
    for (slot, id) in [pid, stat.ppid, stat.pgrp, stat.sid].into_iter().enumerate() {
        let start = at.pid + slot * 4;
        info[start..start + 4].copy_from_slice(&id.to_le_bytes());
    }
    let mut put = |start: usize, room: usize, text: &[u8]| {
        let len = text.len().min(room - 1);
        info[start..start + len].copy_from_slice(&text[..len]);
    };
    let name = std::fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    put(at.fname, at.args - at.fname, name.trim_ascii_end());
    let mut args = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    args.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b' ');
    put(at.args, at.size - at.args, args.trim_ascii_end());
    info
}
