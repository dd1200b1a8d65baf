//! Stack frames: the chain of frame pointers and what stands in each frame.
//!
//! JavaScript code always keeps a frame pointer; C++ code may not. Where the
//! chain leads through C++ that does not, V8's own notes help: the isolate
//! keeps the frame it left JavaScript with (`c_entry_fp`), and each entry
//! frame keeps the one before (src/execution/frames.cc, EntryFrame).

use crate::v8::code;
use crate::v8::error::{Error, Result};
use crate::v8::executing::{self, Tier};
use crate::v8::function_code;
use crate::v8::heap::Heap;
use crate::v8::isolate;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::thread::{self, Registers, Stack};
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Frames followed at most.
const MAX_FRAMES: usize = 1 << 17;
/// Bytes between two frames at most: more than any stack's size by default.
const MAX_DISTANCE: u64 = 64 << 20;
/// Symbols of V8's own machine code in the executable.
const BUILTINS: &str = "Builtins_";

/// What a frame belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameKind {
    /// A JavaScript function, interpreted or compiled.
    JavaScript(Value),
    /// A JavaScript function inlined into the next frame's, by its
    /// SharedFunctionInfo. Its receiver and arguments have no place of their own.
    Inlined(Value),
    /// A frame of V8's own, by its frame type.
    Internal(String),
    /// C or C++ code, by its symbol.
    Native(String),
    /// Neither.
    Unknown,
}

/// One frame.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Frame pointer.
    pub fp: u64,
    /// Where the frame executes: the return address of the one it called.
    pub pc: u64,
    /// What it belongs to.
    pub kind: FrameKind,
    /// What executes it, if it is one of JavaScript.
    pub tier: Tier,
}

impl Frame {
    /// A frame of C++ or of V8 itself.
    fn other(fp: u64, pc: u64, kind: FrameKind) -> Frame {
        Frame { fp, pc, kind, tier: Tier::Unknown }
    }
}

/// How the first JavaScript frame was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The frame pointer register leads to it.
    Register,
    /// The isolate's `c_entry_fp` does.
    Isolate,
    /// Words on the stack that look like a chain do: a guess.
    Scan,
    /// The user gave the frame pointer.
    Given,
    /// Nothing does, and there is no isolate to ask.
    Nowhere,
}

/// Why a walk ended before the outermost frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The next frame pointer does not lie further up the stack.
    TurnsBack {
        /// The frame.
        fp: u64,
        /// The frame pointer saved in it.
        next: u64,
    },
    /// A frame cannot be read.
    Unreadable(u64),
    /// So many frames that the chain cannot be right.
    TooMany,
}

/// A walk from the innermost frame out.
pub struct Walk<'a> {
    heap: Heap<'a>,
    next: Option<(u64, u64)>,
    /// Frames found ahead of their turn, first one last.
    ready: Vec<Frame>,
    codes: code::Finder,
    /// Whether code is not looked at: nothing is known of tiers and inlined calls.
    plain: bool,
    /// Up to this frame the chain was checked: C++ without symbols is C++ too.
    checked: u64,
    seen: usize,
    /// How the start was found.
    pub start: Start,
    /// Set when the walk ended early.
    pub end: Option<End>,
}

