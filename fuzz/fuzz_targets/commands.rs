//! Any words in a heap: every command on its values ends, and one that fails says
//! why.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdb_v8_fuzz::{every, zoo};

fuzz_target!(|input: (u8, u8, u64, Vec<(u8, u8, u64)>)| {
    let (line, value, choice, damage) = input;
    let (mut heap, values) = zoo::zoo(zoo::ALL[usize::from(line) % zoo::ALL.len()]);
    for (victim, word, bits) in damage.into_iter().take(16) {
        zoo::damage(&mut heap, &values, victim.into(), (word % 48).into(), bits);
    }
    let process = zoo::Process(heap);
    let mut session = zoo::session(&process);
    let value = values[usize::from(value) % values.len()];
    every::command(&mut session, &process, value.0, choice);
});
