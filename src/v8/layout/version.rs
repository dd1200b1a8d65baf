//! The V8 version of the target.

use crate::v8::memory::Target;
use core::fmt;

/// A V8 version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Major.
    pub major: u32,
    /// Minor.
    pub minor: u32,
    /// Build.
    pub build: u32,
    /// Patch.
    pub patch: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.major, self.minor, self.build, self.patch)
    }
}

/// Why the version is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVersion {
    /// The target has no such symbols.
    NoSymbol,
    /// The memory behind a symbol is missing.
    Unreadable(u64),
}

impl fmt::Display for NoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoVersion::NoSymbol => f.write_str("unknown symbol name"),
            NoVersion::Unreadable(addr) => write!(f, "no mapping for address {addr:x}"),
        }
    }
}

/// Reads the version from the static members of `v8::internal::Version`,
/// which every release exports (src/utils/version.h).
pub fn read(target: &dyn Target) -> Result<Version, NoVersion> {
    let part = |name: &str| {
        let addr = target.symbol(name).ok_or(NoVersion::NoSymbol)?;
        let mut bytes = [0; 4];
        target.read(addr, &mut bytes).map_err(|fault| NoVersion::Unreadable(fault.addr))?;
        Ok(u32::from_le_bytes(bytes))
    };
    Ok(Version {
        major: part("_ZN2v88internal7Version6major_E")?,
        minor: part("_ZN2v88internal7Version6minor_E")?,
        build: part("_ZN2v88internal7Version6build_E")?,
        patch: part("_ZN2v88internal7Version6patch_E")?,
    })
}
