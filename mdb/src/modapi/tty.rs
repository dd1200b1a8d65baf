//! The terminal: its size, and single keys for the pager.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::OnceLock;

/// State of the terminal when the debugger started, put back on a deadly signal.
static INITIAL: OnceLock<libc::termios> = OnceLock::new();
static TERMINAL: AtomicBool = AtomicBool::new(false);

/// Remembers how the terminal was set up.
pub fn remember() {
    if let Some(state) = attributes() {
        if INITIAL.set(state).is_ok() {
            TERMINAL.store(true, Ordering::Relaxed);
        }
    }
}

fn attributes() -> Option<libc::termios> {
    let mut state = std::mem::MaybeUninit::uninit();
    // SAFETY: tcgetattr fills the structure when it returns 0.
    unsafe { (libc::tcgetattr(0, state.as_mut_ptr()) == 0).then(|| state.assume_init()) }
}

/// Puts the terminal back as it was found. Async-signal-safe.
pub fn restore_from_handler() {
    if TERMINAL.load(Ordering::Relaxed) {
        if let Some(state) = INITIAL.get() {
            // SAFETY: tcsetattr is async-signal-safe and only reads the state.
            unsafe { libc::tcsetattr(0, libc::TCSANOW, state) };
        }
    }
}

/// Whether a person sits at both ends.
pub fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Rows and columns of the terminal.
pub fn size() -> Option<(usize, usize)> {
    let mut size = std::mem::MaybeUninit::<libc::winsize>::zeroed();
    // SAFETY: the structure is as TIOCGWINSZ expects; zeroed memory is valid for it.
    let size = unsafe {
        if libc::ioctl(1, libc::TIOCGWINSZ, size.as_mut_ptr()) != 0 {
            return None;
        }
        size.assume_init()
    };
    (size.ws_row > 0 && size.ws_col > 0).then(|| (size.ws_row.into(), size.ws_col.into()))
}

/// The terminal gives single keys, and shows none, as long as this lives.
pub struct SingleKeys {
    before: libc::termios,
}

impl SingleKeys {
    /// Sets the terminal up; none when there is none.
    pub fn begin() -> Option<SingleKeys> {
        let before = attributes()?;
        let mut raw = before;
        raw.c_lflag &= !(libc::ICANON | libc::ECHO | libc::ISIG);
        raw.c_cc[libc::VMIN] = 1;
        raw.c_cc[libc::VTIME] = 0;
        // SAFETY: the structure is initialised, and only read.
        unsafe { libc::tcsetattr(0, libc::TCSADRAIN, &raw) };
        Some(SingleKeys { before })
    }

    /// Waits for a key; none when the terminal is gone.
    pub fn next_key(&self) -> Option<u8> {
        let mut key = 0u8;
        // SAFETY: one byte fits where it is read to.
        let got = unsafe { libc::read(0, (&raw mut key).cast(), 1) };
        (got == 1).then_some(key)
    }
}

impl Drop for SingleKeys {
    fn drop(&mut self) {
        // SAFETY: the structure is initialised, and only read.
        unsafe { libc::tcsetattr(0, libc::TCSADRAIN, &self.before) };
    }
}

/// Reads standard input past the standard library's buffer.
pub fn read_stdin(buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        // SAFETY: the buffer is as long as is said.
        let got = unsafe { libc::read(0, buffer.as_mut_ptr().cast(), buffer.len()) };
        match usize::try_from(got) {
            Ok(got) => return Ok(got),
            Err(_) => {
                let error = std::io::Error::last_os_error();
                if error.kind() != std::io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
        }
    }
}
