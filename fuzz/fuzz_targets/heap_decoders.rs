//! Any words in a heap: everything that is printed of a value ends, and says
//! something.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdb_v8_fuzz::zoo;
use v8::cmd::inspect::{self, Style};
use v8::cmd::inspect_json;
use v8::v8::describe::describe;
use v8::v8::stack_trace;
use v8::v8::value::Value;

fuzz_target!(|input: (u8, Vec<(u8, u8, u64)>)| {
    let (line, damage) = input;
    let (mut heap, values) = zoo::zoo(zoo::ALL[usize::from(line) % zoo::ALL.len()]);
    for (victim, word, bits) in damage.into_iter().take(16) {
        zoo::damage(&mut heap, &values, victim.into(), (word % 48).into(), bits);
    }
    let process = zoo::Process(heap);
    let session = zoo::session(&process);
    let heap = session.heap(&process).expect("the heap has metadata");
    for value in values {
        let value = Value(value.0);
        assert!(!describe(heap, value).is_empty());
        let style = || Style { depth: 4, ..Style::default() };
        match inspect::value(heap, value, style()) {
            Ok(text) => assert!(!text.is_empty()),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        if let Ok(json) = inspect_json::value(heap, value, style()) {
            assert!(!json.to_string().is_empty());
        }
        let _ = stack_trace::of(heap, value);
    }
});
