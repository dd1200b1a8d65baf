//! `! command`: shell commands, alone or at the end of a pipeline.

use crate::debugger::{Debugger, Stop};
use crate::modapi::signals;
use crate::output::{Destination, Stream};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, Stdio};

fn shell(command: &[u8]) -> (OsString, Command) {
    let shell = std::env::var_os("SHELL").filter(|s| !s.is_empty()).unwrap_or("/bin/sh".into());
    let mut process = Command::new(&shell);
    process.arg("-c").arg(OsStr::from_bytes(command));
    (shell, process)
}

fn spawn(m: &Debugger, command: &[u8], stdin: Stdio) -> Option<Child> {
    m.flush();
    let (shell, mut process) = shell(command);
    match process.stdin(stdin).spawn() {
        Ok(child) => Some(child),
        Err(error) => {
            let errno = crate::errors::Errno(error.raw_os_error().unwrap_or(libc::EIO));
            m.error_because(format!("failed to exec {}", shell.to_string_lossy()), errno);
            m.stop(Stop::Parse);
            None
        }
    }
}

/// Runs a shell command and waits for it.
pub fn run(m: &Debugger, command: &[u8]) {
    if let Some(child) = spawn(m, command, Stdio::inherit()) {
        wait(child);
    }
}

/// Starts a shell command and makes its input the current output.
pub fn open(m: &Debugger, command: &[u8]) -> Option<Child> {
    let mut child = spawn(m, command, Stdio::piped())?;
    if let Some(input) = child.stdin.take() {
        m.output.borrow_mut().push(Stream::new(Destination::Shell(input)));
    }
    Some(child)
}

/// Ends the input of a shell command and waits for it.
pub fn close(m: &Debugger, child: Child) {
    let stream = {
        let mut output = m.output.borrow_mut();
        output.top().finish_line();
        output.top().flush();
        output.pop()
    };
    drop(stream);
    wait(child);
    // A reader that leaves early, as `head` does, is no failure: the commands
    // were cut short on its behalf, and all is well from here on.
    if m.stopped() == Some(Stop::Output) {
        m.take_stop();
    }
}

fn wait(mut child: Child) {
    // The terminal sends ^C to the child as well; it was meant for the child.
    let _ = child.wait();
    signals::take_interrupt();
}
