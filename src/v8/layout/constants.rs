//! Constants by symbol name, with where each came from.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Where a constant came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A `v8dbg_` symbol of the target.
    Target,
    /// A row of `configs/` that fills a gap.
    Supplement(&'static str),
    /// A row of `configs/` that corrects the target's metadata.
    Correction(&'static str),
    /// A whole canned configuration.
    Canned(&'static str),
    /// Derived from other constants.
    Derived,
    /// Set by the user.
    Session,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Target => f.write_str("target"),
            Origin::Supplement(name) => write!(f, "supplement {name}"),
            Origin::Correction(name) => write!(f, "correction {name}"),
            Origin::Canned(name) => write!(f, "canned {name}"),
            Origin::Derived => f.write_str("derived"),
            Origin::Session => f.write_str("session"),
        }
    }
}

/// A named value.
#[derive(Debug, Clone)]
pub struct Constant {
    /// Name without `v8dbg_`.
    pub name: String,
    /// Value.
    pub value: i64,
    /// Where from.
    pub origin: Origin,
}

/// A set of constants, looked up by spelling.
#[derive(Debug, Default)]
pub struct Constants {
    sorted: Vec<Constant>,
}

/// Earlier origins win over later ones.
fn rank(origin: Origin) -> u8 {
    match origin {
        Origin::Session => 0,
        Origin::Correction(_) => 1,
        Origin::Target => 2,
        Origin::Canned(_) => 3,
        Origin::Supplement(_) => 4,
        Origin::Derived => 5,
    }
}

impl Constants {
    /// Takes constants in any order; of equal names the best origin wins.
    pub fn new(mut all: Vec<Constant>) -> Constants {
        all.sort_by(|a, b| a.name.cmp(&b.name).then(rank(a.origin).cmp(&rank(b.origin))));
        all.dedup_by(|later, first| later.name == first.name);
        Constants { sorted: all }
    }

    /// Every constant, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Constant> {
        self.sorted.iter()
    }

    /// Constants whose name starts with `prefix`; the name without it.
    pub fn family<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Constant)> {
        let from = self.sorted.partition_point(|c| c.name.as_str() < prefix);
        self.sorted[from..].iter().map_while(move |c| Some((c.name.strip_prefix(prefix)?, c)))
    }

    /// The constant of this spelling (see [`super::names`]).
    pub fn find<'a>(&'a self, spelling: &'a str) -> Option<&'a Constant> {
        let (stem, suffix) = match spelling.split_once(':') {
            Some((stem, suffix)) => (stem, Some(suffix)),
            None => (spelling, None),
        };
        self.family(stem)
            .filter(|(rest, _)| match (rest.strip_prefix("__"), suffix) {
                (Some(ty), Some(wanted)) => ty == wanted,
                (Some(ty), None) => !ty.contains("__"),
                (None, wanted) => rest.is_empty() && wanted.is_none(),
            })
            .map(|(_, c)| c)
            .min_by_key(|c| rank(c.origin))
    }
}
