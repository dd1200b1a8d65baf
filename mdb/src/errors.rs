//! The debugger's own error numbers, which live in `errno` above 1000, and their texts.

/// An error of the debugger: a number from `<mdb/mdb_errno.h>` or an ordinary `errno`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub i32);

macro_rules! errors {
    ($($name:ident = $number:literal, $text:literal;)*) => {
        impl Errno {
            $(#[doc = $text] pub const $name: Errno = Errno($number);)*

            /// The text of one of the debugger's own numbers.
            fn own_text(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some($text),)*
                    _ => None,
                }
            }
        }
    };
}

errors! {
    NOSYM = 1000, "unknown symbol name";
    NOOBJ = 1001, "unknown object file name";
    NOMAP = 1002, "no mapping for address";
    NODCMD = 1003, "unknown dcmd name";
    NOWALK = 1004, "unknown walk name";
    DCMDEXISTS = 1005, "dcmd name already in use";
    WALKEXISTS = 1006, "walk name already in use";
    NOPROC = 1008, "no process active";
    NAME2BIG = 1009, "specified name is too long";
    NAMEBAD = 1010, "specified name contains illegal characters";
    ALLOC = 1011, "failed to allocate needed memory";
    NOMOD = 1012, "specified module is not loaded";
    BUILTINMOD = 1013, "cannot unload built-in module";
    NOWCB = 1014, "no walk is currently active";
    BADWCB = 1015, "invalid walk state argument";
    NOWALKLOC = 1016, "walker does not accept starting address";
    NOWALKGLOB = 1017, "walker requires starting address";
    WALKINIT = 1018, "failed to initialize walk";
    WALKLOOP = 1019, "walker cannot be layered on itself";
    IORO = 1020, "i/o stream is read-only";
    IOWO = 1021, "i/o stream is write-only";
    NOSYMADDR = 1022, "no symbol corresponds to address";
    NOXD = 1026, "no such xdata available";
    TGTNOTSUP = 1028, "operation not supported by target";
    TGTRDONLY = 1029, "target is not open for writing";
    BADREG = 1030, "invalid register name";
    NOREGS = 1031, "no register set available for thread";
    NOEXEC = 1033, "no executable file is open";
    EVAL = 1034, "failed to evaluate command";
    CANCEL = 1035, "command cancelled by user";
    PARTIAL = 1036, "only some of the bytes could be read";
    DCFAIL = 1037, "dcmd failed";
    DCUSAGE = 1038, "improper dcmd usage";
    TGT = 1039, "target error";
    TGTBUSY = 1043, "target is currently executing";
    TGTZOMB = 1044, "target has completed execution";
    TGTCORE = 1045, "target is a core file";
    TGTLOST = 1046, "debugger lost control of target";
    NOTHREAD = 1051, "invalid thread identifier";
    NOCTF = 1061, "no symbolic debug information available for module";
    TLS = 1063, "thread-local storage not allocated";
}

impl Errno {
    /// No error.
    pub const OK: Errno = Errno(0);
    /// Invalid argument.
    pub const INVAL: Errno = Errno(libc::EINVAL);
    /// No data of this kind.
    pub const NODATA: Errno = Errno(libc::ENODATA);

    /// Message text, as it follows a colon. `partial` says how many bytes of
    /// how many the last short read delivered.
    pub fn text(self, partial: (usize, usize)) -> String {
        if self == Errno::PARTIAL {
            return format!("only {} of {} bytes could be read", partial.0, partial.1);
        }
        match self.own_text() {
            Some(text) => text.to_string(),
            None if self.0 == 0 => "no error".to_string(),
            None if (1000..2000).contains(&self.0) => format!("debugger error {}", self.0),
            None => system_text(self.0),
        }
    }
}

/// Text of an ordinary error number, without the number the standard library appends.
fn system_text(number: i32) -> String {
    let text = std::io::Error::from_raw_os_error(number).to_string();
    match text.rfind(" (os error") {
        Some(at) => text[..at].to_string(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(Errno::NOMAP.text((0, 0)), "no mapping for address");
        assert_eq!(Errno::PARTIAL.text((3, 8)), "only 3 of 8 bytes could be read");
        assert_eq!(Errno(libc::ENOENT).text((0, 0)), "No such file or directory");
        assert_eq!(Errno(1999).text((0, 0)), "debugger error 1999");
    }
}
