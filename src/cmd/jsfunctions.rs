//! `::jsfunctions`

use super::json::{self, Json};
use super::location;
use crate::heap::whole::Whole;
use crate::mdb::args::{Choice, Opt};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::error::{Error, Result};
use crate::v8::function::Function;
use crate::v8::function_code;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::memory::Target;
use crate::v8::value::Value;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// Characters of a name and of a file that are shown.
const NAME: usize = 39;
const FILE: usize = 79;

/// `::jsfunctions`
pub struct JsFunctions;

impl Dcmd for JsFunctions {
    const ROW: Row = Row {
        name: c"jsfunctions",
        usage: c"?[-jlX] [-s file] [-n name] [-x instr]",
        description: c"list JavaScript functions",
        options: &[
            json::OPTION,
            Opt::flag('l', "list only addresses of closures"),
            Opt::text('n', "name", "functions whose name contains this").of(Choice::Function),
            Opt::text('s', "file", "functions from files whose name contains this"),
            Opt::number('x', "instr", "the function whose code has this instruction"),
            Opt::flag('X', "show where the machine code is"),
        ],
        help: "
Lists all functions that are in use, a row for each place in a script where one
is defined: the address of one closure, how many there are of that function, its
name, and where it is defined. With -l, prints only the addresses; with an address
and -l, those of all closures of the same function.

Closures that nothing keeps alive are left out. Functions that V8 compiled into
others still have code of their own, as has V8's interpreter.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let options = &call.options;
        let has_filter = options.has('n') || options.has('s') || options.has('x');
        if options.has('l') && has_filter {
            let text = "cannot specify -l with -n, -f, or -x";
            return Err(Failure::Message(text.into()));
        }
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        if let (Some(addr), true) = (call.addr, options.has('l')) {
            return closures(heap, &whole, Value(addr), out);
        }
        let rows = rows(heap, &whole)?;
        let rows = wanted(call, heap, rows)?;
        if options.has('l') || out.is_piped() {
            rows.iter().for_each(|row| out.line(format_args!("{}", row.first)));
            return Ok(Flow::Done);
        }
        let width = target.word_size() * 2;
        let with_code = options.has('X');
        if !options.has('j') {
            let mut line = alloc::format!("{:>width$} {:>8} ", "FUNC", "#FUNCS");
            if with_code {
                line += &alloc::format!("{:>width$} {:>width$} ", "START", "END");
            }
            out.line(format_args!("{line}{:<40} FROM", "NAME"));
        }
        for row in rows {
            let code = if with_code { code(heap, row.first) } else { None };
            let definition = row.function.shared.definition()?;
            if options.has('j') {
                let json = Json::object().with("function", row.first).with("closures", row.count);
                let json = location::json(json.with("name", row.name), &definition);
                let json = match code {
                    Some((start, end)) => {
                        json.with("start", Json::address(start)).with("end", Json::address(end))
                    }
                    None => json,
                };
                out.line(format_args!("{json}"));
                continue;
            }
            let mut line = alloc::format!("{:>width$x} {:>8} ", row.first.0, row.count);
            if with_code {
                line += &match code {
                    Some((start, end)) => alloc::format!("{start:>width$x} {end:>width$x} "),
                    None => alloc::format!("{:>width$} {:>width$} ", "?", "?"),
                };
            }
            let file = location::file(&definition);
            out.line(format_args!(
                "{line}{:<40} {} {}",
                cut(&row.name, NAME),
                cut(&file, FILE),
                location::position(&definition)
            ));
        }
        Ok(Flow::Done)
    }
}

/// Text of no more than `most` characters.
fn cut(text: &str, most: usize) -> String {
    const REST: &str = "[...]";
    match text.chars().count() > most {
        true => text.chars().take(most - REST.len()).chain(REST.chars()).collect(),
        false => text.into(),
    }
}

/// The names of all functions that are in use.
pub fn names(heap: Heap<'_>, whole: &Whole) -> Result<BTreeSet<String>> {
    Ok(rows(heap, whole)?.into_iter().map(|row| row.name).collect())
}

/// The closures of one function.
struct Closures<'a> {
    first: Value,
    count: u64,
    function: Function<'a>,
    name: String,
}

/// The function that a closure is of; none for what is only typed as one.
fn shared(heap: Heap<'_>, closure: Value) -> Option<Value> {
    let shared = heap.field(closure, C::FunctionShared).ok()?;
    let is_one = heap.kind(shared).is_ok_and(|kind| kind == Kind::SharedFunctionInfo);
    is_one.then_some(shared)
}

/// Calls `each` for every closure that is alive, in the order of addresses.
fn each(heap: Heap<'_>, whole: &Whole, each: &mut dyn FnMut(Value, Value)) -> Result<()> {
    let life = whole.life(heap)?;
    let objects = &whole.objects;
    for id in objects.of_maps(|map| map.kind == Kind::Function) {
        heap.check_interrupt()?;
        if life.has(id) {
            let closure = objects.value(heap, id);
            if let Some(shared) = shared(heap, closure) {
                each(closure, shared);
            }
        }
    }
    Ok(())
}

fn rows<'a>(heap: Heap<'a>, whole: &Whole) -> Result<Vec<Closures<'a>>> {
    let mut by_shared: BTreeMap<Value, (Value, u64)> = BTreeMap::new();
    each(heap, whole, &mut |closure, shared| {
        by_shared.entry(shared).or_insert((closure, 0)).1 += 1;
    })?;
    let mut rows = Vec::with_capacity(by_shared.len());
    for (first, count) in by_shared.into_values() {
        heap.check_interrupt()?;
        if let Ok(function) = Function::new(heap, first) {
            let name = function.name();
            rows.push(Closures { first, count, function, name });
        }
    }
    rows.sort_by_key(|row| row.count);
    Ok(rows)
}

fn wanted<'a>(call: &Call, heap: Heap<'_>, rows: Vec<Closures<'a>>) -> Result<Vec<Closures<'a>>> {
    let options = &call.options;
    let (name, file, instruction) = (options.text('n'), options.text('s'), options.number('x'));
    let mut kept = Vec::new();
    for row in rows {
        heap.check_interrupt()?;
        let named = name.as_ref().is_none_or(|part| row.name.contains(part));
        let placed = || match &file {
            Some(part) => match row.function.shared.definition() {
                Ok(definition) => Ok(location::file(&definition).contains(part)),
                Err(Error::Interrupted) => Err(Error::Interrupted),
                Err(_) => Ok(false),
            },
            None => Ok(true),
        };
        let coded = || {
            instruction.is_none_or(|at| {
                code(heap, row.first).is_some_and(|(start, end)| (start..end).contains(&at))
            })
        };
        if named && coded() && placed()? {
            kept.push(row);
        }
    }
    Ok(kept)
}

/// Start and end of a function's machine code.
fn code(heap: Heap<'_>, closure: Value) -> Option<(u64, u64)> {
    let code = function_code::code(heap, closure).ok()?;
    let code = function_code::instructions(heap, code).ok()?;
    Some((code.start, code.start.checked_add(code.size)?))
}

/// Lists the closures of the function that this one is of.
fn closures(heap: Heap<'_>, whole: &Whole, closure: Value, out: &mut Out) -> Outcome {
    Function::new(heap, closure)?;
    let wanted = shared(heap, closure);
    each(heap, whole, &mut |closure, shared| {
        if Some(shared) == wanted {
            out.line(format_args!("{closure}"));
        }
    })?;
    Ok(Flow::Done)
}
