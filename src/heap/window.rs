//! Memory read forwards, a large piece at a time.

use crate::v8::memory::Target;
use alloc::vec;
use alloc::vec::Vec;

/// Bytes read at a time: small enough that a read takes well under a
/// millisecond, large enough that the debugger's part in it does not show.
const PIECE: u64 = 256 << 10;
const PAGE: u64 = 4096;

/// A piece of memory that moves along with what is asked for.
pub struct Window<'a> {
    target: &'a dyn Target,
    word: usize,
    start: u64,
    end: u64,
    bytes: Vec<u8>,
    /// Nothing beyond is read.
    limit: u64,
}

impl<'a> Window<'a> {
    /// A window on nothing yet.
    pub fn new(target: &'a dyn Target) -> Window<'a> {
        Window::of(target, PIECE)
    }

    /// A window for a look at a single object.
    pub fn small(target: &'a dyn Target) -> Window<'a> {
        Window::of(target, 256)
    }

    fn of(target: &'a dyn Target, piece: u64) -> Window<'a> {
        let bytes = vec![0; piece as usize];
        Window { target, word: target.word_size(), start: 0, end: 0, bytes, limit: 0 }
    }

    /// Prepares for a stretch of memory that ends at `limit`.
    pub fn enter(&mut self, limit: u64) {
        self.limit = limit;
        if self.end > limit {
            self.end = self.start;
        }
    }

    /// The bytes at an address, `len` of them; none where they cannot be read
    /// or lie beyond the limit.
    pub fn bytes(&mut self, addr: u64, len: u64) -> Option<&[u8]> {
        let end = addr.checked_add(len)?;
        if addr < self.start || end > self.end {
            self.read(addr, end)?;
        }
        let from = (addr - self.start) as usize;
        Some(&self.bytes[from..from + len as usize])
    }

    /// The word at an address.
    #[inline]
    pub fn word(&mut self, addr: u64) -> Option<u64> {
        let word = self.word as u64;
        let inside = addr >= self.start && addr.checked_add(word)? <= self.end;
        if !inside {
            self.read(addr, addr.checked_add(word)?)?;
        }
        let from = (addr - self.start) as usize;
        let bytes = &self.bytes[from..];
        Some(match word {
            8 => u64::from_le_bytes(bytes[..8].try_into().ok()?),
            _ => u64::from(u32::from_le_bytes(bytes[..4].try_into().ok()?)),
        })
    }

    /// As many bytes as are at hand from an address on, at least one word, up to
    /// `len`.
    #[inline]
    pub fn some(&mut self, addr: u64, len: u64) -> Option<&[u8]> {
        let word = self.word as u64;
        if addr < self.start || addr.checked_add(word)? > self.end {
            self.read(addr, addr.checked_add(word)?)?;
        }
        let from = (addr - self.start) as usize;
        let len = len.min(self.end - addr) & !(word - 1);
        Some(&self.bytes[from..from + len as usize])
    }

    /// All bytes that are at hand from an address on: `least` of them, if so many can
    /// be read before the limit, and at least one word.
    #[inline]
    pub fn rest(&mut self, addr: u64, least: u64) -> Option<&[u8]> {
        let wanted = addr.saturating_add(least).min(self.limit);
        if addr < self.start || wanted > self.end {
            self.read(addr, addr.checked_add(self.word as u64)?)?;
        }
        Some(&self.bytes[(addr - self.start) as usize..(self.end - self.start) as usize])
    }

    /// Moves to `addr`, so that at least `..need` is there.
    #[cold]
    fn read(&mut self, addr: u64, need: u64) -> Option<()> {
        if need > self.limit || need - addr > self.bytes.len() as u64 {
            return None;
        }
        let end = self.limit.min(addr.saturating_add(self.bytes.len() as u64));
        (self.start, self.end) = (addr, addr);
        if self.target.read(addr, &mut self.bytes[..(end - addr) as usize]).is_ok() {
            self.end = end;
            return Some(());
        }
        // Some of it may be there: page by page, up to the first that is not.
        while self.end < end {
            let next = end.min((self.end & !(PAGE - 1)) + PAGE);
            let into = (self.end - addr) as usize..(next - addr) as usize;
            if self.target.read(self.end, &mut self.bytes[into]).is_err() {
                break;
            }
            self.end = next;
        }
        (self.end >= need).then_some(())
    }
}

/// Where memory may be readable again behind an address at which it is not.
pub fn next_page(addr: u64) -> u64 {
    (addr & !(PAGE - 1)).saturating_add(PAGE)
}

/// The words in some bytes.
pub fn words(bytes: &[u8], word: usize) -> impl Iterator<Item = u64> + '_ {
    bytes.chunks_exact(word).map(|word| match *word {
        [a, b, c, d, e, f, g, h] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        [a, b, c, d] => u64::from(u32::from_le_bytes([a, b, c, d])),
        _ => 0,
    })
}

/// The words in some bytes, of a size that the compiler knows: the fastest way to
/// look at many.
#[inline]
pub fn words_of<const WORD: usize>(bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    bytes.as_chunks::<WORD>().0.iter().map(wide)
}

/// A word of the target as a number.
#[inline]
pub fn wide<const WORD: usize>(word: &[u8; WORD]) -> u64 {
    let mut wide = [0; 8];
    wide[..WORD].copy_from_slice(word);
    u64::from_le_bytes(wide)
}
