//! `::v8regions`

use super::json::{self, Json};
use crate::heap::regions::{Region, Regions, Source};
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::{Target, Use};

/// `::v8regions`
pub struct V8Regions;

impl Dcmd for V8Regions {
    const ROW: Row = Row {
        name: c"v8regions",
        usage: c"[-bj]",
        description: c"list the memory in which V8 objects are searched for",
        options: &[Opt::flag('b', "with the heap that brk(2) grows"), json::OPTION],
        help: "
Lists the regions of the target's memory that commands read which look at the
whole heap, then their number and size in bytes; in a pipe, only their addresses.
V8 maps its heap itself, so these are all readable mappings that no file is
behind: \"anon\", \"stack\", and with -b \"heap\", the memory that brk(2) grows.

Where the debugger does not tell what is mapped, the regions are those that are
reached by following pointers from the stack, listed as \"found\", with a warning.
The memory of files and of brk(2) may be among them, with or without -b.
",
    };

    fn run(call: &Call, _session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let regions = Regions::of(target, call.options.has('b'))?;
        if let Source::Pointers { cut } = regions.source {
            let more = if cut { ", and there are more than these" } else { "" };
            out.warn(alloc::format!(
                "the debugger does not list the target's mappings; these were found by \
                 following pointers from the stack{more}"
            ));
        }
        if call.options.has('j') {
            for region in &regions.list {
                let (access, kind) = described(region);
                let row = Json::object()
                    .with("base", Json::address(region.start))
                    .with("limit", Json::address(region.end))
                    .with("size", region.end - region.start);
                out.line(format_args!("{}", row.with("access", access).with("kind", kind)));
            }
            return Ok(Flow::Done);
        }
        if out.is_piped() {
            for region in &regions.list {
                out.line(format_args!("{:x}", region.start));
            }
            return Ok(Flow::Done);
        }
        out.line(format_args!("{:>16} {:>16} {:>16} ACCESS KIND", "BASE", "LIMIT", "SIZE"));
        for region in &regions.list {
            let (access, kind) = described(region);
            let Region { start, end, .. } = *region;
            out.line(format_args!("{start:16x} {end:16x} {:16x} {access:6} {kind}", end - start));
        }
        let count = regions.list.len();
        let noun = if count == 1 { "region" } else { "regions" };
        out.line(format_args!("{count} {noun}, {} bytes", regions.size()));
        Ok(Flow::Done)
    }
}

/// What a region may be used for, and what for it is used.
fn described(region: &Region) -> (&'static str, &'static str) {
    let Some(mapping) = region.mapping else { return ("r??", "found") };
    let access = match (mapping.writable, mapping.executable) {
        (false, false) => "r--",
        (false, true) => "r-x",
        (true, false) => "rw-",
        (true, true) => "rwx",
    };
    let kind = match mapping.used {
        Use::File => "file",
        Use::Heap => "heap",
        Use::Stack => "stack",
        Use::Anonymous => "anon",
    };
    (access, kind)
}
