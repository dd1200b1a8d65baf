//! What can go wrong while decoding, with the place and the finding.

use crate::v8::memory::Fault;
use crate::v8::value::Value;
use alloc::string::String;
use core::fmt;

/// Why something could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// Target memory is not there.
    Fault(Fault),
    /// A small integer or an odd word where an object was expected.
    NotHeapObject(Value),
    /// The object's map word does not lead to a Map.
    NotAMap {
        /// The object.
        object: Value,
        /// What its map word holds.
        map: u64,
    },
    /// An object of another type.
    WrongType {
        /// The object.
        object: Value,
        /// Its type.
        found: String,
        /// The type that was expected.
        expected: &'static str,
    },
    /// A constant that neither the target nor the tables of its V8 line have.
    Missing(&'static str),
    /// Something of Node's, libuv's or libc's that the target does not have, or not where
    /// it is looked for.
    NotFound(&'static str),
    /// A length, index or pointer that cannot be right.
    Corrupt {
        /// Where it was read.
        addr: u64,
        /// What it is.
        what: &'static str,
        /// What was read.
        found: u64,
    },
    /// No thread of this id, or none with registers.
    NoThread(u64),
    /// The user asked to stop.
    Interrupted,
}

/// Result of decoding.
pub type Result<T> = core::result::Result<T, Error>;

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::Fault(fault)
    }
}

/// The article before the name of a class.
pub fn article(class: &str) -> &'static str {
    if class.starts_with(['A', 'E', 'I', 'O', 'U']) {
        "an"
    } else {
        "a"
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Fault(fault) => {
                write!(
                    f,
                    "failed to read {} bytes at {:x}: no mapping for address",
                    fault.len, fault.addr
                )
            }
            Error::NotHeapObject(value) => write!(f, "{value} is not a heap object"),
            Error::NotAMap { object, map } => {
                write!(f, "{object} is not a heap object: its first word, {map:x}, is no Map")
            }
            Error::WrongType { object, found, expected } => {
                write!(f, "{object} is not a {expected} (it is {} {found})", article(found))
            }
            Error::Missing(name) => {
                write!(
                    f,
                    "the layout of this V8 is not fully known: no value for {name} (see ::v8cfg)"
                )
            }
            Error::NotFound(what) => write!(f, "the target has no {what}"),
            Error::Corrupt { addr, what, found } => {
                write!(f, "implausible {what} at {addr:x}: {found:x}")
            }
            Error::NoThread(id) => write!(f, "no registers of a thread {id:x}"),
            Error::Interrupted => f.write_str("interrupted"),
        }
    }
}
