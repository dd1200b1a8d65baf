//! Checked-in bindings: structures, constants and functions of API version 4.

use core::ffi::{c_char, c_int, c_uint, c_ulong, c_ulonglong, c_void};

/// `boolean_t`: 0 or 1.
pub type boolean_t = c_uint;
/// Address in the target; as wide as the debugger's own pointers.
pub type uintptr_t = usize;

/// API version this crate describes: the first with `dc_tabp`.
pub const MDB_API_VERSION: u16 = 4;

/// The command was given an explicit address.
pub const DCMD_ADDRSPEC: c_uint = 0x01;
/// The command is invoked in a loop with `,count` or a pipe.
pub const DCMD_LOOP: c_uint = 0x02;
/// First invocation of a loop.
pub const DCMD_LOOPFIRST: c_uint = 0x04;
/// Input comes from a pipe.
pub const DCMD_PIPE: c_uint = 0x08;
/// Output goes into a pipe.
pub const DCMD_PIPE_OUT: c_uint = 0x10;

/// The command succeeded.
pub const DCMD_OK: c_int = 0;
/// The command failed; loops and pipes go on.
pub const DCMD_ERR: c_int = 1;
/// Wrong usage: the host prints the synopsis and ends the loop.
pub const DCMD_USAGE: c_int = 2;
/// Try the next definition of this name.
pub const DCMD_NEXT: c_int = 3;
/// The command failed; loops and pipes end.
pub const DCMD_ABORT: c_int = 4;

/// Completion: the cursor follows a blank.
pub const DCMD_TAB_SPACE: c_uint = 0x01;

/// The walk failed.
pub const WALK_ERR: c_int = -1;
/// Go on to the next element.
pub const WALK_NEXT: c_int = 0;
/// The walk is over.
pub const WALK_DONE: c_int = 1;

/// Type of a command argument ([`mdb_arg_t::a_type`]).
pub type mdb_type_t = c_uint;
/// Argument is a string, `a_str`.
pub const MDB_TYPE_STRING: mdb_type_t = 0;
/// Argument is a number, `a_val`.
pub const MDB_TYPE_IMMEDIATE: mdb_type_t = 1;
/// Argument is a format character, `a_char`.
pub const MDB_TYPE_CHAR: mdb_type_t = 2;

/// `mdb_getopts`: set bits in a `uint_t`.
pub const MDB_OPT_SETBITS: c_uint = 1;
/// `mdb_getopts`: clear bits in a `uint_t`.
pub const MDB_OPT_CLRBITS: c_uint = 2;
/// `mdb_getopts`: store a string.
pub const MDB_OPT_STR: c_uint = 3;
/// `mdb_getopts`: store a `uintptr_t`.
pub const MDB_OPT_UINTPTR: c_uint = 4;
/// `mdb_getopts`: store a `uint64_t`.
pub const MDB_OPT_UINT64: c_uint = 5;
/// `mdb_getopts`: store a `uintptr_t` and note that it was given.
pub const MDB_OPT_UINTPTR_SET: c_uint = 6;

/// Allocation may fail.
pub const UM_NOSLEEP: c_uint = 0x0;
/// Allocation failure ends the debugger.
pub const UM_SLEEP: c_uint = 0x1;
/// The block is freed when the statement ends.
pub const UM_GC: c_uint = 0x2;

/// Size of a buffer for a symbol name.
pub const MDB_SYM_NAMLEN: usize = 1024;
/// Match the nearest symbol.
pub const MDB_SYM_FUZZY: c_uint = 0;
/// Match only a symbol at exactly this address.
pub const MDB_SYM_EXACT: c_uint = 1;
/// The target's executable, as an object name.
pub const MDB_OBJ_EXEC: *const c_char = core::ptr::null();
/// The target's run-time linker, as an object name.
pub const MDB_OBJ_RTLD: *const c_char = core::ptr::without_provenance(1);
/// Every load object, as an object name.
pub const MDB_OBJ_EVERY: *const c_char = core::ptr::without_provenance(usize::MAX);

