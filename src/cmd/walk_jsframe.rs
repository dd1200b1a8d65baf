//! Walker `jsframe`

use crate::mdb::command::Failure;
use crate::mdb::walker::{Walk, Walker, WalkerRow};
use crate::session::Session;
use crate::v8::frames::{self, End};
use crate::v8::memory::{Target, MAIN_THREAD};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Walker `jsframe`
pub struct WalkJsFrame;

/// Frame pointers, innermost last.
struct Frames(Vec<u64>);

impl Walker for WalkJsFrame {
    const ROW: WalkerRow = WalkerRow {
        name: c"jsframe",
        description: c"walk V8 JavaScript stack frames",
        help: "
Yields the frame pointers of the main thread's stack, innermost first; from the
id of a thread, as ::jsthreads shows it, those of that thread's; from any other
address, those of the callers of the frame there. Use ::jsframe -i on them.
",
    };

    fn start(
        addr: Option<u64>,
        session: &Session,
        target: &dyn Target,
    ) -> Result<Box<dyn Walk>, Failure> {
        let heap = session.heap(target)?;
        let mut walk = match addr {
            Some(id) if heap.target.threads().contains(&id) => frames::Walk::thread(heap, id)?,
            Some(fp) => frames::Walk::callers_of(heap, fp),
            None => frames::Walk::thread(heap, MAIN_THREAD)?,
        };
        let mut all: Vec<u64> = walk.by_ref().map(|frame| frame.fp).collect();
        if let (true, Some(End::Unreadable(fp))) = (all.is_empty(), walk.end) {
            return Err(Failure::Message(alloc::format!(
                "failed to read frame at {fp:x}: no mapping for address"
            )));
        }
        // Calls that were inlined share the frame of their caller.
        all.dedup();
        all.reverse();
        Ok(Box::new(Frames(all)))
    }
}

impl Walk for Frames {
    fn next(&mut self, _: &Session, _: &dyn Target) -> Result<Option<u64>, Failure> {
        Ok(self.0.pop())
    }
}
