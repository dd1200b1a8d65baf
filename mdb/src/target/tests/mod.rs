//! Real programs, compiled, run, stopped and dumped while the tests run.

mod compressed;
mod cores;
mod hostile;
mod live;
mod symbols;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// A directory of one test, removed with all that is in it.
pub(super) struct Dir(PathBuf);

impl Dir {
    pub(super) fn new() -> Dir {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("mdb-target-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        Dir(dir.canonicalize().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Compiles one of the programs of this folder; false if the compiler cannot.
    pub(super) fn try_compile(&self, source: &str, name: &str, flags: &[&str]) -> bool {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/target/tests");
        let mut gcc = Command::new("gcc");
        gcc.args(["-O1", "-fomit-frame-pointer", "-pthread", "-w", "-o"]).arg(self.path(name));
        gcc.args(flags).arg(sources.join(source)).stderr(Stdio::null());
        gcc.status().is_ok_and(|status| status.success())
    }

    pub(super) fn compile(&self, flags: &[&str]) -> PathBuf {
        assert!(self.try_compile("sample.c", "sample", flags), "gcc failed");
        self.path("sample")
    }

    /// Compiles the 32-bit program, if this host can make and run such.
    pub(super) fn compile_32(&self) -> Option<PathBuf> {
        let flags = [
            "-m32",
            "-nostdlib",
            "-static",
            "-ffreestanding",
            "-fno-pie",
            "-no-pie",
            "-fno-omit-frame-pointer",
        ];
        let made = self.try_compile("sample32.c", "sample32", &flags);
        let program = self.path("sample32");
        if !made || Command::new(&program).arg("crash").output().is_err() {
            eprintln!("skipped: no 32-bit programs here");
            return None;
        }
        Some(program)
    }

    /// Lets a program crash and returns the kernel's core and the program's output.
    pub(super) fn crash(&self, program: &Path, how: &str) -> Option<(PathBuf, String)> {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -c unlimited; exec \"$0\" \"$1\""]).arg(program).arg(how);
        let output = shell.current_dir(&self.0).output().unwrap();
        let is_core = |name: &str| name == "core" || name.starts_with("core.");
        let names = std::fs::read_dir(&self.0).unwrap().flatten();
        let core =
            names.map(|e| e.path()).find(|p| is_core(&p.file_name().unwrap().to_string_lossy()));
        let Some(core) = core else {
            eprintln!("skipped: the kernel writes no cores here");
            return None;
        };
        // Another crash in this directory shall not overwrite it.
        let kept = self.path(&format!("kept-{how}"));
        std::fs::rename(core, &kept).unwrap();
        Some((kept, String::from_utf8(output.stdout).unwrap()))
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A running sample, killed in the end.
pub(super) struct Running {
    child: Child,
    pub(super) truth: Truth,
}

/// Addresses that the sample printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Truth {
    pub(super) initialized: u64,
    pub(super) constant: u64,
    pub(super) zeroed: u64,
    pub(super) heap: u64,
    pub(super) local_data: u64,
}

impl Truth {
    pub(super) fn parse(line: &str) -> Truth {
        let mut words = line.split_whitespace().map(|word| u64::from_str_radix(word, 16).unwrap());
        let mut next = || words.next().unwrap();
        Truth {
            initialized: next(),
            constant: next(),
            zeroed: next(),
            heap: next(),
            local_data: next(),
        }
    }

    /// Checks that all of it can be read.
    pub(super) fn check(&self, target: &Target) {
        let mut word = [0; 4];
        target.read(self.initialized, &mut word).unwrap();
        assert_eq!(u32::from_le_bytes(word), 0x1122_3344);
        target.read(self.local_data, &mut word).unwrap();
        assert_eq!(u32::from_le_bytes(word), 0x5566_7788);
        let mut text = [0; 13];
        target.read(self.constant, &mut text).unwrap();
        assert_eq!(&text, b"constant text");
        target.read(self.zeroed + 5000, &mut text).unwrap();
        assert_eq!(&text, b"written\0\0\0\0\0\0");
        let mut pages = vec![1; 3 * 4096];
        target.read(self.zeroed, &mut pages).unwrap();
        assert!(pages[..5000].iter().all(|byte| *byte == 0));
        let mut text = [0; 11];
        target.read(self.heap, &mut text).unwrap();
        assert_eq!(&text, b"on the heap");
    }
}

impl Running {
    pub(super) fn start(program: &Path, how: &str) -> Running {
        let mut command = Command::new(program);
        command.arg(how).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::with_capacity(1, child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let running = Running { child, truth: Truth::parse(&line) };
        // It goes on to wait for input.
        while running.state() != 'S' {
            std::thread::sleep(Duration::from_millis(1));
        }
        running
    }

    pub(super) fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// Asks the sample for its counters: proves that it runs.
    pub(super) fn ask(&mut self) -> String {
        self.child.stdin.as_mut().unwrap().write_all(b"q\n").unwrap();
        let mut text = String::new();
        let mut byte = [0];
        while self.child.stdout.as_mut().unwrap().read(&mut byte).unwrap() == 1 && byte[0] != b'\n'
        {
            text.push(byte[0] as char);
        }
        text
    }

    pub(super) fn state(&self) -> char {
        procfs::stat(&format!("/proc/{}/stat", self.pid())).unwrap().state
    }

    pub(super) fn signal(&self, name: &str) {
        let status = Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", name, &self.pid().to_string()])
            .status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Names of the functions on a thread's stack, unknown ones left out.
pub(super) fn stack(target: &Target, tid: u64) -> Vec<String> {
    let frames = target.unwind(tid, 100);
    // A call that does not return may be the last instruction of its function.
    let calls = frames.iter().enumerate().map(|(depth, (_, pc))| pc - u64::from(depth > 0));
    let symbols = calls.filter_map(|pc| target.symbol_by_addr(pc, 0));
    symbols.map(|symbol| symbol.name.to_owned()).collect()
}

/// Checks that the sample's functions are on the stack in their order.
pub(super) fn check_stack(names: &[String]) {
    let own: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| ["deepest", "middle", "main"].contains(name))
        .collect();
    assert_eq!(own, ["deepest", "middle", "middle", "middle", "middle", "main"], "{names:?}");
}

pub(super) fn register(target: &Target, tid: u64, name: &str) -> u64 {
    let registers = target.registers(tid).unwrap();
    registers.iter().find(|(other, _)| *other == name).unwrap().1
}
