//! `::nodereport`

use super::frame;
use super::json::Json;
use super::location;
use super::nodeinfo;
use crate::heap::classes::Classes;
use crate::heap::summary::{Summary, Use};
use crate::heap::whole::Whole;
use crate::mdb::args::{Arg, Opt};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::files::Writer;
use crate::mdb::output::Out;
use crate::node::process::{self, Process};
use crate::node::uv::{Handle, Loop};
use crate::session::Session;
use crate::v8::error::{Error, Result};
use crate::v8::executing;
use crate::v8::frames::{Frame, FrameKind, Walk};
use crate::v8::function::NO_NAME;
use crate::v8::heap::Heap;
use crate::v8::memory::{Target, MAIN_THREAD};
use crate::v8::thread;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Version of the format that is followed (doc/api/report.md).
const FORMAT: u64 = 3;

/// `::nodereport`
pub struct NodeReport;

impl Dcmd for NodeReport {
    const ROW: Row = Row {
        name: c"nodereport",
        usage: c"[-ef] file",
        description: c"write a diagnostic report, as process.report does",
        options: &[
            Opt::flag('e', "also all of the environment, which may hold secrets"),
            Opt::flag('f', "replace the file if it exists"),
        ],
        help: "
Writes a file in the JSON format of process.report.writeReport(), for the programs that
read such reports: versions and command line, the stack of the main thread, the bytes
in each space of the heap, and libuv's handles. Only its owner can read the file. What a
core does not tell (the machine, its use of time, limits) is left empty, as is the
environment without -e, but for what ::nodeinfo prints too. The time of the report is
not known.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let [file] = &call.operands[..] else { return Err(Failure::Usage) };
        let path = Arg::to_text(file);
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let process = process::find(heap, &whole)?;
        let environment = nodeinfo::environment(heap, out)?;
        let (threads, _) = thread::with_javascript(heap)?;
        let workers = threads.iter().filter(|thread| !thread.main).count();
        if workers > 0 {
            out.warn(alloc::format!("{workers} worker threads are left out, see ::jsthreads"));
        }
        let handles = match Loop::of_main_thread(heap) {
            Ok(uv) => {
                let listed = uv.handles.iter().filter(|handle| !handle.is_internal());
                Json::list(listed.map(|one| handle(heap, &uv, one)))
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted.into()),
            Err(error) => {
                out.warn(alloc::format!("no handles: {error}"));
                Json::list::<Json>([])
            }
        };
        let shown =
            environment.iter().filter(|(name, _)| call.options.has('e') || process::is_plain(name));
        let (javascript, native) = stack(heap)?;
        let sections = [
            ("header", header(&path, &process, &environment, target.word_size())),
            ("javascriptStack", javascript),
            ("javascriptHeap", memory(heap, &whole)?),
            ("nativeStack", native),
            ("resourceUsage", Json::object()),
            ("libuv", handles),
            ("workers", Json::list::<Json>([])),
            ("environmentVariables", Json::members(shown)),
            ("userLimits", Json::object()),
            ("sharedObjects", Json::list::<Json>([])),
        ];
        let failed = |reason| Failure::Message(alloc::format!("failed to write {path}: {reason}"));
        let mut writer = Writer::create(&path, call.options.has('f')).map_err(failed)?;
        for (at, (name, section)) in sections.iter().enumerate() {
            let before = if at == 0 { "{\n" } else { ",\n" };
            let line = alloc::format!("{before}\"{name}\": {section}");
            writer.write(line.as_bytes()).map_err(failed)?;
        }
        writer.write(b"\n}\n").map_err(failed)?;
        writer.finish().map_err(failed)?;
        out.line(format_args!("{path}: {} sections", sections.len()));
        Ok(Flow::Done)
    }
}

fn header(
    path: &str,
    process: &Process,
    environment: &[(String, String)],
    word_size: usize,
) -> Json {
    let program = process.argv.first().or(process.exec_path.as_ref());
    let command = program.into_iter().chain(&process.exec_argv).chain(process.argv.iter().skip(1));
    let variable = |wanted: &str| {
        environment.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
    };
    let mut platform = process.platform.iter().cloned();
    Json::object()
        .with("reportVersion", FORMAT)
        .with("event", "memory of the process")
        .with("trigger", "mdb")
        .with("filename", path)
        .with("dumpEventTime", None::<String>)
        .with("dumpEventTimeStamp", None::<String>)
        .with("processId", process.pid.map(Json::number))
        .with("threadId", 0u64)
        .with("cwd", process.cwd.clone().or_else(|| variable("PWD")))
        .with("commandLine", Json::list(command.map(String::as_str)))
        .with("nodejsVersion", process.version.as_str())
        .with("wordSize", word_size as u64 * 8)
        .with("arch", platform.next())
        .with("platform", platform.next())
        .with("componentVersions", Json::members(&process.versions))
        .with("release", Json::members(&process.release))
        .with("cpus", Json::list::<Json>([]))
        .with("networkInterfaces", Json::list::<Json>([]))
        .with("host", variable("HOSTNAME"))
}

