//! Scenario programs: started, awaited, and ended with the test.

use super::nodes::Node;
use serde_json::Value;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take until its truth is there.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a scenario does when it has written its truth.
#[derive(Clone, Copy, PartialEq)]
pub enum End {
    /// Spins in JavaScript.
    Spin,
    /// Waits in `read(2)`, below native frames.
    Block,
    /// Calls `process.abort()`.
    Abort,
}

impl End {
    fn word(self) -> &'static str {
        match self {
            End::Spin => "spin",
            End::Block => "block",
            End::Abort => "abort",
        }
    }
}

/// A program of `tests/scenarios` and how it is run.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// File name; `.js` may be left out.
    pub script: &'static str,
    /// What it does in the end.
    pub end: End,
    /// Third argument of the program.
    pub mode: &'static str,
}

impl Scenario {
    /// Names the run in paths and messages.
    pub fn label(&self) -> String {
        format!("{}-{}-{}", self.script, self.end.word(), self.mode)
    }

    /// The program's file.
    fn program(&self) -> PathBuf {
        let path = programs().join(self.script);
        if path.extension().is_some() {
            path
        } else {
            path.with_extension("js")
        }
    }

    /// Changes whenever a scenario program does.
    pub fn fingerprint() -> u64 {
        let mut files: Vec<_> = fs::read_dir(programs())
            .expect("tests/scenarios is there")
            .map(|entry| entry.expect("the directory can be read").path())
            .collect();
        files.sort();
        let mut hasher = DefaultHasher::new();
        for file in files {
            file.hash(&mut hasher);
            fs::read(&file).expect("scenario programs are readable").hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Starts the program in `dir`, where its truth and its core go.
    pub fn start(&self, node: &Node, dir: &Path) -> Running {
        let truth = dir.join("truth.json");
        let _ = fs::remove_file(&truth);
        // Core dumps are off by default in most places; the limit is raised in
        // the child only.
        let core_limit = if self.end == End::Abort { "unlimited" } else { "0" };
        let log = fs::File::create(dir.join("log")).expect("the directory is writable");
        let child = Command::new("sh")
            .arg("-c")
            .arg(format!("ulimit -c {core_limit} && exec \"$@\""))
            .arg("sh")
            .arg(&node.path)
            .arg(self.program())
            .arg(&truth)
            .args([self.end.word(), self.mode])
            .current_dir(dir)
            .env("TZ", "UTC")
            // Kept open, so that reading it waits.
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("file descriptors are left"))
            .stderr(log)
            .spawn()
            .expect("there is a shell");
        Running {
            child,
            truth,
            dir: dir.to_owned(),
            what: format!("{} on {}", self.label(), node.name),
        }
    }
}

fn programs() -> PathBuf {
    super::root().join("tests/scenarios")
}

/// A scenario program in progress; killed when dropped.
pub struct Running {
    child: Child,
    truth: PathBuf,
    dir: PathBuf,
    what: String,
}

impl Running {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the truth and for the program to settle in its last function.
    pub fn truth(&mut self) -> Value {
        let deadline = Instant::now() + PATIENCE;
        while !self.truth.exists() {
            if let Some(status) = self.child.try_wait().expect("the child is ours") {
                // An aborting program may be gone before it is looked at.
                assert!(self.truth.exists(), "{} ended: {status}\n{}", self.what, self.log());
                break;
            }
            assert!(Instant::now() < deadline, "{} wrote no truth\n{}", self.what, self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        // From the renaming of the file to the loop or the system call is a
        // matter of microseconds, more on a busy machine.
        std::thread::sleep(Duration::from_millis(300));
        let text = fs::read_to_string(&self.truth).expect("the truth is readable");
        serde_json::from_str(&text).expect("the truth is JSON")
    }

    /// Waits for the program to end by itself.
    pub fn wait(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().expect("the child is ours").is_none() {
            assert!(Instant::now() < deadline, "{} does not end\n{}", self.what, self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        let bytes = fs::read(self.dir.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
