//! The recipes for many cores in docs/cores.md do what the page says.

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use support::dump::{dump, Way};
use support::mdb::{binary, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};

/// The shell commands of a page.
fn recipes(page: &str) -> Vec<String> {
    let text = fs::read_to_string(support::root().join(page)).expect("the page is text");
    let blocks = text.split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}

fn run(dir: &Path, recipe: &str) -> String {
    let path = std::env::var("PATH").expect("there is a path");
    let bin = binary().parent().expect("it lies in a directory").display().to_string();
    let output = Command::new("sh")
        .args(["-c", recipe])
        .current_dir(dir)
        .env("PATH", format!("{bin}:{path}"))
        .output()
        .expect("there is a shell");
    assert!(output.status.success(), "{recipe}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn many_cores_are_a_matter_of_xargs() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("batch");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("the target directory is writable");
    let scenario = Scenario { script: "async", end: End::Spin, mode: "" };
    for (at, name) in ["20.20.2", "26.10.0", "26.10.0"].into_iter().enumerate() {
        let dump = dump(node(name), scenario, Way::Gdb).expect("gdb can dump any process");
        let Target::Core(core) = &dump.target else { unreachable!("gdb dumps into files") };
        symlink(core, dir.join(format!("core.{at}"))).expect("the directory is ours");
    }
    let recipes = recipes("docs/cores.md");
    assert_eq!(recipes.len(), 2);

    let folded = run(&dir, &recipes[0]);
    for core in ["core.0", "core.1", "core.2"] {
        let names = |line: &str| {
            let (stack, count) = line.strip_prefix(core)?.rsplit_once(' ')?;
            let names = stack.split(';').map(|frame| frame.split(" at ").next().unwrap_or(frame));
            Some((names.collect::<Vec<_>>().join(";"), count.to_owned()))
        };
        let wanted = (" async request;async get;async query;async fetchRow".into(), "200".into());
        assert!(folded.lines().filter_map(names).any(|found| found == wanted), "{core}:\n{folded}");
    }
    // All three programs hang in the same functions.
    let stacks = run(&dir, &recipes[1]);
    assert_eq!(stacks.lines().count(), 1, "{stacks}");
    assert_eq!(stacks.split_whitespace().next(), Some("3"), "{stacks}");
    let _ = fs::remove_dir_all(dir);
}
