//! The parser by table, and by any input at all; expressions against an oracle.

use super::ast::{Binary, Expr, Space, Statement, Unary, Word};
use super::expr::{eval, Environment};
use super::parser::Parser;
use proptest::prelude::*;

struct World;

impl Environment for World {
    fn symbol(&self, name: &str) -> Option<u64> {
        match name {
            "main" => Some(0x1000),
            "lib`fn" => Some(0x2000),
            "abba" => Some(0x3000),
            _ => None,
        }
    }
    fn variable(&self, name: &str) -> Option<u64> {
        (name == "rip").then_some(0x4000)
    }
    fn dot(&self) -> u64 {
        0x100
    }
    fn increment(&self) -> u64 {
        8
    }
    fn last_address(&self) -> u64 {
        0x200
    }
    fn load(&self, space: Space, addr: u64, size: u8) -> Result<u64, String> {
        match (space, addr) {
            (_, 0x666) => Err("no mapping for address".to_string()),
            (Space::Memory, _) => Ok(addr.wrapping_add(u64::from(size))),
            (Space::File, _) => Ok(addr.wrapping_add(0x100 + u64::from(size))),
        }
    }
}

fn value_in(text: &str, radix: u32) -> Result<u64, String> {
    let mut parser = Parser::new(text.as_bytes(), radix);
    let parsed = parser.whole_expression().map_err(|e| e.text)?.ok_or("nothing")?;
    eval(&parsed, &World).map_err(|e| e.text)
}

#[test]
fn expressions() {
    for (text, expected) in [
        ("10", 16),
        ("0t10", 10),
        ("0x10", 16),
        ("0i11", 3),
        ("0o17", 15),
        ("ff", 255),
        ("abba", 0x3000),
        ("abbb", 0xabbb),
        ("0t1.5", 1.5f64.to_bits()),
        ("'a'", 0x61),
        ("'ab'", 0x6162),
        ("'\\n'", 10),
        ("main", 0x1000),
        ("lib`fn", 0x2000),
        (".", 0x100),
        ("+", 0x108),
        ("^", 0xf8),
        ("&", 0x200),
        ("<rip", 0x4000),
        ("-1", u64::MAX),
        ("~0", u64::MAX),
        ("#5", 0),
        ("#0", 1),
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("7-3-2", 2),
        ("0t17%5", 3),
        ("-0t17%5", 3u64.wrapping_neg()),
        ("0t17%%5", 2),
        ("0t17#5", 20),
        ("2*7%%4", 6),
        ("1<<4", 16),
        ("100>>4", 16),
        ("1<<40", 0),
        ("1<<0t64", 0),
        ("1==1", 1),
        ("1!=1", 0),
        ("6&3", 2),
        ("6^3", 5),
        ("6|3", 7),
        ("1|6^3&5", 1 | (6 ^ (3 & 5))),
        ("1 + 2", 3),
        ("*1000", 0x1000),
        ("*/c/1000", 0x1001),
        ("*/4/1000", 0x1004),
        ("%1000", 0x1100),
        ("%/8/1000", 0x1108),
        ("**1000", 0x1000),
        ("*main+4", 0x1004),
        ("-*main", 0x1000u64.wrapping_neg()),
        ("main // the beginning", 0x1000),
    ] {
        assert_eq!(value_in(text, 16), Ok(expected), "{text}");
    }
    assert_eq!(value_in("10", 10), Ok(10));
    assert_eq!(value_in("ff", 10), Err("failed to dereference symbol: unknown symbol name".into()));
}

#[test]
fn mistakes() {
    for (text, expected) in [
        ("nope", "failed to dereference symbol: unknown symbol name"),
        ("<nope", "variable 'nope' is not defined"),
        ("*666", "failed to read from address 666: no mapping for address"),
        ("1%0", "attempted to divide by zero"),
        ("1%%0", "attempted to divide by zero"),
        ("1#0", "attempted to divide by zero"),
        ("1g", "digit 'g' is invalid in current base"),
        ("0t1f", "digit 'f' is invalid in current base"),
        ("12345678123456781", "specified value exceeds maximum immediate value"),
        ("'abc", "syntax error: ' unmatched"),
        ("''", "syntax error: empty character constant"),
        ("'123456789'", "character constant may not exceed 8 bytes"),
        ("(1", "syntax error: ( unmatched"),
        ("1+", "syntax error"),
        ("1 2", "syntax error"),
        ("::foo", "syntax error"),
        ("*/x/1", "invalid cast: expected one of c, s, i, l, 1, 2, 4, 8"),
        ("{", "syntax error"),
    ] {
        assert_eq!(value_in(text, 16), Err(expected.to_string()), "{text}");
    }
    let deep = "(".repeat(100_000);
    assert_eq!(value_in(&deep, 16), Err("expression is nested too deeply".to_string()));
    let deep = "-".repeat(100_000) + "1";
    assert!(value_in(&deep, 16).is_err());
    let long = "1+".repeat(100_000) + "1";
    assert_eq!(value_in(&long, 16), Err("expression is too long".to_string()));
}

