//! Arguments of commands on both sides of the interface.

use mdb_sys::*;
use std::ffi::{c_int, CStr, CString};
use std::rc::Rc;

/// An argument of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// A word.
    Text(Rc<CStr>),
    /// A number from `$[...]` or a format's count.
    Value(u64),
    /// A letter of a format.
    Letter(u8),
}

impl Arg {
    /// A word; it ends at the first NUL byte.
    pub fn text(text: &[u8]) -> Arg {
        let end = text.iter().position(|&b| b == 0).unwrap_or(text.len());
        Arg::Text(CString::new(&text[..end]).unwrap_or_default().into())
    }

    /// The word as text, if it is one.
    pub fn as_str(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            Arg::Text(text) => Some(text.to_string_lossy()),
            _ => None,
        }
    }
}

/// Arguments, both for built-in commands and in the layout modules expect.
pub struct ArgVec {
    args: Vec<Arg>,
    raw: Vec<mdb_arg_t>,
}

impl std::fmt::Debug for ArgVec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.args).finish()
    }
}

impl ArgVec {
    /// Arguments from a list.
    pub fn new(args: Vec<Arg>) -> ArgVec {
        let raw = args
            .iter()
            .map(|arg| match arg {
                Arg::Text(text) => {
                    mdb_arg_t { a_type: MDB_TYPE_STRING, a_un: mdb_arg_un { a_str: text.as_ptr() } }
                }
                Arg::Value(value) => {
                    mdb_arg_t { a_type: MDB_TYPE_IMMEDIATE, a_un: mdb_arg_un { a_val: *value } }
                }
                Arg::Letter(letter) => mdb_arg_t {
                    a_type: MDB_TYPE_CHAR,
                    a_un: mdb_arg_un { a_char: *letter as std::ffi::c_char },
                },
            })
            .collect();
        ArgVec { args, raw }
    }

    /// Arguments a module passed.
    ///
    /// # Safety
    /// `argv` points to `argc` arguments whose strings are C strings.
    pub unsafe fn from_raw(argc: c_int, argv: *const mdb_arg_t) -> ArgVec {
        let count = if argv.is_null() { 0 } else { usize::try_from(argc).unwrap_or(0) };
        let mut args = Vec::with_capacity(count);
        for index in 0..count {
            // SAFETY: index is below the count the caller promised.
            let raw = unsafe { &*argv.add(index) };
            // SAFETY: the type says which member was written; the member read
            // for any other type is as wide as the union.
            args.push(unsafe {
                match raw.a_type {
                    MDB_TYPE_STRING if raw.a_un.a_str.is_null() => Arg::text(b""),
                    MDB_TYPE_STRING => Arg::Text(CStr::from_ptr(raw.a_un.a_str).into()),
                    MDB_TYPE_CHAR => Arg::Letter(raw.a_un.a_char as u8),
                    _ => Arg::Value(raw.a_un.a_val),
                }
            });
        }
        ArgVec::new(args)
    }

    /// The arguments.
    pub fn args(&self) -> &[Arg] {
        &self.args
    }

    /// The arguments as modules see them.
    pub fn raw(&self) -> (c_int, *const mdb_arg_t) {
        (self.raw.len() as c_int, self.raw.as_ptr())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let args = vec![Arg::text(b"a b"), Arg::Value(7), Arg::Letter(b'X'), Arg::text(b"x\0y")];
        let vector = ArgVec::new(args.clone());
        let (argc, argv) = vector.raw();
        // SAFETY: the vector outlives the call.
        let back = unsafe { ArgVec::from_raw(argc, argv) };
        assert_eq!(back.args(), args);
        assert_eq!(back.args()[3].as_str().as_deref(), Some("x"));
    }
}