/// `mdb_symbol_iter`: the full symbol table.
pub const MDB_SYMTAB: c_uint = 1;
/// `mdb_symbol_iter`: the dynamic symbol table.
pub const MDB_DYNSYM: c_uint = 2;
/// Local symbols.
pub const MDB_BIND_LOCAL: c_uint = 0x0001;
/// Global symbols.
pub const MDB_BIND_GLOBAL: c_uint = 0x0002;
/// Weak symbols.
pub const MDB_BIND_WEAK: c_uint = 0x0004;
/// Symbols of any binding.
pub const MDB_BIND_ANY: c_uint = 0x0007;
/// Symbols without a type.
pub const MDB_TYPE_NOTYPE: c_uint = 0x0100;
/// Data objects.
pub const MDB_TYPE_OBJECT: c_uint = 0x0200;
/// Functions.
pub const MDB_TYPE_FUNC: c_uint = 0x0400;
/// Sections.
pub const MDB_TYPE_SECT: c_uint = 0x0800;
/// Files.
pub const MDB_TYPE_FILE: c_uint = 0x1000;
/// Common blocks.
pub const MDB_TYPE_COMMON: c_uint = 0x2000;
/// Thread-local storage.
pub const MDB_TYPE_TLS: c_uint = 0x4000;
/// Symbols of any type.
pub const MDB_TYPE_ANY: c_uint = 0x7f00;

/// Dump relative to the start.
pub const MDB_DUMP_RELATIVE: c_uint = 0x0001;
/// Align to a paragraph.
pub const MDB_DUMP_ALIGN: c_uint = 0x0002;
/// Full-width addresses.
pub const MDB_DUMP_PEDANT: c_uint = 0x0004;
/// Show an ASCII column.
pub const MDB_DUMP_ASCII: c_uint = 0x0008;
/// Show a header.
pub const MDB_DUMP_HEADER: c_uint = 0x0010;
/// Trim the first and last line.
pub const MDB_DUMP_TRIM: c_uint = 0x0020;
/// Elide repeated lines.
pub const MDB_DUMP_SQUISH: c_uint = 0x0040;
/// Move dot.
pub const MDB_DUMP_NEWDOT: c_uint = 0x0080;
/// Adjust for endianness.
pub const MDB_DUMP_ENDIAN: c_uint = 0x0100;

/// No target process.
pub const MDB_STATE_IDLE: c_int = 0;
/// Target is running.
pub const MDB_STATE_RUNNING: c_int = 1;
/// Target is stopped.
pub const MDB_STATE_STOPPED: c_int = 2;
/// Target is a zombie.
pub const MDB_STATE_UNDEAD: c_int = 3;
/// Target is a core file.
pub const MDB_STATE_DEAD: c_int = 4;
/// The debugger lost the target.
pub const MDB_STATE_LOST: c_int = 5;

/// Callback when the target's state changed.
pub const MDB_CALLBACK_STCHG: c_int = 1;
/// Callback before each prompt.
pub const MDB_CALLBACK_PROMPT: c_int = 2;
/// For [`mdb_whatis_register`]: asked with those that know allocators.
pub const WHATIS_PRIO_ALLOCATOR: c_uint = 20;
/// For [`mdb_whatis_register`]: not asked for identifiers.
pub const WHATIS_REG_NO_ID: c_uint = 2;

/// Length of an `mdb_nicenum` buffer.
pub const MDB_NICENUM_BUFLEN: usize = 6;

/// Value of an [`mdb_arg_t`].
#[repr(C)]
#[derive(Clone, Copy)]
pub union mdb_arg_un {
    /// Valid for [`MDB_TYPE_STRING`].
    pub a_str: *const c_char,
    /// Valid for [`MDB_TYPE_IMMEDIATE`].
    pub a_val: u64,
    /// Valid for [`MDB_TYPE_CHAR`].
    pub a_char: c_char,
}

/// One argument of a command.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mdb_arg_t {
    /// Which member of `a_un` is valid.
    pub a_type: mdb_type_t,
    /// The value.
    pub a_un: mdb_arg_un,
}

/// Opaque completion state.
#[repr(C)]
pub struct mdb_tab_cookie_t {
    _private: [u8; 0],
}

/// Opaque list of what `::whatis` is asked.
#[repr(C)]
pub struct mdb_whatis_t {
    _private: [u8; 0],
}

