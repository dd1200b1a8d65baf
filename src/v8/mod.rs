//! The V8 heap model: what the words of a Node.js process mean.
//!
//! Pure: it reads through [`memory::Target`] and prints nothing.

pub mod arguments;
pub mod binary;
pub mod code;
pub mod constructor;
pub mod context;
pub mod describe;
pub mod dictionary;
pub mod elements;
pub mod embedder;
pub mod error;
pub mod executing;
pub mod fixed_array;
pub mod frames;
pub mod function;
pub mod function_code;
pub mod heap;
pub mod innermost;
pub mod isolate;
pub mod layout;
pub mod locals;
pub mod memo;
pub mod memory;
pub mod method;
pub mod microtasks;
pub mod parameters;
pub mod positions;
pub mod primitive;
pub mod properties;
pub mod relocation;
pub mod scope_info;
pub mod script;
pub mod script_context;
pub mod special;
pub mod stack_trace;
pub mod string;
pub mod suspended;
pub mod thread;
pub mod translation;
pub mod value;
pub mod waiting;
