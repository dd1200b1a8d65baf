//! The Linux host of MDB modules: the modular debugger's command language and
//! module interface over ELF cores and live processes.
//!
//! | part | what it knows |
//! |---|---|
//! | [`target`] | cores, processes, symbols |
//! | [`lang`] | the command language |
//! | [`printf`], [`output`] | formats, lines, the pager |
//! | [`cmds`] | built-in commands |
//! | [`generated`] | who knows code that a program has made for itself |
//! | [`modapi`] | the module interface; all unsafe code |
//! | [`shell`] | command line, scripts, prompt |
//! | [`debugger`], [`registry`], [`settings`], [`vars`], [`symbols`] | the session they share |

#![deny(unsafe_code)]

pub mod cmds;
pub mod debugger;
pub mod errors;
pub mod generated;
pub mod lang;
#[allow(unsafe_code)]
pub mod modapi;
pub mod output;
pub mod printf;
pub mod profile;
pub mod registry;
pub mod settings;
pub mod shell;
pub mod symbols;
pub mod target;
pub mod vars;
