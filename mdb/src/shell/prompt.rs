//! The interactive prompt: line editing, history, what ^C and ^D mean.

use super::complete::Completer;
use super::ends_session;
use crate::debugger::{Debugger, Stop};
use crate::lang::run::{run, Source};
use crate::modapi::{self, signals, tty};
use crate::output::Pager;
use crate::printf::{self, Args, BitName, Buffer};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use std::path::PathBuf;

/// Lines of history kept unless `HISTSIZE` says otherwise.
const HISTORY: usize = 128;

/// Runs commands typed at the prompt until the session ends; the exit status.
pub fn run_prompt(m: &'static Debugger) -> i32 {
    let mut editor = match editor(m) {
        Ok(editor) => editor,
        Err(error) => {
            m.error(format!("failed to set up the terminal: {error}"));
            return 1;
        }
    };
    let history = history_file();
    if let Some(file) = &history {
        // The first session has no history yet.
        let _ = editor.load_history(file);
    }
    loop {
        refresh(m);
        modapi::fire(m, modapi::Event::Prompt);
        m.take_stop();
        m.flush();
        match editor.readline(&prompt_text(m)) {
            Ok(line) => {
                remember(&mut editor, &history, &line);
                signals::take_interrupt();
                signals::unblock_interrupt();
                log_line(m, &line);
                match run_line(m, &line) {
                    Err(Stop::Quit) => return 0,
                    // The terminal has echoed ^C: the prompt gets a line of its own.
                    Err(Stop::Interrupt) => m.print("\n"),
                    Err(stop) if ends_session(stop) => return 1,
                    _ => {}
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) if m.settings.ignoreeof.get() => {
                m.error("use '::quit' to leave the debugger");
            }
            Err(ReadlineError::Eof) => return 0,
            Err(error) => {
                m.error(format!("failed to read from the terminal: {error}"));
                return 1;
            }
        }
    }
}

fn run_line(m: &'static Debugger, line: &str) -> Result<(), Stop> {
    let source = Source { name: None, string: false, lines_before: 0 };
    let result = run(m, format!("{line}\n").as_bytes(), source);
    m.finish_line();
    m.flush();
    result
}

fn editor(m: &'static Debugger) -> rustyline::Result<Editor<Completer, FileHistory>> {
    let size = std::env::var("HISTSIZE").ok().and_then(|s| s.parse().ok()).unwrap_or(HISTORY);
    let config = Config::builder()
        .max_history_size(size)?
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Completer::new(m)));
    Ok(editor)
}

/// Where the history of earlier sessions is.
fn history_file() -> Option<PathBuf> {
    let folder = match std::env::var_os("XDG_STATE_HOME").filter(|v| !v.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME")?).join(".local/state"),
    };
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("mdb_history"))
}

/// Adds a line to the history, also on disk: a session may end at any time.
/// The file is made readable by its owner only.
fn remember(editor: &mut Editor<Completer, FileHistory>, file: &Option<PathBuf>, line: &str) {
    let added = !line.trim().is_empty() && editor.add_history_entry(line).unwrap_or(false);
    if let (true, Some(file)) = (added, file) {
        // A history that cannot be written is not worth a message at each line.
        let _ = editor.append_history(file);
    }
}

/// Takes over what may have changed since the last prompt.
fn refresh(m: &Debugger) {
    let (rows, columns) = tty::size().unwrap_or((24, 80));
    if let Ok(mut output) = m.output.try_borrow_mut() {
        let stream = output.bottom();
        if m.settings.columns.replace(columns) != columns {
            stream.set_width(columns);
        }
        stream.pager = m.settings.pager.get().then(|| Pager::new(rows));
    }
}

fn log_line(m: &Debugger, line: &str) {
    if let Ok(mut output) = m.output.try_borrow_mut() {
        output.bottom().log_text(format!("{}{line}\n", m.settings.prompt.borrow()).as_bytes());
    }
}

/// The prompt, which is in the format language.
fn prompt_text(m: &Debugger) -> String {
    let mut buffer = Buffer::default();
    let prompt = m.settings.prompt.borrow().clone();
    printf::print(prompt.as_bytes(), &mut NoArgs, &mut buffer, m);
    String::from_utf8_lossy(&buffer.text).into_owned()
}

/// A prompt has no arguments: its conversions print zeros.
struct NoArgs;

impl Args for NoArgs {
    fn int(&mut self) -> i32 {
        0
    }
    fn long(&mut self) -> i64 {
        0
    }
    fn double(&mut self) -> f64 {
        0.0
    }
    fn long_double(&mut self) -> f64 {
        0.0
    }
    fn string(&mut self) -> Option<Vec<u8>> {
        None
    }
    fn bytes16(&mut self) -> Option<[u8; 16]> {
        None
    }
    fn bits(&mut self) -> Vec<BitName> {
        Vec::new()
    }
}
