//! Where the time of a live process goes: `::jsprof`.

use super::progress::Progress;
use super::Builtin;
use crate::debugger::Debugger;
use crate::modapi::{self, getopts, Arg, Event, Opt};
use crate::profile::{self, Pauses, Plan, Profile};
use crate::target::Target;
use mdb_sys::*;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// The family.
pub const TABLE: &[Builtin] = &[Builtin {
    name: "jsprof",
    usage: "[-fw] [-d seconds] [-r rate] [-t thread] [-c file] [-g file] [-s file]",
    description: "sample the stacks of a live process",
    help: "Lets the process go on and looks at the stack of its main thread, or of another,\n\
           many times a second, stopping that thread only for as long as it takes to read\n\
           it. Prints each stack, functions of JavaScript and native ones, as a line of\n\
           frames and a count, or writes it to files. ^C ends the sampling early; what was\n\
           seen until then is kept. Afterwards the process stands still again.\n\
           \n\
           Numbers are decimal. Files are made with mode 0600.\n\
           \n\
           #OPTIONS\n\
           -c  write the folded stacks to this file instead of printing them\n\
           -d  for so many seconds (10)\n\
           -f  replace files that exist\n\
           -g  draw a flame graph, an SVG picture for a browser\n\
           -r  so many samples a second (97)\n\
           -s  write a profile for speedscope, as JSON\n\
           -t  sample this thread, an id as ::walk thread prints it\n\
           -w  count the thread when it waits, too, not only when it is on a processor\n",
    run: jsprof,
}];

/// Samples a second at most.
const MAX_RATE: f64 = 10_000.0;
/// Seconds at most: a day.
const MAX_SECONDS: f64 = 86_400.0;

fn jsprof(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let (mut force, mut idle_too) = (false, false);
    let [mut seconds, mut rate, mut folded, mut graph, mut scope] = [const { None }; 5];
    let mut thread = None;
    let used = getopts(
        m,
        args,
        &mut [
            Opt::Flag(b'f', &mut force),
            Opt::Flag(b'w', &mut idle_too),
            Opt::Text(b'd', &mut seconds),
            Opt::Text(b'r', &mut rate),
            Opt::Text(b'c', &mut folded),
            Opt::Text(b'g', &mut graph),
            Opt::Text(b's', &mut scope),
            Opt::Number(b't', &mut thread),
        ],
    );
    if flags & DCMD_ADDRSPEC != 0 || used != args.len() {
        return DCMD_USAGE;
    }
    let numbers = number("-d", seconds.as_deref(), 10.0, MAX_SECONDS)
        .and_then(|seconds| Ok((seconds, number("-r", rate.as_deref(), 97.0, MAX_RATE)?)));
    let result = numbers.and_then(|(seconds, rate)| {
        let files = Files { folded, graph, scope, force };
        files.check()?;
        let target = m.target();
        let Some(tid) = target.threads().first().copied() else {
            return Err(m.errno_text(crate::errors::Errno::NOPROC));
        };
        let tid = match thread {
            Some(1) | None => tid,
            Some(thread) if target.threads().contains(&thread) => thread,
            Some(thread) => return Err(format!("thread {thread:#x} not found")),
        };
        drop(target);
        let plan = Plan {
            tid,
            duration: Duration::from_secs_f64(seconds),
            interval: Duration::from_secs_f64(1.0 / rate),
            idle_too,
        };
        run(m, &plan, &files)
    });
    super::status(m, result)
}

/// A positive decimal number, within reason.
fn number(option: &str, text: Option<&str>, default: f64, most: f64) -> Result<f64, String> {
    let Some(text) = text else { return Ok(default) };
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= most => Ok(number),
        _ => Err(format!("{option} takes a decimal number, up to {most}: {text}")),
    }
}

/// Where the profile goes.
struct Files {
    folded: Option<String>,
    graph: Option<String>,
    scope: Option<String>,
    force: bool,
}

impl Files {
    fn all(&self) -> impl Iterator<Item = &String> {
        [&self.folded, &self.graph, &self.scope].into_iter().flatten()
    }

    /// Whether they can be written, before anything is done for them.
    fn check(&self) -> Result<(), String> {
        match self.all().find(|path| !self.force && Path::new(path).exists()) {
            Some(path) => Err(format!("{path}: File exists; -f replaces it")),
            None => Ok(()),
        }
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), String> {
        let mut options = OpenOptions::new();
        options.write(true).mode(0o600);
        match self.force {
            true => options.create(true).truncate(true),
            false => options.create_new(true),
        };
        let written = options.open(path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|why| format!("failed to write {path}: {why}"))
    }
}

fn run(m: &'static Debugger, plan: &Plan, files: &Files) -> Result<(), String> {
    let pid = m.target().pid().unwrap_or_default();
    let change = m.with_target_mut(Target::start_sampling);
    change.unwrap_or_else(|errno| Err(m.errno_text(errno)))?;
    let (mut profile, mut pauses) = (Profile::default(), Pauses::default());
    let mut progress = Progress::new(m);
    let start = Instant::now();
    let ended = profile::sample(m, plan, &mut profile, &mut pauses, &mut |done| {
        progress.show(|| format!("sampling: {:3}% (^C to stop)", done / 10));
        m.stopped().is_none()
    });
    progress.clear();
    let took = start.elapsed().as_secs_f64();
    // What was seen until ^C is what the user wants to see now.
    m.take_stop();
    let stands = m.with_target_mut(|target| target.stop_again());
    modapi::fire(m, Event::StateChange);
    report(m, plan, &profile, &pauses, took);
    write(m, plan, files, pid, &profile)?;
    ended?;
    stands.unwrap_or_else(|errno| Err(m.errno_text(errno)))
}

fn write(
    m: &'static Debugger,
    plan: &Plan,
    files: &Files,
    pid: i32,
    profile: &Profile,
) -> Result<(), String> {
    let text = profile.folded();
    let title = format!("process {pid}, thread {}", plan.tid);
    if let Some(path) = &files.folded {
        files.write(path, text.as_bytes())?;
    }
    if let Some(path) = &files.scope {
        let scope = profile.speedscope(&title, plan.interval.as_secs_f64());
        files.write(path, scope.to_string().as_bytes())?;
    }
    if let Some(path) = files.graph.as_ref().filter(|_| !profile.is_empty()) {
        files.write(path, &profile::draw(&text, &title)?)?;
    }
    if files.all().next().is_none() {
        m.print(text);
    }
    Ok(())
}

/// Says how much was seen, and what that cost the process.
fn report(m: &Debugger, plan: &Plan, profile: &Profile, pauses: &Pauses, took: f64) {
    let ms = |pause: Duration| pause.as_secs_f64() * 1000.0;
    let mut text = format!("{} samples of thread {} in {took:.1} s", profile.len(), plan.tid);
    if !plan.idle_too {
        text += &format!(", {} times it was waiting", profile.idle);
    }
    if !profile.is_empty() {
        text += &format!(
            "; stopped for {:.2} ms a sample (median; 99 of 100 within {:.2} ms, all within {:.2} ms)",
            ms(pauses.at_most(500)),
            ms(pauses.at_most(990)),
            ms(pauses.at_most(1000)),
        );
    }
    m.error(text);
}
