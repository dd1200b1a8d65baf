//! Any bytes as the tables that tell where in its script code executes: of
//! positions, of what optimized code stands for, and of old relocation information.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdb_v8_fuzz::synth::{Heap, Tagged};
use mdb_v8_fuzz::zoo;
use v8::v8::code::{self, Code};
use v8::v8::layout::C;
use v8::v8::value::Value;
use v8::v8::{positions, relocation, translation};

/// Words of a Code object without its instructions.
const HEADER: usize = 24;

/// A ByteArray, as far as readers look at it.
fn bytes(heap: &mut Heap, bytes: &[u8]) -> Tagged {
    let word = |chunk: &[u8]| chunk.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
    let words: Vec<Tagged> = bytes.chunks(8).map(|chunk| Tagged(word(chunk))).collect();
    let object = heap.fixed_array(&words);
    let length = heap.smi(bytes.len() as i32);
    heap.poke(object, 8, length.0);
    object
}

fuzz_target!(|input: (u8, u32, Vec<i32>, &[u8])| {
    let (line, offset, entries, table) = input;
    let release = zoo::ALL[usize::from(line) % zoo::ALL.len()];
    let layout = {
        let process = zoo::Process(Heap::new(release));
        let session = zoo::session(&process);
        let layout = session.heap(&process).expect("the heap has metadata").layout;
        [C::CodeDeoptData, C::CodePositions, C::CodeRelocation, C::DeoptTranslations, C::DeoptLiterals]
            .map(|id| layout.find(id))
    };
    let mut heap = Heap::new(release);
    let table = bytes(&mut heap, &table[..table.len().min(512)]);
    let function = heap.function("work");
    let literals = heap.fixed_array(&[function, function, table]);
    let [data_at, positions_at, relocation_at, translations, known] = layout;
    let mut data: Vec<Tagged> = entries.iter().take(64).map(|entry| heap.smi(*entry)).collect();
    for (at, value) in [(translations, table), (known, literals)] {
        if let Some(slot) = at.and_then(|at| data.get_mut(at as usize)) {
            *slot = value;
        }
    }
    let data = heap.fixed_array(&data);
    let empty = heap.smi(0);
    let object = heap.fixed_array(&[empty; HEADER]);
    for (at, value) in [(data_at, data), (positions_at, table), (relocation_at, table)] {
        if let Some(at) = at {
            heap.poke(object, at as u64, value.0);
        }
    }
    let process = zoo::Process(heap);
    let session = zoo::session(&process);
    let heap = session.heap(&process).expect("the heap has metadata");
    let (object, own) = (Value(object.0), Value(function.0));
    let code = Code { object, start: 0x1000, size: 0x1000 };
    let _ = positions::lookup(heap, Value(table.0), offset.into());
    let _ = positions::bytecode_offset(heap, Value(table.0), object, offset.into());
    let _ = relocation::position(heap, object, offset.into());
    let _ = code::place(heap, code, 0x1000 + u64::from(offset));
    for entry in entries.iter().take(64) {
        let _ = translation::calls(heap, code, own, 0x1000_u64.wrapping_add_signed((*entry).into()));
    }
});
