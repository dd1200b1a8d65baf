//! Options of commands: one scanner behind `mdb_getopts` and the built-ins.

use super::argv::{Arg, ArgVec};
use super::numbers;
use super::printing::{CallArgs, RawArgs};
use crate::debugger::Debugger;
use crate::printf::Args;
use mdb_sys::*;
use std::ffi::{c_char, c_int, c_uint, c_void};

/// What follows an option letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Flag,
    Text,
    Number,
}

/// An option that was found.
enum Found {
    Flag,
    /// Argument the value is in, and where in it the value begins.
    Text(usize, usize),
    Number(u64),
}

/// Most options a module may describe.
const MAX_OPTIONS: usize = 52;

/// Goes over the options and shows each to `each`; how many arguments were
/// used, which is the index of the offending one after an error.
fn scan(
    m: &Debugger,
    args: &[Arg],
    kinds: &[(u8, Kind)],
    each: &mut dyn FnMut(usize, Found),
) -> usize {
    let mut index = 0;
    if m.stopped().is_some() {
        return index;
    }
    while let Some(Arg::Text(word)) = args.get(index) {
        let word = word.to_bytes();
        if word.len() < 2 || word[0] != b'-' || word == b"--" {
            break;
        }
        let mut at = 1;
        let mut last = index;
        while let Some(&letter) = word.get(at) {
            at += 1;
            let Some(option) = kinds.iter().position(|(l, _)| *l == letter) else {
                m.error(format!("illegal option -- {}", letter.escape_ascii()));
                return index;
            };
            let kind = kinds[option].1;
            if kind == Kind::Flag {
                each(option, Found::Flag);
                continue;
            }
            let (holder, offset) = if at < word.len() { (index, at) } else { (index + 1, 0) };
            let found = match (args.get(holder), kind) {
                (None, _) => {
                    m.error(format!("option requires an argument -- {}", letter as char));
                    return index;
                }
                (Some(Arg::Text(_)), Kind::Text) => Found::Text(holder, offset),
                (Some(_), Kind::Text) => {
                    m.error(format!("string argument required for -{}", letter as char));
                    return index;
                }
                (Some(Arg::Text(text)), _) => {
                    let text = text.to_bytes().get(offset..).unwrap_or_default();
                    Found::Number(numbers::parse(m, text))
                }
                (Some(Arg::Value(value)), _) => Found::Number(*value),
                (Some(Arg::Letter(value)), _) => Found::Number((*value).into()),
            };
            if m.stopped().is_some() {
                return index;
            }
            each(option, found);
            last = holder;
            break;
        }
        index = last + 1;
    }
    index
}

/// An option of a built-in command and where its value goes.
#[derive(Debug)]
pub enum Opt<'a> {
    /// `-x`
    Flag(u8, &'a mut bool),
    /// `-x text`
    Text(u8, &'a mut Option<String>),
    /// `-x number`
    Number(u8, &'a mut Option<u64>),
}

/// Takes a built-in's options; how many arguments were used.
pub fn getopts(m: &Debugger, args: &[Arg], options: &mut [Opt<'_>]) -> usize {
    let kinds: Vec<_> = options
        .iter()
        .map(|option| match option {
            Opt::Flag(letter, _) => (*letter, Kind::Flag),
            Opt::Text(letter, _) => (*letter, Kind::Text),
            Opt::Number(letter, _) => (*letter, Kind::Number),
        })
        .collect();
    scan(m, args, &kinds, &mut |index, found| match (&mut options[index], found) {
        (Opt::Flag(_, flag), _) => **flag = true,
        (Opt::Text(_, text), Found::Text(holder, offset)) => {
            let whole = args[holder].as_str().unwrap_or_default().into_owned();
            **text = Some(whole.get(offset..).unwrap_or_default().to_string());
        }
        (Opt::Number(_, number), Found::Number(value)) => **number = Some(value),
        _ => {}
    })
}

/// Where a module's option goes.
struct Target {
    kind: c_uint,
    bits: c_uint,
    given: *mut boolean_t,
    to: *mut c_void,
}

#[no_mangle]
unsafe extern "C" fn host_getopts(argc: c_int, argv: *const mdb_arg_t, raw: *mut RawArgs) -> c_int {
    // SAFETY: the module passes option records as the interface describes.
    let mut call = unsafe { CallArgs::new(raw) };
    let mut kinds = Vec::new();
    let mut targets = Vec::new();
    while kinds.len() < MAX_OPTIONS {
        let letter = call.int();
        if letter == 0 {
            break;
        }
        let kind = call.int() as c_uint;
        let bits = match kind {
            MDB_OPT_SETBITS | MDB_OPT_CLRBITS => call.int() as c_uint,
            _ => 0,
        };
        let given = match kind {
            MDB_OPT_UINTPTR_SET => call.pointer().cast(),
            _ => std::ptr::null_mut(),
        };
        targets.push(Target { kind, bits, given, to: call.pointer() });
        let shape = match kind {
            MDB_OPT_SETBITS | MDB_OPT_CLRBITS => Kind::Flag,
            MDB_OPT_STR => Kind::Text,
            _ => Kind::Number,
        };
        kinds.push((letter as u8, shape));
    }
    let Some(m) = Debugger::current() else { return 0 };
    // SAFETY: the module passes its own arguments on.
    let args = unsafe { ArgVec::from_raw(argc, argv) };
    let used = scan(m, args.args(), &kinds, &mut |index, found| {
        // SAFETY: argv holds as many arguments as were copied from it, and the
        // record's pointer is of the type that its kind names.
        unsafe { apply(&targets[index], found, argv) };
    });
    used as c_int
}

/// # Safety
/// The target's pointers are null or of the types its kind names; a text's
/// holder is an index into `argv`.
unsafe fn apply(target: &Target, found: Found, argv: *const mdb_arg_t) {
    if target.to.is_null() {
        return;
    }
    // SAFETY: promised by the caller.
    unsafe {
        match (target.kind, found) {
            (MDB_OPT_SETBITS, _) => *target.to.cast::<c_uint>() |= target.bits,
            (MDB_OPT_CLRBITS, _) => *target.to.cast::<c_uint>() &= !target.bits,
            (MDB_OPT_STR, Found::Text(holder, offset)) => {
                // The module gets a pointer into its own arguments.
                let text = (*argv.add(holder)).a_un.a_str.add(offset);
                target.to.cast::<*const c_char>().write(text);
            }
            (MDB_OPT_UINT64, Found::Number(value)) => target.to.cast::<u64>().write(value),
            (_, Found::Number(value)) => {
                if !target.given.is_null() {
                    target.given.write(1);
                }
                target.to.cast::<usize>().write(value as usize);
            }
            _ => {}
        }
    }
}
