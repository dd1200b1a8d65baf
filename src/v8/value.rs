//! Tagged words.

use core::fmt;

/// A word of the V8 heap as it stands in memory, tag included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(pub u64);

impl Value {
    /// The tagged word of the object at an untagged address.
    pub fn at(addr: u64) -> Value {
        Value(addr | 1)
    }
}

/// As `%p` prints: lower-case hexadecimal without a prefix.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({:x})", self.0)
    }
}
