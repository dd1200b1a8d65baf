//! The debugger under test, run as a user runs it.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long one run may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the debugger is started on.
#[derive(Clone)]
pub enum Target {
    /// A live process.
    Process(u32),
    /// A core file.
    Core(PathBuf),
    /// Nothing.
    None,
}

/// A debugger about to be run.
pub struct Mdb {
    args: Vec<String>,
}

/// What a run left.
#[derive(Debug)]
pub struct Run {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Exit status, or `None` when a signal ended it.
    pub code: Option<i32>,
}

/// The host's binary: `MDB_BIN`, or the one of the release build.
pub fn binary() -> PathBuf {
    let path = std::env::var_os("MDB_BIN")
        .map_or_else(|| super::target_dir().join("release/mdb"), PathBuf::from);
    assert!(path.exists(), "{} is missing: run `make build`, or set MDB_BIN", path.display());
    path
}

/// The module beside the host of the release build.
pub fn module() -> PathBuf {
    let path = super::target_dir().join("release/libv8.so");
    assert!(path.exists(), "{} is missing: run `make build`", path.display());
    path
}

impl Mdb {
    /// A debugger on a target.
    pub fn on(target: &Target) -> Mdb {
        let args = match target {
            Target::Process(pid) => vec!["-p".to_owned(), pid.to_string()],
            Target::Core(path) => vec![utf8(path)],
            Target::None => Vec::new(),
        };
        Mdb { args }
    }

    /// Runs commands given with `-e`.
    pub fn eval(&self, commands: &str) -> Run {
        let mut args = vec!["-e".to_owned(), commands.to_owned()];
        args.extend(self.args.iter().cloned());
        run(&args, "")
    }

    /// Runs a script on standard input.
    pub fn script(&self, script: &str) -> Run {
        run(&self.args, script)
    }

    /// Loads the module, runs each command, and returns what each printed on
    /// standard output. Lines are not wrapped, so that they can be parsed.
    pub fn each(&self, commands: &[String]) -> Vec<String> {
        self.each_by(commands, run)
    }

    /// As [`Mdb::each`], with what was printed on standard error among it, as
    /// on a terminal.
    pub fn each_with_errors(&self, commands: &[String]) -> Vec<String> {
        self.each_by(commands, |args, script| {
            let mut shell = Command::new("sh");
            shell.args(["-c", "exec \"$0\" \"$@\" 2>&1"]).arg(binary()).args(args);
            finish(shell, &args.join(" "), script)
        })
    }

    fn each_by(&self, commands: &[String], run: impl Fn(&[String], &str) -> Run) -> Vec<String> {
        let mut script = String::from("::load v8\n0t1000000$w\n");
        for (index, command) in commands.iter().enumerate() {
            script.push_str(&format!("::echo {MARK}{index}\n{command}\n"));
        }
        script.push_str(&format!("::echo {MARK}end\n"));
        let run = run(&self.args, &script);
        let parts: Vec<_> = run.stdout.split(MARK).skip(1).collect();
        assert_eq!(
            parts.len(),
            commands.len() + 1,
            "not every command was run: exit {:?}\n{}",
            run.code,
            run.stderr
        );
        let after_mark = |part: &str| part.split_once('\n').map_or("", |(_, rest)| rest).to_owned();
        parts[..commands.len()].iter().map(|part| after_mark(part)).collect()
    }
}

/// Separates the output of the commands of [`Mdb::each`].
const MARK: &str = "@@@-";

fn utf8(path: &Path) -> String {
    path.to_str().expect("paths of the tests are UTF-8").to_owned()
}

/// Runs the debugger with arguments and an input, killing it when it hangs.
pub fn run(args: &[String], input: &str) -> Run {
    let mut command = Command::new(binary());
    command.args(args);
    finish(command, &args.join(" "), input)
}

/// Runs a command with an input, killing it when it hangs.
fn finish(mut command: Command, what: &str, input: &str) -> Run {
    let mut child = command
        .env("TZ", "UTC")
        .env("TERM", "dumb")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the debugger can be started");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_owned();
    // A debugger that stops reading early is judged by its output.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let stdout = reader(child.stdout.take().expect("standard output is a pipe"));
    let stderr = reader(child.stderr.take().expect("standard error is a pipe"));
    let code = wait(&mut child, what);
    writer.join().expect("writing does not panic");
    let text = |from: mpsc::Receiver<Vec<u8>>| {
        let bytes = from.recv().expect("the reader sends what it read");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Run { stdout: text(stdout), stderr: text(stderr), code }
}

fn reader(mut from: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

fn wait(child: &mut Child, what: &str) -> Option<i32> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("the child is ours") {
            return status.code();
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            panic!("mdb {what} ran longer than {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
