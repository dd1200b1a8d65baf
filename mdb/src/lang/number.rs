//! Numbers as the command language writes them.

/// Splits a radix prefix (`0i 0o 0t 0x`) off a number: the radix and the digits.
pub fn split_prefix(text: &[u8], default: u32) -> (u32, &[u8]) {
    match text {
        [b'0', b'i' | b'I', rest @ ..] => (2, rest),
        [b'0', b'o' | b'O', rest @ ..] => (8, rest),
        [b'0', b't' | b'T', rest @ ..] => (10, rest),
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        _ => (default, text),
    }
}

/// Value of digits in a radix.
pub fn digits(text: &[u8], radix: u32) -> Result<u64, String> {
    let mut value: u64 = 0;
    for &byte in text {
        let Some(digit) = (byte as char).to_digit(radix) else {
            let shown = byte.escape_ascii();
            return Err(format!("digit '{shown}' is invalid in current base"));
        };
        value = value
            .checked_mul(u64::from(radix))
            .and_then(|v| v.checked_add(u64::from(digit)))
            .ok_or("specified value exceeds maximum immediate value")?;
    }
    Ok(value)
}

/// Value of a number with an optional prefix and, after it, an optional sign,
/// as `mdb_strtoull` reads it.
pub fn parse(text: &[u8], radix: u32) -> Result<u64, String> {
    let (radix, rest) = split_prefix(text, radix);
    match rest {
        [b'-', rest @ ..] => digits(rest, radix).map(u64::wrapping_neg),
        [b'+', rest @ ..] => digits(rest, radix),
        _ => digits(rest, radix),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        for (text, radix, expected) in [
            ("", 16, Ok(0)),
            ("10", 16, Ok(16)),
            ("0t10", 16, Ok(10)),
            ("0X1f", 10, Ok(31)),
            ("0i101", 16, Ok(5)),
            ("0o17", 16, Ok(15)),
            ("0t-1", 16, Ok(u64::MAX)),
            ("-1", 16, Ok(u64::MAX)),
            ("+a", 16, Ok(10)),
            ("ffffffffffffffff", 16, Ok(u64::MAX)),
            ("9", 8, Err("digit '9' is invalid in current base")),
            ("1g", 16, Err("digit 'g' is invalid in current base")),
            ("10000000000000000", 16, Err("specified value exceeds maximum immediate value")),
        ] {
            assert_eq!(parse(text.as_bytes(), radix), expected.map_err(String::from), "{text}");
        }
    }
}
