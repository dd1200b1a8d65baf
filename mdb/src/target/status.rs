//! The lines of `::status`, and why a process died.

use super::notes::{i32_at, le_at, word_size, Process, PRSTATUS_CURSIG};
use super::{Kind, Target, Width};

const SIGILL: i32 = 4;
const SIGTRAP: i32 = 5;
const SIGBUS: i32 = 7;
const SIGFPE: i32 = 8;
const SIGSEGV: i32 = 11;
const SIGSTOP: i32 = 19;

/// Names and texts of signals 1 to 31 on x86.
const SIGNALS: [(&str, &str); 31] = [
    ("SIGHUP", "Hangup"),
    ("SIGINT", "Interrupt"),
    ("SIGQUIT", "Quit"),
    ("SIGILL", "Illegal Instruction"),
    ("SIGTRAP", "Trace/Breakpoint Trap"),
    ("SIGABRT", "Abort"),
    ("SIGBUS", "Bus Error"),
    ("SIGFPE", "Arithmetic Exception"),
    ("SIGKILL", "Killed"),
    ("SIGUSR1", "User Signal 1"),
    ("SIGSEGV", "Segmentation Fault"),
    ("SIGUSR2", "User Signal 2"),
    ("SIGPIPE", "Broken Pipe"),
    ("SIGALRM", "Alarm Clock"),
    ("SIGTERM", "Terminated"),
    ("SIGSTKFLT", "Stack Fault"),
    ("SIGCHLD", "Child Status Changed"),
    ("SIGCONT", "Continued"),
    ("SIGSTOP", "Stopped (signal)"),
    ("SIGTSTP", "Stopped (user)"),
    ("SIGTTIN", "Stopped (tty input)"),
    ("SIGTTOU", "Stopped (tty output)"),
    ("SIGURG", "Urgent Socket Condition"),
    ("SIGXCPU", "Cpu Limit Exceeded"),
    ("SIGXFSZ", "File Size Limit Exceeded"),
    ("SIGVTALRM", "Virtual Timer Expired"),
    ("SIGPROF", "Profiling Timer Expired"),
    ("SIGWINCH", "Window Size Change"),
    ("SIGIO", "Pollable Event"),
    ("SIGPWR", "Power-Fail/Restart"),
    ("SIGSYS", "Bad System Call"),
];

/// Name and text of a signal, such as `SIGABRT (Abort)`.
fn signal_name(signal: i32) -> String {
    let known = usize::try_from(signal).ok().and_then(|number| SIGNALS.get(number.wrapping_sub(1)));
    match known {
        Some((name, text)) => format!("{name} ({text})"),
        None if (34..=64).contains(&signal) => format!("SIGRTMIN+{} (Real-Time)", signal - 34),
        None => format!("signal {signal}"),
    }
}

/// The signal that ended the process; none if it was alive when the core was made.
fn fatal_signal(process: &Process) -> Option<i32> {
    let status = &process.representative()?.status;
    let signal = le_at(status, PRSTATUS_CURSIG, 2) as i32;
    // The code of a trap that ptrace made has the number of its event above the signal.
    let traced = i32_at(&process.siginfo, 8) > 0xff;
    match signal {
        0 | SIGSTOP => None,
        SIGTRAP if process.by_gdb || traced => None,
        _ => Some(signal),
    }
}

fn death(process: &Process, width: Width, signal: i32) -> String {
    let mut text = format!("process terminated by {}", signal_name(signal));
    let info = &process.siginfo;
    if i32_at(info, 0) != signal {
        return text;
    }
    let code = i32_at(info, 8);
    let union = if width == Width::Bits64 { 16 } else { 12 };
    let sender = i32_at(info, union);
    if code <= 0 && sender != 0 {
        let uid = i32_at(info, union + 4) as u32;
        text += &format!(", pid={sender} uid={uid} code={code}");
    } else if matches!(signal, SIGILL | SIGBUS | SIGFPE | SIGSEGV) && code > 0 {
        text += &format!(", addr={:x}", le_at(info, union, word_size(width)));
    }
    text
}

impl Target {
    /// The lines of `::status`, the first being `debugging ...`.
    pub fn status_lines(&self) -> Vec<String> {
        let bits = match self.width {
            Width::Bits32 => "32-bit",
            Width::Bits64 => "64-bit",
        };
        let executable = self.objects.iter().find(|object| object.executable);
        let file = executable.map(|object| format!("file: {}", object.path));
        let mut lines = Vec::new();
        match self.kind {
            Kind::None => lines.push("no target".to_owned()),
            Kind::Executable => {
                lines.push(format!("debugging executable file ({bits})"));
                lines.extend(file);
                lines.push("status: idle".to_owned());
            }
            Kind::Core => {
                // The kernel's name for the process is that of a thread: node renames its own.
                let name = executable.and_then(|object| object.path.rsplit('/').next());
                let name = name.map(str::to_owned).or_else(|| self.process.name(self.width));
                let name = name.as_deref().unwrap_or("unknown");
                lines.push(format!("debugging core file of {name} ({bits})"));
                lines.extend(file);
                let args = self.initial_args().or_else(|| self.process.args(self.width));
                lines.extend(args.map(|args| format!("initial argv: {args}")));
                self.push_threads(&mut lines);
                lines.push(match fatal_signal(&self.process) {
                    Some(signal) => format!("status: {}", death(&self.process, self.width, signal)),
                    None => "status: process core file generated with gcore".to_owned(),
                });
            }
            Kind::Live => {
                let pid = self.pid().unwrap_or(0);
                lines.push(format!("debugging PID {pid} ({bits})"));
                lines.extend(file);
                self.push_threads(&mut lines);
                let held = self.live.as_ref().is_some_and(|live| live.is_attached());
                lines.push(match held {
                    true => "status: stopped by debugger".to_owned(),
                    false => "status: process is running".to_owned(),
                });
            }
        }
        lines
    }

    fn push_threads(&self, lines: &mut Vec<String>) {
        lines.push("threading model: native threads".to_owned());
        lines.push(format!("threads: {}", self.process.threads.len()));
    }
}
