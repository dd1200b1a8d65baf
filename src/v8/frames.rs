//! Stack frames: the chain of frame pointers and what stands in each frame.
//!
//! JavaScript code always keeps a frame pointer; C++ code may not. Where the
//! chain leads through C++ that does not, V8's own notes help: the isolate
//! keeps the frame it left JavaScript with (`c_entry_fp`), and each entry
//! frame keeps the one before (src/execution/frames.cc, EntryFrame). Where a walk begins
//! is [`innermost`]'s business.

use crate::v8::code;
use crate::v8::error::{Error, Result};
use crate::v8::executing::{self, Tier};
use crate::v8::heap::Heap;
use crate::v8::innermost::{self, Innermost, Start};
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::thread;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Frames followed at most.
pub(super) const MAX_FRAMES: usize = 1 << 17;
/// Bytes between two frames at most: more than any stack's size by default.
const MAX_DISTANCE: u64 = 64 << 20;
/// Symbols of V8's own machine code in the executable.
pub(super) const BUILTINS: &str = "Builtins_";

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
    pub(super) fn other(fp: u64, pc: u64, kind: FrameKind) -> Frame {
        Frame { fp, pc, kind, tier: Tier::Unknown }
    }
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
    /// The stack pointer that the next frame was left with, if what it has called is not
    /// JavaScript.
    left_at: Option<u64>,
    /// Whether the first frame's pc is its next instruction, not a return address.
    is_exact: bool,
    /// How the start was found.
    pub start: Start,
    /// Set when the walk ended early.
    pub end: Option<End>,
}

impl<'a> Walk<'a> {
    /// Walks the stack of a thread.
    pub fn thread(heap: Heap<'a>, thread: u64) -> Result<Walk<'a>> {
        let registers = thread::registers(heap, thread).ok_or(Error::NoThread(thread))?;
        let mut codes = code::Finder::default();
        let Innermost { fp, pc, is_exact, start, native } =
            innermost::find(heap, &mut codes, registers);
        let ready = native.into_iter().collect();
        Ok(Walk { ready, codes, is_exact, start, ..Walk::from(heap, fp, pc) })
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
            left_at: None,
            is_exact: false,
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

    /// The same frames where the first one was left with this stack pointer: its return
    /// address may lead into what has no frame.
    pub fn left_at(mut self, sp: u64) -> Walk<'a> {
        self.left_at = Some(sp);
        self
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
        let left_at = self.left_at.take();
        let FrameKind::JavaScript(function) = kind else {
            self.left_at = Some(fp.wrapping_add(2 * self.heap.word_size()));
            return Some(Frame::other(fp, pc, kind));
        };
        let codes = &mut self.codes;
        let on = |sp| innermost::goes_on(self.heap, codes, function, fp, pc, sp);
        let pc = left_at.map_or(pc, on);
        if self.plain {
            return Some(Frame::other(fp, pc, kind));
        }
        let exact = self.is_exact && self.seen == 1;
        let (tier, inlined) = executing::tier(self.heap, &mut self.codes, fp, pc, function, exact);
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

pub(super) fn is_entry(name: &str) -> bool {
    matches!(name, "EntryFrame" | "ConstructEntryFrame" | "EntryConstructFrame")
}

pub(super) fn is_further_up(heap: Heap<'_>, fp: u64, next: u64) -> bool {
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
pub(super) fn function(heap: Heap<'_>, fp: u64) -> Option<Value> {
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
