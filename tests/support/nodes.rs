//! The Node binaries, as `tests/nodes` provides them.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// A Node binary.
pub struct Node {
    /// Version as the scripts of `tests/nodes` print it.
    pub name: String,
    /// What to run. For Debian's node a script that becomes node.
    pub path: PathBuf,
}

impl Node {
    /// First number of the version.
    pub fn major(&self) -> u32 {
        let digits = self.name.split(['.', '-']).next().expect("split yields at least one part");
        digits.parse().expect("the name begins with the major version")
    }
}

/// The Node binary of this name.
pub fn node(name: &str) -> &'static Node {
    let found = all().iter().find(|node| node.name == name);
    found.unwrap_or_else(|| panic!("tests/nodes provides no {name}; it knows {}", names()))
}

fn names() -> String {
    all().iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn all() -> &'static [Node] {
    static NODES: OnceLock<Vec<Node>> = OnceLock::new();
    NODES.get_or_init(|| ["get", "get-debian"].into_iter().flat_map(provided).collect())
}

fn provided(script: &str) -> Vec<Node> {
    let path = super::root().join("tests/nodes").join(script);
    let output = Command::new(&path).output().expect("tests/nodes holds shell scripts");
    assert!(
        output.status.success(),
        "{} failed; run `make setup` to install what the tests need\n{}",
        path.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("the script prints UTF-8");
    text.lines()
        .map(|line| {
            let (name, path) = line.split_once(' ').expect("each line is NAME PATH");
            Node { name: name.to_owned(), path: PathBuf::from(path) }
        })
        .collect()
}
