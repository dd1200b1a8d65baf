//! The format language of `mdb_printf`: like C's, with its own conversions and
//! without precision.

mod number;
mod spec;
mod text;

pub use number::{exponent, human_size, integer, with_radix, Signed};
use spec::{Piece, Size, Spec, Width};

/// One row of a `%b` table: name, mask, bits.
pub type BitName = (Vec<u8>, u64, u64);

/// Where the arguments come from. Each call takes the next one; the kind asked
/// for must be the kind that was passed.
pub trait Args {
    /// An `int`, or anything promoted to it.
    fn int(&mut self) -> i32;
    /// A `long`, `long long` or pointer, which are equally wide here.
    fn long(&mut self) -> i64;
    /// A `double`.
    fn double(&mut self) -> f64;
    /// A `long double`.
    fn long_double(&mut self) -> f64;
    /// A C string; none for a null pointer.
    fn string(&mut self) -> Option<Vec<u8>>;
    /// The 16 bytes a pointer points to.
    fn bytes16(&mut self) -> Option<[u8; 16]>;
    /// A table of bit names; empty for a null pointer.
    fn bits(&mut self) -> Vec<BitName>;
}

/// Where the text goes.
pub trait Sink {
    /// Takes text that came from one conversion or one run of literal text.
    fn chunk(&mut self, text: &[u8]);
    /// Column the next character goes to.
    fn column(&self) -> usize;
    /// Left margin, as `%m` uses it without a width.
    fn margin(&self) -> usize;
    /// Switches a terminal attribute.
    fn attribute(&mut self, name: u8, on: bool);
}

/// What conversions ask of the debugger.
pub trait World {
    /// Name (with its object) and offset of the symbol at an address.
    fn symbol_at(&self, addr: u64) -> Option<(String, u64)>;
    /// The default radix.
    fn radix(&self) -> u32;
    /// Value of a variable.
    fn variable(&self, name: &str) -> Option<u64>;
    /// Digits of a pointer.
    fn pointer_digits(&self) -> usize;
    /// Local time as `YYYY Mon DD HH:MM:SS`.
    fn local_time(&self, seconds: i64) -> Option<String>;
}

/// Formats `format` with `args` into `sink`.
pub fn print(format: &[u8], args: &mut dyn Args, sink: &mut dyn Sink, world: &dyn World) {
    for piece in spec::pieces(format) {
        match piece {
            Piece::Literal(text) => sink.chunk(text),
            Piece::Attribute(text) => attribute(text, sink, world),
            Piece::Conversion(spec) => convert(&spec, args, sink, world),
        }
    }
}

fn attribute(text: &[u8], sink: &mut dyn Sink, world: &dyn World) {
    match text {
        [b'_', name @ ..] => {
            let value = world.variable(&String::from_utf8_lossy(name)).unwrap_or(0);
            sink.chunk(value.to_string().as_bytes());
        }
        [b'/', name] => sink.attribute(*name, false),
        [name] => sink.attribute(*name, true),
        _ => {}
    }
}

fn convert(spec: &Spec, args: &mut dyn Args, sink: &mut dyn Sink, world: &dyn World) {
    let mut spec = *spec;
    let width = match spec.width {
        Width::None => 0,
        Width::Fixed(width) => width,
        Width::Pointer => world.pointer_digits(),
        Width::Argument => {
            let width = args.int();
            spec.left |= width < 0;
            width.unsigned_abs() as usize
        }
    };
    // A width from an argument is a number from outside: keep it sane.
    let width = width.min(1 << 16);
    let body = match spec.letter {
        b't' => return sink.chunk(&vec![b'\t'; width.max(1)]),
        b'T' => {
            let over = if width == 0 { 0 } else { sink.column() % width };
            return if over > 0 {
                sink.chunk(&vec![b' '; width - over])
            };
        }
        b'm' => {
            let blanks = if width > 0 { width } else { sink.margin() };
            return if sink.column() == 0 {
                sink.chunk(&vec![b' '; blanks])
            };
        }
        _ => match body(&spec, args, world) {
            Some(body) => body,
            None => return sink.chunk(&[spec.letter]),
        },
    };
    sink.chunk(&spec.pad(body, width));
}

