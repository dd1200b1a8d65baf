//! The module's memory: MDB's allocator, with every block on a list.
//!
//! The list lets all of it be given back at once: when the module is unloaded,
//! and after a panic, when no destructor can be relied on.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::ptr;
use mdb_sys::{mdb_alloc, mdb_free, UM_NOSLEEP};

/// What stands before each block.
#[repr(C, align(16))]
struct Header {
    previous: *mut Header,
    next: *mut Header,
    /// What MDB gave, which may start earlier when the alignment is large.
    block: *mut u8,
    size: usize,
}

struct MdbAllocator {
    newest: Cell<*mut Header>,
}

// SAFETY: MDB and its modules run on one thread (see the module's docs).
unsafe impl Sync for MdbAllocator {}

#[global_allocator]
static ALLOCATOR: MdbAllocator = MdbAllocator { newest: Cell::new(ptr::null_mut()) };

// SAFETY: blocks come from mdb_alloc, are as large and aligned as asked for,
// and do not overlap their headers.
unsafe impl GlobalAlloc for MdbAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let align = layout.align().max(align_of::<Header>());
        let room = size_of::<Header>() + align;
        let Some(size) = layout.size().checked_add(room) else { return ptr::null_mut() };
        // SAFETY: NOSLEEP makes a failure a null pointer.
        let block = unsafe { mdb_alloc(size, UM_NOSLEEP) }.cast::<u8>();
        if block.is_null() {
            return ptr::null_mut();
        }
        let past_header = block as usize + size_of::<Header>();
        let padding = past_header.next_multiple_of(align) - past_header;
        // SAFETY: padding < align, so the data and its header lie in the block.
        unsafe {
            let data = block.add(size_of::<Header>() + padding);
            let header = data.sub(size_of::<Header>()).cast::<Header>();
            let next = self.newest.get();
            header.write(Header { previous: ptr::null_mut(), next, block, size });
            if !next.is_null() {
                (*next).previous = header;
            }
            self.newest.set(header);
            data
        }
    }

    unsafe fn dealloc(&self, data: *mut u8, _layout: Layout) {
        // SAFETY: every block handed out has a header before it.
        unsafe {
            let header = data.sub(size_of::<Header>()).cast::<Header>();
            let Header { previous, next, block, size } = header.read();
            if previous.is_null() {
                self.newest.set(next);
            } else {
                (*previous).next = next;
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
            mdb_free(block.cast(), size);
        }
    }
}

/// Gives back every block.
///
/// # Safety
///
/// No value that owns memory may be used or dropped afterwards.
pub unsafe fn free_all() {
    let mut header = ALLOCATOR.newest.replace(ptr::null_mut());
    while !header.is_null() {
        // SAFETY: headers on the list are live blocks of mdb_alloc.
        unsafe {
            let Header { next, block, size, .. } = header.read();
            mdb_free(block.cast(), size);
            header = next;
        }
    }
}
