//! Numbers and strings as JavaScript writes them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// A number as `String(number)` gives it, but for `-0`, which shows.
/// Whole numbers are decimal integers up to 21 digits, as mdb_v8 has them.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    if value == 0.0 {
        return if value.is_sign_negative() { "-0" } else { "0" }.into();
    }
    // Rust prints the shortest digits that read back the same, as JavaScript
    // does; only the notation differs (ECMA-262, Number::toString).
    let scientific = alloc::format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let count = digits.len() as i32;
    let point = exponent + 1;
    let mut text = String::from(if value < 0.0 { "-" } else { "" });
    if (count..=21).contains(&point) {
        text += &digits;
        (count..point).for_each(|_| text.push('0'));
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(point as usize);
        text += &alloc::format!("{whole}.{fraction}");
    } else if (-5..=0).contains(&point) {
        text += "0.";
        (point..0).for_each(|_| text.push('0'));
        text += &digits;
    } else {
        let (first, rest) = digits.split_at(1);
        text += first;
        if !rest.is_empty() {
            text.push('.');
            text += rest;
        }
        text += &alloc::format!("e{exponent:+}");
    }
    text
}

/// UTF-16 text between double quotes, escaped as in JSON, so that it can be
/// parsed again; characters outside ASCII stay as they are, in UTF-8.
pub fn quoted(units: &[u16], truncated: bool) -> String {
    let mut text = String::with_capacity(units.len() + 2);
    text.push('"');
    escape(units, &mut text);
    text += if truncated { "[...]\"" } else { "\"" };
    text
}

/// Text between double quotes.
pub fn quoted_str(name: &str) -> String {
    let units: Vec<u16> = name.encode_utf16().collect();
    quoted(&units, false)
}

fn escape(units: &[u16], text: &mut String) {
    for unit in char::decode_utf16(units.iter().copied()) {
        // Writing to a String cannot fail.
        let _ = match unit {
            Ok('"') => text.write_str("\\\""),
            Ok('\\') => text.write_str("\\\\"),
            Ok('\n') => text.write_str("\\n"),
            Ok('\r') => text.write_str("\\r"),
            Ok('\t') => text.write_str("\\t"),
            Ok('\u{8}') => text.write_str("\\b"),
            Ok('\u{c}') => text.write_str("\\f"),
            Ok(c) if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                write!(text, "\\u{:04x}", u32::from(c))
            }
            Ok(c) => text.write_char(c),
            Err(lone) => write!(text, "\\u{:04x}", lone.unpaired_surrogate()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_javascript() {
        let cases = [
            (1.0, "1"),
            (-1.5, "-1.5"),
            (4.7, "4.7"),
            (0.1, "0.1"),
            (1e-7, "1e-7"),
            (0.000_001, "0.000001"),
            (123e-20, "1.23e-18"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1.5e300, "1.5e+300"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (123_456.789, "123456.789"),
            (-0.0, "-0"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn strings_are_escaped_and_stay_utf8() {
        let units: Vec<u16> = "a\"b\\\n\u{1}é😀".encode_utf16().collect();
        assert_eq!(quoted(&units, false), "\"a\\\"b\\\\\\n\\u0001é😀\"");
        assert_eq!(quoted(&[0xd800, 0x41], true), "\"\\ud800A[...]\"");
    }
}
