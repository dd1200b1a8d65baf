//! What is packed works where it is unpacked: the README's transcript comes from
//! there, and the same sources give the same bytes.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn run(command: &mut Command) -> String {
    let output = command.current_dir(support::root()).output().expect("there is a shell");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}{errors}");
    text
}

/// The file that a script has packed.
fn packed(script: &str) -> PathBuf {
    let printed = run(Command::new("sh").arg(format!("packaging/{script}")));
    support::root().join(printed.trim())
}

fn fresh(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("the target directory is writable");
    dir
}

/// The part of the demo's output that the README shows.
fn demo(mdb: &Path) -> String {
    run(Command::new("sh").arg("demo/run.sh").arg(mdb).env("TZ", "UTC"))
}

/// The names of the functions and values that a transcript shows.
fn words(text: &str) -> Vec<&str> {
    let from = text.find("> ::load v8; ::jsstack").expect("the stack is shown");
    let is_name = |word: &&str| !word.chars().any(|c| c.is_ascii_digit());
    text[from..].split_whitespace().filter(is_name).filter(|word| !word.contains('/')).collect()
}

#[test]
fn a_tarball_works_where_it_is_unpacked() {
    let tarball = packed("dist.sh");
    let bytes = fs::read(&tarball).expect("it was packed");
    assert!(bytes == fs::read(packed("dist.sh")).expect("it was packed"), "not reproducible");

    let dir = fresh("unpacked");
    run(Command::new("tar").arg("-xzf").arg(&tarball).arg("-C").arg(&dir));
    let roots: Vec<_> = fs::read_dir(&dir).expect("unpacked").map(|e| e.unwrap().path()).collect();
    let [root] = &roots[..] else { panic!("one folder: {roots:?}") };
    for file in [
        "LICENSE",
        "README.md",
        "bin/mdb",
        "lib/mdb/proc/v8.so",
        "share/man/man1/mdb.1",
        "share/man/man1/mdb_v8.1",
        "share/doc/mdb-v8/tutorial.md",
        "share/bash-completion/completions/mdb",
    ] {
        assert!(root.join(file).is_file(), "{file} is missing");
    }
    let readme = fs::read_to_string(root.join("README.md")).expect("it is text");
    let shown = readme.split("<!-- transcript -->").nth(1).expect("it has a transcript");
    let shown = shown.split("```").nth(1).expect("the transcript is marked");
    // Addresses are named there, and the folder of the demo is another.
    let is_address = |word: &&str| !word.starts_with("ADDR");
    let wanted: Vec<&str> = words(shown).into_iter().filter(is_address).collect();
    let printed = demo(&root.join("bin/mdb"));
    assert_eq!(words(&printed), wanted);
    let _ = fs::remove_dir_all(dir);
}

#[test]
fn a_debian_package_has_all_of_it() {
    if Command::new("dpkg-deb").arg("--version").output().is_err() {
        support::skip("the Debian package", "there is no dpkg-deb");
        return;
    }
    let listed = run(Command::new("dpkg-deb").arg("-c").arg(packed("deb.sh")));
    for file in ["./usr/bin/mdb\n", "./usr/lib/mdb/proc/v8.so\n", "./usr/share/man/man1/mdb.1.gz\n"]
    {
        assert!(listed.contains(file), "{file}{listed}");
    }
}

/// Every option of the usage is in every completion.
#[test]
fn completions_know_all_options() {
    let output = Command::new(support::mdb::binary()).arg("-?").output().expect("it runs");
    let usage = String::from_utf8_lossy(&output.stderr).into_owned();
    // A letter, or a word behind two dashes.
    let option = |line: &str| -> Option<String> {
        let rest = line.trim_start().strip_prefix('-')?;
        match rest.strip_prefix('-') {
            Some(word) => word.split_whitespace().next().map(str::to_owned),
            None => rest.chars().next().map(String::from),
        }
    };
    let options: Vec<String> = usage.lines().filter_map(option).collect();
    assert!(options.len() >= 12, "{usage}");
    for (file, form) in [("bash", "-X"), ("zsh", "-X["), ("fish", "-s X ")] {
        let path = support::root().join(format!("packaging/mdb.{file}"));
        let text = fs::read_to_string(path).expect("it is text");
        for option in &options {
            let form = match (option.len() > 1, file) {
                (false, _) => form.replace('X', option),
                (true, "fish") => format!("-l {option} "),
                (true, _) => form.replace("-X", &format!("--{option}")),
            };
            assert!(text.contains(&form), "{file} does not have {form}");
        }
    }
}
