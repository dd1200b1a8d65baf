//! The target as MDB shows it, through a cache of pages.

use super::progress::{self, Progress};
use super::{mappings, signals, threads};
use crate::v8::memory::{Fault, Mapping, Symbol, Target};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::cell::{Cell, RefCell};
use core::ffi::{c_char, c_int, c_void, CStr};
use mdb_sys as sys;

const PAGE: u64 = 4096;
/// Stands for no page.
const NO_PAGE: u64 = 1;
/// Pages kept: 2 MiB.
const PAGES: usize = 512;
/// Names of addresses kept.
const SYMBOLS: usize = 4096;
/// Reads larger than this bypass the cache.
const LARGE: usize = 4 * PAGE as usize;

/// A cached page.
struct Page {
    addr: u64,
    bytes: Box<[u8]>,
}

/// The target of the debugger.
pub struct MdbTarget {
    word: usize,
    pages: RefCell<Vec<Option<Page>>>,
    symbols: RefCell<BTreeMap<u64, String>>,
    polls: Cell<u32>,
    progress: Progress,
    /// When work is to end though nobody has asked for it, in seconds of
    /// [`progress::now`].
    limit: Cell<Option<i64>>,
}

impl MdbTarget {
    /// The current target.
    pub fn new() -> MdbTarget {
        MdbTarget {
            word: word_size(),
            pages: RefCell::new(Vec::new()),
            symbols: RefCell::new(BTreeMap::new()),
            polls: Cell::new(0),
            progress: Progress::default(),
            limit: Cell::new(None),
        }
    }

    /// Lets work take so many seconds from now on, or as long as it likes.
    pub fn limit(&self, seconds: Option<i64>) {
        self.limit.set(seconds.map(|seconds| progress::now() + seconds));
    }

    /// Forgets memory of a target that may have changed since the last command; whether
    /// it may have.
    pub fn refresh(&mut self) -> bool {
        // SAFETY: plain query.
        let may_change = unsafe { sys::mdb_get_state() } != sys::MDB_STATE_DEAD;
        if may_change {
            self.pages.get_mut().clear();
            self.symbols.get_mut().clear();
        }
        may_change
    }

    /// Reads within one page.
    fn read_cached(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        let base = addr & !(PAGE - 1);
        let offset = (addr - base) as usize;
        let mut pages = self.pages.borrow_mut();
        if pages.is_empty() {
            pages.resize_with(PAGES, || None);
        }
        // Fibonacci hashing spreads heap pages, which lie at regular distances.
        let slot = ((base / PAGE).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % PAGES;
        if !matches!(&pages[slot], Some(page) if page.addr == base) {
            let mut bytes = match pages[slot].take() {
                Some(old) => old.bytes,
                None => vec![0; PAGE as usize].into_boxed_slice(),
            };
            if read_all(base, &mut bytes).is_err() {
                // Kept for the next page, under an address that no page has: memory
                // is not to go up and down with what cannot be read.
                pages[slot] = Some(Page { addr: NO_PAGE, bytes });
                // Part of the page may be there all the same.
                return read_all(addr, buf);
            }
            pages[slot] = Some(Page { addr: base, bytes });
        }
        if let Some(page) = &pages[slot] {
            buf.copy_from_slice(&page.bytes[offset..offset + buf.len()]);
        }
        Ok(())
    }
}

fn read_all(addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
    let fault = Fault { addr, len: buf.len() };
    let from = usize::try_from(addr).map_err(|_| fault)?;
    // SAFETY: the buffer is as long as said.
    let n = unsafe { sys::mdb_vread(buf.as_mut_ptr().cast(), buf.len(), from) };
    if usize::try_from(n) == Ok(buf.len()) {
        Ok(())
    } else {
        Err(fault)
    }
}

/// Bytes of a target word: from the executable's ELF class; else the debugger's own.
fn word_size() -> usize {
    let mut header = [0u8; 64];
    // SAFETY: the name ends with a NUL, the buffer is as long as said.
    let n =
        unsafe { sys::mdb_get_xdata(c"ehdr".as_ptr(), header.as_mut_ptr().cast(), header.len()) };
    match (n >= 5, header[4]) {
        (true, 1) => 4,
        (true, 2) => 8,
        _ => size_of::<usize>(),
    }
}

impl Target for MdbTarget {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        if buf.len() > LARGE {
            return read_all(addr, buf);
        }
        let mut done = 0;
        while done < buf.len() {
            let fault = Fault { addr, len: buf.len() };
            let at = addr.checked_add(done as u64).ok_or(fault)?;
            let room = (PAGE - at % PAGE) as usize;
            let take = room.min(buf.len() - done);
            self.read_cached(at, &mut buf[done..done + take]).map_err(|_| fault)?;
            done += take;
        }
        Ok(())
    }

    fn word_size(&self) -> usize {
        self.word
    }

    fn symbols(&self, prefix: &str) -> Vec<Symbol> {
        let mut found = Found { prefix, symbols: Vec::new(), exhausted: None };
        // The executable first: it has them all, unless V8 is a library.
        for object in [sys::MDB_OBJ_EXEC, sys::MDB_OBJ_EVERY] {
            for table in [sys::MDB_DYNSYM, sys::MDB_SYMTAB] {
                if found.symbols.is_empty() {
                    let kind = sys::MDB_BIND_ANY | sys::MDB_TYPE_OBJECT | sys::MDB_TYPE_FUNC;
                    // SAFETY: the callback gets `found` and nothing else uses
                    // it meanwhile; the callback does not leave by a jump.
                    unsafe {
                        sys::mdb_symbol_iter(object, table, kind, collect, (&raw mut found).cast());
                    }
                }
            }
        }
        if let Some(layout) = found.exhausted {
            alloc::alloc::handle_alloc_error(layout);
        }
        found.symbols.sort_by(|a, b| a.name.cmp(&b.name));
        found.symbols.dedup_by(|a, b| a.name == b.name);
        found.symbols
    }

