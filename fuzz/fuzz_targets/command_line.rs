//! Any text as a script: it is parsed or refused, and its expressions have a
//! value or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdb::lang::ast::Space;
use mdb::lang::expr::{eval, Environment};
use mdb::lang::parser::Parser;

/// A world in which some things exist.
struct World;

impl Environment for World {
    fn symbol(&self, name: &str) -> Option<u64> {
        (name.len() % 2 == 0).then_some(name.len() as u64)
    }
    fn variable(&self, name: &str) -> Option<u64> {
        (name.len() % 3 == 0).then_some(u64::MAX - name.len() as u64)
    }
    fn dot(&self) -> u64 {
        0x100
    }
    fn increment(&self) -> u64 {
        8
    }
    fn last_address(&self) -> u64 {
        u64::MAX
    }
    fn load(&self, _space: Space, addr: u64, size: u8) -> Result<u64, String> {
        if addr % 5 == 0 {
            return Err("no mapping for address".to_owned());
        }
        Ok(addr.rotate_left(size.into()))
    }
}

fuzz_target!(|input: (u8, &[u8])| {
    let (radix, text) = input;
    let radix = [2, 8, 10, 16][usize::from(radix % 4)];
    let mut parser = Parser::new(text, radix);
    while let Ok(Some(statement)) = parser.statement() {
        assert!(!format!("{statement:?}").is_empty());
    }
    let near = parser.near();
    assert!(near.len() <= text.len().max(64) * 4, "{near}");
    if let Ok(Some(expression)) = Parser::new(text, radix).whole_expression() {
        let _ = eval(&expression, &World);
    }
});
