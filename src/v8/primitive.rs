//! Numbers, oddballs, symbols, BigInts.

use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// The double of a heap number.
pub fn heap_number(heap: Heap<'_>, object: Value) -> Result<f64> {
    heap.f64_bits(heap.field_addr(object, C::HeapNumberValue)?).map(f64::from_bits)
}

/// A small integer or heap number as a double.
pub fn number(heap: Heap<'_>, value: Value) -> Result<f64> {
    match heap.smi(value) {
        Some(smi) => Ok(smi as f64),
        None => heap_number(heap, heap.expect(value, Kind::HeapNumber, "number")?),
    }
}

/// A non-negative whole number, such as an array's length.
pub fn length(heap: Heap<'_>, value: Value, addr: u64, what: &'static str) -> Result<u64> {
    let number = number(heap, value)?;
    // Array lengths are below 2^32, typed ones below 2^53.
    if (0.0..=9_007_199_254_740_992.0).contains(&number) {
        Ok(number as u64)
    } else {
        Err(Error::Corrupt { addr, what, found: value.0 })
    }
}

/// Name of an oddball: `null`, `undefined`, `true`, `false`, `hole`.
pub fn oddball(heap: Heap<'_>, object: Value) -> Result<String> {
    if heap.kind(object)? == Kind::Hole {
        return Ok("hole".into());
    }
    if heap.layout.find(C::OddballKind).is_some() {
        let kind = heap.smi_field(object, C::OddballKind, "oddball kind")?;
        let known = [
            (C::OddballFalse, "false"),
            (C::OddballTrue, "true"),
            (C::OddballTheHole, "hole"),
            (C::OddballNull, "null"),
            (C::OddballUndefined, "undefined"),
        ];
        if let Some((_, name)) = known.iter().find(|(id, _)| heap.layout.find(*id) == Some(kind)) {
            return Ok((*name).into());
        }
        if heap.layout.find(C::OddballToString).is_none() {
            return Ok(alloc::format!("<oddball {kind}>"));
        }
    }
    string::name(heap, heap.field(object, C::OddballToString)?)
}

/// Whether a value is this oddball.
pub fn is_oddball(heap: Heap<'_>, value: Value, name: &str) -> bool {
    heap.is_heap_object(value)
        && matches!(heap.kind(value), Ok(Kind::Oddball | Kind::Hole))
        && oddball(heap, value).is_ok_and(|found| found == name)
}

/// Whether a value is the hole: no element, no variable yet.
pub fn is_hole(heap: Heap<'_>, value: Value) -> bool {
    is_oddball(heap, value, "hole")
}

/// What a script can see of a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SymbolKind {
    /// An ordinary symbol.
    Public,
    /// The name of a private field or method, `#x`.
    PrivateName,
    /// V8's own.
    Internal,
}

/// A symbol's description, if it has one, and its kind.
pub fn symbol(heap: Heap<'_>, object: Value) -> Result<(Option<String>, SymbolKind)> {
    let description = heap.field(object, C::SymbolName)?;
    let described = heap.is_heap_object(description) && heap.kind(description)? == Kind::String;
    let text = if described { Some(string::name(heap, description)?) } else { None };
    let private = match heap.layout.find(C::SymbolPrivateMask) {
        Some(mask) => {
            let flags = heap.u32(heap.field_addr(object, C::SymbolFlags)?)?;
            i64::from(flags) & mask != 0
        }
        None => false,
    };
    let kind = match &text {
        _ if !private => SymbolKind::Public,
        Some(text) if text.starts_with('#') => SymbolKind::PrivateName,
        _ => SymbolKind::Internal,
    };
    Ok((text, kind))
}

/// A BigInt in decimal, at most `MAX_DIGITS` words of it; else in hexadecimal.
pub fn bigint(heap: Heap<'_>, object: Value) -> Result<String> {
    // Decimal takes time quadratic in the length.
    const MAX_DECIMAL: usize = 64;
    const MAX_WORDS: u32 = 1 << 16;
    let addr = heap.field_addr(object, C::BigIntBitfield)?;
    let bits = heap.u32(addr)?;
    let (negative, length) = (bits & 1 != 0, bits >> 1 & 0x3fff_ffff);
    if length > MAX_WORDS {
        return Err(Error::Corrupt { addr, what: "BigInt length", found: length.into() });
    }
    let digits = heap.field_addr(object, C::BigIntDigits)?;
    let mut words: Vec<u64> = Vec::new();
    for i in 0..u64::from(length) {
        words.push(heap.f64_bits(digits + i * 8)?);
    }
    while words.last() == Some(&0) {
        words.pop();
    }
    let sign = if negative { "-" } else { "" };
    if words.len() > MAX_DECIMAL {
        let mut text = alloc::format!("{sign}0x");
        for (i, word) in words.iter().rev().enumerate() {
            text +=
                &if i == 0 { alloc::format!("{word:x}") } else { alloc::format!("{word:016x}") };
        }
        return Ok(text);
    }
    // Divide by the largest power of ten in a word, again and again.
    const CHUNK: u128 = 10_000_000_000_000_000_000;
    let mut chunks = Vec::new();
    while !words.is_empty() {
        let mut rest: u128 = 0;
        for word in words.iter_mut().rev() {
            let dividend = rest << 64 | u128::from(*word);
            *word = (dividend / CHUNK) as u64;
            rest = dividend % CHUNK;
        }
        chunks.push(rest as u64);
        while words.last() == Some(&0) {
            words.pop();
        }
    }
    let mut text = String::from(sign);
    text += &alloc::format!("{}", chunks.pop().unwrap_or(0));
    for chunk in chunks.iter().rev() {
        text += &alloc::format!("{chunk:019}");
    }
    Ok(text)
}
