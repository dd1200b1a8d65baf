//! A walker as its author sees it.

use crate::mdb::command::Failure;
use crate::session::Session;
use crate::v8::memory::Target;
use alloc::boxed::Box;
use core::ffi::CStr;

/// What the debugger and the docs say of a walker.
pub struct WalkerRow {
    /// Name.
    pub name: &'static CStr,
    /// What it yields, in a line.
    pub description: &'static CStr,
    /// What a user needs to know besides.
    pub help: &'static str,
}

/// A walk in progress.
pub trait Walk {
    /// The next address; none at the end.
    fn next(&mut self, session: &Session, target: &dyn Target) -> Result<Option<u64>, Failure>;
}

/// A walker.
pub trait Walker {
    /// The walker's row.
    const ROW: WalkerRow;

    /// Starts a walk; no address means a global one.
    fn start(
        addr: Option<u64>,
        session: &Session,
        target: &dyn Target,
    ) -> Result<Box<dyn Walk>, Failure>;
}
