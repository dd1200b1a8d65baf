//! What the tests of the whole program share: a victim, its core, modules, and
//! a way to run `mdb`.

#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// Folder for what the tests make.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mdb-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    })
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn must(command: &mut Command) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{text}");
}

/// The victim's program.
pub fn victim() -> &'static Path {
    static VICTIM: OnceLock<PathBuf> = OnceLock::new();
    VICTIM.get_or_init(|| {
        let program = folder().join("victim");
        must(
            Command::new("cc")
                .args(["-g", "-O0", "-o"])
                .arg(&program)
                .arg(source("programs/victim.c")),
        );
        program
    })
}

/// A core of the victim in `abort`, made by gdb.
pub fn core() -> &'static Path {
    static CORE: OnceLock<PathBuf> = OnceLock::new();
    CORE.get_or_init(|| {
        let core = folder().join("victim.core");
        let gcore = format!("gcore {}", core.display());
        must(
            Command::new("gdb")
                .args(["-nx", "-batch", "-ex", "run", "-ex", &gcore, "-ex", "kill"])
                .arg(victim())
                .stdin(Stdio::null()),
        );
        assert!(core.exists(), "gdb wrote no core");
        core
    })
}

/// Compiles a module.
pub fn module(file: &str, name: &str, defines: &[&str]) -> PathBuf {
    let library = folder().join(format!("{name}.so"));
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mdb-sys/include");
    must(
        Command::new("cc")
            .args(["-shared", "-fPIC", "-g", "-O1", "-o"])
            .arg(&library)
            .arg("-I")
            .arg(include)
            .args(defines)
            .arg(source(&format!("modules/{file}"))),
    );
    library
}

/// The module that calls every function.
pub fn api_module() -> &'static Path {
    static MODULE: OnceLock<PathBuf> = OnceLock::new();
    MODULE.get_or_init(|| module("apitest.c", "apitest", &[]))
}

/// A command that runs `mdb` without the user's settings.
pub fn mdb() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mdb"));
    command.env("HOME", folder()).env_remove("XDG_STATE_HOME").env("SHELL", "/bin/sh");
    command.env("TZ", "UTC").arg("-S").current_dir(folder()).stdin(Stdio::null());
    command
}

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// Exit status.
    pub status: i32,
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        Run {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status.code().unwrap_or(-1),
        }
    }
}

/// Runs commands with `-e` on the victim's core.
pub fn eval(commands: &str) -> Run {
    mdb().args(["-e", commands]).arg(victim()).arg(core()).output().unwrap().into()
}

/// Runs commands with `-e` on nothing.
pub fn eval_bare(commands: &str) -> Run {
    mdb().args(["-e", commands]).output().unwrap().into()
}

/// Runs a script on standard input, on the victim's core.
pub fn script(text: &str) -> Run {
    use std::io::Write;
    let mut command = mdb();
    command.arg(victim()).arg(core());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}