fn parse(text: &str) -> Result<Vec<Statement>, (String, Option<String>)> {
    let mut parser = Parser::new(text.as_bytes(), 16);
    let mut list = Vec::new();
    loop {
        match parser.statement() {
            Ok(Some(statement)) if statement.is_empty() => {}
            Ok(Some(statement)) => list.push(statement),
            Ok(None) => return Ok(list),
            Err(error) => return Err((error.text, error.near)),
        }
    }
}

/// A statement in a notation of our own: address, count, stages, shell.
fn show(statement: &Statement) -> String {
    let mut text = String::new();
    if let Some(address) = &statement.address {
        text += &format!("{} ", expression(address));
    }
    if let Some(count) = &statement.count {
        text += &format!(",{} ", expression(count));
    }
    for (index, stage) in statement.stages.iter().enumerate() {
        text += if index > 0 { " | " } else { "" };
        text += &stage.name;
        for word in &stage.words {
            text += &match word {
                Word::Text(text) => format!(" \"{}\"", text.escape_ascii()),
                Word::Value(value) => format!(" [{}]", expression(value)),
                Word::Count(count) => format!(" #{count}"),
                Word::Letter(letter) => format!(" '{}", *letter as char),
            };
        }
    }
    if let Some(shell) = &statement.shell {
        text += &format!(" !{}", shell.escape_ascii());
    }
    text.trim().to_string()
}

fn expression(expr: &Expr) -> String {
    match eval(expr, &World) {
        Ok(value) => format!("{value:x}"),
        Err(error) => error.text,
    }
}

#[test]
fn statements() {
    for (text, expected) in [
        ("", ""),
        ("\n\n;;", ""),
        ("::status", "status"),
        ("main::foo -a b", "1000 foo \"-a\" \"b\""),
        ("main,3::foo", "1000 ,3 foo"),
        (",3::foo", ",3 foo"),
        (".,3", "100 ,3"),
        ("main", "1000"),
        ("1>x", "1 > \"x\""),
        ("1 > /c/ x", "1 > \"/c/\" \"x\""),
        ("main$c", "1000 $c"),
        ("$c 5", "$c \"5\""),
        ("$", "$?"),
        (":x y", ":x \"y\""),
        ("$<file", "$< \"file\""),
        ("$<<file", "$<< \"file\""),
        ("$>file", "$> \"file\""),
        (
            "::walk thread t | ::findstack | ::map \".+1\"",
            "walk \"thread\" \"t\" | findstack | map \".+1\"",
        ),
        ("::v8`jsstack -a", "v8`jsstack \"-a\""),
        ("::echo 'a b'\"c\\td\"e", "echo \"a bc\\tde\""),
        ("::echo a$[1+2]b", "echo \"a\" [3] \"b\""),
        ("::echo x ! sort | head; ::echo y", "echo \"x\" ! sort | head / echo \"y\""),
        ("!ls -l", "!ls -l"),
        ("main/X", "1000 / 'X"),
        ("main/4X2n\"hi\"s", "1000 / #4 'X #2 'n \"hi\" 's"),
        ("main/W 5 6", "1000 / 'W \"5\" \"6\""),
        ("main/w", "1000 / 'w"),
        ("main/wX", "1000 / 'w 'X"),
        ("main/l 1 f", "1000 / 'l \"1\" \"f\""),
        ("main?i", "1000 ? 'i"),
        ("5=XD", "5 = 'X 'D"),
        ("5==5=X", "1 = 'X"),
        ("5\\X", "5 \\ 'X"),
        ("5@X", "5 @ 'X"),
        ("::echo a // b", "echo \"a\""),
        ("::echo http://b", "echo \"http://b\""),
        ("// nothing", ""),
        ("::echo \"a;b|c!d$e\"", "echo \"a;b|c!d$e\""),
        ("::a;::b\n::c", "a / b / c"),
        ("1 | 2 = X", "3 = 'X"),
        ("main+4 ,2 /X", "1004 ,2 / 'X"),
    ] {
        let shown = parse(text).map(|l| l.iter().map(show).collect::<Vec<_>>().join(" / "));
        assert_eq!(shown, Ok(expected.to_string()), "{text}");
    }
}