    fn symbol(&self, name: &str) -> Option<u64> {
        self.symbol_range(name).map(|(addr, _)| addr)
    }

    fn symbol_range(&self, name: &str) -> Option<(u64, u64)> {
        let name = CString::new(name).ok()?;
        let mut symbol = sys::GElf_Sym::default();
        // SAFETY: the name ends with a NUL.
        let found = unsafe { sys::mdb_lookup_by_name(name.as_ptr(), &mut symbol) } == 0;
        found.then_some((symbol.st_value, symbol.st_size))
    }

    fn symbol_at(&self, addr: u64) -> Option<String> {
        if let Some(known) = self.symbols.borrow().get(&addr) {
            return Some(known.clone());
        }
        // A look-up that failed may succeed the next time.
        let found = symbol_at(addr)?;
        let mut symbols = self.symbols.borrow_mut();
        if symbols.len() == SYMBOLS {
            symbols.clear();
        }
        symbols.insert(addr, found.clone());
        Some(found)
    }

    fn threads(&self) -> Vec<u64> {
        threads::threads()
    }

    fn register(&self, thread: u64, name: &str) -> Option<u64> {
        let thread = usize::try_from(thread).ok()?;
        let name = CString::new(name).ok()?;
        let mut value = 0;
        // SAFETY: the name ends with a NUL.
        let found = unsafe { sys::mdb_getareg(thread, name.as_ptr(), &mut value) } == 0;
        found.then_some(value)
    }

    fn mappings(&self) -> Option<Vec<Mapping>> {
        mappings::mappings()
    }

    fn local_time(&self, seconds: i64) -> Option<String> {
        let time = libc::time_t::try_from(seconds).ok()?;
        let mut text = [0u8; 64];
        // SAFETY: the buffer is as long as said; `%Y` takes a time_t.
        unsafe {
            sys::mdb_snprintf(text.as_mut_ptr().cast(), text.len(), c"%Y".as_ptr(), time);
        }
        Some(CStr::from_bytes_until_nul(&text).ok()?.to_string_lossy().into_owned())
    }

    fn interrupted(&self) -> bool {
        // A system call each time would cost more than the work between.
        let polls = self.polls.get().wrapping_add(1);
        self.polls.set(polls);
        if !polls.is_multiple_of(16) {
            return false;
        }
        self.progress.tick();
        signals::interrupted() || self.limit.get().is_some_and(|limit| progress::now() >= limit)
    }

    fn stage(&self, what: &'static str) -> &'static str {
        self.progress.stage(what)
    }
}

fn symbol_at(addr: u64) -> Option<String> {
    let at = usize::try_from(addr).ok()?;
    let mut name = [0u8; sys::MDB_SYM_NAMLEN];
    let mut symbol = sys::GElf_Sym::default();
    // SAFETY: the buffer is as long as said; MDB ends the name with a NUL.
    let found = unsafe {
        sys::mdb_lookup_by_addr(
            at,
            sys::MDB_SYM_FUZZY,
            name.as_mut_ptr().cast(),
            name.len(),
            &mut symbol,
        )
    };
    if found != 0 {
        return None;
    }
    let name = CStr::from_bytes_until_nul(&name).ok()?.to_string_lossy().into_owned();
    match addr.wrapping_sub(symbol.st_value) {
        0 => Some(name),
        offset => Some(alloc::format!("{name}+{offset:#x}")),
    }
}

/// What the callback below collects.
struct Found<'a> {
    prefix: &'a str,
    symbols: Vec<Symbol>,
    /// What memory could not be had for.
    exhausted: Option<Layout>,
}

impl Found<'_> {
    /// Adds a symbol, or notes that there is no memory for it: the jump that
    /// ends a command without memory must not start below the debugger's own
    /// iteration.
    fn add(&mut self, name: &str, value: u64) {
        let mut copy = String::new();
        if copy.try_reserve_exact(name.len()).is_err() || self.symbols.try_reserve(1).is_err() {
            self.exhausted = Some(Layout::for_value(name));
            return;
        }
        copy.push_str(name);
        self.symbols.push(Symbol { name: copy, value });
    }
}

unsafe extern "C" fn collect(symbol: *const sys::mdb_symbol_t, data: *mut c_void) -> c_int {
    // SAFETY: MDB hands over a valid symbol with a name, and our own `Found`.
    let (name, value, found) = unsafe {
        let name: *const c_char = (*symbol).sym_name;
        (name, (*(*symbol).sym_sym).st_value, &mut *data.cast::<Found<'_>>())
    };
    // Most names are others: their ends are not looked for.
    let begins = found.prefix.bytes().enumerate().all(|(at, byte)| {
        // SAFETY: a name ends with a NUL, which no prefix has.
        unsafe { *name.add(at) }.cast_unsigned() == byte
    });
    if begins {
        // SAFETY: the name ends with a NUL.
        if let Ok(name) = unsafe { CStr::from_ptr(name) }.to_str() {
            found.add(name, value);
        }
    }
    c_int::from(found.exhausted.is_some())
}