/// What JavaScript the main thread is in, and all its frames that are known.
fn stack(heap: Heap<'_>) -> Result<(Json, Json)> {
    let (mut lines, mut native) = (Vec::new(), Vec::new());
    for frame in Walk::thread(heap, MAIN_THREAD)? {
        heap.check_interrupt()?;
        let symbol = match &frame.kind {
            FrameKind::JavaScript(_) | FrameKind::Inlined(_) => {
                let text =
                    javascript(heap, &frame).unwrap_or_else(|error| alloc::format!("<{error}>"));
                lines.push(alloc::format!("at {text}"));
                text
            }
            FrameKind::Native(symbol) => symbol.clone(),
            FrameKind::Internal(name) => alloc::format!("<{name}>"),
            FrameKind::Unknown => continue,
        };
        let row = Json::object().with("pc", alloc::format!("{:#018x}", frame.pc));
        native.push(row.with("symbol", symbol));
    }
    let message = if lines.is_empty() { "No stack." } else { "Error: JavaScript Callstack" };
    let javascript = Json::object().with("message", message);
    let javascript = javascript.with("stack", Json::list(lines.iter().map(String::as_str)));
    Ok((javascript.with("errorProperties", Json::object()), Json::list(native)))
}

/// `NAME (FILE:LINE:COLUMN)`, where the frame executes, as V8's stack traces have it.
fn javascript(heap: Heap<'_>, frame: &Frame) -> Result<String> {
    let (name, shared) = frame::shared_of(heap, frame)?;
    let Some(script) = shared.script()? else { return Ok(alloc::format!("{name} (<builtin>)")) };
    let position = executing::position(heap, frame.fp, frame.pc, frame.tier).unwrap_or_default();
    let place = location::in_script(&script, position.or(shared.position()?));
    Ok(match frame::inferred(&name).unwrap_or(&name) {
        // V8 has no word for those without a name.
        "" | NO_NAME => place,
        name => alloc::format!("{name} ({place})"),
    })
}

/// The heap by space, in the words of `v8.getHeapSpaceStatistics()`.
fn memory(heap: Heap<'_>, whole: &Whole) -> Result<Json> {
    let classes = Classes::find(heap, &whole.objects)?;
    let summary = Summary::of(heap, whole, &classes)?;
    let total = summary.spaces.values().fold(Use::default(), Use::with);
    let used = |one: &Use| one.live + one.dead;
    // Classes of young spaces have one name: they are one.
    let mut named: BTreeMap<String, Use> = BTreeMap::new();
    for (class, one) in &summary.spaces {
        let sum = named.entry(space_name(class)).or_default();
        *sum = sum.with(one);
    }
    let spaces = named.iter().fold(Json::object(), |row, (name, one)| {
        let space = Json::object().with("memorySize", one.bytes).with("committedMemory", one.bytes);
        let space = space.with("capacity", one.bytes).with("used", used(one));
        row.with(name, space.with("available", one.bytes.saturating_sub(used(one))))
    });
    let row = Json::object().with("totalMemory", total.bytes);
    let row = row.with("totalCommittedMemory", total.bytes).with("usedMemory", used(&total));
    Ok(row.with("heapSpaces", spaces))
}

/// `old_space` of `OldSpace`. The spaces of young objects have one name there.
fn space_name(class: &str) -> String {
    let class = match class {
        "SemiSpace" | "PagedNewSpace" => "NewSpace",
        "OldLargeObjectSpace" => "LargeObjectSpace",
        class => class,
    };
    let mut name = String::new();
    for c in class.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn handle(heap: Heap<'_>, uv: &Loop, handle: &Handle) -> Json {
    let row = Json::object().with("type", handle.kind().to_string());
    let row = row.with("is_active", handle.is_active()).with("is_referenced", handle.is_ref());
    let row = row.with("address", alloc::format!("{:#018x}", handle.addr));
    let row = match handle.fd(heap) {
        Some(fd) => row.with("fd", u64::from(fd)),
        None => row,
    };
    match handle.timeout(heap).filter(|_| handle.is_active()) {
        Some(at) => {
            let left = at as f64 - uv.time as f64;
            row.with("firesInMsFromNow", Json::number(left)).with("expired", left <= 0.0)
        }
        None => row,
    }
}

#[cfg(test)]
mod tests {
    use super::space_name;

    #[test]
    fn spaces_have_the_names_of_statistics() {
        let names = ["OldSpace", "SemiSpace", "OldLargeObjectSpace", "CodeLargeObjectSpace"];
        let found = names.map(space_name);
        assert_eq!(
            found,
            ["old_space", "new_space", "large_object_space", "code_large_object_space"]
        );
    }
}
