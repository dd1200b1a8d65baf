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
    /// A binary from elsewhere, named after the version it reports.
    pub fn probed(path: PathBuf) -> Node {
        let output = Command::new(&path).arg("--version").output();
        let output = output.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let name = version.strip_prefix('v').map(str::to_owned);
        let name = name.unwrap_or_else(|| panic!("{}: no node: {version:?}", path.display()));
        Node { name, path }
    }

    /// First number of the version.
    pub fn major(&self) -> u32 {
        let digits = self.name.split(['.', '-']).next().expect("split yields at least one part");
        digits.parse().expect("the name begins with the major version")
    }
}

/// The sets of binaries, in the order they are looked through: what `make test`
/// does not need is fetched only when a name is asked for that none before has.
const SETS: [&[&str]; 4] =
    [&["get", "spread"], &["get-debian"], &["get", "matrix"], &["get", "odd"]];

/// The Node binary of this name.
pub fn node(name: &str) -> &'static Node {
    let found = (0..SETS.len()).find_map(|set| of_set(set).iter().find(|node| node.name == name));
    found.unwrap_or_else(|| panic!("tests/nodes provides no {name}; it knows {}", names()))
}

fn names() -> String {
    let all = (0..SETS.len()).flat_map(of_set);
    all.map(|node| node.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn of_set(set: usize) -> &'static [Node] {
    static NODES: [OnceLock<Vec<Node>>; SETS.len()] = [const { OnceLock::new() }; SETS.len()];
    NODES[set].get_or_init(|| provided(SETS[set]))
}

fn provided(command: &[&str]) -> Vec<Node> {
    let path = super::root().join("tests/nodes").join(command[0]);
    let output =
        Command::new(&path).args(&command[1..]).output().expect("tests/nodes holds shell scripts");
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
