//! Makes bindings from the C header of the module API, in the shape of the
//! checked-in ones: same names, same types, so that either can be used.
//!
//! Shared by the build script and by the test that compares the two.

use bindgen::callbacks::{DeriveInfo, IntKind, ParseCallbacks};

/// Callback types. The checked-in bindings write them without `Option` and add
/// it where null is allowed.
const CALLBACKS: &[&str] = &[
    "mdb_dcmd_f",
    "mdb_dcmd_tab_f",
    "mdb_walk_cb_t",
    "mdb_walk_f",
    "mdb_symbol_cb_t",
    "mdb_object_cb_t",
    "mdb_dumpptr_cb_t",
    "mdb_dump64_cb_t",
    "mdb_callback_f",
    "mdb_whatis_cb_f",
];

/// What a macro or a cast in the header cannot say to a generator.
const BY_HAND: &str = "
pub type boolean_t = ::core::ffi::c_uint;
pub type uintptr_t = usize;
pub const MDB_API_VERSION: u16 = 4;
pub const MDB_OBJ_EXEC: *const ::core::ffi::c_char = ::core::ptr::null();
pub const MDB_OBJ_RTLD: *const ::core::ffi::c_char = ::core::ptr::without_provenance(1);
pub const MDB_OBJ_EVERY: *const ::core::ffi::c_char = ::core::ptr::without_provenance(usize::MAX);
";

/// Bindings of `header`, a line of C that includes it.
pub fn bindings(include: &str, clang_args: &[String]) -> Result<String, String> {
    let text = bindgen::Builder::default()
        .header_contents("modapi.h", include)
        .clang_args(clang_args)
        .use_core()
        .ctypes_prefix("::core::ffi")
        .allowlist_function("mdb_.*")
        .allowlist_type("mdb_.*|GElf_Sym")
        .allowlist_var("(DCMD|WALK|MDB|UM|WHATIS)_.*|mdb_prop_.*")
        .blocklist_item("boolean_t|uintptr_t|MDB_API_VERSION|MDB_OBJ_.*")
        .prepend_enum_name(false)
        .layout_tests(true)
        .parse_callbacks(Box::new(Types))
        .raw_line(BY_HAND)
        .generate()
        .map_err(|error| error.to_string())?
        .to_string();
    Ok(reshape(&text))
}

#[derive(Debug)]
struct Types;

impl ParseCallbacks for Types {
    /// Gives macros the types their users compare them with.
    fn int_macro(&self, name: &str, _value: i64) -> Option<IntKind> {
        let result = ["DCMD_OK", "DCMD_ERR", "DCMD_USAGE", "DCMD_NEXT", "DCMD_ABORT"];
        let size = ["MDB_SYM_NAMLEN", "MDB_NICENUM_BUFLEN"];
        let signed = ["WALK_", "MDB_STATE_", "MDB_CALLBACK_"];
        Some(if size.contains(&name) {
            IntKind::Custom { name: "usize", is_signed: false }
        } else if result.contains(&name) || signed.iter().any(|prefix| name.starts_with(prefix)) {
            IntKind::Int
        } else {
            IntKind::UInt
        })
    }

    fn add_derives(&self, info: &DeriveInfo<'_>) -> Vec<String> {
        let symbol = ["GElf_Sym", "Elf64_Sym"].contains(&info.name);
        if symbol {
            vec!["Default".to_owned()]
        } else {
            Vec::new()
        }
    }
}

const OPTION: &str = "::core::option::Option<";

/// Moves `Option` from the callback types to their uses in structures, and
/// evens out names that depend on how a header is written.
fn reshape(text: &str) -> String {
    let mut text = text
        .replace("mdb_arg__bindgen_ty_1", "mdb_arg_un")
        .replace("pub static mut mdb_prop", "pub static mdb_prop")
        // Left out for structures that callbacks take by pointer.
        .replace("#[repr(C)]\npub struct", "#[repr(C)]\n#[derive(Copy, Clone)]\npub struct");
    for name in CALLBACKS {
        text = bare(&text, name);
    }
    text.lines().map(nullable).collect::<Vec<_>>().join("\n")
}

/// Takes the `Option` off the definition of a callback type.
fn bare(text: &str, name: &str) -> String {
    let definition = format!("pub type {name} =");
    let Some((before, rest)) = text.split_once(&definition) else { return text.to_owned() };
    let Some((function, after)) =
        rest.trim_start().strip_prefix(OPTION).and_then(|rest| rest.split_once(">;"))
    else {
        return text.to_owned();
    };
    let function = function.trim().trim_end_matches(',');
    format!("{before}{definition} {function};{after}")
}

/// Puts it on where null is allowed: in structures, and for the readers of the
/// dump functions, which older hosts default.
fn nullable(line: &str) -> String {
    let field = line.trim_start().starts_with("pub ") && !line.contains('(');
    for name in CALLBACKS {
        let optional = field || name.starts_with("mdb_dump");
        if optional && line.ends_with(&format!(": {name},")) {
            return line.replace(name, &format!("{OPTION}{name}>"));
        }
    }
    line.to_owned()
}
