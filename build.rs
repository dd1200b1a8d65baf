//! Turns `configs/` into tables, and restricts the module's exports.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=configs");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let out = Path::new(&out);
    fs::write(out.join("configs.rs"), configs()).expect("OUT_DIR is writable");
    limit_exports(out);
}

/// A module exports its two entry points and nothing else.
fn limit_exports(out: &Path) {
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // rustc passes a version script of its own for cdylibs, which already
        // limits exports to `#[no_mangle]` items.
        return;
    }
    let map = out.join("v8.mapfile");
    let text = "$mapfile_version 2\nSYMBOL_SCOPE {\n\tglobal:\n\t\t_mdb_init;\n\t\t_mdb_fini;\n\tlocal:\n\t\t*;\n};\n";
    fs::write(&map, text).expect("OUT_DIR is writable");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-M,{}", map.display());
}

/// One file of `configs/`.
struct Config {
    name: String,
    version: (u32, u32),
    whole: bool,
    word: u32,
    inherit: Option<String>,
    rows: Vec<(String, i64, bool)>,
    /// Rows of the inherited config that this one does without.
    dropped: Vec<String>,
}

fn configs() -> String {
    let mut all: Vec<Config> = fs::read_dir("configs")
        .expect("configs/ is there")
        .map(|entry| entry.expect("configs/ is readable").path())
        .filter(|path| path.extension().is_some_and(|e| e == "cfg"))
        .map(|path| parse(&path))
        .collect();
    all.sort_by(|a, b| (a.version, &a.name).cmp(&(b.version, &b.name)));
    let mut text = String::from(
        "/// Every file of `configs/`, by V8 version.\npub static CONFIGS: &[Config] = &[\n",
    );
    for config in &all {
        let rows = inherited(&all, config);
        writeln!(
            text,
            "Config {{ name: {:?}, version: {:?}, whole: {}, word: {}, rows: &[",
            config.name, config.version, config.whole, config.word
        )
        .expect("a String takes text");
        for (name, value, correction) in rows {
            writeln!(text, "({name:?}, {value}, {correction}),").expect("a String takes text");
        }
        text.push_str("] },\n");
    }
    text.push_str("];\n");
    text
}

/// Rows of a config over those of the one it inherits.
fn inherited(all: &[Config], config: &Config) -> Vec<(String, i64, bool)> {
    let mut rows = match &config.inherit {
        Some(name) => {
            let base = all.iter().find(|c| c.name == *name);
            inherited(all, base.unwrap_or_else(|| panic!("{}: no config {name}", config.name)))
        }
        None => Vec::new(),
    };
    rows.retain(|(name, ..)| !config.dropped.contains(name));
    for row in &config.rows {
        // A field keeps one row, whatever the type it is spelled with.
        let stem = |name: &str| match name.strip_prefix("class_").and_then(|n| n.rfind("__")) {
            Some(end) => name[..end + "class_".len()].to_owned(),
            None => name.to_owned(),
        };
        rows.retain(|(name, ..)| stem(name) != stem(&row.0));
        rows.push(row.clone());
    }
    rows
}

fn parse(path: &Path) -> Config {
    let text = fs::read_to_string(path).expect("configs are text");
    let stem = path.file_stem().and_then(|s| s.to_str()).expect("configs have plain names");
    let whole = !stem.starts_with("v8-");
    let mut config = Config {
        name: stem.trim_start_matches("v8-").to_owned(),
        version: (0, 0),
        whole,
        word: 0,
        inherit: None,
        rows: Vec::new(),
        dropped: Vec::new(),
    };
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let at = || format!("{}:{}", path.display(), number + 1);
        let (name, value) =
            line.split_once(char::is_whitespace).unwrap_or_else(|| panic!("{}: no value", at()));
        let value = value.trim();
        match name {
            "v8" => {
                let (major, minor) = value.split_once('.').expect("v8 MAJOR.MINOR");
                config.version =
                    (major.parse().expect("a number"), minor.parse().expect("a number"));
            }
            "word" => config.word = value.parse().expect("a number"),
            "inherit" => config.inherit = Some(value.to_owned()),
            "drop" => config.dropped.push(value.to_owned()),
            // The metadata names a constant that does not exist.
            "hide" => config.rows.push((value.to_owned(), i64::MIN, true)),
            _ => {
                let (name, correction) = match name.strip_prefix('!') {
                    Some(name) => (name, true),
                    None => (name, false),
                };
                let number = number_of(value).unwrap_or_else(|| panic!("{}: not a number", at()));
                config.rows.push((name.to_owned(), number, correction));
            }
        }
    }
    assert!(config.version != (0, 0), "{}: no v8 row", path.display());
    config
}

fn number_of(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(u64::cast_signed),
        None => text.parse().ok(),
    }
}
