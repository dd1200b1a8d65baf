//! Any words on V8's pages: the search of the whole heap ends, and so does every
//! command that needs one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdb_v8_fuzz::every;
use mdb_v8_fuzz::pages::{session, Kinds, World, NEW, OLD};

fuzz_target!(|input: (bool, u8, u16, u64, Vec<(u16, u16, u64)>)| {
    let (is_new, seed, object, choice, damage) = input;
    let shape = if is_new { &NEW } else { &OLD };
    let mut world = World::new(shape, seed.into(), Kinds::All);
    for (victim, word, bits) in damage.into_iter().take(64) {
        world.damage(victim.into(), word.into(), bits);
    }
    let mut session = session(shape);
    let object = world.objects[usize::from(object) % world.objects.len()].addr + 1;
    every::command(&mut session, &world, object, choice);
});
