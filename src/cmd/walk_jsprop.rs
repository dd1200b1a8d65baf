//! Walker `jsprop`

use crate::mdb::command::Failure;
use crate::mdb::walker::{Walk, Walker, WalkerRow};
use crate::session::Session;
use crate::v8::elements::Elements;
use crate::v8::error::Error;
use crate::v8::memory::Target;
use crate::v8::properties::{self, Slot};
use crate::v8::value::Value;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Walker `jsprop`
pub struct WalkJsProp;

/// Values, first last.
struct Values(Vec<u64>);

impl Walker for WalkJsProp {
    const ROW: WalkerRow = WalkerRow {
        name: c"jsprop",
        description: c"walk property values for an object",
        help: "
Yields the values of an object's own properties. Numbers without an object of
their own and accessors are left out.
",
    };

    fn start(
        addr: Option<u64>,
        session: &Session,
        target: &dyn Target,
    ) -> Result<Box<dyn Walk>, Failure> {
        let Some(addr) = addr else {
            return Err(Failure::Message("'jsprop' does not support global walks".into()));
        };
        let heap = session.heap(target)?;
        let object = Value(addr);
        if !heap.kind(object)?.is_js_object() {
            let found = heap.class_name(object)?;
            return Err(Error::WrongType { object, found, expected: "JSObject" }.into());
        }
        let mut values = Vec::new();
        Elements::new(heap, object)?.each_present(&mut |_, slot| {
            values.extend(plain(slot));
            Ok(true)
        })?;
        values.extend(properties::all(heap, object)?.into_iter().filter_map(|p| plain(p.slot)));
        values.reverse();
        Ok(Box::new(Values(values)))
    }
}

fn plain(slot: Slot) -> Option<u64> {
    match slot {
        Slot::Value(value) => Some(value.0),
        _ => None,
    }
}

impl Walk for Values {
    fn next(&mut self, _: &Session, _: &dyn Target) -> Result<Option<u64>, Failure> {
        Ok(self.0.pop())
    }
}
