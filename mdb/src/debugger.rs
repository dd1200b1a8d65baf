//! The state of a session.
//!
//! There is one debugger per thread, alive until the process ends, and every
//! part of it is a cell: commands call the module interface, which calls
//! commands again. The rule that keeps this sound: no borrow of a cell lives
//! while code of a module, or a command, runs.

use crate::errors::Errno;
use crate::lang::exec::Prepared;
use crate::lang::pipe::{Invocation, PipeOut};
use crate::modapi::{signals, GcBlock, Hooks};
use crate::output::{Destination, Output, Stream, Trouble};
use crate::printf::Sink;
use crate::registry::{Module, Registry};
use crate::settings::Settings;
use crate::target::Target;
use crate::vars::Variables;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Why the commands of a frame end early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Text that could not be parsed or evaluated; already reported.
    Parse,
    /// `q` at the pager.
    Pager,
    /// ^C.
    Interrupt,
    /// A module used the interface wrongly; already reported.
    Api,
    /// `a` at the pager: everything ends, up to the prompt.
    Abort,
    /// The output takes no more text.
    Output,
    /// `::quit`.
    Quit,
}

impl Stop {
    /// Whether it ends all frames rather than the innermost.
    pub fn is_fatal(self) -> bool {
        matches!(self, Stop::Abort | Stop::Output | Stop::Quit)
    }
}

/// What lives as long as one statement of one input.
#[derive(Debug, Default)]
pub struct Frame {
    /// Memory a module wants freed when the statement ends.
    pub garbage: Vec<GcBlock>,
}

/// A session.
pub struct Debugger {
    target: RefCell<Rc<Target>>,
    /// Output streams.
    pub output: RefCell<Output>,
    /// Variables.
    pub vars: RefCell<Variables>,
    /// Modules, commands, walkers.
    pub registry: RefCell<Registry>,
    /// Options and properties.
    pub settings: Settings,
    /// One per input being run.
    pub frames: RefCell<Vec<Frame>>,
    /// Commands being run, innermost last.
    pub invocations: RefCell<Vec<Invocation>>,
    /// Pipes being filled, innermost last.
    pub pipes: RefCell<Vec<PipeOut>>,
    /// The pipeline that a bare address repeats.
    pub last_pipeline: RefCell<Option<Rc<Vec<Prepared>>>>,
    /// What modules registered besides commands and walkers.
    pub hooks: RefCell<Hooks>,
    /// The module whose `_mdb_init` is running.
    pub loading: RefCell<Option<Rc<Module>>>,
    /// `.`
    pub dot: Cell<u64>,
    /// Bytes the last format command went over.
    pub increment: Cell<u64>,
    /// `&`
    pub last_address: Cell<u64>,
    /// What the last command returned.
    pub last_status: Cell<i32>,
    /// Bytes of the last short read: delivered and wanted.
    pub partial: Cell<(usize, usize)>,
    /// The input being run is to be left once its statement ends.
    pub leave_input: Cell<bool>,
    /// Rounds left of the counted loop being run.
    pub rounds: Cell<u64>,
    stop: Cell<Option<Stop>>,
}

thread_local! {
    static CURRENT: Cell<Option<&'static Debugger>> = const { Cell::new(None) };
}

