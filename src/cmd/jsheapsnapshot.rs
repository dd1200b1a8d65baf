//! `::jsheapsnapshot`

use super::snapshot::Snapshot;
use crate::mdb::args::{Arg, Opt};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::files::Writer;
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::{staged, Target};

/// `::jsheapsnapshot`
pub struct JsHeapSnapshot;

impl Dcmd for JsHeapSnapshot {
    const ROW: Row = Row {
        name: c"jsheapsnapshot",
        usage: c"[-f] file",
        description: c"write a heap snapshot for Chrome's developer tools",
        options: &[Opt::flag('f', "replace the file if it exists")],
        help: "
Writes all live objects to a file in the format of v8.writeHeapSnapshot(), which
the Memory panel of Chrome's developer tools and libraries such as memlab open;
call it NAME.heapsnapshot. Only its owner can read the file. It holds all texts of
the heap, up to 1024 characters of each: treat it like the core itself.

Properties that an object keeps in itself, in a dictionary or beside it are named,
as are variables and entries of collections. What V8 has between objects is there
too, without names.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let [file] = &call.operands[..] else { return Err(Failure::Usage) };
        let path = Arg::to_text(file);
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let snapshot = Snapshot::new(heap, &whole)?;
        let failed = |reason| Failure::Message(alloc::format!("failed to write {path}: {reason}"));
        let mut writer = Writer::create(&path, call.options.has('f')).map_err(failed)?;
        let write = || snapshot.write(&mut writer, &path);
        let (nodes, edges) = staged(target, "writing the snapshot", write)?;
        writer.finish().map_err(failed)?;
        out.line(format_args!("{path}: {nodes} nodes, {edges} edges"));
        Ok(Flow::Done)
    }
}
