//! Numbers as text.

/// An integer of any sign.
#[derive(Debug, Clone, Copy)]
pub struct Signed {
    /// Whether a minus sign is printed.
    pub negative: bool,
    /// Absolute value.
    pub magnitude: u64,
}

impl From<u64> for Signed {
    fn from(magnitude: u64) -> Signed {
        Signed { negative: false, magnitude }
    }
}

impl From<i64> for Signed {
    fn from(value: i64) -> Signed {
        Signed { negative: value < 0, magnitude: value.unsigned_abs() }
    }
}

/// An integer in a radix, with `prefix` when asked for and above `threshold`.
pub fn integer(
    value: Signed,
    radix: u64,
    alternate: bool,
    plus: bool,
    prefix: &str,
    threshold: u64,
) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = value.magnitude;
    loop {
        text.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % radix) as usize]);
        rest /= radix;
        if rest == 0 {
            break;
        }
    }
    if alternate && value.magnitude > threshold {
        text.extend(prefix.bytes().rev());
    }
    match (value.negative, plus) {
        (true, _) => text.push(b'-'),
        (false, true) => text.push(b'+'),
        (false, false) => {}
    }
    text.reverse();
    text
}

/// An integer in the default radix, as `%r` prints it.
pub fn with_radix(value: impl Into<Signed>, radix: u32, alternate: bool, plus: bool) -> Vec<u8> {
    let (prefix, threshold) = match radix {
        2 => ("0i", 1),
        8 => ("0o", 7),
        10 => ("0t", 9),
        16 => ("0x", 9),
        _ => ("", 0),
    };
    integer(value.into(), u64::from(radix.max(2)), alternate, plus, prefix, threshold)
}

/// Exponent form with a sign and `digits` digits after the point.
pub fn exponent(value: f64, digits: usize, letter: u8) -> String {
    let upper = letter.is_ascii_uppercase();
    if value.is_nan() {
        return if upper { "NAN" } else { "NaN" }.to_string();
    }
    if value.is_infinite() {
        let sign = if value < 0.0 { '-' } else { '+' };
        return format!("{sign}{}", if upper { "INF" } else { "Inf" });
    }
    // Rust writes 1.5e3 where C writes 1.5e+03.
    let text = format!("{value:+.digits$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let sign = if power < 0 { '-' } else { '+' };
    let e = if upper { 'E' } else { 'e' };
    format!("{mantissa}{e}{sign}{:02}", power.unsigned_abs())
}

/// A size with three significant digits and a unit.
pub fn human_size(value: u64) -> String {
    let mut unit = 0;
    let mut rest = value;
    while rest >= 1024 && unit < 6 {
        rest /= 1024;
        unit += 1;
    }
    let scale = 1u64 << (10 * unit);
    let letter = ["", "K", "M", "G", "T", "P", "E"][unit];
    if value.is_multiple_of(scale) {
        return format!("{}{letter}", value / scale);
    }
    let quotient = value as f64 / scale as f64;
    for digits in [2, 1] {
        let text = format!("{quotient:.digits$}{letter}");
        if text.len() <= 5 {
            return text;
        }
    }
    format!("{quotient:.0}{letter}")
}
