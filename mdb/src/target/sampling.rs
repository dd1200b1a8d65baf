//! Looking at one thread of a live process for a moment, again and again, while the
//! process runs.

use super::live::Live;
use super::{procfs, Target};

/// Bytes of a stack that are copied at most; deeper stacks lose their outermost frames.
const MAX_STACK: u64 = 1 << 20;
/// Bytes below the stack pointer that belong to the stack (System V ABI).
const RED_ZONE: u64 = 128;

/// A stack as it was when its thread was let go.
pub(super) struct StackCopy {
    base: u64,
    bytes: Vec<u8>,
}

impl StackCopy {
    /// Reads all of `buf`; false if the copy does not hold it.
    pub(super) fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        let from = addr.checked_sub(self.base).and_then(|at| usize::try_from(at).ok());
        let part = from.and_then(|from| self.bytes.get(from..from.checked_add(buf.len())?));
        part.inspect(|part| buf.copy_from_slice(part)).is_some()
    }
}

impl Target {
    /// Lets a live process go on, to look at single threads from now on.
    ///
    /// # Errors
    ///
    /// Why that cannot be done.
    pub fn start_sampling(&mut self) -> Result<(), String> {
        match &mut self.live {
            Some(live) if live.is_attached() => {
                live.detach();
                Ok(())
            }
            _ => Err("the target is not a live process".to_owned()),
        }
    }

    /// Stops the whole process again, after which the target is as new.
    ///
    /// # Errors
    ///
    /// Why it cannot be stopped: most often, it has ended.
    pub fn stop_again(&mut self) -> Result<(), String> {
        let Some(live) = &self.live else { return Ok(()) };
        let again = Target::attach(live.pid(), live.is_writable())?;
        *self = again;
        Ok(())
    }

    /// Whether a thread of a process that runs is on a processor, or waits for one.
    ///
    /// # Errors
    ///
    /// That it has ended.
    pub fn is_on_cpu(&self, tid: u64) -> Result<bool, String> {
        let pid = self.live.as_ref().map_or(0, Live::pid);
        match procfs::stat(&format!("/proc/{pid}/task/{tid}/stat")).map(|stat| stat.state) {
            None | Some('Z' | 'X') => Err(format!("thread {tid} has ended")),
            Some(state) => Ok(state == 'R'),
        }
    }

    /// Stops one thread. Until it is let go it is the only one that the target has.
    ///
    /// # Errors
    ///
    /// Why it cannot be stopped: most often, it has ended.
    pub fn hold(&mut self, tid: u64) -> Result<(), String> {
        let Some(live) = &mut self.live else {
            return Err("the target is not a live process".to_owned());
        };
        let tid = i32::try_from(tid).map_err(|_| "not a thread id".to_owned())?;
        live.hold(tid)?;
        let (threads, _) = live.threads();
        if threads.is_empty() {
            live.detach();
            return Err(format!("cannot read the registers of thread {tid}"));
        }
        self.process.threads = threads;
        Ok(())
    }

    /// Lets the thread go on. Its registers and its stack stay as they are, all other
    /// memory is out of reach.
    pub fn let_go(&mut self) {
        self.stack = self.copy_stack();
        self.detach();
    }

    fn copy_stack(&self) -> Option<StackCopy> {
        let sp = self.process.threads.first()?.regs.sp();
        let base = sp.saturating_sub(RED_ZONE);
        let mapping = self.mappings.iter().find(|mapping| sp < mapping.base + mapping.size)?;
        let size = (mapping.base + mapping.size).saturating_sub(base).min(MAX_STACK);
        let mut bytes = vec![0; usize::try_from(size).ok()?];
        if let Err(super::MemError::Partial(count)) = self.read(base, &mut bytes) {
            bytes.truncate(count);
        }
        Some(StackCopy { base, bytes })
    }

    /// Looks anew at what is mapped: code may have been made meanwhile.
    pub fn look_at_mappings(&mut self) {
        let pid = self.live.as_ref().map_or(0, Live::pid);
        if let Some(lines) = procfs::maps(pid).ok().filter(|lines| !lines.is_empty()) {
            self.mappings = lines.iter().map(procfs::MapLine::mapping).collect();
        }
    }
}
