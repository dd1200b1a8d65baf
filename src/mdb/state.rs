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
}

/// Everything that lives between entries.
pub struct State {
    /// What commands remember.
    pub session: Session,
    /// The target.
    pub target: MdbTarget,
    /// Output being printed, first piece last.
    pub ready: Vec<Ready>,
    /// The piece `mdb_printf` is reading; kept until the next one is asked for.
    pub printing: Option<Ready>,
    /// The rest of a command that pauses to print.
    pub rest: Option<Step>,
    /// Walks in progress.
    pub walks: Vec<OpenWalk>,
    /// Number of the next walk.
    pub next_walk: usize,
    /// Whether the running command's output feeds another one.
    pub piped: bool,
}

impl State {
    /// State of a session that has not run a command.
    pub fn new(session: Session, target: MdbTarget) -> State {
        State {
            session,
            target,
            ready: Vec::new(),
            printing: None,
            rest: None,
            walks: Vec::new(),
            next_walk: 1,
            piped: false,
        }
    }

    /// Replaces what waits to be printed.
    pub fn set_ready(&mut self, pieces: Vec<Piece>) {
        // Text from the target may hold anything; a NUL would end it early.
        let c_string = |text: alloc::string::String| {
            CString::new(text.replace('\0', "\\u0000")).unwrap_or_default()
        };
        self.printing = None;
        self.ready = pieces
            .into_iter()
            .rev()
            .map(|piece| match piece {
                Piece::Text(text) => Ready::Text(c_string(text)),
                Piece::Warning(text) => Ready::Warning(c_string(text)),
                Piece::Attribute(attribute) => Ready::Attribute(attribute),
                Piece::Margin(columns) => Ready::Margin(columns),
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