impl Debugger {
    /// Makes the session of this thread. It stays until the process ends, so
    /// that functions called by modules can always find it.
    pub fn create(target: Target, stdout: Stream) -> &'static Debugger {
        let debugger: &'static Debugger = Box::leak(Box::new(Debugger {
            target: RefCell::new(Rc::new(target)),
            output: RefCell::new(Output::new(stdout)),
            vars: RefCell::default(),
            registry: RefCell::default(),
            settings: Settings::default(),
            frames: RefCell::new(vec![Frame::default()]),
            invocations: RefCell::default(),
            pipes: RefCell::default(),
            last_pipeline: RefCell::default(),
            hooks: RefCell::default(),
            loading: RefCell::default(),
            dot: Cell::new(0),
            increment: Cell::new(0),
            last_address: Cell::new(0),
            last_status: Cell::new(0),
            partial: Cell::new((0, 0)),
            leave_input: Cell::new(false),
            rounds: Cell::new(0),
            stop: Cell::new(None),
        }));
        CURRENT.set(Some(debugger));
        crate::cmds::register(debugger);
        debugger
    }

    /// A session without a target whose output stays in memory, for tests.
    pub fn for_tests() -> &'static Debugger {
        Debugger::create(Target::none(), Stream::new(Destination::Memory))
    }

    /// The session of this thread.
    pub fn current() -> Option<&'static Debugger> {
        CURRENT.get()
    }

    /// The target. Holding it keeps nothing locked.
    pub fn target(&self) -> Rc<Target> {
        self.target.borrow().clone()
    }

    /// Puts another target in place.
    pub fn set_target(&self, target: Target) {
        self.target.replace(Rc::new(target));
    }

    /// Changes the target; fails while something iterates over it.
    pub fn with_target_mut<T>(&self, change: impl FnOnce(&mut Target) -> T) -> Result<T, Errno> {
        let mut slot = self.target.try_borrow_mut().map_err(|_| Errno::TGTBUSY)?;
        Rc::get_mut(&mut slot).map(change).ok_or(Errno::TGTBUSY)
    }

    /// Uses the current output stream, unless the commands were stopped.
    pub fn with_sink(&self, print: impl FnOnce(&mut Stream)) {
        if self.stopped().is_some() {
            return;
        }
        let (trouble, lines) = {
            let Ok(mut output) = self.output.try_borrow_mut() else { return };
            let bottom = output.at_bottom();
            let stream = output.top();
            print(stream);
            let lines = (!bottom && stream.has_lines()).then(|| stream.take_lines());
            (stream.take_trouble(), lines)
        };
        if let Some(trouble) = trouble {
            self.stop(match trouble {
                Trouble::Closed => Stop::Output,
                Trouble::Quit => Stop::Pager,
                Trouble::Abort => Stop::Abort,
            });
        }
        if let Some(lines) = lines {
            crate::lang::pipe::take_text(self, &lines);
        }
    }

    /// What is printed meanwhile, which nobody else gets to see.
    pub fn captured(&self, run: impl FnOnce()) -> Vec<u8> {
        self.output.borrow_mut().push(Stream::new(Destination::Capture));
        run();
        self.finish_line();
        let mut stream = self.output.borrow_mut().pop();
        stream.as_mut().map(Stream::take_lines).unwrap_or_default()
    }

    /// Prints text.
    pub fn print(&self, text: impl AsRef<[u8]>) {
        self.with_sink(|sink| sink.chunk(text.as_ref()));
    }

    /// Prints text with a terminal attribute.
    pub fn print_styled(&self, attribute: u8, text: &str) {
        self.with_sink(|sink| {
            sink.attribute(attribute, true);
            sink.chunk(text.as_bytes());
            sink.attribute(attribute, false);
        });
    }

    /// Ends a partial line of the current stream.
    pub fn finish_line(&self) {
        self.with_sink(Stream::finish_line);
    }

    /// Writes out what standard output has collected, if nothing is using it.
    pub fn flush(&self) {
        if let Ok(mut output) = self.output.try_borrow_mut() {
            output.bottom().flush();
        }
    }

    /// Says something on standard error, after `mdb: `.
    pub fn error(&self, text: impl AsRef<str>) {
        self.error_raw(format!("mdb: {}\n", text.as_ref()).as_bytes());
    }

    /// Writes bytes to standard error, in order with standard output.
    pub fn error_raw(&self, text: &[u8]) {
        use std::io::Write;
        self.flush();
        if let Ok(mut output) = self.output.try_borrow_mut() {
            output.bottom().log_text(text);
        }
        let _ = std::io::stderr().write_all(text);
    }

    /// Says something and the text of an error number on standard error.
    pub fn error_because(&self, text: impl AsRef<str>, errno: Errno) {
        self.error(format!("{}: {}", text.as_ref(), self.errno_text(errno)));
    }

    /// Text of an error number.
    pub fn errno_text(&self, errno: Errno) -> String {
        errno.text(self.partial.get())
    }

    /// Whether, and why, the running commands are to end. Notices ^C.
    pub fn stopped(&self) -> Option<Stop> {
        if self.stop.get().is_none() && signals::take_interrupt() {
            self.stop.set(Some(Stop::Interrupt));
        }
        self.stop.get()
    }

    /// Makes the running commands end.
    pub fn stop(&self, why: Stop) {
        let stronger = self.stop.get().is_none_or(|old| !old.is_fatal());
        if stronger {
            self.stop.set(Some(why));
        }
    }

    /// The reason to end is dealt with.
    pub fn take_stop(&self) -> Option<Stop> {
        self.stopped();
        self.stop.take()
    }

    /// Frees what the current statement left to be freed.
    pub fn collect_garbage(&self) {
        let garbage = match self.frames.borrow_mut().last_mut() {
            Some(frame) => std::mem::take(&mut frame.garbage),
            None => Vec::new(),
        };
        drop(garbage);
    }

    /// Takes the rest of a counted loop for the command that is being run:
    /// the count, and no more rounds. None outside such a loop.
    pub fn take_count(&self) -> Option<u64> {
        match self.rounds.get() {
            0 => None,
            _ => Some(self.rounds.replace(1)),
        }
    }

    /// Sets dot and forgets the increment.
    pub fn set_dot(&self, dot: u64) {
        self.dot.set(dot);
        self.increment.set(0);
    }
}

impl std::fmt::Debug for Debugger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Debugger").field("dot", &self.dot).finish_non_exhaustive()
    }
}

/// Prints to the current output of a debugger, as `print!` does.
#[macro_export]
macro_rules! out {
    ($debugger:expr, $($arg:tt)*) => {
        $debugger.print(format!($($arg)*))
    };
}