/// A function that `::whatis` asks.
pub type mdb_whatis_cb_f =
    unsafe extern "C" fn(whatis: *mut mdb_whatis_t, data: *mut c_void) -> c_int;

/// A command's function.
pub type mdb_dcmd_f = unsafe extern "C" fn(
    addr: uintptr_t,
    flags: c_uint,
    argc: c_int,
    argv: *const mdb_arg_t,
) -> c_int;
/// A command's completion function.
pub type mdb_dcmd_tab_f = unsafe extern "C" fn(
    cookie: *mut mdb_tab_cookie_t,
    flags: c_uint,
    argc: c_int,
    argv: *const mdb_arg_t,
) -> c_int;

/// Definition of a command; an array of these ends with a null `dc_name`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mdb_dcmd_t {
    /// Name.
    pub dc_name: *const c_char,
    /// Synopsis: `:` address required, `?` address optional; may be null.
    pub dc_usage: *const c_char,
    /// One-line description.
    pub dc_descr: *const c_char,
    /// The function.
    pub dc_funcp: Option<mdb_dcmd_f>,
    /// Prints the help text; may be null.
    pub dc_help: Option<unsafe extern "C" fn()>,
    /// Completion; may be null.
    pub dc_tabp: Option<mdb_dcmd_tab_f>,
}

/// Callback of a walk.
pub type mdb_walk_cb_t =
    unsafe extern "C" fn(addr: uintptr_t, layer: *const c_void, data: *mut c_void) -> c_int;

/// State of a walk in progress.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mdb_walk_state_t {
    /// Called by `walk_step` for each element.
    pub walk_callback: Option<mdb_walk_cb_t>,
    /// Handed to the callback.
    pub walk_cbdata: *mut c_void,
    /// Current address.
    pub walk_addr: uintptr_t,
    /// The walker's own.
    pub walk_data: *mut c_void,
    /// `walk_init_arg` of the definition.
    pub walk_arg: *mut c_void,
    /// Element of the layer below.
    pub walk_layer: *const c_void,
}

/// Function of a walker.
pub type mdb_walk_f = unsafe extern "C" fn(state: *mut mdb_walk_state_t) -> c_int;

/// Definition of a walker; an array of these ends with a null `walk_name`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mdb_walker_t {
    /// Name.
    pub walk_name: *const c_char,
    /// One-line description.
    pub walk_descr: *const c_char,
    /// Starts a walk; may be null.
    pub walk_init: Option<mdb_walk_f>,
    /// Delivers one element.
    pub walk_step: Option<mdb_walk_f>,
    /// Ends a walk; may be null.
    pub walk_fini: Option<unsafe extern "C" fn(state: *mut mdb_walk_state_t)>,
    /// Becomes `walk_arg`.
    pub walk_init_arg: *mut c_void,
}

/// What `_mdb_init` returns.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mdb_modinfo_t {
    /// API version the module was built for.
    pub mi_dvers: u16,
    /// Commands; may be null.
    pub mi_dcmds: *const mdb_dcmd_t,
    /// Walkers; may be null.
    pub mi_walkers: *const mdb_walker_t,
}

/// One row of a `%b` table; ends with a null `bm_name`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mdb_bitmask_t {
    /// Name printed.
    pub bm_name: *const c_char,
    /// Bits looked at.
    pub bm_mask: u64,
    /// Value they must have.
    pub bm_bits: u64,
}

/// A list of addresses of a pipe.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mdb_pipe_t {
    /// The addresses.
    pub pipe_data: *mut uintptr_t,
    /// How many.
    pub pipe_len: usize,
}

/// A load object, as `mdb_object_iter` shows it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mdb_object_t {
    /// Base name.
    pub obj_name: *const c_char,
    /// Full path.
    pub obj_fullname: *const c_char,
    /// Address it is mapped at.
    pub obj_base: uintptr_t,
    /// Bytes mapped.
    pub obj_size: uintptr_t,
}

/// A symbol of either ELF class, always in the 64-bit form.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug)]
pub struct GElf_Sym {
    /// Offset of the name.
    pub st_name: u32,
    /// Binding and type.
    pub st_info: u8,
    /// Visibility.
    pub st_other: u8,
    /// Section.
    pub st_shndx: u16,
    /// Value: an address.
    pub st_value: u64,
    /// Bytes.
    pub st_size: u64,
}