#[test]
fn statements_that_are_wrong() {
    for (text, message, near) in [
        ("::echo 'a", "syntax error: ' unmatched", Some("'a")),
        ("::echo \"a\n\"", "syntax error: \" unmatched", Some("\"a\\n")),
        ("::echo $[1", "syntax error: $[ unmatched", Some("")),
        ("::echo $(ls)", "syntax error", Some("$")),
        ("1 1::foo", "syntax error", Some("1")),
        (")", "syntax error", Some(")")),
        ("::", "syntax error", Some("::")),
        ("::echo | 5", "syntax error", Some("5")),
        ("::echo |\n", "syntax error", Some("\\n")),
        ("::echo |", "syntax error", Some("")),
        ("1z::foo", "digit 'z' is invalid in current base", None),
    ] {
        let error = (message.to_string(), near.map(str::to_string));
        assert_eq!(parse(text), Err(error), "{text}");
    }
}

#[test]
fn lines_are_counted() {
    let mut parser = Parser::new(b"::a\n\n::b )\n::c (", 16);
    parser.statement().unwrap();
    parser.statement().unwrap();
    parser.statement().unwrap();
    assert_eq!(parser.line(), 3);
    assert!(parser.statement().unwrap().is_some());
    assert_eq!(parser.line(), 4);
}

/// Expressions as a tree, with the text and the value they must have.
fn tree() -> impl Strategy<Value = (String, u64)> {
    let leaf = any::<u64>().prop_map(|n| (format!("{n:x}"), n)).prop_map(|(text, n)| {
        // A leading letter would make it a name first of all.
        (format!("0x{text}"), n)
    });
    leaf.prop_recursive(6, 64, 2, |inner| {
        let pair = (inner.clone(), inner.clone(), 0..10usize);
        prop_oneof![
            inner.clone().prop_map(|(t, v)| (format!("-({t})"), v.wrapping_neg())),
            inner.clone().prop_map(|(t, v)| (format!("~({t})"), !v)),
            inner.prop_map(|(t, v)| (format!("#({t})"), u64::from(v == 0))),
            pair.prop_map(|((ta, a), (tb, b), op)| {
                let (sign, value) = match op {
                    0 => ("+", a.wrapping_add(b)),
                    1 => ("-", a.wrapping_sub(b)),
                    2 => ("*", a.wrapping_mul(b)),
                    3 => ("&", a & b),
                    4 => ("|", a | b),
                    5 => ("^", a ^ b),
                    6 => ("==", u64::from(a == b)),
                    7 => ("!=", u64::from(a != b)),
                    8 => ("<<", if b < 64 { a << b } else { 0 }),
                    _ => (">>", if b < 64 { a >> b } else { 0 }),
                };
                (format!("({ta}){sign}({tb})"), value)
            }),
        ]
    })
}

proptest! {
    #[test]
    fn values_agree_with_the_oracle((text, value) in tree()) {
        prop_assert_eq!(value_in(&text, 16), Ok(value));
    }

    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut parser = Parser::new(&bytes, 16);
        // Every statement takes at least one byte, so this ends.
        for _ in 0..=bytes.len() {
            match parser.statement() {
                Ok(None) => break,
                Ok(Some(_)) => {}
                Err(_) => parser.skip_line(),
            }
        }
        parser.near();
    }

    #[test]
    fn any_syntax_is_parsed_or_refused(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "::foo", "$c", "$[", "]", "(", ")", "1", "f", "main", ".", "+", "-", "*", "/",
                "%", "%%", "#", "&", "^", "|", "~", "<<", ">>", "==", "!=", "<x", "<", ">", "'",
                "\"", "\\", ",", ";", "!", "?", "=", "@", "\n", " ", "//", "X", "10", "$<", "`",
            ]),
            0..60,
        )
    ) {
        let text = tokens.concat();
        let mut parser = Parser::new(text.as_bytes(), 16);
        for _ in 0..=text.len() {
            match parser.statement() {
                Ok(None) => break,
                Ok(Some(statement)) => {
                    for expr in statement.address.iter().chain(&statement.count) {
                        let _ = eval(expr, &World);
                    }
                }
                Err(_) => parser.skip_line(),
            }
        }
    }
}

#[test]
fn trees() {
    let mut parser = Parser::new(b"1-2*-.", 16);
    let number = |n| Box::new(Expr::Number(n));
    let product = Expr::Binary(
        Binary::Multiply,
        number(2),
        Box::new(Expr::Unary(Unary::Negate, Box::new(Expr::Dot))),
    );
    let whole = Expr::Binary(Binary::Subtract, number(1), Box::new(product));
    assert_eq!(parser.whole_expression(), Ok(Some(whole)));
}
