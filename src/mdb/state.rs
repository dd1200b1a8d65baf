//! The module's one piece of global state.

use super::command::Step;
use super::output::Piece;
use super::target::MdbTarget;
use super::walker::Walk;
use crate::session::Session;
use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::vec::Vec;
use core::cell::UnsafeCell;

/// A walk the debugger has not ended yet.
pub struct OpenWalk {
    /// What `walk_data` holds.
    pub id: usize,
    /// Whether it was asked for an address.
    pub stepped: bool,
    /// The walk.
    pub walk: Box<dyn Walk>,
}

/// A piece of output ready for `mdb_printf`.
pub enum Ready {
    /// For standard output.
    Text(CString),
    /// For standard error.
    Warning(CString),
    /// An attribute, as a format.
    Attribute(&'static core::ffi::CStr),
    /// A change of the left margin.
    Margin(i8),
    /// Instructions that the debugger disassembles.
    Instructions(u64, u64),
}

/// What one entry of the debugger into the module has still to do.
pub struct Pending {
    /// Where the frame of the entry lies: names the entry.
    pub frame: usize,
    /// Output being printed, first piece last.
    pub ready: Vec<Ready>,
    /// The piece `mdb_printf` is reading; kept until the next one is asked for.
    pub printing: Option<Ready>,
    /// The rest of a command that pauses to print.
    pub rest: Option<Step>,
    /// Whether the command's output feeds another one.
    pub piped: bool,
}

/// Everything that lives between entries.
pub struct State {
    /// What commands remember.
    pub session: Session,
    /// The target.
    pub target: MdbTarget,
    /// Entries that print, outermost first: a command may be run while another
    /// one is printing.
    pub pending: Vec<Pending>,
    /// Walks in progress.
    pub walks: Vec<OpenWalk>,
    /// Number of the next walk.
    pub next_walk: usize,
}

/// Walks kept that were begun and never stepped: as many as could be layered.
const BEGUN: usize = 16;

impl State {
    /// State of a session that has not run a command.
    pub fn new(session: Session, target: MdbTarget) -> State {
        State { session, target, pending: Vec::new(), walks: Vec::new(), next_walk: 1 }
    }

    /// Adds a walk and numbers it.
    ///
    /// MDB ends only walks whose `walk_init` returned, so one that it jumped
    /// out of would stay for ever. Such a walk was never stepped, and of those
    /// only the newest are kept.
    pub fn open(&mut self, walk: Box<dyn Walk>) -> usize {
        let id = self.next_walk;
        self.next_walk += 1;
        if self.walks.iter().filter(|open| !open.stepped).count() == BEGUN {
            if let Some(oldest) = self.walks.iter().position(|open| !open.stepped) {
                self.walks.remove(oldest);
            }
        }
        self.walks.push(OpenWalk { id, stepped: false, walk });
        id
    }

    /// What the entry with this frame has to do.
    pub fn pending(&mut self, frame: usize) -> Option<&mut Pending> {
        self.pending.iter_mut().find(|pending| pending.frame == frame)
    }

    /// Begins an entry. What is left of others goes, unless they may still be
    /// under way: the stack grows downwards, so those that this one was called
    /// from have higher frames.
    pub fn begin(&mut self, frame: usize, piped: bool) {
        self.pending.retain(|pending| pending.frame > frame);
        let (ready, printing, rest) = (Vec::new(), None, None);
        self.pending.push(Pending { frame, ready, printing, rest, piped });
    }

    /// Hands an entry what it is to print.
    pub fn set_ready(&mut self, frame: usize, pieces: Vec<Piece>) {
        // Text from the target may hold anything; a NUL would end it early.
        let c_string = |text: alloc::string::String| {
            CString::new(text.replace('\0', "\\u0000")).unwrap_or_default()
        };
        let Some(pending) = self.pending(frame) else { return };
        pending.printing = None;
        pending.ready = pieces
            .into_iter()
            .rev()
            .map(|piece| match piece {
                Piece::Text(text) => Ready::Text(c_string(text)),
                Piece::Warning(text) => Ready::Warning(c_string(text)),
                Piece::Attribute(attribute) => Ready::Attribute(attribute),
                Piece::Margin(columns) => Ready::Margin(columns),
                Piece::Instructions(start, end) => Ready::Instructions(start, end),
            })
            .collect();
    }
}

/// A cell for the one thread MDB has.
pub struct Global(UnsafeCell<Option<State>>);

// SAFETY: MDB and its modules run on one thread (see the module's docs).
unsafe impl Sync for Global {}

/// The state; none before the first entry and after a panic.
pub static STATE: Global = Global(UnsafeCell::new(None));

impl Global {
    /// The state.
    ///
    /// # Safety
    ///
    /// No other reference to it may be live. The entry points uphold this: a
    /// reference lives only while SIGINT is blocked and no function of MDB that
    /// calls back into the module runs.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn get(&self) -> &mut Option<State> {
        // SAFETY: the caller's promise.
        unsafe { &mut *self.0.get() }
    }

    /// Forgets the state without running destructors.
    ///
    /// # Safety
    ///
    /// As [`Global::get`].
    pub unsafe fn forget(&self) {
        // SAFETY: the caller's promise; writing does not drop the old value.
        unsafe { self.0.get().write(None) }
    }
}
