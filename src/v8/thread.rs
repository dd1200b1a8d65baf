//! Threads: their registers, their stacks, and which of them run JavaScript.

use crate::v8::error::Result;
use crate::v8::frames::{Frame, FrameKind, Walk};
use crate::v8::heap::Heap;
use crate::v8::isolate::{self, Isolate};
use crate::v8::memory::{Mapping, Target, Use, MAIN_THREAD};
use alloc::vec::Vec;

/// What a stack has at most by default: 8 MiB (setrlimit(2), pthread_create(3)).
const USUAL: u64 = 8 << 20;
/// What is taken for a stack where the debugger does not say what is mapped.
const LARGEST: u64 = 64 << 20;

/// The registers a walk of a stack begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registers {
    /// Program counter.
    pub pc: u64,
    /// Frame pointer.
    pub fp: u64,
    /// Stack pointer.
    pub sp: u64,
}

/// Registers of a thread; none where there is no such thread.
pub fn registers(heap: Heap<'_>, thread: u64) -> Option<Registers> {
    let names = match heap.word_size() {
        4 => ["eip", "ebp", "esp"],
        _ => ["rip", "rbp", "rsp"],
    };
    let [pc, fp, sp] = names.map(|name| heap.target.register(thread, name));
    Some(Registers { pc: pc?, fp: fp?, sp: sp? })
}

/// The stack pointer of a thread; none where there is no such thread.
pub fn stack_pointer(target: &dyn Target, thread: u64) -> Option<u64> {
    target.register(thread, if target.word_size() == 4 { "esp" } else { "rsp" })
}

/// A thread's stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stack {
    /// Stack pointer.
    pub sp: u64,
    /// First address that may belong to it.
    start: u64,
    /// First address after it.
    pub end: u64,
    /// Whether it is the main thread's; none where the debugger does not say.
    main: Option<bool>,
}

impl Stack {
    /// The stack that `sp` points into.
    pub fn of(heap: Heap<'_>, sp: u64) -> Stack {
        Stack::among(heap.target.mappings().as_deref(), sp)
    }

    fn among(mappings: Option<&[Mapping]>, sp: u64) -> Stack {
        let mapping = mappings.and_then(|all| all.iter().find(|m| m.start <= sp && sp < m.end));
        match mapping {
            Some(mapping) => {
                let main = mapping.used == Use::Stack;
                // The kernel maps the main thread's as it grows.
                let grown = mapping.end.saturating_sub(USUAL).min(mapping.start);
                let start = if main { grown } else { mapping.start };
                Stack { sp, start, end: mapping.end, main: Some(main) }
            }
            None => Stack { sp, start: sp, end: sp.saturating_add(LARGEST), main: None },
        }
    }

    /// Whether the address may lie on the stack.
    pub fn may_hold(&self, addr: u64) -> bool {
        (self.start..self.end).contains(&addr)
    }
}

/// The threads in whose stack an address may lie: one, where the debugger says
/// what is mapped.
pub fn holding(heap: Heap<'_>, addr: u64) -> Vec<u64> {
    let mappings = heap.target.mappings();
    let mut ids = heap.target.threads();
    if ids.is_empty() {
        ids.push(MAIN_THREAD);
    }
    ids.retain(|id| {
        registers(heap, *id)
            .is_some_and(|regs| Stack::among(mappings.as_deref(), regs.sp).may_hold(addr))
    });
    ids
}

/// A thread that has JavaScript.
pub struct Thread {
    /// The debugger's id of it.
    pub id: u64,
    /// Whether it is the main thread.
    pub main: bool,
    /// Its isolate, where it can be told.
    pub isolate: Option<Isolate>,
    /// The innermost JavaScript frame; none when it is idle.
    pub innermost: Option<Frame>,
}

/// Every thread that has JavaScript, in the debugger's order: those with an
/// isolate, and those with JavaScript frames. The others are counted.
pub fn with_javascript(heap: Heap<'_>) -> Result<(Vec<Thread>, usize)> {
    let mappings = heap.target.mappings();
    let first = registers(heap, MAIN_THREAD);
    let mut ids = heap.target.threads();
    if ids.is_empty() && first.is_some() {
        ids.push(MAIN_THREAD);
    }
    let (mut found, mut others) = (Vec::new(), 0);
    for id in ids {
        heap.check_interrupt()?;
        let Some(registers) = registers(heap, id) else {
            others += 1;
            continue;
        };
        let stack = Stack::among(mappings.as_deref(), registers.sp);
        let isolate = isolate::find(heap, stack);
        let is_javascript =
            |frame: &Frame| matches!(frame.kind, FrameKind::JavaScript(_) | FrameKind::Inlined(_));
        let innermost = Walk::thread(heap, id)?.find(is_javascript);
        if isolate.is_none() && innermost.is_none() {
            others += 1;
            continue;
        }
        let main = stack.main.unwrap_or(first == Some(registers));
        found.push(Thread { id, main, isolate, innermost });
    }
    Ok((found, others))
}
