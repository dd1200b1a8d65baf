//! The tables of `configs/`, compiled in.

use super::constants::{Constant, Origin};
use super::version::Version;
use alloc::borrow::ToOwned;
use alloc::vec::Vec;

/// One file of `configs/`, the rows it inherits included.
pub struct Config {
    /// File name without extension and `v8-`.
    pub name: &'static str,
    /// V8 major and minor version it is for.
    pub version: (u32, u32),
    /// Whether it stands alone, for binaries without metadata.
    pub whole: bool,
    /// Word size it is for; 0 for any.
    pub word: u32,
    /// Name, value, and whether it corrects the target's metadata.
    pub rows: &'static [(&'static str, i64, bool)],
}

include!(concat!(env!("OUT_DIR"), "/configs.rs"));

/// The supplement for a V8 version: its own line's, or the nearest line below;
/// the oldest one for versions older than all.
pub fn for_version(version: (u32, u32)) -> &'static Config {
    let mut lines = CONFIGS.iter().filter(|c| !c.whole);
    let oldest = lines.clone().next();
    lines.rfind(|c| c.version <= version).or(oldest).expect("configs/ has supplements")
}

/// The canned configurations that stand alone.
pub fn canned() -> impl Iterator<Item = &'static Config> {
    CONFIGS.iter().filter(|c| c.whole)
}

/// The canned configuration made for this very V8 line, for this word size.
pub fn canned_for(version: Version, word: u64) -> Option<&'static Config> {
    canned().find(|c| c.version == (version.major, version.minor) && c.fits(word))
}

impl Config {
    /// Whether it is for targets of this word size.
    pub fn fits(&self, word: u64) -> bool {
        self.word == 0 || u64::from(self.word) == word
    }

    /// Its name, without the word size that files of one name differ in.
    pub fn base(&self) -> &'static str {
        self.name.trim_end_matches("-64")
    }

    /// The rows as constants.
    pub fn constants(&self) -> Vec<Constant> {
        let name = self.name;
        self.rows
            .iter()
            .map(|&(row, value, correction)| Constant {
                name: row.to_owned(),
                value,
                origin: match (self.whole, correction) {
                    (true, _) => Origin::Canned(name),
                    (false, true) => Origin::Correction(name),
                    (false, false) => Origin::Supplement(name),
                },
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_use_the_nearest_line_below() {
        assert_eq!(for_version((11, 3)).name, "11.3");
        assert_eq!(for_version((11, 7)).name, "11.3");
        assert_eq!(for_version((11, 8)).name, "11.8");
        assert_eq!(for_version((99, 0)).name, CONFIGS.iter().rfind(|c| !c.whole).unwrap().name);
        assert_eq!(for_version((1, 0)).version, CONFIGS.iter().find(|c| !c.whole).unwrap().version);
    }

    #[test]
    fn inherited_rows_give_way_to_own_ones() {
        let config = for_version((13, 6));
        let count = |name: &str| config.rows.iter().filter(|r| r.0 == name).count();
        assert_eq!(count("scopeinfo_scope_type_module"), 1);
        assert_eq!(count("argc_includes_receiver"), 1);
    }
}
