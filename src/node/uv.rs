//! libuv's loop and its handles (include/uv.h, include/uv/unix.h), as they lie in Node 8
//! to 26 on 64-bit Linux; read in cores of all of these.

use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use alloc::vec::Vec;

/// The loop of the main thread.
const LOOP: &str = "default_loop_struct";
/// Offsets in `uv_loop_t`.
const HANDLES: u64 = 16;
const TIME: u64 = 544;
/// Offsets in `uv_handle_t`: the list's node, type and flags.
const NODE: u64 = 32;
const TYPE: u64 = 16;
const FLAGS: u64 = 88;
/// Offsets in what is derived from it.
const STREAM_FD: u64 = 184;
const TIMER_TIMEOUT: u64 = 128;
/// Handles that are followed.
const MOST: usize = 1 << 20;

/// Types of handles.
const TYPES: [&str; 17] = [
    "unknown", "async", "check", "fs_event", "fs_poll", "handle", "idle", "pipe", "poll",
    "prepare", "process", "stream", "tcp", "timer", "tty", "udp", "signal",
];

/// A handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    /// Its address.
    pub addr: u64,
    /// The C++ object behind it, or what else its owner has put there.
    pub data: u64,
    number: u32,
    flags: u32,
}

impl Handle {
    /// What it is, in libuv's word.
    pub fn kind(&self) -> &'static str {
        TYPES.get(self.number as usize).copied().unwrap_or("file")
    }

    fn flag(&self, bit: u32) -> bool {
        self.flags >> bit & 1 == 1
    }

    /// Whether it keeps the loop going: `UV_HANDLE_REF`.
    pub fn is_ref(&self) -> bool {
        self.flag(3)
    }

    /// Whether it waits for something: `UV_HANDLE_ACTIVE`.
    pub fn is_active(&self) -> bool {
        self.flag(2)
    }

    /// Whether it is being closed, or is closed already.
    pub fn is_closing(&self) -> bool {
        self.flag(0) || self.flag(1)
    }

    /// Whether it is libuv's own, which `uv_walk` leaves out: `UV_HANDLE_INTERNAL`.
    pub fn is_internal(&self) -> bool {
        self.flag(4)
    }

    /// Whether it is a timer.
    pub fn is_timer(&self) -> bool {
        self.kind() == "timer"
    }

    /// Whether it has a file descriptor where streams have theirs.
    fn is_stream(&self) -> bool {
        matches!(self.kind(), "tcp" | "pipe" | "tty")
    }

    /// The file descriptor of a stream that is open.
    pub fn fd(&self, heap: Heap<'_>) -> Option<u32> {
        let fd = heap.u32(self.addr + STREAM_FD).ok().filter(|_| self.is_stream())?;
        i32::try_from(fd).is_ok().then_some(fd)
    }

    /// When a timer fires, on the clock of [`Loop::time`].
    pub fn timeout(&self, heap: Heap<'_>) -> Option<u64> {
        heap.word(self.addr + TIMER_TIMEOUT).ok().filter(|_| self.is_timer())
    }
}

/// A loop.
#[derive(Debug, Clone)]
pub struct Loop {
    /// Milliseconds on its clock when it last looked.
    pub time: u64,
    /// Its handles, in its own order.
    pub handles: Vec<Handle>,
}

impl Loop {
    /// Reads the main thread's loop.
    ///
    /// # Errors
    ///
    /// That the target has none, or that its list does not come round.
    pub fn of_main_thread(heap: Heap<'_>) -> Result<Loop> {
        let missing = Error::NotFound("loop of libuv: no symbol default_loop_struct");
        if heap.word_size() != 8 {
            return Err(Error::NotFound("loop of libuv that is known: it is a 32-bit program"));
        }
        let addr = heap.target.symbol(LOOP).ok_or(missing)?;
        let head = addr + HANDLES;
        let mut handles = Vec::new();
        let mut at = heap.word(head)?;
        while at != head {
            heap.check_interrupt()?;
            if handles.len() == MOST {
                let what = "number of libuv's handles";
                return Err(Error::Corrupt { addr: head, what, found: MOST as u64 });
            }
            let addr = at.wrapping_sub(NODE);
            handles.push(Handle {
                addr,
                data: heap.word(addr)?,
                number: heap.u32(addr.wrapping_add(TYPE))?,
                flags: heap.u32(addr.wrapping_add(FLAGS))?,
            });
            at = heap.word(at)?;
        }
        Ok(Loop { time: heap.word(addr + TIME)?, handles })
    }
}
