//! `::nodemodules` against what the process has in `require.cache`, and against what
//! npm says of the same directory.

#[macro_use]
mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use support::dump::{dump, Dump, Way};
use support::mdb::{Mdb, Target};
use support::nodes::node;
use support::scenario::{End, Scenario};

fn loaded(name: &str, way: Way) -> Dump {
    let scenario = Scenario { script: "modules", end: End::Spin, mode: "" };
    dump(node(name), scenario, way).expect("gdb can dump any process")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn texts(value: &Value) -> BTreeSet<&str> {
    value.as_array().expect("a list").iter().map(text).collect()
}

/// Name, version and what is required of each package, by its place below the program.
type Packages = BTreeMap<String, (Option<String>, BTreeSet<String>)>;

/// What npm finds in a directory.
fn by_npm(app: &Path) -> Packages {
    let output = Command::new("npm")
        .args(["ls", "--all", "--json", "--long", "--logs-max=0"])
        .current_dir(app)
        .output()
        .expect("npm is installed; run `make setup`");
    assert!(output.status.success(), "npm: {}", String::from_utf8_lossy(&output.stderr));
    let root: Value = serde_json::from_slice(&output.stdout).expect("npm prints JSON");
    let top = text(&root["path"]).to_owned();
    let mut packages = Packages::new();
    let mut todo = vec![&root];
    while let Some(package) = todo.pop() {
        let below = package["dependencies"].as_object().into_iter().flatten();
        todo.extend(below.map(|(_, other)| other));
        let place = text(&package["path"]).strip_prefix(&top).expect("it lies below");
        let wanted = package["_dependencies"].as_object().expect("npm prints what is wanted");
        let wanted = wanted.iter().map(|(name, version)| format!("{name}@{}", text(version)));
        let version = package["version"].as_str().map(String::from);
        packages.insert(place.to_owned(), (version, wanted.collect()));
    }
    packages.remove("");
    packages
}

/// What a shrinkwrap file has.
fn by_file(root: &Value) -> Packages {
    let mut packages = Packages::new();
    let mut todo = vec![(String::new(), root)];
    while let Some((place, package)) = todo.pop() {
        for (name, below) in package["dependencies"].as_object().into_iter().flatten() {
            todo.push((format!("{place}/node_modules/{name}"), below));
        }
        let wanted = package["requires"].as_object().into_iter().flatten();
        let wanted = wanted.map(|(name, version)| format!("{name}@{}", text(version)));
        let version = package["version"].as_str().map(String::from);
        packages.insert(place, (version, wanted.collect()));
    }
    packages.remove("");
    packages
}

fn is_true(dump: &Dump, name: &str) {
    let (label, truth) = (&dump.label, &dump.truth);
    let printed = Mdb::on(&dump.target).each(&[
        "::nodemodules -j".into(),
        "::nodemodules -s".into(),
        "::nodemodules".into(),
        "::nodemodules -f ! grep -c 'other.js (es)'".into(),
        "::nodemodules | ::jsprint filename ! grep -c p23".into(),
    ]);
    let rows: BTreeMap<String, Value> = printed[0]
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .map(|row: Value| (text(&row["file"]).to_owned(), row))
        .collect();
    let files = truth["files"].as_object().expect("the truth has files");
    let es = truth["es"].as_object().expect("the truth has ES modules");
    let synthetic = texts(&truth["synthetic"]);
    let found: BTreeSet<&str> = rows.keys().map(String::as_str).collect();
    let wanted: BTreeSet<&str> = files
        .keys()
        .chain(es.keys())
        .map(String::as_str)
        .chain(synthetic.iter().copied())
        .collect();
    assert_eq!(found, wanted, "{label}");
    for (file, row) in &rows {
        let is_common = files.contains_key(file);
        let language = match es.contains_key(file) {
            true => "es",
            false if is_common => "commonjs",
            false => "synthetic",
        };
        assert_eq!(row["language"], language, "{label}: {row}");
        let of_process = files.get(file).or(es.get(file)).map(texts);
        // The main module has not come to its end where it does not wait.
        assert!(row["main"] == true || row["loaded"] == true || !is_common, "{label}: {row}");
        assert!(of_process.is_none_or(|loads| loads == texts(&row["loads"])), "{label}: {row}");
        assert_eq!(row["main"] == true, truth["file"] == file.as_str(), "{label}: {row}");
    }

    let app = text(&truth["app"]);
    let is_loaded = |place: &str| {
        wanted.iter().any(|file| {
            let rest = file.strip_prefix(app).and_then(|rest| rest.strip_prefix(place));
            rest.is_some_and(|rest| rest.starts_with('/') && !rest.contains("/node_modules/"))
        })
    };
    let mut packages = by_file(&serde_json::from_str(&printed[1]).expect("it is JSON"));
    let home = match &dump.target {
        Target::Core(core) => core.parent().expect("cores lie in directories").join("app"),
        _ => app.into(),
    };
    let mut wanted = by_npm(&home);
    let installed = wanted.len();
    wanted.retain(|place, _| is_loaded(place));
    if is_forgetful(name) {
        for (version, requires) in wanted.values_mut() {
            *version = None;
            *requires = requires.iter().map(|one| without_version(one)).collect();
        }
        for (_, requires) in packages.values_mut() {
            *requires = requires.iter().map(|one| without_version(one)).collect();
        }
    }
    if first_only(name) {
        packages.values_mut().chain(wanted.values_mut()).for_each(|(_, requires)| requires.clear());
    }
    assert_eq!(packages, wanted, "{label}:\n{}", printed[1]);
    assert!(packages.len() >= 30, "{label}: {} packages", packages.len());
    assert!(installed > packages.len(), "{label}: all were loaded");
    println!("{label}: {} of {installed} packages, {} modules", packages.len(), rows.len());

    // Each package is shown with what it has loaded once; the program, which has no
    // package.json, comes first.
    let tree: Vec<&str> = printed[2].lines().collect();
    let dir = Path::new(text(&truth["file"])).parent().expect("it is a file");
    assert!(tree[1].ends_with(&dir.display().to_string()), "{label}:\n{}", printed[2]);
    let of = |name: &str| {
        tree.iter()
            .filter(|line| {
                let label = line.split_whitespace().nth(2).unwrap_or_default();
                label == name || label.strip_prefix(name).is_some_and(|rest| rest.starts_with('@'))
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(of("p23").len(), 1, "{label}:\n{}", printed[2]);
    let is_deduped = |line: &&&&str| line.ends_with("deduped");
    let twos = of("@scope/two");
    assert_eq!(twos.iter().filter(is_deduped).count() + 1, twos.len(), "{label}:\n{}", printed[2]);
    assert_eq!(printed[3].trim(), (es.len() / 2).to_string(), "{label}");
    assert_eq!(printed[4].trim(), "1", "{label}");
}

fn without_version(one: &str) -> String {
    one.rsplit_once('@').map_or(one, |(name, _)| name).to_owned()
}

/// Whether the release keeps no package.json in memory.
fn is_forgetful(name: &str) -> bool {
    let major: u32 = name.split('.').next().and_then(|n| n.parse().ok()).expect("a number");
    major < 12 || major == 18 || major == 20
}

/// Whether a module is a child of the first that requires it only.
fn first_only(name: &str) -> bool {
    ["0.8.", "0.10.", "0.12.", "4."].iter().any(|line| name.starts_with(line))
}

fn release(name: &str) {
    is_true(&loaded(name, Way::Gdb), name);
}

every_release!(release);

#[test]
fn a_live_process_shows_the_same() {
    is_true(&loaded("26.10.0", Way::Live), "26.10.0");
}
