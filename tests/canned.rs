//! The configurations for binaries without metadata, over synthetic heaps of
//! their lines, at both word sizes.

mod support;

use support::synth::old::{Line, OldHeap, LINES};
use support::zoo::Process;
use v8::cmd::inspect::{self, Style};
use v8::session::Session;
use v8::v8::layout::{supplement, Layout};
use v8::v8::value::Value;

fn session(line: &Line, word: u64) -> Session {
    let fits = |config: &&supplement::Config| {
        config.base() == line.config && u64::from(config.word) == word
    };
    let config = supplement::canned().find(fits).expect("each line has both word sizes");
    Session::with_layout(Layout::from_canned(config, word, None))
}

/// Builds a value on each of the lines, at both word sizes, and compares what
/// is printed.
fn on_each(takes: fn(&Line) -> bool, build: impl Fn(&mut OldHeap) -> u64, expected: &str) {
    for line in LINES.iter().filter(|line| takes(line)) {
        for word in [4, 8] {
            let mut heap = OldHeap::new(line, word);
            let value = build(&mut heap);
            let process = Process(heap);
            let session = session(line, word);
            let Ok(heap) = session.heap(&process) else { panic!("the session has a layout") };
            let style = Style { depth: 4, ..Style::default() };
            let text = inspect::value(heap, Value(value), style);
            let text = text.unwrap_or_else(|error| format!("error: {error}"));
            assert_eq!(text, expected, "{}, {word} bytes a word", line.config);
        }
    }
}

fn all(_: &Line) -> bool {
    true
}

fn newer(line: &Line) -> bool {
    line.slices
}

#[test]
fn numbers_and_oddballs() {
    on_each(all, |heap| heap.smi(-7), "-7");
    on_each(all, |heap| heap.smi(1_073_741_823), "1073741823");
    on_each(all, |heap| heap.number(4.7), "4.7");
    on_each(all, |heap| heap.number(1_073_741_824.0), "1073741824");
    for name in ["undefined", "null", "true", "false"] {
        on_each(all, |heap| heap.odd(name), name);
    }
}

#[test]
fn strings() {
    on_each(all, |heap| heap.one_byte("plain"), "\"plain\"");
    on_each(all, |heap| heap.two_byte("wide ∑ 😀"), "\"wide ∑ 😀\"");
    let parts = |heap: &mut OldHeap| {
        let (left, right) = (heap.one_byte("left, "), heap.one_byte("right"));
        heap.cons(left, right, 11)
    };
    on_each(all, parts, "\"left, right\"");
    let slice = |heap: &mut OldHeap| {
        let parent = heap.one_byte("a long parent string");
        heap.sliced(parent, 7, 6)
    };
    on_each(newer, slice, "\"parent\"");
}

#[test]
fn objects() {
    on_each(all, |heap| heap.object(&[], 0), "{}");
    let expected = "{\n    \"a\": 1,\n    \"b\": \"two\",\n    \"c\": 3.5,\n}";
    for inside in 0..=3 {
        let build = |heap: &mut OldHeap| {
            let values = [("a", heap.smi(1)), ("b", heap.one_byte("two")), ("c", heap.number(3.5))];
            heap.object(&values, inside)
        };
        on_each(all, build, expected);
    }
    on_each(all, |heap| heap.function("work"), "function work");
}

#[test]
fn arrays_and_bytes() {
    on_each(all, |heap| heap.array(&[]), "[]");
    let build = |heap: &mut OldHeap| {
        let values = [heap.smi(1), heap.odd("hole"), heap.one_byte("x")];
        heap.array(&values)
    };
    on_each(all, build, "[\n    1,\n    hole,\n    \"x\",\n]");
    on_each(newer, |heap| heap.doubles(&[1.5, -0.0]), "[\n    1.5,\n    -0,\n]");
    let bytes = |heap: &mut OldHeap| heap.bytes(&[1, 2, 255]);
    on_each(all, bytes, "<Typed array of length 3>:  [ 1, 2, 255 ]");
}
