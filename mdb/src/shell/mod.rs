//! Around the language: the command line, scripts, the prompt, shell commands.

mod complete;
mod convert;
pub mod escape;
mod hints;
mod options;
mod prompt;
mod script;
pub mod search;

use crate::debugger::{Debugger, Stop};
use crate::modapi::{self, signals, tty};
use crate::output::{Destination, Pager, Stream};
use crate::target::{Kind, Target};
use options::{Options, Parsed};
use std::fs::File;
use std::os::fd::AsFd;

/// Runs the program; the exit status.
pub fn main() -> i32 {
    let options = match options::parse() {
        Ok(Parsed::Run(options)) => options,
        Ok(Parsed::Usage) => {
            eprint!("{}", options::USAGE);
            return 0;
        }
        Ok(Parsed::Convert(what, files)) => {
            return match convert::convert(what, &files) {
                Ok(()) => 0,
                Err(text) => {
                    eprintln!("mdb: {text}");
                    1
                }
            };
        }
        Err(text) => {
            eprint!("mdb: {text}\n{}", options::USAGE);
            return 2;
        }
    };
    let target = match open(&options) {
        Ok(target) => target,
        Err(text) => {
            eprintln!("mdb: {text}");
            return 1;
        }
    };
    for warning in target.warnings() {
        eprintln!("mdb: warning: {warning}");
    }
    let m = match session(&options, target) {
        Ok(m) => m,
        Err(text) => {
            eprintln!("mdb: {text}");
            return 1;
        }
    };
    let status = run(m, &options);
    exit(m, status)
}

fn open(options: &Options) -> Result<Target, String> {
    match (&options.pid, options.files.as_slice()) {
        (Some(pid), []) => Target::attach(*pid, options.writable),
        (Some(_), _) => Err("-p may not be used with other arguments".to_string()),
        (None, []) => Ok(Target::none()),
        (None, [file]) => Target::open(Some(file), None),
        (None, [file, core]) => {
            let real = |f: &std::path::PathBuf| (f.as_os_str() != "-").then(|| f.clone());
            Target::open(real(file).as_deref(), real(core).as_deref())
        }
        (None, _) => Err("too many files were specified".to_string()),
    }
}

/// Makes the session and sets it up as the options say.
fn session(options: &Options, target: Target) -> Result<&'static Debugger, String> {
    let stdout = std::io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .map_err(|error| format!("failed to open standard output: {error}"))?;
    let mut stream = Stream::new(Destination::File(File::from(stdout)));
    let interactive = options.commands.is_none() && tty::is_interactive();
    if interactive {
        let (rows, columns) = tty::size().unwrap_or((24, 80));
        stream.set_width(columns);
        stream.pager = Some(Pager::new(rows));
        stream.attributes = std::env::var_os("TERM").is_some_and(|t| t != "dumb");
    }
    modapi::announce_target(&target);
    let m = Debugger::create(target, stream);
    m.settings.interactive.set(interactive);
    m.settings.writable.set(options.writable);
    m.settings.nomods.set(options.no_modules);
    m.settings.distance.set(options.distance);
    if let Some(prompt) = &options.prompt {
        m.settings.prompt.replace(prompt.clone());
    }
    m.settings.module_path.replace(options.path(&options.module_path, search::MODULE_PATH));
    m.settings.include_path.replace(options.path(&options.include_path, search::INCLUDE_PATH));
    for (option, on) in &options.set {
        if let Err(text) = crate::cmds::settings::set_option(m, option, *on) {
            eprint!("mdb: {text}\n{}", options::USAGE);
            exit(m, 2);
        }
    }
    Ok(m)
}

fn run(m: &'static Debugger, options: &Options) -> i32 {
    tty::remember();
    if !options.no_rc {
        script::run_rc(m);
    }
    if !m.settings.nomods.get() {
        search::load_for_objects(m);
    }
    signals::install();
    if let Some(commands) = &options.commands {
        return script::run_commands(m, commands);
    }
    match m.settings.interactive.get() {
        true => {
            hints::print(m);
            prompt::run_prompt(m)
        }
        false => script::run_stdin(m),
    }
}

/// Ends the session and the process: the target goes on, modules are ended.
pub fn exit(m: &'static Debugger, status: i32) -> ! {
    let mut status = status;
    m.flush();
    let live = m.target().kind() == Kind::Live;
    let still = m.with_target_mut(|target| {
        let still = target.stood_still();
        target.detach();
        still
    });
    if let (true, true, Ok(Some(still))) = (live, m.settings.interactive.get(), still) {
        eprintln!("mdb: the process stood still for {:.1} seconds", still.as_secs_f64());
    }
    // Modules end without a target, as they do in the original.
    m.set_target(Target::none());
    modapi::unload_all(m);
    m.finish_line();
    m.flush();
    if status == 0 && !m.output.try_borrow_mut().is_ok_and(|mut o| o.bottom().is_open()) {
        status = 1;
    }
    std::process::exit(status)
}

/// What a stop at the outermost level means for the session.
pub(crate) fn ends_session(stop: Stop) -> bool {
    matches!(stop, Stop::Quit | Stop::Output)
}
