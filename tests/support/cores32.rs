//! Cores of 32-bit processes of node 0.4 and 0.6, which no binary of today can
//! make any more: a folder of `NAME.core.xz` with their truths, which
//! `MDB_CORES32` names, or `shared/cores` beside the checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// A core, and the folder where its truth lies.
pub struct Core32 {
    /// Such as `v0.6.5-ia32-values`.
    pub name: String,
    /// The unpacked core.
    pub path: PathBuf,
    folder: PathBuf,
}

impl Core32 {
    /// The configuration it needs, as `::v8load` knows it.
    pub fn config(&self) -> &'static str {
        if self.name.starts_with("v0.4") {
            "node-0.4"
        } else {
            "node-0.6.5"
        }
    }

    /// What the process itself said, of those that said something.
    pub fn truth(&self) -> Option<String> {
        fs::read_to_string(self.folder.join(format!("{}.truth.txt", self.name))).ok()
    }
}

/// Where the cores are, if anywhere.
fn folder() -> Option<PathBuf> {
    let beside = || super::root().parent().map(|parent| parent.join("shared/cores"));
    let folder = std::env::var_os("MDB_CORES32").map(PathBuf::from).or_else(beside)?;
    folder.is_dir().then_some(folder)
}

/// All of them, by name; none, with a notice, where they are not.
pub fn all() -> Vec<Core32> {
    let Some(folder) = folder() else {
        super::skip(
            "32-bit cores",
            "MDB_CORES32 names no folder, nor is there one at ../shared/cores",
        );
        return Vec::new();
    };
    let entries = fs::read_dir(&folder).expect("the folder can be read");
    let mut packed: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.to_string_lossy().ends_with(".core.xz"))
        .collect();
    packed.sort();
    let unpack = |packed: &PathBuf| {
        let file = packed.file_name().expect("files have names").to_string_lossy();
        let name = file.trim_end_matches(".core.xz").to_owned();
        Core32 { path: unpacked(packed, &name), name, folder: folder.clone() }
    };
    packed.iter().map(unpack).collect()
}

/// One at a time: two tests may want the same.
static UNPACKING: Mutex<()> = Mutex::new(());

fn unpacked(packed: &Path, name: &str) -> PathBuf {
    let _guard = UNPACKING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let dir = super::target_dir().join("cores32");
    let path = dir.join(format!("{name}.core"));
    if !path.exists() {
        fs::create_dir_all(&dir).expect("the target directory is writable");
        let new = dir.join("new");
        let file = fs::File::create(&new).expect("the target directory is writable");
        let status = Command::new("xz")
            .arg("-dc")
            .arg(packed)
            .stdin(Stdio::null())
            .stdout(file)
            .status()
            .expect("xz is installed; run `make setup`");
        assert!(status.success(), "{} cannot be unpacked", packed.display());
        fs::rename(&new, &path).expect("renaming inside one directory works");
    }
    path
}
