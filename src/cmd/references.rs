//! What refers to an object, for `::findjsobjects -r` and `::jsfindrefs`.

use crate::heap::whole::Whole;
use crate::mdb::command::{Call, Failure, Outcome};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;

/// `::findjsobjects` with -m or -r.
pub fn marked(
    call: &Call,
    session: &Session,
    target: &dyn Target,
    whole: &Whole,
    out: &mut Out,
) -> Outcome {
    let _ = (call, session, target, whole, out);
    Err(Failure::Usage)
}
