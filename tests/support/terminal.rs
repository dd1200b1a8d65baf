//! A debugger on a terminal of its own, which `script` makes.

use super::mdb::{binary, Target};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(60);

/// A debugger on a terminal.
pub struct Terminal {
    script: Child,
    output: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    /// On a target, with more of a command line, such as where output goes; `kind` is
    /// what `TERM` says, and `home` where its history is.
    pub fn on(target: &Target, more: &str, kind: &str, home: &Path) -> Terminal {
        Terminal::start(target, more, kind, home, "")
    }

    /// The same with a library that comes before the system's.
    pub fn preloading(library: &Path, target: &Target, more: &str, home: &Path) -> Terminal {
        Terminal::start(target, more, "dumb", home, &library.to_string_lossy())
    }

    fn start(target: &Target, more: &str, kind: &str, home: &Path, preload: &str) -> Terminal {
        let target = match target {
            Target::Core(core) => core.display().to_string(),
            Target::Process(pid) => format!("-p {pid}"),
            Target::None => String::new(),
        };
        let command = format!(
            "stty rows 12 cols 80; export LD_PRELOAD={preload}; exec {} {target} {more}",
            binary().display()
        );
        let mut script = Command::new("script")
            .args(["-qfec", &format!("sh -c '{command}'"), "/dev/null"])
            .env("TERM", kind)
            .env("HOME", home)
            .env_remove("XDG_STATE_HOME")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("script is installed");
        let mut from = script.stdout.take().expect("standard output is a pipe");
        let (sender, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = from.read(&mut bytes) {
                if sender.send(bytes[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal { script, output, seen: String::new() }
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        let input = self.script.stdin.as_mut().expect("standard input is a pipe");
        write!(input, "{keys}").expect("the terminal takes input");
    }

    /// Types a line.
    pub fn type_in(&mut self, text: &str) {
        self.press(&format!("{text}\r"));
    }

    /// Waits for a text, and returns what came up to its end.
    pub fn until(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let bytes = self.output.recv_timeout(left);
            let bytes = bytes.unwrap_or_else(|why| panic!("no {text:?}: {why}: {:?}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// What came up to now.
    pub fn so_far(&mut self) -> String {
        while let Ok(bytes) = self.output.try_recv() {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        std::mem::take(&mut self.seen)
    }

    /// Gives the terminal another size.
    pub fn resize(&self, rows: u32, columns: u32) {
        let terminal = std::fs::read_link(format!("/proc/{}/fd/0", self.debugger()));
        let terminal = terminal.expect("the debugger is there");
        let status = Command::new("stty")
            .arg("-F")
            .arg(terminal)
            .args(["rows", &rows.to_string(), "cols", &columns.to_string()])
            .status();
        assert!(status.is_ok_and(|status| status.success()), "terminals have a size");
    }

    /// Waits for the debugger to end by itself.
    pub fn ends(mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.script.try_wait().expect("the child is ours").is_none() {
            assert!(Instant::now() < deadline, "it does not end: {:?}", self.so_far());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The debugger's process.
    fn debugger(&self) -> String {
        let pid = self.script.id();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        children.unwrap_or_default().trim().to_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let pid = self.debugger();
        if !pid.is_empty() {
            let _ = Command::new("kill").args(["-KILL", &pid]).status();
        }
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}