impl<'a> Walk<'a> {
    /// Walks the stack of a thread.
    pub fn thread(heap: Heap<'a>, thread: u64) -> Result<Walk<'a>> {
        let Registers { pc, fp, sp } =
            thread::registers(heap, thread).ok_or(Error::NoThread(thread))?;
        let walk = |fp, pc, start| Walk { start, ..Walk::from(heap, fp, pc) };
        // Where C++ is entered without a frame pointer, at least say what runs.
        let innermost = || match heap.target.symbol_at(pc) {
            Some(symbol) => vec![Frame::other(sp, pc, FrameKind::Native(symbol))],
            None => Vec::new(),
        };
        if let Some(back) = called_without_frame(heap, pc, fp, sp) {
            return Ok(Walk { ready: innermost(), seen: 1, ..walk(fp, back, Start::Register) });
        }
        if leads_to_javascript(heap, fp, pc) {
            return Ok(walk(fp, pc, Start::Register));
        }
        let stack = Stack::of(heap, sp);
        if let Some(found) = isolate::find(heap, stack) {
            if found.c_entry_fp != 0 {
                let ready = innermost();
                return Ok(Walk { ready, ..walk(found.c_entry_fp, 0, Start::Isolate) });
            }
            // The isolate says that no JavaScript is running.
            return Ok(walk(fp, pc, Start::Register));
        }
        Ok(match scan(heap, stack) {
            Some(found) => Walk { ready: innermost(), ..walk(found, 0, Start::Scan) },
            None => walk(fp, pc, Start::Nowhere),
        })
    }

    /// Walks from the frame at `fp`, which executes at `pc`.
    pub fn from(heap: Heap<'a>, fp: u64, pc: u64) -> Walk<'a> {
        Walk {
            heap,
            next: Some((fp, pc)),
            ready: Vec::new(),
            codes: code::Finder::default(),
            plain: false,
            checked: 0,
            seen: 0,
            start: Start::Given,
            end: None,
        }
    }

    /// Walks from the caller of the frame at `fp`.
    pub fn callers_of(heap: Heap<'a>, fp: u64) -> Walk<'a> {
        let mut walk = Walk::from(heap, fp, 0);
        walk.next = walk.caller(fp);
        walk
    }

    /// The same frames without what only their code tells: which compiler made it, and
    /// the calls that it inlined.
    pub fn without_code(mut self) -> Walk<'a> {
        self.plain = true;
        self
    }

    fn caller(&mut self, fp: u64) -> Option<(u64, u64)> {
        let word = self.heap.word_size();
        let (Ok(next), Ok(pc)) = (self.heap.word(fp), self.heap.word(fp + word)) else {
            self.end = Some(End::Unreadable(fp));
            return None;
        };
        if next == 0 {
            return None;
        }
        if !is_further_up(self.heap, fp, next) {
            self.end = Some(End::TurnsBack { fp, next });
            return None;
        }
        Some((next, pc))
    }

    /// Where to go on from an entry frame: through C++ by its frame pointers
    /// if they lead to the exit frame the entry frame notes, else right there.
    fn beyond_entry(&mut self, fp: u64) -> Option<(u64, u64)> {
        let heap = self.heap;
        let noted = heap.layout.find(C::EntryNextExit).and_then(|offset| {
            let exit = heap.word(fp.wrapping_add_signed(offset)).ok()?;
            (exit == 0 || is_further_up(heap, fp, exit)).then_some(exit)
        });
        let chained = self.caller(fp);
        match noted {
            Some(exit) if exit != 0 => {
                let mut at = chained;
                for _ in 0..256 {
                    match at {
                        Some((next, _)) if next == exit => {
                            self.end = None;
                            self.checked = exit;
                            return chained;
                        }
                        Some((next, _)) if next < exit => at = self.caller(next),
                        _ => break,
                    }
                }
                self.end = None;
                Some((exit, 0))
            }
            // The outermost entry: what follows is C++ to the thread's start.
            _ => {
                self.end = None;
                chained
            }
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        if let Some(frame) = self.ready.pop() {
            return Some(frame);
        }
        let (fp, pc) = self.next.take()?;
        let innermost = self.seen == 0;
        self.seen += 1;
        if self.seen > MAX_FRAMES {
            self.end = Some(End::TooMany);
            return None;
        }
        let kind = classify(self.heap, fp, pc);
        self.next = match &kind {
            FrameKind::Internal(name) if is_entry(name) => self.beyond_entry(fp),
            FrameKind::Native(_) | FrameKind::Unknown => {
                // C++ that keeps no frame pointer ends a chain with anything.
                let next = self.caller(fp);
                self.end = None;
                next.filter(|&(next, pc)| {
                    next <= self.checked || classify(self.heap, next, pc) != FrameKind::Unknown
                })
            }
            _ => self.caller(fp),
        };
        let FrameKind::JavaScript(function) = kind else {
            return Some(Frame::other(fp, pc, kind));
        };
        if self.plain {
            return Some(Frame::other(fp, pc, kind));
        }
        let top = innermost && self.start == Start::Register;
        let (tier, inlined) = executing::tier(self.heap, &mut self.codes, fp, pc, function, top);
        self.ready.push(Frame { fp, pc, kind, tier });
        self.ready.extend(inlined.into_iter().rev().map(|(shared, position)| Frame {
            fp,
            pc,
            kind: FrameKind::Inlined(shared),
            tier: Tier::Optimized(position),
        }));
        self.ready.pop()
    }
}

fn is_entry(name: &str) -> bool {
    matches!(name, "EntryFrame" | "ConstructEntryFrame" | "EntryConstructFrame")
}

fn is_further_up(heap: Heap<'_>, fp: u64, next: u64) -> bool {
    next > fp && next - fp <= MAX_DISTANCE && next.is_multiple_of(heap.word_size())
}

/// The type of a frame that has no function.
pub fn marker(heap: Heap<'_>, fp: u64) -> Option<&str> {
    let layout = heap.layout;
    let word_at = |offset: i64| heap.word(fp.wrapping_add_signed(offset)).ok();
    let shift = u32::try_from(layout.find(C::FrameTypeShift)?).ok()?.min(63);
    let named = |word: u64| {
        let number = word >> shift;
        (number << shift == word && number != 0)
            .then(|| layout.frame_type_name(number.cast_signed()))
            .flatten()
    };
    match layout.find(C::FpContextOrType) {
        Some(offset) => named(word_at(offset)?),
        None => {
            // An adaptor has its type where others have their context.
            let context = word_at(layout.find(C::FpContext)?)?;
            let marker = word_at(layout.find(C::FpMarker)?)?;
            named(context).or_else(|| named(marker)).or_else(|| {
                // An exit frame has its stack pointer and its Code instead
                // (src/x64/frames-x64.h, ExitFrameConstants).
                let code = heap.is_heap_object(Value(marker))
                    && heap.kind(Value(marker)) == Ok(Kind::Code)
                    && context < fp
                    && fp - context < MAX_DISTANCE;
                let exit = layout.frame_type("ExitFrame").filter(|_| code)?;
                layout.frame_type_name(exit)
            })
        }
    }
}

/// The function of a frame, if it is a JavaScript one.
fn function(heap: Heap<'_>, fp: u64) -> Option<Value> {
    let slot = |offset: C| {
        let offset = heap.layout.find(offset)?;
        heap.word(fp.wrapping_add_signed(offset)).ok().map(Value)
    };
    let context = slot(C::FpContext)?;
    let function = slot(C::FpFunction)?;
    if !heap.is_heap_object(context) || !heap.is_heap_object(function) {
        return None;
    }
    (heap.kind(function).ok()? == Kind::Function).then_some(function)
}

/// What the frame at `fp`, executing at `pc`, belongs to.
pub fn classify(heap: Heap<'_>, fp: u64, pc: u64) -> FrameKind {
    let symbol = if pc == 0 { None } else { heap.target.symbol_at(pc) };
    if let Some(symbol) = symbol.filter(|s| !s.starts_with(BUILTINS)) {
        return FrameKind::Native(symbol);
    }
    if let Some(name) = marker(heap, fp) {
        return FrameKind::Internal(name.into());
    }
    match function(heap, fp) {
        Some(function) => FrameKind::JavaScript(function),
        None => FrameKind::Unknown,
    }
}

/// Where a JavaScript function goes on that has called C++ without a frame of its own,
/// as code for `Math.sin` does: the frame pointer is still the function's. What it has
/// called returns into the function's code, and into nothing else below that frame.
fn called_without_frame(heap: Heap<'_>, pc: u64, fp: u64, sp: u64) -> Option<u64> {
    const BYTES: u64 = 1 << 16;
    let word = heap.word_size();
    let is_native = heap.target.symbol_at(pc).is_some_and(|name| !name.starts_with(BUILTINS));
    let near = sp < fp && fp - sp <= BYTES && sp.is_multiple_of(word) && fp.is_multiple_of(word);
    if !is_native || !near || marker(heap, fp).is_some() {
        return None;
    }
    let code = function_code::code(heap, function(heap, fp)?).ok()?;
    let code = code::open(heap, code).ok()?;
    let is_back = |at: &u64| at.wrapping_sub(code.start).wrapping_sub(1) < code.size;
    let below = (sp..fp).step_by(word as usize);
    below.map_while(|at| heap.word(at).ok()).find(is_back)
}

/// Whether the chain from here reaches a JavaScript or internal frame, each
/// frame on the way being one the debugger knows.
fn leads_to_javascript(heap: Heap<'_>, fp: u64, pc: u64) -> bool {
    let word = heap.word_size();
    let (mut fp, mut pc) = (fp, pc);
    for step in 0..512 {
        if fp == 0 || fp % word != 0 {
            return false;
        }
        match classify(heap, fp, pc) {
            FrameKind::JavaScript(_) | FrameKind::Inlined(_) => return true,
            FrameKind::Internal(_) if step > 0 || pc != 0 => return true,
            FrameKind::Internal(_) | FrameKind::Unknown => return false,
            FrameKind::Native(_) => {}
        }
        let (Ok(next), Ok(address)) = (heap.word(fp), heap.word(fp + word)) else { return false };
        if !is_further_up(heap, fp, next) {
            return false;
        }
        (fp, pc) = (next, address);
    }
    false
}

/// Looks on the stack for the innermost chain of frames that reaches
/// JavaScript and an entry frame.
fn scan(heap: Heap<'_>, stack: Stack) -> Option<u64> {
    const BYTES: u64 = 1 << 20;
    let word = heap.word_size();
    let mut at = stack.sp & !(word - 1);
    let stop = at.saturating_add(BYTES).min(stack.end);
    while at < stop {
        let next = heap.word(at).ok()?;
        if is_further_up(heap, at, next) && marker(heap, at).is_some() && is_chain(heap, at) {
            return Some(at);
        }
        at += word;
    }
    None
}

/// Whether a chain of frames V8 knows leads from here through JavaScript to an
/// entry frame.
fn is_chain(heap: Heap<'_>, fp: u64) -> bool {
    let (mut fp, mut javascript) = (fp, false);
    for _ in 0..4096 {
        match classify(heap, fp, 0) {
            FrameKind::Internal(name) if is_entry(&name) => return javascript,
            FrameKind::Internal(_) => {}
            FrameKind::JavaScript(_) => javascript = true,
            _ => return false,
        }
        match heap.word(fp) {
            Ok(next) if is_further_up(heap, fp, next) => fp = next,
            _ => return false,
        }
    }
    false
}
