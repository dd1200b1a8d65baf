//! Around the language: the command line, scripts, the prompt, shell commands.

pub mod escape;
