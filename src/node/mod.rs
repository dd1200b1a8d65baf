//! What Node.js keeps about its event loop: its own JavaScript objects, the objects of
//! C++ behind them, and libuv's structures.
//!
//! Names of properties are those of lib/ in Node's sources; where they changed, each
//! spelling is tried. Structures of C++ are checked before they are believed.

pub mod callback;
pub mod cpp;
pub mod globals;
pub mod handles;
pub mod manifest;
pub mod manifests;
pub mod modules;
pub mod object;
pub mod packages;
pub mod process;
pub mod requests;
pub mod ticks;
pub mod timers;
pub mod uv;
pub mod wraps;

/// Whether a script is one of Node's own, by its name: `node:fs`, and up to Node 14
/// `fs.js` or `internal/fs/promises.js`, which no path of a program is like.
pub fn is_own_script(name: &str) -> bool {
    name.starts_with("node:") || name.starts_with("internal/") || !name.contains(['/', ':', '\\'])
}
