//! What the program was started with, from the top of its main stack. Core files keep only the
//! first 79 bytes of the arguments, those made by gdb less.

use super::notes::{le, word_size, Process, AT_EXECFN, AT_RANDOM};
use super::{Target, Width};

/// Bounds for what is read from a stack that may be damaged.
const MAX_ENVIRONMENT: usize = 64 * 1024;
const MAX_ARGS: usize = 1024;
const MAX_TEXT: usize = 4096;

type Read<'a> = dyn Fn(u64, &mut [u8]) -> bool + 'a;

/// A string of the target, cut at [`MAX_TEXT`]; none if it cannot be read or is empty.
fn text(addr: u64, read: &Read) -> Option<String> {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_TEXT {
        // Strings lie close to the end of the stack, so that a longer read could fail.
        let mut byte = [0];
        let readable = read(addr.checked_add(bytes.len() as u64)?, &mut byte);
        if !readable || byte[0] == 0 {
            break;
        }
        bytes.push(byte[0]);
    }
    (!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// The path by which the program was started.
pub(super) fn started_as(process: &Process, width: Width, read: &Read) -> Option<String> {
    text(process.aux(width, AT_EXECFN)?, read)
}

impl Target {
    /// The arguments, joined by blanks.
    ///
    /// From low to high addresses the kernel puts there the number of arguments, pointers to
    /// them, a null, pointers to the environment, a null, the auxiliary vector, and soon after
    /// that the random bytes which one of its entries points to.
    pub(super) fn initial_args(&self) -> Option<String> {
        let word = word_size(self.width);
        let random = self.process.aux(self.width, AT_RANDOM)?;
        let auxv = self.auxv_below(random)?;
        let read_word = |addr: u64| {
            let mut bytes = [0; 8];
            self.read(addr, &mut bytes[..word]).ok().map(|()| le(&bytes[..word]))
        };
        let before = |addr: u64| addr.checked_sub(word as u64);
        let mut at = before(before(auxv)?)?;
        let mut left = MAX_ENVIRONMENT;
        while read_word(at)? != 0 {
            at = before(at)?;
            left = left.checked_sub(1)?;
        }
        let mut pointers = Vec::new();
        loop {
            at = before(at)?;
            let value = read_word(at)?;
            if value == pointers.len() as u64 {
                break;
            }
            pointers.push(value);
            if pointers.len() > MAX_ARGS {
                return None;
            }
        }
        let read = |addr: u64, buf: &mut [u8]| self.read(addr, buf).is_ok();
        let args: Vec<String> =
            pointers.iter().rev().map(|addr| text(*addr, &read).unwrap_or_default()).collect();
        let joined = args.join(" ").trim_end().to_owned();
        (!joined.is_empty()).then_some(joined)
    }

    /// Finds the auxiliary vector in the stack below an address.
    fn auxv_below(&self, end: u64) -> Option<u64> {
        let auxv = &self.process.auxv;
        let word = word_size(self.width);
        let start = end.checked_sub(4096)? & !(word as u64 - 1);
        let mut window = vec![0; (end - start) as usize];
        self.read(start, &mut window).ok()?;
        let places = (0..window.len()).step_by(word).rev();
        let offset = places.into_iter().find(|at| window[*at..].starts_with(auxv))?;
        Some(start + offset as u64)
    }
}
