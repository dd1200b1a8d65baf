//! Loading and unloading modules.

use super::foreign::{ForeignDcmd, ForeignWalker};
use super::{name, signals};
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::registry::{is_bad_name, Dcmd, DcmdBody, Module, Walker, WalkerBody};
use mdb_sys::*;
use std::cell::Cell;
use std::ffi::{c_void, CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::rc::Rc;

/// Newest version of the interface this program speaks.
const API_VERSION: u16 = 5;
/// First version whose commands have a completion function.
const FIRST_WITH_TAB: u16 = 4;
/// Longest name of a module.
const MAX_NAME: usize = 31;

/// A library that is mapped.
#[derive(Debug)]
pub struct ForeignModule {
    handle: *mut c_void,
    fini: Option<unsafe extern "C" fn()>,
}

/// How to load a module.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoadOptions {
    /// Its definitions come before others of the same names.
    pub first: bool,
    /// Its symbols are visible to other modules.
    pub global: bool,
}

/// Text of the latest dlopen error.
fn dl_error() -> String {
    // SAFETY: dlerror gives null or a C string that lives until the next call.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return "unknown error".to_string();
    }
    // SAFETY: not null, see above.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// Looks a function up in a library.
///
/// # Safety
/// `handle` is an open library and `F` the type of the function.
unsafe fn function<F: Copy>(handle: *mut c_void, symbol: &CStr) -> Option<F> {
    const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
    // SAFETY: promised by the caller.
    unsafe {
        let found = libc::dlsym(handle, symbol.as_ptr());
        (!found.is_null()).then(|| std::mem::transmute_copy(&found))
    }
}

/// Loads the library at `path` as module `module`. Messages have no prefix.
pub fn load(
    m: &'static Debugger,
    module: &str,
    path: &Path,
    options: LoadOptions,
) -> Result<(), String> {
    if module.is_empty() {
        return Err("no module name was specified".to_string());
    }
    if module.len() > MAX_NAME {
        return Err(format!("module name '{module}' exceeds name length limit"));
    }
    if is_bad_name(module) {
        return Err(format!("module name '{module}' contains illegal characters"));
    }
    if m.registry.borrow().module(module).is_some() {
        return Err(format!("{module} module is already loaded"));
    }
    let file = CString::new(path.as_os_str().as_bytes())
        .map_err(|_| "module path contains a NUL byte".to_string())?;
    let scope = if options.global { libc::RTLD_GLOBAL } else { libc::RTLD_LOCAL };
    // SAFETY: loading runs the library's constructors, which is what the user asked for.
    let handle = unsafe { libc::dlopen(file.as_ptr(), libc::RTLD_NOW | scope) };
    if handle.is_null() {
        return Err(dl_error());
    }
    let result = initialise(m, module, handle, options);
    if result.is_err() {
        // SAFETY: nothing of the library is registered any more.
        unsafe { libc::dlclose(handle) };
    }
    result
}

type InitFunction = unsafe extern "C" fn() -> *const mdb_modinfo_t;

fn initialise(
    m: &'static Debugger,
    name: &str,
    handle: *mut c_void,
    options: LoadOptions,
) -> Result<(), String> {
    // SAFETY: the types are those the interface gives these names.
    let (init, fini) =
        unsafe { (function::<InitFunction>(handle, c"_mdb_init"), function(handle, c"_mdb_fini")) };
    let init = init.ok_or_else(|| format!("{name} module is missing _mdb_init definition"))?;
    let module = Rc::new(Module {
        name: name.to_string(),
        library: Some(ForeignModule { handle, fini }),
        busy: Cell::new(0),
        loaded: Cell::new(true),
    });
    let outer = m.loading.replace(Some(module.clone()));
    // SAFETY: the module's own function; no cell is borrowed.
    let info = unsafe { init() };
    m.loading.replace(outer);
    let registered = if info.is_null() {
        Err(format!("{name} module failed to initialize"))
    } else {
        // SAFETY: the module returned its description.
        register(m, &module, unsafe { &*info }, options)
    };
    if registered.is_err() {
        module.loaded.set(false);
        m.registry.borrow_mut().remove_module(&module);
        m.hooks.borrow_mut().drop_module(&module);
    }
    registered
}

fn register(
    m: &Debugger,
    module: &Rc<Module>,
    info: &mdb_modinfo_t,
    options: LoadOptions,
) -> Result<(), String> {
    let (version, name) = (info.mi_dvers, &module.name);
    if version > API_VERSION {
        return Err(format!(
            "{name} module requires newer mdb API version ({version}) than debugger ({API_VERSION})"
        ));
    }
    if version == 0 {
        return Err(format!("{name} module is compiled for obsolete mdb API version {version}"));
    }
    // SAFETY: the tables are as the version says, and end with a null name.
    let (dcmds, walkers) = unsafe { (dcmds_of(module, info)?, walkers_of(module, info)?) };
    let mut problems = Vec::new();
    {
        let mut registry = m.registry.borrow_mut();
        registry.modules.push(module.clone());
        for dcmd in dcmds {
            let dcmd_name = dcmd.name.clone();
            if let Err(errno) = registry.add_dcmd(dcmd, options.first) {
                problems.push((format!("failed to load dcmd {name}`{dcmd_name}"), errno));
            }
        }
        for walker in walkers {
            let walker_name = walker.name.clone();
            if let Err(errno) = registry.add_walker(walker, options.first) {
                problems.push((format!("failed to load walker {name}`{walker_name}"), errno));
            }
        }
    }
    for (what, errno) in problems {
        m.error_because(what, errno);
    }
    Ok(())
}