/// Text of a conversion before padding; none for an unknown letter.
fn body(spec: &Spec, args: &mut dyn Args, world: &dyn World) -> Option<Vec<u8>> {
    let alt = spec.alternate;
    Some(match spec.letter {
        b'd' | b'i' => integer(signed(spec, args), 10, alt, spec.plus, "0t", 9),
        b'u' => integer(unsigned(spec, args), 10, alt, false, "0t", 9),
        b'o' => integer(unsigned(spec, args), 8, alt, false, "0", 0),
        b'q' => integer(signed(spec, args), 8, alt, spec.plus, "0", 0),
        b'x' => integer(unsigned(spec, args), 16, alt, false, "0x", 0),
        b'X' => integer(unsigned(spec, args), 16, alt, false, "0X", 0).to_ascii_uppercase(),
        b'r' => with_radix(unsigned(spec, args), world.radix(), alt, spec.plus),
        b'R' => with_radix(signed(spec, args), world.radix(), alt, spec.plus),
        b'p' => format!("{:x}", args.long()).into_bytes(),
        b'a' => address(args.long() as u64, alt, world),
        b'A' => match symbolic(args.long() as u64, world) {
            Some(name) => name.into_bytes(),
            None if alt => b"?".to_vec(),
            None => Vec::new(),
        },
        b'b' => text::bit_names(unsigned(spec, args).magnitude, &args.bits(), alt),
        b'c' => vec![args.int() as u8],
        b's' => args.string().unwrap_or_else(|| b"<NULL>".to_vec()),
        b'e' | b'E' => exponent(args.double(), 7, spec.letter).into_bytes(),
        b'g' | b'G' if matches!(spec.size, Size::Long | Size::LongLong) => {
            exponent(args.long_double(), 16, spec.letter).into_bytes()
        }
        b'g' | b'G' => exponent(args.double(), 16, spec.letter).into_bytes(),
        b'H' => human_size(unsigned(spec, args).magnitude).into_bytes(),
        b'I' => text::ipv4(args.int() as u32).into_bytes(),
        b'N' => match args.bytes16() {
            Some(bytes) => std::net::Ipv6Addr::from(bytes).to_string().into_bytes(),
            None => b"<NULL>".to_vec(),
        },
        b'Y' => {
            let seconds = args.long();
            world.local_time(seconds).unwrap_or_else(|| seconds.to_string()).into_bytes()
        }
        b'%' => b"%".to_vec(),
        _ => return None,
    })
}

fn signed(spec: &Spec, args: &mut dyn Args) -> Signed {
    let value = match spec.size {
        Size::Int => i64::from(args.int()),
        Size::Short => i64::from(args.int() as i16),
        Size::Long | Size::LongLong => args.long(),
    };
    Signed { negative: value < 0, magnitude: value.unsigned_abs() }
}

fn unsigned(spec: &Spec, args: &mut dyn Args) -> Signed {
    let value = match spec.size {
        Size::Int => u64::from(args.int() as u32),
        Size::Short => u64::from(args.int() as u16),
        Size::Long | Size::LongLong => args.long() as u64,
    };
    Signed { negative: false, magnitude: value }
}

/// `name+0xoff`, the offset in the default radix.
pub fn symbolic(addr: u64, world: &dyn World) -> Option<String> {
    let (mut name, offset) = world.symbol_at(addr)?;
    if offset != 0 {
        let offset = Signed { negative: false, magnitude: offset };
        let text = with_radix(offset, world.radix(), true, true);
        name.push_str(&String::from_utf8_lossy(&text));
    }
    Some(name)
}

fn address(addr: u64, colon: bool, world: &dyn World) -> Vec<u8> {
    let mut text = symbolic(addr, world).unwrap_or_else(|| format!("{addr:#x}"));
    if colon {
        text.push(':');
    }
    text.into_bytes()
}

/// A sink that keeps the text, for `mdb_snprintf`.
#[derive(Debug, Default)]
pub struct Buffer {
    /// What was printed.
    pub text: Vec<u8>,
    column: usize,
}

impl Sink for Buffer {
    fn chunk(&mut self, text: &[u8]) {
        for &byte in text {
            match byte {
                b'\t' => {
                    let blanks = 8 - self.column % 8;
                    self.text.extend(std::iter::repeat_n(b' ', blanks));
                    self.column += blanks;
                }
                b'\n' => {
                    self.text.push(byte);
                    self.column = 0;
                }
                _ => {
                    self.text.push(byte);
                    self.column += 1;
                }
            }
        }
    }

    fn column(&self) -> usize {
        self.column
    }

    fn margin(&self) -> usize {
        0
    }

    fn attribute(&mut self, _name: u8, _on: bool) {}
}

#[cfg(test)]
mod tests;
