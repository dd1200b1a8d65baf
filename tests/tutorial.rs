//! docs/tutorial.md shows what its commands print.
//!
//! `BLESS=1` writes what they print now: read the difference before it is committed.

mod support;

use std::fs;
use support::nodes::node;
use support::transcript::Transcript;

const START: &str = "```text\n";
const END: &str = "```\n";

#[test]
fn the_tutorial_is_executed() {
    let path = support::root().join("docs/tutorial.md");
    let text = fs::read_to_string(&path).expect("the tutorial is text");
    // Its commands as one session: later ones use addresses of earlier ones.
    let mut blocks = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(START) {
        let block = &rest[at + START.len()..];
        let end = block.find(END).expect("a block ends");
        blocks.push(&block[..end]);
        rest = &block[end..];
    }
    assert!(blocks.len() >= 5, "the tutorial shows its commands");
    let all = Transcript::parse(&format!("# leak spin\n{}", blocks.concat()));
    let node = node("26.10.0");
    let dump = all.dump(node).expect("gdb can dump any process");
    let found = all.replay(node, &dump);

    let mut exchanges = found.exchanges.iter();
    let mut new = text.clone();
    for block in &blocks {
        let count = block.lines().filter(|line| line.starts_with("> ")).count();
        let shown = exchanges.by_ref().take(count);
        let shown: String = shown.map(|one| format!("> {}\n{}", one.command, one.output)).collect();
        new = new.replacen(&format!("{START}{block}{END}"), &format!("{START}{shown}{END}"), 1);
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, new).expect("the checkout is writable");
        return;
    }
    assert_eq!(text, new);
}