/// # Safety
/// `info` describes a module that is loaded.
unsafe fn dcmds_of(module: &Rc<Module>, info: &mdb_modinfo_t) -> Result<Vec<Dcmd>, String> {
    // Older modules have one pointer less per command.
    let pointers = if info.mi_dvers < FIRST_WITH_TAB { 5 } else { 6 };
    let mut at = info.mi_dcmds.cast::<*const c_void>();
    let mut list = Vec::new();
    while !at.is_null() {
        let mut dcmd = mdb_dcmd_t {
            dc_name: std::ptr::null(),
            dc_usage: std::ptr::null(),
            dc_descr: std::ptr::null(),
            dc_funcp: None,
            dc_help: None,
            dc_tabp: None,
        };
        // SAFETY: an entry of this many pointers is here, because the one
        // before was not the last; the rest of the copy stays null.
        unsafe {
            std::ptr::copy_nonoverlapping(at, (&raw mut dcmd).cast::<*const c_void>(), pointers);
        }
        if dcmd.dc_name.is_null() {
            break;
        }
        // SAFETY: the strings are null or C strings that live until the module is unloaded.
        let (dcmd_name, usage, description) =
            unsafe { (name(dcmd.dc_name), name(dcmd.dc_usage), name(dcmd.dc_descr)) };
        let bare = dcmd_name.strip_prefix(['$', ':']).unwrap_or(&dcmd_name);
        if is_bad_name(bare) {
            return Err(format!("dcmd name '{dcmd_name}' contains illegal characters"));
        }
        if dcmd.dc_descr.is_null() {
            return Err(format!("dcmd '{dcmd_name}' must have a description"));
        }
        let body = ForeignDcmd::new(&dcmd)
            .map(DcmdBody::Foreign)
            .ok_or_else(|| format!("dcmd '{dcmd_name}' has a NULL function pointer"))?;
        list.push(Dcmd { name: dcmd_name, usage, description, module: module.clone(), body });
        // SAFETY: this entry was not the last.
        at = unsafe { at.add(pointers) };
    }
    Ok(list)
}

/// # Safety
/// `info` describes a module that is loaded.
unsafe fn walkers_of(module: &Rc<Module>, info: &mdb_modinfo_t) -> Result<Vec<Walker>, String> {
    let mut at = info.mi_walkers;
    let mut list = Vec::new();
    // SAFETY: the table ends with a null name.
    while !at.is_null() && !unsafe { (*at).walk_name }.is_null() {
        // SAFETY: this entry is not the last one.
        unsafe {
            list.push(walker_from(module, &*at)?);
            at = at.add(1);
        }
    }
    Ok(list)
}

/// A walker from its definition.
///
/// # Safety
/// The definition's strings are null or C strings.
pub unsafe fn walker_from(module: &Rc<Module>, walker: &mdb_walker_t) -> Result<Walker, String> {
    // SAFETY: promised by the caller.
    let (walk, description) = unsafe { (name(walker.walk_name), name(walker.walk_descr)) };
    if is_bad_name(&walk) {
        return Err(format!("walk name '{walk}' contains illegal characters"));
    }
    if walker.walk_descr.is_null() {
        return Err(format!("walk '{walk}' must have a description"));
    }
    let body = ForeignWalker::new(walker)
        .map(WalkerBody::Foreign)
        .ok_or_else(|| format!("walk '{walk}' has a NULL walk_step function"))?;
    Ok(Walker { name: walk, description, module: module.clone(), body })
}

/// Unloads a module.
pub fn unload(m: &Debugger, name: &str) -> Result<(), Errno> {
    let module = m.registry.borrow().module(name).cloned().ok_or(Errno::NOMOD)?;
    let Some(library) = &module.library else { return Err(Errno::BUILTINMOD) };
    if module.busy.get() > 0 {
        return Err(Errno(libc::EBUSY));
    }
    if let Some(fini) = library.fini {
        // SAFETY: the module's own function; no cell is borrowed.
        unsafe { fini() };
    }
    m.hooks.borrow_mut().drop_module(&module);
    m.registry.borrow_mut().remove_module(&module);
    module.loaded.set(false);
    // SAFETY: nothing refers to the library's code any more: definitions that
    // a kept pipeline still holds are not called once `loaded` is false.
    unsafe { libc::dlclose(library.handle) };
    signals::unblock_interrupt();
    Ok(())
}

/// Ends all modules, the latest first, without unmapping them: the process is
/// about to end, and a command of theirs may still be running.
pub fn unload_all(m: &Debugger) {
    let modules: Vec<_> = m.registry.borrow().modules.iter().rev().cloned().collect();
    for module in modules {
        let fini = module.library.as_ref().and_then(|l| l.fini);
        if let (Some(fini), true) = (fini, module.loaded.replace(false)) {
            // SAFETY: the module's own function; no cell is borrowed.
            unsafe { fini() };
        }
    }
}
