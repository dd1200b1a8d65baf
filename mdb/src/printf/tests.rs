use super::*;

enum Value {
    Int(i64),
    Double(f64),
    Text(Option<&'static str>),
    Bits(Vec<BitName>),
}

struct List(std::vec::IntoIter<Value>);

impl List {
    fn number(&mut self) -> i64 {
        match self.0.next() {
            Some(Value::Int(value)) => value,
            _ => panic!("a number was asked for"),
        }
    }
}

impl Args for List {
    fn int(&mut self) -> i32 {
        self.number() as i32
    }
    fn long(&mut self) -> i64 {
        self.number()
    }
    fn double(&mut self) -> f64 {
        match self.0.next() {
            Some(Value::Double(value)) => value,
            _ => panic!("a double was asked for"),
        }
    }
    fn long_double(&mut self) -> f64 {
        self.double()
    }
    fn string(&mut self) -> Option<Vec<u8>> {
        match self.0.next() {
            Some(Value::Text(text)) => text.map(|t| t.as_bytes().to_vec()),
            _ => panic!("a string was asked for"),
        }
    }
    fn bytes16(&mut self) -> Option<[u8; 16]> {
        self.number();
        Some([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    }
    fn bits(&mut self) -> Vec<BitName> {
        match self.0.next() {
            Some(Value::Bits(bits)) => bits,
            _ => panic!("a table was asked for"),
        }
    }
}

struct Fixed(u32);

impl World for Fixed {
    fn symbol_at(&self, addr: u64) -> Option<(String, u64)> {
        (0x1000..0x2000).contains(&addr).then(|| ("lib`fn".to_string(), addr - 0x1000))
    }
    fn radix(&self) -> u32 {
        self.0
    }
    fn variable(&self, name: &str) -> Option<u64> {
        (name == "v").then_some(42)
    }
    fn pointer_digits(&self) -> usize {
        16
    }
    fn local_time(&self, seconds: i64) -> Option<String> {
        (seconds == 0).then(|| "1970 Jan  1 00:00:00".to_string())
    }
}

fn run_radix(radix: u32, format: &str, args: Vec<Value>) -> String {
    let mut sink = Buffer::default();
    print(format.as_bytes(), &mut List(args.into_iter()), &mut sink, &Fixed(radix));
    String::from_utf8(sink.text).unwrap()
}

fn run(format: &str, args: Vec<Value>) -> String {
    run_radix(16, format, args)
}

fn one(format: &str, value: i64) -> String {
    run(format, vec![Value::Int(value)])
}

#[test]
fn integers() {
    for (format, value, expected) in [
        ("%d", -3, "-3"),
        ("%i", 3, "3"),
        ("%#d", 10, "0t10"),
        ("%#d", 9, "9"),
        ("%+d", 3, "+3"),
        ("%05d", -3, "000-3"),
        ("%-5d|", 3, "3    |"),
        ("%5d|", 123456, "123456|"),
        ("%u", -1, "4294967295"),
        ("%lu", -1, "18446744073709551615"),
        ("%llx", -1, "ffffffffffffffff"),
        ("%hx", 0x12345, "2345"),
        ("%hd", 0xffff, "-1"),
        ("%o", 8, "10"),
        ("%#o", 8, "010"),
        ("%#o", 0, "0"),
        ("%q", -8, "-10"),
        ("%#x", 255, "0xff"),
        ("%#x", 0, "0"),
        ("%#X", 255, "0XFF"),
        ("%?x|", 255, "              ff|"),
        ("%0?x", 255, "00000000000000ff"),
        ("%-?x|", 255, "ff              |"),
        ("%p", 0x1234, "1234"),
        ("%r", 16, "10"),
        ("%#r", 16, "0x10"),
        ("%#r", 9, "9"),
        ("%R", -16, "-10"),
        ("%c", 65, "A"),
        ("%H", 1536, "1.50K"),
        ("%H", 1023, "1023"),
        ("%H", 15000, "14.6K"),
        ("%H", 1 << 20, "1M"),
        ("%I", 0x0100007f, "127.0.0.1"),
        ("%N", 1, "fe80::1"),
        ("%Y", 0, "1970 Jan  1 00:00:00"),
        ("%Y", 7, "7"),
        ("%a", 0x1000, "lib`fn"),
        ("%a", 0x1005, "lib`fn+5"),
        ("%a", 0x1010, "lib`fn+0x10"),
        ("%#a", 0x1010, "lib`fn+0x10:"),
        ("%a", 0x99, "0x99"),
        ("%A", 0x99, ""),
        ("%#A", 0x99, "?"),
        ("%16A|", 0x1000, "          lib`fn|"),
    ] {
        assert_eq!(one(format, value), expected, "{format} of {value}");
    }
}

#[test]
fn radix() {
    assert_eq!(run_radix(10, "%r %#r", vec![Value::Int(16), Value::Int(16)]), "16 0t16");
    assert_eq!(run_radix(8, "%r", vec![Value::Int(16)]), "20");
}

#[test]
fn text_and_doubles() {
    assert_eq!(run("%s|", vec![Value::Text(Some("ab"))]), "ab|");
    assert_eq!(
        run("%5s|%-5s|", vec![Value::Text(Some("ab")), Value::Text(Some("c"))]),
        "   ab|c    |"
    );
    assert_eq!(run("%05s", vec![Value::Text(Some("ab"))]), "000ab");
    assert_eq!(run("%s", vec![Value::Text(None)]), "<NULL>");
    assert_eq!(run("%*s", vec![Value::Int(4), Value::Text(Some("a"))]), "   a");
    assert_eq!(run("%*s|", vec![Value::Int(-4), Value::Text(Some("a"))]), "a   |");
    assert_eq!(run("%e", vec![Value::Double(1.0)]), "+1.0000000e+00");
    assert_eq!(run("%e", vec![Value::Double(-1234.5)]), "-1.2345000e+03");
    assert_eq!(run("%g", vec![Value::Double(0.5)]), "+5.0000000000000000e-01");
}

#[test]
fn oddities() {
    assert_eq!(run("100%%", vec![]), "100%");
    assert_eq!(run("%.5s", vec![]), ".5s", "there is no precision");
    assert_eq!(run("%zu", vec![]), "zu");
    assert_eq!(run("%td", vec![]), "        d");
    assert_eq!(run("ab%8Tc", vec![]), "ab      c");
    assert_eq!(run("%8Tc", vec![]), "c");
    assert_eq!(run("%4mc%4md", vec![]), "    cd");
    assert_eq!(run("%<b>x%</b>%<_v>", vec![]), "x42");
    assert_eq!(run("end%", vec![]), "end");
    assert_eq!(run("%<b", vec![]), "");
}

#[test]
fn bits() {
    let table = || {
        Value::Bits(vec![
            (b"READ".to_vec(), 1, 1),
            (b"WRITE".to_vec(), 2, 2),
            (b"EXEC".to_vec(), 4, 4),
        ])
    };
    assert_eq!(run("%b", vec![Value::Int(5), table()]), "READ,EXEC");
    assert_eq!(run("%b", vec![Value::Int(0), table()]), "0");
    assert_eq!(run("%#b", vec![Value::Int(0x11), table()]), "READ,0x10");
}
