//! Walker `jselement`

use crate::mdb::command::Failure;
use crate::mdb::walker::{Walk, Walker, WalkerRow};
use crate::session::Session;
use crate::v8::elements::{Element, Elements};
use crate::v8::layout::types::Kind;
use crate::v8::memory::Target;
use crate::v8::properties::Slot;
use crate::v8::value::Value;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Elements read at a time.
const BATCH: u64 = 1024;

/// Walker `jselement`
pub struct WalkJsElement;

/// Place in an array.
struct Place {
    array: Value,
    start: u64,
    ready: Vec<Element>,
    done: bool,
}

impl Walker for WalkJsElement {
    const ROW: WalkerRow = WalkerRow {
        name: c"jselement",
        description: c"walk elements of a JavaScript array",
        help: "
Yields the values of an array's elements, read as they are asked for. Holes and
numbers without an object of their own are left out.
",
    };

    fn start(
        addr: Option<u64>,
        session: &Session,
        target: &dyn Target,
    ) -> Result<Box<dyn Walk>, Failure> {
        let Some(addr) = addr else {
            return Err(Failure::Message("'jselement' does not support global walks".into()));
        };
        let heap = session.heap(target)?;
        let array = heap.expect(Value(addr), Kind::Array, "JSArray")?;
        Elements::new(heap, array)?;
        Ok(Box::new(Place { array, start: 0, ready: Vec::new(), done: false }))
    }
}

impl Walk for Place {
    fn next(&mut self, session: &Session, target: &dyn Target) -> Result<Option<u64>, Failure> {
        loop {
            while let Some(element) = self.ready.pop() {
                if let Some(Slot::Value(value)) = element.slot {
                    return Ok(Some(value.0));
                }
            }
            if self.done {
                return Ok(None);
            }
            let heap = session.heap(target)?;
            heap.check_interrupt()?;
            self.ready = Elements::new(heap, self.array)?.batch(self.start, BATCH)?;
            self.start += BATCH;
            self.done = (self.ready.len() as u64) < BATCH;
            self.ready.reverse();
        }
    }
}