/// A symbol, as `mdb_symbol_iter` shows it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mdb_symbol_t {
    /// Name.
    pub sym_name: *const c_char,
    /// Object it belongs to.
    pub sym_object: *const c_char,
    /// The ELF symbol.
    pub sym_sym: *const GElf_Sym,
    /// [`MDB_SYMTAB`] or [`MDB_DYNSYM`].
    pub sym_table: u32,
    /// Index in that table.
    pub sym_id: u32,
}

/// Callback of `mdb_symbol_iter`.
pub type mdb_symbol_cb_t = unsafe extern "C" fn(*const mdb_symbol_t, *mut c_void) -> c_int;
/// Callback of `mdb_object_iter`.
pub type mdb_object_cb_t = unsafe extern "C" fn(*mut mdb_object_t, *mut c_void) -> c_int;
/// Reader given to `mdb_dumpptr`.
pub type mdb_dumpptr_cb_t =
    unsafe extern "C" fn(*mut c_void, usize, uintptr_t, *mut c_void) -> isize;
/// Reader given to `mdb_dump64`.
pub type mdb_dump64_cb_t = unsafe extern "C" fn(*mut c_void, usize, u64, *mut c_void) -> isize;

extern "C" {
    /// 1 when the target is a core file.
    pub static mdb_prop_postmortem: c_int;
    /// 1 when the target is a kernel.
    pub static mdb_prop_kernel: c_int;

    /// Reads target memory: `n`, or -1 with errno; the buffer may be partly overwritten then.
    pub fn mdb_vread(buf: *mut c_void, n: usize, addr: uintptr_t) -> isize;
    /// Writes target memory.
    pub fn mdb_vwrite(buf: *const c_void, n: usize, addr: uintptr_t) -> isize;
    /// Reads the object file's address space.
    pub fn mdb_fread(buf: *mut c_void, n: usize, addr: uintptr_t) -> isize;
    /// Writes the object file's address space.
    pub fn mdb_fwrite(buf: *const c_void, n: usize, addr: uintptr_t) -> isize;
    /// Reads an explicit address space.
    pub fn mdb_aread(buf: *mut c_void, n: usize, addr: uintptr_t, space: *mut c_void) -> isize;
    /// Writes an explicit address space.
    pub fn mdb_awrite(buf: *const c_void, n: usize, addr: uintptr_t, space: *mut c_void) -> isize;
    /// Reads physical memory; fails on a process.
    pub fn mdb_pread(buf: *mut c_void, n: usize, addr: u64) -> isize;
    /// Writes physical memory; fails on a process.
    pub fn mdb_pwrite(buf: *const c_void, n: usize, addr: u64) -> isize;
    /// Reads a C string; its length without the NUL, or -1.
    pub fn mdb_readstr(buf: *mut c_char, n: usize, addr: uintptr_t) -> isize;
    /// Writes a C string.
    pub fn mdb_writestr(buf: *const c_char, addr: uintptr_t) -> isize;
    /// Reads `n` bytes at a symbol.
    pub fn mdb_readsym(buf: *mut c_void, n: usize, name: *const c_char) -> isize;
    /// Writes `n` bytes at a symbol.
    pub fn mdb_writesym(buf: *const c_void, n: usize, name: *const c_char) -> isize;
    /// Reads the whole object a symbol names.
    pub fn mdb_readvar(buf: *mut c_void, name: *const c_char) -> isize;
    /// Writes the whole object a symbol names.
    pub fn mdb_writevar(buf: *const c_void, name: *const c_char) -> isize;

    /// Finds a symbol in any object; `sym` may be null.
    pub fn mdb_lookup_by_name(name: *const c_char, sym: *mut GElf_Sym) -> c_int;
    /// Finds a symbol in one object.
    pub fn mdb_lookup_by_obj(
        object: *const c_char,
        name: *const c_char,
        sym: *mut GElf_Sym,
    ) -> c_int;
    /// Finds the symbol at an address.
    pub fn mdb_lookup_by_addr(
        addr: uintptr_t,
        flags: c_uint,
        buf: *mut c_char,
        n: usize,
        sym: *mut GElf_Sym,
    ) -> c_int;
    /// Shows every symbol of a table to a callback.
    pub fn mdb_symbol_iter(
        object: *const c_char,
        table: c_uint,
        kind: c_uint,
        callback: mdb_symbol_cb_t,
        data: *mut c_void,
    ) -> c_int;
    /// Shows every load object to a callback.
    pub fn mdb_object_iter(callback: mdb_object_cb_t, data: *mut c_void) -> c_int;
    /// Reads a thread's register.
    pub fn mdb_getareg(tid: uintptr_t, name: *const c_char, value: *mut u64) -> c_int;
    /// State of the target: an `MDB_STATE_*`.
    pub fn mdb_get_state() -> c_int;
    /// Copies a named blob of target data; its size with a null buffer.
    pub fn mdb_get_xdata(name: *const c_char, buf: *mut c_void, n: usize) -> isize;

    /// Prints to the current output. **LJ**
    pub fn mdb_printf(format: *const c_char, ...);
    /// Prints to standard error; appends errno's text when the format has no newline.
    pub fn mdb_warn(format: *const c_char, ...);
    /// Formats into a buffer; the length needed without the NUL.
    pub fn mdb_snprintf(buf: *mut c_char, n: usize, format: *const c_char, ...) -> usize;
    /// Flushes the current output. **LJ**
    pub fn mdb_flush();
    /// Widens the left margin; the previous one.
    pub fn mdb_inc_indent(n: c_ulong) -> c_ulong;
    /// Narrows the left margin; the previous one.
    pub fn mdb_dec_indent(n: c_ulong) -> c_ulong;
    /// Prints a hex dump. **LJ**
    pub fn mdb_dumpptr(
        addr: uintptr_t,
        n: usize,
        flags: c_uint,
        read: Option<mdb_dumpptr_cb_t>,
        data: *mut c_void,
    ) -> c_int;
    /// Prints a hex dump of a 64-bit space. **LJ**
    pub fn mdb_dump64(
        addr: u64,
        n: u64,
        flags: c_uint,
        read: Option<mdb_dump64_cb_t>,
        data: *mut c_void,
    ) -> c_int;

    /// Parses options; the number of arguments used. **LJ** with a bad number.
    pub fn mdb_getopts(argc: c_int, argv: *const mdb_arg_t, ...) -> c_int;
    /// Parses a number in the current radix. **LJ**
    pub fn mdb_strtoull(text: *const c_char) -> c_ulonglong;
    /// Reverses bytes to or from network order.
    pub fn mdb_nhconvert(to: *mut c_void, from: *const c_void, n: usize);
    /// Index of the lowest set bit, from 1.
    pub fn mdb_ffs(value: u64) -> c_int;
    /// Text of one bit of a register.
    pub fn mdb_one_bit(width: c_int, bit: c_int, on: c_int) -> *const c_char;
    /// Text of a range of bits of a register.
    pub fn mdb_inval_bits(width: c_int, start: c_int, stop: c_int) -> *const c_char;
    /// Human-readable size, at most five characters.
    pub fn mdb_nicenum(value: u64, buf: *mut c_char);
    /// Fixed-point fraction.
    pub fn mdb_snprintfrac(
        buf: *mut c_char,
        n: c_int,
        numerator: u64,
        denominator: u64,
        digits: c_int,
    ) -> c_int;

    /// Allocates memory (`UM_*`).
    pub fn mdb_alloc(n: usize, flags: c_uint) -> *mut c_void;
    /// Allocates zeroed memory.
    pub fn mdb_zalloc(n: usize, flags: c_uint) -> *mut c_void;
    /// Frees memory; `n` as it was allocated.
    pub fn mdb_free(block: *mut c_void, n: usize);

    /// Runs debugger commands. **LJ**
    pub fn mdb_eval(command: *const c_char) -> c_int;
    /// Runs one command. **LJ** through it.
    pub fn mdb_call_dcmd(
        name: *const c_char,
        addr: uintptr_t,
        flags: c_uint,
        argc: c_int,
        argv: *const mdb_arg_t,
    ) -> c_int;
    /// Walks globally. **LJ** through the walker.
    pub fn mdb_walk(name: *const c_char, callback: mdb_walk_cb_t, data: *mut c_void) -> c_int;
    /// Walks from an address. **LJ** through the walker.
    pub fn mdb_pwalk(
        name: *const c_char,
        callback: mdb_walk_cb_t,
        data: *mut c_void,
        addr: uintptr_t,
    ) -> c_int;
    /// Runs a command on each element of a global walk. **LJ**
    pub fn mdb_walk_dcmd(
        walker: *const c_char,
        dcmd: *const c_char,
        argc: c_int,
        argv: *const mdb_arg_t,
    ) -> c_int;
    /// Runs a command on each element of a walk from an address. **LJ**
    pub fn mdb_pwalk_dcmd(
        walker: *const c_char,
        dcmd: *const c_char,
        argc: c_int,
        argv: *const mdb_arg_t,
        addr: uintptr_t,
    ) -> c_int;
    /// Makes another walk the source of this one; only from `walk_init`.
    pub fn mdb_layered_walk(name: *const c_char, state: *mut mdb_walk_state_t) -> c_int;
    /// Adds a walker to the running module.
    pub fn mdb_add_walker(walker: *const mdb_walker_t) -> c_int;
    /// Removes a walker of the running module.
    pub fn mdb_remove_walker(name: *const c_char) -> c_int;
    /// Sets dot.
    pub fn mdb_set_dot(addr: u64);
    /// Dot.
    pub fn mdb_get_dot() -> u64;
    /// Takes the remaining addresses of the pipe. **LJ** with a null argument.
    pub fn mdb_get_pipe(pipe: *mut mdb_pipe_t);
    /// Sets the addresses of the next stage. **LJ** with a null argument.
    pub fn mdb_set_pipe(pipe: *const mdb_pipe_t);
    /// Registers a callback; null with errno on failure.
    pub fn mdb_callback_add(
        class: c_int,
        function: unsafe extern "C" fn(*mut c_void),
        data: *mut c_void,
    ) -> *mut c_void;
    /// Removes a callback.
    pub fn mdb_callback_remove(handle: *mut c_void);
    /// Registers a function that `::whatis` asks; only in `_mdb_init`. It returns
    /// 0, or something else after an error.
    pub fn mdb_whatis_register(
        name: *const c_char,
        function: mdb_whatis_cb_f,
        data: *mut c_void,
        priority: c_uint,
        flags: c_uint,
    );
    /// Whether an address that wants an answer lies in a range.
    pub fn mdb_whatis_overlaps(whatis: *mut mdb_whatis_t, base: usize, size: usize) -> c_int;
    /// The next such address in a range, until it returns 0: each has then been
    /// answered.
    pub fn mdb_whatis_match(
        whatis: *mut mdb_whatis_t,
        base: usize,
        size: usize,
        found: *mut usize,
    ) -> c_int;

    /// Offers a completion.
    pub fn mdb_tab_insert(cookie: *mut mdb_tab_cookie_t, name: *const c_char);
    /// Sets the prefix that completions replace.
    pub fn mdb_tab_setmbase(cookie: *mut mdb_tab_cookie_t, prefix: *const c_char);
    /// Completes a type name.
    pub fn mdb_tab_complete_type(
        cookie: *mut mdb_tab_cookie_t,
        prefix: *const c_char,
        flags: c_uint,
    ) -> c_int;
    /// Completes a member of a type.
    pub fn mdb_tab_complete_member(
        cookie: *mut mdb_tab_cookie_t,
        name: *const c_char,
        member: *const c_char,
    ) -> c_int;
    /// Joins arguments to a type name.
    pub fn mdb_tab_typename(
        argc: *mut c_int,
        argv: *mut *const mdb_arg_t,
        buf: *mut c_char,
        n: usize,
    ) -> c_int;
    /// Completes a type and then its members.
    pub fn mdb_tab_complete_mt(
        cookie: *mut mdb_tab_cookie_t,
        flags: c_uint,
        argc: c_int,
        argv: *const mdb_arg_t,
    ) -> c_int;
}
