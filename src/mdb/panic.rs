//! A panic is a message and the end of one command, not of the debugger.

use core::fmt::Write;
use core::panic::PanicInfo;

/// Text of a panic, in memory that does not depend on the allocator.
struct Message {
    bytes: [u8; 512],
    length: usize,
}

impl Write for Message {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        // The last byte stays NUL.
        let room = self.bytes.len() - 1 - self.length;
        let take = text.len().min(room);
        self.bytes[self.length..self.length + take].copy_from_slice(&text.as_bytes()[..take]);
        self.length += take;
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut message = Message { bytes: [0; 512], length: 0 };
    let _ = write!(message, "{}", info.message());
    if let Some(place) = info.location() {
        let _ = write!(message, " ({}:{})", place.file(), place.line());
    }
    // SAFETY: the text ends with a NUL; mdb_warn returns; mdb_sys_escape leaves
    // to the entry point that guards this command, which frees everything the
    // frames in between own.
    unsafe {
        mdb_sys::mdb_warn(
            c"v8: internal error, command abandoned: %s\n".as_ptr(),
            message.bytes.as_ptr(),
        );
        mdb_sys::mdb_sys_escape();
        libc::abort()
    }
}

// rustc exports every unmangled function of a cdylib; these two must not be
// seen by the debugger's own C++ runtime, if it has one.
core::arch::global_asm!(".hidden rust_eh_personality", ".hidden _Unwind_Resume");

/// Named by precompiled `core`, never called: the module does not unwind.
#[no_mangle]
extern "C" fn rust_eh_personality() {
    // SAFETY: abort has no preconditions.
    unsafe { libc::abort() }
}

/// Named by precompiled `core`, never called: the module does not unwind.
#[no_mangle]
extern "C" fn _Unwind_Resume() {
    // SAFETY: abort has no preconditions.
    unsafe { libc::abort() }
}
