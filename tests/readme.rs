//! The transcript in the README is what the demo prints.
//!
//! `BLESS=1` writes what it prints now: read the difference before it is committed.

mod support;

use std::fs;
use std::process::Command;

const START: &str = "<!-- transcript -->\n```text\n";
const END: &str = "```\n";

/// Addresses become ADDR1, ADDR2 and so on; the demo's folder becomes /srv/shop.
fn rename(text: &str) -> String {
    let folder = support::root().join("demo").display().to_string();
    let text = text.replace(&folder, "/srv/shop");
    let mut known: Vec<String> = Vec::new();
    let mut renamed = String::new();
    let mut rest = text.as_str();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        rest = &rest[word.len()..];
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        // Milliseconds are followed by a date, addresses by a type or a value.
        let is_date = rest.starts_with("(1") || rest.starts_with("(2");
        if digits.len() < 8 || !digits.bytes().all(hex) || is_date {
            renamed += word;
            continue;
        }
        let index = known.iter().position(|one| one == digits).unwrap_or_else(|| {
            known.push(digits.to_owned());
            known.len() - 1
        });
        renamed += &format!("ADDR{}{}", index + 1, &word[digits.len()..]);
    }
    renamed
}

#[test]
fn transcript_is_what_the_demo_prints() {
    let root = support::root();
    let output = Command::new("sh")
        .arg(root.join("demo/run.sh"))
        .arg(root.join("target/release/mdb"))
        .env("TZ", "UTC")
        .output()
        .expect("there is a shell");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    let from = printed.find("> ::load v8; ::jsstack").expect("the demo shows the stack");
    let found = rename(&printed[from..]).replace("\n\n\n", "\n\n");

    let path = root.join("README.md");
    let readme = fs::read_to_string(&path).expect("the README is text");
    let start = readme.find(START).expect("the README has a transcript") + START.len();
    let length = readme[start..].find(END).expect("the transcript ends");
    if std::env::var_os("BLESS").is_some() {
        let text = format!("{}{found}{}", &readme[..start], &readme[start + length..]);
        fs::write(&path, text).expect("the checkout is writable");
        return;
    }
    assert_eq!(readme[start..start + length], found);
}
