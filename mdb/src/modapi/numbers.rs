//! Numbers and small conversions.

use super::{alloc, printing, string};
use crate::debugger::{Debugger, Stop};
use crate::lang::number;
use crate::printf::human_size;
use mdb_sys::*;
use std::ffi::{c_char, c_int, c_ulonglong, c_void};

/// Reads a number as the command language does. A bad one is reported, and
/// the running command counts as failed: the real debugger does not return
/// to it.
pub fn parse(m: &Debugger, text: &[u8]) -> u64 {
    match number::parse(text, m.settings.radix.get()) {
        Ok(value) => value,
        Err(error) => {
            m.error(error);
            m.stop(Stop::Parse);
            0
        }
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_strtoull(text: *const c_char) -> c_ulonglong {
    // SAFETY: the module passes a C string.
    let text = unsafe { string(text) }.unwrap_or_default();
    Debugger::current().map_or(0, |m| parse(m, text))
}

#[no_mangle]
unsafe extern "C" fn mdb_argtoull(arg: *const mdb_arg_t) -> c_ulonglong {
    if arg.is_null() {
        return 0;
    }
    // SAFETY: the module passes one of its arguments; the type says which
    // member is valid.
    unsafe {
        match (*arg).a_type {
            MDB_TYPE_STRING => mdb_strtoull((*arg).a_un.a_str),
            MDB_TYPE_CHAR => (*arg).a_un.a_char as u8 as c_ulonglong,
            _ => (*arg).a_un.a_val,
        }
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_nhconvert(to: *mut c_void, from: *const c_void, size: usize) {
    if to.is_null() || from.is_null() || size == 0 {
        return;
    }
    // SAFETY: both have `size` bytes; they may be the same, hence the copy.
    unsafe {
        let mut bytes = std::slice::from_raw_parts(from.cast::<u8>(), size).to_vec();
        bytes.reverse();
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), to.cast(), size);
    }
}

#[no_mangle]
extern "C" fn mdb_ffs(value: u64) -> c_int {
    match value {
        0 => 0,
        _ => value.trailing_zeros() as c_int + 1,
    }
}

/// A C string that lives until the statement ends.
fn temporary(text: &str) -> *const c_char {
    let block = alloc::garbage(text.len() + 1).cast::<c_char>();
    // SAFETY: the block has room for the text and its NUL, or is null.
    unsafe { printing::store(text.as_bytes(), block, text.len() + 1) };
    block
}

/// Bits from the highest to the lowest in groups of four.
fn bits(width: c_int, show: impl Fn(c_int) -> char) -> String {
    let mut text = String::new();
    for bit in (0..width.clamp(0, 64)).rev() {
        text.push(show(bit));
        if bit % 4 == 0 && bit > 0 {
            text.push(' ');
        }
    }
    text
}

#[no_mangle]
extern "C" fn mdb_one_bit(width: c_int, bit: c_int, on: c_int) -> *const c_char {
    let mark = if on != 0 { '1' } else { '0' };
    temporary(&bits(width, |b| if b == bit { mark } else { '.' }))
}

#[no_mangle]
extern "C" fn mdb_inval_bits(width: c_int, start: c_int, stop: c_int) -> *const c_char {
    let range = start.min(stop)..=start.max(stop);
    temporary(&bits(width, |b| if range.contains(&b) { 'x' } else { '.' }))
}

#[no_mangle]
unsafe extern "C" fn mdb_nicenum(value: u64, buf: *mut c_char) {
    // SAFETY: the module passes a buffer of the length the interface names.
    unsafe { printing::store(human_size(value).as_bytes(), buf, MDB_NICENUM_BUFLEN) };
}

/// `numerator / denominator` with a fixed number of digits, rounded.
fn fraction(numerator: u64, denominator: u64, digits: c_int) -> String {
    if denominator == 0 {
        return "NaN".to_string();
    }
    let digits = digits.clamp(0, 18) as u32;
    let scale = 10u128.pow(digits);
    let (n, d) = (u128::from(numerator), u128::from(denominator));
    let value = (n * scale + d / 2) / d;
    match digits {
        0 => value.to_string(),
        _ => format!("{}.{:0width$}", value / scale, value % scale, width = digits as usize),
    }
}

#[no_mangle]
unsafe extern "C" fn mdb_snprintfrac(
    buf: *mut c_char,
    size: c_int,
    numerator: u64,
    denominator: u64,
    digits: c_int,
) -> c_int {
    let text = fraction(numerator, denominator, digits);
    // SAFETY: the module passes a buffer of this size.
    unsafe { printing::store(text.as_bytes(), buf, usize::try_from(size).unwrap_or(0)) };
    text.len() as c_int
}

/// A span of time with the units that are not zero, from days to nanoseconds.
fn span(nanoseconds: i64) -> String {
    const UNITS: [(u64, &str); 7] = [
        (86_400_000_000_000, "d"),
        (3_600_000_000_000, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
        (1, "ns"),
    ];
    let mut text = String::from(if nanoseconds < 0 { "t-" } else { "t+" });
    let mut rest = nanoseconds.unsigned_abs();
    for (length, unit) in UNITS {
        if rest >= length {
            text.push_str(&format!("{}{unit}", rest / length));
            rest %= length;
        }
    }
    if nanoseconds == 0 {
        text.push_str("0ns");
    }
    text
}

#[no_mangle]
unsafe extern "C" fn mdb_nicetime(nanoseconds: i64, buf: *mut c_char, size: usize) {
    // SAFETY: the module passes a buffer of this size.
    unsafe { printing::store(span(nanoseconds).as_bytes(), buf, size) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(bits(8, |b| if b == 2 { '1' } else { '.' }), ".... .1..");
        assert_eq!(fraction(1, 3, 2), "0.33");
        assert_eq!(fraction(2, 3, 0), "1");
        assert_eq!(fraction(1, 0, 0), "NaN");
        assert_eq!(span(90_000_000_000), "t+1m30s");
        assert_eq!(span(-5), "t-5ns");
        assert_eq!(mdb_ffs(0), 0);
        assert_eq!(mdb_ffs(8), 4);
    }
}
