//! The decoders over synthetic heaps of three V8 lines: every kind of object,
//! and what damage does to it.

mod support;

use proptest::prelude::*;
use support::every;
use support::synth::release::{Release, V11_3, V14_6};
use support::synth::{Heap, Tagged};
use support::zoo::{self, session, zoo, Process, ALL};
use v8::cmd::inspect::{self, Style};
use v8::session::Session;
use v8::v8::string;
use v8::v8::value::Value;

/// What is printed of a value, or why nothing is.
fn shown(session: &Session, process: &Process<Heap>, value: Tagged) -> String {
    let Ok(heap) = session.heap(process) else { panic!("the heap has metadata") };
    let style = Style { depth: 4, ..Style::default() };
    match inspect::value(heap, Value(value.0), style) {
        Ok(text) => text,
        Err(error) => format!("error: {error}"),
    }
}

/// Builds a value on each line and compares what is printed.
fn on_each(releases: &[&'static Release], build: impl Fn(&mut Heap) -> Tagged, expected: &str) {
    for release in releases {
        let mut heap = Heap::new(release);
        let value = build(&mut heap);
        let process = Process(heap);
        let text = shown(&session(&process), &process, value);
        assert_eq!(text, expected, "{}", release.name);
    }
}

const NEW: &[&Release] = &[&V11_3, &V14_6];

#[test]
fn numbers_and_oddballs() {
    on_each(ALL, |heap| heap.smi(-7), "-7");
    on_each(ALL, |heap| heap.number(4.7), "4.7");
    on_each(ALL, |heap| heap.number(-0.0), "-0");
    on_each(ALL, |heap| heap.number(1e100), "1e+100");
    for name in ["undefined", "null", "true", "false", "hole"] {
        on_each(ALL, |heap| heap.odd(name), name);
    }
}

#[test]
fn strings() {
    on_each(ALL, |heap| heap.one_byte("plain é"), "\"plain é\"");
    on_each(ALL, |heap| heap.two_byte("wide ∑ 😀"), "\"wide ∑ 😀\"");
    on_each(ALL, |heap| heap.one_byte("\"q\"\n"), r#""\"q\"\n""#);
    on_each(ALL, |heap| heap.external("outside"), "\"outside\"");
    on_each(ALL, |heap| heap.external("outside ∑"), "\"outside ∑\"");
    let parts = |heap: &mut Heap| {
        let (left, right) = (heap.one_byte("left, "), heap.two_byte("right ∑"));
        heap.cons(left, right)
    };
    on_each(ALL, parts, "\"left, right ∑\"");
    let slice = |heap: &mut Heap| {
        let parent = heap.two_byte("a long parent ∑ string");
        heap.sliced(parent, 7, 8)
    };
    on_each(ALL, slice, "\"parent ∑\"");
    let thin = |heap: &mut Heap| {
        let actual = heap.one_byte("actual");
        heap.thin(actual)
    };
    on_each(NEW, thin, "\"actual\"");
    on_each(NEW, |heap| heap.symbol("desc"), "Symbol(desc)");
}

/// Leaves at `old` what a garbage collection does, once it has moved the object.
fn moved(heap: &mut Heap, old: Tagged, copy: Tagged) -> Tagged {
    heap.poke(old, 0, copy.0 - 1);
    old
}

#[test]
fn what_is_being_moved() {
    let text = |heap: &mut Heap| {
        let [old, copy] = [(); 2].map(|()| heap.two_byte("wide ∑"));
        moved(heap, old, copy)
    };
    on_each(ALL, text, "\"wide ∑\"");
    let object = |heap: &mut Heap| {
        let one = heap.smi(1);
        let [old, copy] = [(); 2].map(|()| heap.object(&[("a", one)], 1));
        moved(heap, old, copy)
    };
    on_each(ALL, object, "{\n    \"a\": 1,\n}");
    // Where a string only leads to another, that is what is moved.
    let parts = |heap: &mut Heap| {
        let (whole, empty) = (heap.one_byte("flat"), heap.one_byte(""));
        let old = heap.cons(whole, empty);
        moved(heap, old, whole)
    };
    on_each(ALL, parts, "\"flat\"");
    let thin = |heap: &mut Heap| {
        let actual = heap.one_byte("actual");
        let old = heap.thin(actual);
        moved(heap, old, actual)
    };
    on_each(NEW, thin, "\"actual\"");
    // What leads nowhere is no copy, nor is one that is gone, too.
    for release in ALL {
        let mut heap = Heap::new(release);
        let [old, copy] = [(); 2].map(|()| heap.one_byte("text"));
        heap.poke(copy, 0, 0);
        let value = moved(&mut heap, old, copy);
        let process = Process(heap);
        let text = shown(&session(&process), &process, value);
        assert!(text.starts_with("error: "), "{}: {text}", release.name);
    }
}

#[test]
fn objects() {
    on_each(ALL, |heap| heap.object(&[], 0), "{}");
    let expected = "{\n    \"a\": 1,\n    \"b\": \"two\",\n    \"c\": 3.5,\n}";
    for inside in 0..=3 {
        let build = |heap: &mut Heap| {
            let values = [("a", heap.smi(1)), ("b", heap.one_byte("two")), ("c", heap.number(3.5))];
            heap.object(&values, inside)
        };
        on_each(ALL, build, expected);
    }
    let build = |heap: &mut Heap| {
        let values = [("a", heap.smi(1)), ("b", heap.one_byte("two")), ("c", heap.number(3.5))];
        heap.dictionary(&values)
    };
    on_each(ALL, build, expected);
    on_each(ALL, |heap| heap.function("work"), "function work");
}

#[test]
fn arrays() {
    on_each(ALL, |heap| heap.array(&[]), "[]");
    let build = |heap: &mut Heap| {
        let values = [heap.smi(1), heap.odd("hole"), heap.one_byte("x")];
        heap.array(&values)
    };
    on_each(ALL, build, "[\n    1,\n    hole,\n    \"x\",\n]");
    let build = |heap: &mut Heap| heap.doubles(&[Some(1.5), None, Some(-0.0)]);
    on_each(ALL, build, "[\n    1.5,\n    hole,\n    -0,\n]");
    let build = |heap: &mut Heap| {
        let values = [(1, heap.smi(10)), (0, heap.smi(20))];
        heap.sparse(&values, 2)
    };
    on_each(ALL, build, "[\n    20,\n    10,\n]");
    // Damaged: an index twice, and one behind the end.
    let build = |heap: &mut Heap| {
        let values = [(1, heap.smi(10)), (1, heap.smi(20)), (3, heap.smi(30))];
        heap.sparse(&values, 2)
    };
    on_each(ALL, build, "[\n    hole,\n    10,\n    20,\n]");
}

#[test]
fn collections() {
    let build = |heap: &mut Heap| {
        let entries = [(heap.one_byte("k"), heap.smi(1)), (heap.smi(2), heap.odd("null"))];
        heap.collection(&entries, true)
    };
    on_each(NEW, build, "Map(2) {\n    \"k\" => 1,\n    2 => null,\n}");
    let build = |heap: &mut Heap| {
        let entries = [(heap.smi(5), heap.odd("undefined"))];
        heap.collection(&entries, false)
    };
    on_each(NEW, build, "Set(1) {\n    5,\n}");
}

/// The beginning of a text that was put together from the left or from the right.
#[test]
fn beginnings_of_deep_strings() {
    for release in ALL {
        for from_left in [true, false] {
            let mut heap = Heap::new(release);
            let piece = heap.one_byte("abcd");
            let mut whole = heap.one_byte("abcd");
            for _ in 0..5000 {
                whole = match from_left {
                    true => heap.cons(whole, piece),
                    false => heap.cons(piece, whole),
                };
            }
            let process = Process(heap);
            let session = session(&process);
            let heap = session.heap(&process).expect("the heap has metadata");
            let value = Value(whole.0);
            let text = string::read(heap, value, 10).expect("it is sound");
            assert_eq!((text.to_utf8().as_str(), text.truncated), ("abcdabcdab", true));
            let all = string::read(heap, value, u64::MAX).expect("it is sound");
            assert_eq!((all.units.len(), all.truncated), (4 * 5001, false));
            let few = string::read_within(heap, value, 10, 100).expect("it is sound");
            assert_eq!(few.units.len(), if from_left { 0 } else { 10 });
            assert!(few.truncated);
        }
    }
}

/// Words near the highest address are no objects, so that no place in one wraps around.
#[test]
fn objects_end_before_memory_does() {
    for release in ALL {
        let process = Process(Heap::new(release));
        let session = session(&process);
        let heap = session.heap(&process).expect("the heap has metadata");
        for word in [u64::MAX, u64::MAX - 2, u64::MAX - 62] {
            assert!(heap.addr(Value(word)).is_err(), "{word:x}");
            assert!(heap.map(Value(word)).is_err(), "{word:x}");
        }
    }
}

/// A damaged text that leads in a circle, a few characters each time round.
#[test]
fn rounds_are_counted() {
    for release in ALL {
        let mut heap = Heap::new(release);
        let piece = heap.one_byte("abcd");
        let long = heap.one_byte(&"x".repeat(1 << 20));
        let whole = heap.cons(long, piece);
        heap.poke(whole, release.string_data, piece.0);
        heap.poke(whole, release.string_data + 8, whole.0);
        let process = Process(heap);
        let session = session(&process);
        let heap = session.heap(&process).expect("the heap has metadata");
        let text = string::read(heap, Value(whole.0), u64::MAX).expect("it can be read");
        assert!(text.truncated && text.units.len() < 1 << 18, "{}", text.units.len());
        assert!(text.to_utf8().starts_with("abcdabcd"), "what there is, is shown");
    }
}

#[test]
fn cycles_end() {
    for release in ALL {
        let mut heap = Heap::new(release);
        let text = heap.one_byte("x");
        let cons = heap.cons(text, text);
        heap.poke(cons, release.string_data, cons.0);
        heap.poke(cons, release.string_data + 8, cons.0);
        let parent = heap.one_byte("a string to take a slice of");
        let sliced = heap.sliced(parent, 0, 20);
        heap.poke(sliced, release.string_data, sliced.0);
        let array = heap.array(&[text]);
        let around = heap.array(&[array]);
        let elements = heap.fixed_array(&[around]);
        heap.poke(array, 16, elements.0);
        let process = Process(heap);
        let session = session(&process);
        for value in [cons, sliced] {
            let text = shown(&session, &process, value);
            assert!(!text.is_empty(), "{}: something is said", release.name);
        }
        assert!(shown(&session, &process, around).contains("[Circular]"), "{}", release.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever words a heap holds, printing ends, and prints something.
    #[test]
    fn damage_is_survived(
        line in 0..ALL.len(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..48_u64, any::<u64>()), 1..8),
    ) {
        let (mut heap, values) = zoo(ALL[line]);
        for (index, word, bits) in damage {
            zoo::damage(&mut heap, &values, index.index(values.len()), word, bits);
        }
        let process = Process(heap);
        let session = session(&process);
        for value in values {
            prop_assert!(!shown(&session, &process, value).is_empty());
        }
    }

    /// Whatever words a heap holds, every command on any of its values ends, and a
    /// command that fails says why.
    #[test]
    fn commands_survive_damage(
        line in 0..ALL.len(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..48_u64, any::<u64>()), 1..8),
        choice in any::<u64>(),
    ) {
        let (mut heap, values) = zoo(ALL[line]);
        for (index, word, bits) in damage {
            zoo::damage(&mut heap, &values, index.index(values.len()), word, bits);
        }
        let process = Process(heap);
        let mut session = session(&process);
        for value in values {
            every::command(&mut session, &process, value.0, choice);
        }
    }
}
