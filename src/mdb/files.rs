//! Files that the user names: written and read, the only ones the module opens.

use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::c_int;

/// Only the owner may read what comes out of a process.
const MODE: libc::mode_t = 0o600;
/// Largest file that is read.
const LARGEST: usize = 64 << 20;

/// A file that is being written. Unless it was finished, it is removed again.
pub struct Writer {
    path: CString,
    fd: c_int,
    /// Whether it is to be removed: not if it is a device or the like.
    remove: bool,
}

/// The number of why the last call failed.
fn number() -> c_int {
    #[cfg(target_os = "illumos")]
    // SAFETY: the address is this thread's own.
    let number = unsafe { *libc::___errno() };
    #[cfg(not(target_os = "illumos"))]
    // SAFETY: the address is this thread's own.
    let number = unsafe { *libc::__errno_location() };
    number
}

/// Why the last call failed.
fn reason() -> String {
    match number() {
        libc::EEXIST => "it exists already (-f overwrites it)".into(),
        libc::ENOENT => "no such file or directory".into(),
        libc::EACCES | libc::EPERM => "permission denied".into(),
        libc::EISDIR => "it is a directory".into(),
        libc::ENOSPC => "no space left on the device".into(),
        libc::EROFS => "the file system is read-only".into(),
        number => alloc::format!("error {number}"),
    }
}

fn c_path(path: &str) -> Result<CString, String> {
    CString::new(path).map_err(|_| String::from("its name holds a NUL"))
}

impl Writer {
    /// Creates a file that only its owner can read. One that is there already is
    /// emptied if `overwrite`, else left alone. The error says why not.
    pub fn create(path: &str, overwrite: bool) -> Result<Writer, String> {
        let path = c_path(path)?;
        if overwrite {
            // SAFETY: the name ends with a NUL.
            let fd = unsafe { libc::open(path.as_ptr(), libc::O_WRONLY) };
            if fd >= 0 {
                // SAFETY: the descriptor is open. Only regular files can be cut off, so
                // that the rights of a device are not changed.
                let is_regular = unsafe { libc::ftruncate(fd, 0) } == 0;
                let mut writer = Writer { path, fd, remove: false };
                // SAFETY: the descriptor is open. Others could read what is written to a
                // file whose rights cannot be changed.
                if is_regular && unsafe { libc::fchmod(fd, MODE) } != 0 {
                    return Err(reason());
                }
                writer.remove = is_regular;
                return Ok(writer);
            }
            if number() != libc::ENOENT {
                return Err(reason());
            }
        }
        let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL;
        // SAFETY: the name ends with a NUL; the mode is what O_CREAT takes.
        let fd = unsafe { libc::open(path.as_ptr(), flags, MODE) };
        match fd {
            0.. => Ok(Writer { path, fd, remove: true }),
            _ => Err(reason()),
        }
    }

    /// Writes all bytes.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            // SAFETY: the buffer is as long as said.
            let n = unsafe { libc::write(self.fd, bytes.as_ptr().cast(), bytes.len()) };
            match usize::try_from(n) {
                Ok(n) if n > 0 => bytes = &bytes[n.min(bytes.len())..],
                _ => return Err(reason()),
            }
        }
        Ok(())
    }

    /// Keeps the file.
    pub fn finish(mut self) -> Result<(), String> {
        self.remove = false;
        let fd = core::mem::replace(&mut self.fd, -1);
        // SAFETY: the descriptor is open, and its own.
        match unsafe { libc::close(fd) } {
            0 => Ok(()),
            _ => Err(reason()),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.fd >= 0 {
            // SAFETY: the descriptor is open, and its own.
            unsafe { libc::close(self.fd) };
        }
        if self.remove {
            // SAFETY: the name ends with a NUL.
            unsafe { libc::unlink(self.path.as_ptr()) };
        }
    }
}

/// The bytes of a file. The error says why not.
pub fn read(path: &str) -> Result<Vec<u8>, String> {
    let path = c_path(path)?;
    // SAFETY: the name ends with a NUL.
    let fd = unsafe { libc::open(path.as_ptr(), libc::O_RDONLY) };
    if fd < 0 {
        return Err(reason());
    }
    let mut bytes = Vec::new();
    let mut piece = [0u8; 4096];
    let end = loop {
        // SAFETY: the buffer is as long as said.
        let n = unsafe { libc::read(fd, piece.as_mut_ptr().cast(), piece.len()) };
        match usize::try_from(n) {
            Ok(0) => break Ok(bytes),
            Ok(_) if bytes.len() > LARGEST => break Err("it is too large".into()),
            Ok(n) => bytes.extend_from_slice(&piece[..n.min(piece.len())]),
            Err(_) => break Err(reason()),
        }
    };
    // SAFETY: the descriptor is open, and its own.
    unsafe { libc::close(fd) };
    end
}
