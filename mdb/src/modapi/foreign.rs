//! Commands and walkers of modules.

use super::argv::ArgVec;
use mdb_sys::*;
use std::ffi::{c_int, c_void};

/// A module's command.
#[derive(Debug, Clone, Copy)]
pub struct ForeignDcmd {
    function: mdb_dcmd_f,
    help: Option<unsafe extern "C" fn()>,
    pub(super) complete: Option<mdb_dcmd_tab_f>,
}

impl ForeignDcmd {
    /// Takes the functions of a definition; none without a function.
    pub(super) fn new(dcmd: &mdb_dcmd_t) -> Option<ForeignDcmd> {
        let function = dcmd.dc_funcp?;
        Some(ForeignDcmd { function, help: dcmd.dc_help, complete: dcmd.dc_tabp })
    }

    /// Calls the command. The caller keeps the module loaded meanwhile.
    pub fn call(&self, addr: u64, flags: u32, args: &ArgVec) -> c_int {
        let (argc, argv) = args.raw();
        // SAFETY: the function came from the module's table, the module is
        // loaded, and no cell of the debugger is borrowed here.
        unsafe { (self.function)(addr as usize, flags, argc, argv) }
    }

    /// Whether the command prints a help text.
    pub fn has_help(&self) -> bool {
        self.help.is_some()
    }

    /// Prints the help text.
    pub fn help(&self) {
        if let Some(help) = self.help {
            // SAFETY: as in `call`.
            unsafe { help() };
        }
    }
}

/// Functions of a module's walker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    pub init: Option<mdb_walk_f>,
    pub step: mdb_walk_f,
    pub fini: Option<unsafe extern "C" fn(*mut mdb_walk_state_t)>,
    pub arg: *mut c_void,
}

/// A module's walker.
#[derive(Debug, Clone, Copy)]
pub struct ForeignWalker(Steps);

impl ForeignWalker {
    /// Takes the functions of a definition; none without a step function.
    pub(super) fn new(walker: &mdb_walker_t) -> Option<ForeignWalker> {
        Some(ForeignWalker(Steps {
            init: walker.walk_init,
            step: walker.walk_step?,
            fini: walker.walk_fini,
            arg: walker.walk_init_arg,
        }))
    }

    pub(super) fn steps(&self) -> Steps {
        self.0
    }
}
