//! `::nodeinfo`

use super::json::{self, Json};
use super::text;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::node::process::{self, Process};
use crate::node::timers;
use crate::node::uv::Loop;
use crate::session::Session;
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use alloc::string::String;
use alloc::vec::Vec;

/// `::nodeinfo`
pub struct NodeInfo;

impl Dcmd for NodeInfo {
    const ROW: Row = Row {
        name: c"nodeinfo",
        usage: c"[-ej]",
        description: c"print what the process is: versions, arguments, environment",
        options: &[
            Opt::flag('e', "also the values of the environment, which may be secrets"),
            json::OPTION,
        ],
        help: "
Prints the version of Node and of what it is made of, the process id, the title, the
current directory when the program last asked for it, the executable, Node's options
and the program's arguments, the options that bound the heap or open the inspector,
also those from NODE_OPTIONS, for how long the event loop has run, and the names of the
variables in the environment as it is now. Their values may be secrets
and are printed with -e only, but for NODE_ENV, NODE_OPTIONS, PWD and
UV_THREADPOOL_SIZE.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let process = process::find(heap, &whole)?;
        if out.is_piped() {
            out.line(format_args!("{}", process.object));
            return Ok(Flow::Done);
        }
        let timers = timers::find(heap, &whole)?;
        let uptime = Loop::of_main_thread(heap).ok();
        let uptime = uptime.and_then(|uv| timers::now(heap, &uv, &timers));
        let environment = environment(heap, out)?;
        let shown = |name: &str| call.options.has('e') || process::is_plain(name);
        match call.options.has('j') {
            true => json(&process, uptime, &environment, shown, out),
            false => print(&process, uptime, &environment, shown, out),
        }
        Ok(Flow::Done)
    }
}

/// The variables of the environment; none, with a warning, if they cannot be found.
///
/// # Errors
///
/// That the user has interrupted it.
pub fn environment(heap: Heap<'_>, out: &mut Out) -> Result<Vec<(String, String)>> {
    match process::environment(heap) {
        Err(error) if error != Error::Interrupted => {
            out.warn(alloc::format!("no environment: {error}"));
            Ok(Vec::new())
        }
        found => found,
    }
}

fn json(
    process: &Process,
    uptime: Option<f64>,
    environment: &[(String, String)],
    shown: impl Fn(&str) -> bool,
    out: &mut Out,
) {
    let list = |list: &[String]| Json::list(list.iter().map(String::as_str));
    let row = Json::object().with("process", process.object);
    let row = row.with("version", process.version.as_str());
    let row = row.with("platform", list(&process.platform));
    let row = row.with("pid", process.pid.map(Json::number)).with("title", process.title.clone());
    let row = row.with("cwd", process.cwd.clone());
    let row = row.with("execPath", process.exec_path.clone());
    let row = row.with("execArgv", list(&process.exec_argv)).with("argv", list(&process.argv));
    let row = row.with("uptime", uptime.map(|ms| Json::number(ms / 1000.0)));
    let row = row.with("versions", Json::members(&process.versions));
    let names = environment.iter().map(|(name, _)| name.as_str());
    let values = environment.iter().filter(|(name, _)| shown(name));
    let row = row.with("environment", Json::list(names));
    out.line(format_args!("{}", row.with("values", Json::members(values))));
}

fn print(
    process: &Process,
    uptime: Option<f64>,
    environment: &[(String, String)],
    shown: impl Fn(&str) -> bool,
    out: &mut Out,
) {
    let mut line = |name: &str, value: &str| out.line(format_args!("{name:<10} {value}"));
    let words = |list: &[String]| {
        let quoted: Vec<String> = list.iter().map(|word| text::quoted_str(word)).collect();
        quoted.join(" ")
    };
    line("version", &alloc::format!("{} ({})", process.version, process.platform.join(", ")));
    if let Some(pid) = process.pid {
        line("pid", &alloc::format!("{pid}"));
    }
    if let Some(title) = &process.title {
        line("title", &text::quoted_str(title));
    }
    if let Some(dir) = &process.cwd {
        line("directory", dir);
    }
    line("executable", process.exec_path.as_deref().unwrap_or("?"));
    line("options", &words(&process.exec_argv));
    line("arguments", &words(&process.argv));
    for (option, origin) in process.settings(environment) {
        line("setting", &alloc::format!("{option} ({origin})"));
    }
    if let Some(ms) = uptime {
        line("running", &alloc::format!("{:.1} s", ms / 1000.0));
    }
    for (name, version) in &process.versions {
        line("", &alloc::format!("{name} {version}"));
    }
    line("environ", &alloc::format!("{} variables", environment.len()));
    for (name, value) in environment {
        match shown(name) {
            true => line("", &alloc::format!("{name}={value}")),
            false => line("", name),
        }
    }
}
