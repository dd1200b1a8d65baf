//! `v8`: a module for MDB that decodes the V8 heap and the JavaScript stack of
//! Node.js processes.
//!
//! Data flows one way: target memory, [`mdb`] (bytes), [`v8`] (meaning),
//! [`heap`] (collections), [`cmd`] (text), and back to [`mdb`] (output).
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

pub mod cmd;
pub mod heap;
pub mod mdb;
pub mod node;
pub mod session;
pub mod v8;

use mdb::command::{Dcmd, Row};
use mdb::walker::{Walker, WalkerRow};

/// A command as a function: [`Dcmd::run`].
#[cfg(feature = "std")]
pub type Run = fn(
    &mdb::command::Call,
    &mut session::Session,
    &dyn v8::memory::Target,
    &mut mdb::output::Out,
) -> mdb::command::Outcome;

/// Makes the tables of commands and walkers: for the debugger, and for the
/// help, the documentation and the tests.
macro_rules! module {
    (commands: $($(#[$when:meta])* $command:ident)*; walkers: $($walker:ident)*;) => {
        /// Every command.
        pub static COMMANDS: &[Row] = &[$($(#[$when])* <cmd::$command as Dcmd>::ROW,)*];
        /// Every walker.
        pub static WALKERS: &[WalkerRow] = &[$(<cmd::$walker as Walker>::ROW,)*];
        /// What each of [`COMMANDS`] does, for tests.
        #[cfg(feature = "std")]
        pub static RUN: &[Run] = &[$($(#[$when])* <cmd::$command as Dcmd>::run,)*];

        #[cfg(not(feature = "std"))]
        #[allow(unsafe_code)]
        mod exports {
            use super::{cmd, COMMANDS, WALKERS};
            use crate::mdb::entry::{self, Table};
            use mdb_sys::{mdb_dcmd_t, mdb_modinfo_t, mdb_walker_t};

            static DCMD_TABLE: Table<[mdb_dcmd_t; COMMANDS.len() + 1]> =
                Table([$($(#[$when])* entry::definition::<cmd::$command>(),)* entry::NO_DCMD]);
            static WALKER_TABLE: Table<[mdb_walker_t; WALKERS.len() + 1]> =
                Table([$(entry::walker_definition::<cmd::$walker>(),)* entry::NO_WALKER]);
            /// Version 4 is the oldest that has every structure used here.
            static INFO: Table<mdb_modinfo_t> = Table(mdb_modinfo_t {
                mi_dvers: mdb_sys::MDB_API_VERSION,
                mi_dcmds: &raw const DCMD_TABLE.0 as *const mdb_dcmd_t,
                mi_walkers: &raw const WALKER_TABLE.0 as *const mdb_walker_t,
            });

            /// Called by the debugger when it loads the module.
            #[no_mangle]
            extern "C" fn _mdb_init() -> *const mdb_modinfo_t {
                entry::init(&INFO)
            }

            /// Called by the debugger when it unloads the module.
            #[no_mangle]
            extern "C" fn _mdb_fini() {
                entry::fini();
            }
        }
    };
}

module! {
    commands:
        FindJsObjects
        JitCode
        JitFrame
        JitStack
        JsArray
        JsAsync
        JsClosure
        JsConstructor
        JsDiff
        JsFindRefs
        JsFrame
        JsFunction
        JsFunctions
        JsGlobals
        JsHeap
        JsHeapSnapshot
        JsPath
        JsPrint
        JsRetained
        JsRoots
        JsSource
        JsStack
        JsStrings
        JsThreads
        NodeBuffer
        NodeHandles
        NodeInfo
        NodeModules
        NodeReport
        NodeRequests
        NodeTicks
        NodeTimers
        V8Array
        V8Cfg
        V8Classes
        V8Code
        V8Context
        V8Field
        V8FrameTypes
        V8Function
        V8Internal
        V8Load
        #[cfg(feature = "test-panic")]
        V8Panic
        V8Print
        V8Regions
        V8ScopeInfo
        V8Str
        V8Type
        V8Types
        V8Version
        V8Warnings
        V8Whatis;
    walkers:
        WalkJsElement
        WalkJsFrame
        WalkJsProp;
}
