//! `/ \ ? @ =` with format letters, and `::formats`.

use super::letters::{self, Show, FORMATS};
use super::{disassembly, writing, Builtin};
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::modapi::{memory, time, Arg};
use crate::out;
use crate::printf::{exponent, integer, with_radix, Sink};
use crate::target::MemError;
use mdb_sys::*;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "/",
        usage: "?fmt-list",
        description: "format data from virtual as",
        help: HELP,
        run: |m, _, flags, args| print(m, flags, args, From::Memory),
    },
    Builtin {
        name: "\\",
        usage: "?fmt-list",
        description: "format data from physical as",
        help: "There is no physical memory in a process.\n",
        run: |m, _, _, _| unsupported(m),
    },
    Builtin {
        name: "@",
        usage: "?fmt-list",
        description: "format data from physical as",
        help: "There is no physical memory in a process.\n",
        run: |m, _, _, _| unsupported(m),
    },
    Builtin {
        name: "?",
        usage: "?fmt-list",
        description: "format data from object file",
        help: HELP,
        run: |m, _, flags, args| print(m, flags, args, From::File),
    },
    Builtin {
        name: "=",
        usage: "?fmt-list",
        description: "format immediate value",
        help: HELP,
        run: |m, _, flags, args| print(m, flags, args, From::Immediate),
    },
    Builtin {
        name: "formats",
        usage: "",
        description: "list format specifiers",
        help: "",
        run: formats,
    },
];

const HELP: &str =
    "Formats data at dot: each letter prints one datum and moves on by its size; a\n\
     number before a letter repeats it. /x goes to the target's memory, ?x to the\n\
     executable file, =x prints the value of dot itself. See ::formats.\n";

/// Where the data come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The target's memory.
    Memory,
    /// The executable file.
    File,
    /// The value of dot.
    Immediate,
}

fn unsupported(m: &Debugger) -> i32 {
    m.error_because("failed to read data from target", Errno::TGTNOTSUP);
    DCMD_ERR
}

fn formats(m: &'static Debugger, _addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if flags & DCMD_ADDRSPEC != 0 || !args.is_empty() {
        return DCMD_USAGE;
    }
    for format in FORMATS {
        let size = match format.size {
            letters::VARIABLE => "variable size".to_string(),
            letters::POINTER => format!("{} bytes", m.word_size()),
            1 => "1 byte".to_string(),
            size => format!("{size} bytes"),
        };
        m.print_styled(b'b', &(format.letter as char).to_string());
        out!(m, " - {} ({size})\n", format.description);
    }
    DCMD_OK
}

fn print(m: &'static Debugger, flags: u32, args: &[Arg], from: From) -> i32 {
    if let Some(Arg::Letter(letter)) = args.first() {
        match letter {
            b'v' | b'w' | b'W' | b'Z' if from != From::Immediate && words_follow(args) => {
                return writing::write(m, flags, *letter, &args[1..], from)
            }
            b'l' | b'L' | b'M' if from != From::Immediate => {
                return writing::search(m, *letter, &args[1..], from)
            }
            b'z' => {
                return super::status(m, Err("type information is needed to write with z".into()))
            }
            _ => {}
        }
    }
    let default = [Arg::Letter(b'X')];
    let args = match (args, from) {
        ([], From::Immediate) => {
            m.error("expected one or more format characters following '='");
            return DCMD_ERR;
        }
        ([], _) => &default[..],
        (args, _) => args,
    };
    let label =
        flags & DCMD_PIPE_OUT == 0 && (flags & DCMD_LOOP == 0 || flags & DCMD_LOOPFIRST != 0);
    if label && from != From::Immediate {
        print_label(m, m.dot.get());
    }
    m.with_sink(|sink| {
        sink.wrap = true;
        sink.reset_indent();
        sink.indent_by(16);
    });
    let mut cursor = Cursor { m, from, addr: m.dot.get(), last: 0 };
    let start = cursor.addr;
    let result = cursor.run(args);
    let end = cursor.addr;
    // Indentation ends here even if the caller had switched it on.
    let wrap = m.settings.autowrap.get();
    if let Ok(mut output) = m.output.try_borrow_mut() {
        output.top().wrap = wrap;
        output.top().reset_indent();
    }
    m.increment.set(if from == From::Immediate { 0 } else { end.wrapping_sub(start) });
    match result {
        Ok(()) => DCMD_OK,
        Err(text) => {
            m.finish_line();
            m.error(text);
            DCMD_ERR
        }
    }
}

/// Whether arguments are values to write rather than a format.
fn words_follow(args: &[Arg]) -> bool {
    args[1..].iter().any(|a| matches!(a, Arg::Text(_) | Arg::Value(_)))
}

/// The address as a symbol, on a line of its own if it is exactly one.
fn print_label(m: &Debugger, addr: u64) {
    let found = m.find_symbol(addr);
    if let Some(found) = found.filter(|f| f.sym.st_value == addr) {
        out!(m, "{}:\n", found.name);
    }
    pad_to(m, &format!("{}:", m.symbolic(addr)), 16);
}

/// Prints text and blanks up to the next multiple of `width` columns.
pub fn pad_to(m: &Debugger, text: &str, width: usize) {
    m.with_sink(|sink| {
        sink.chunk(text.as_bytes());
        let over = sink.column() % width;
        if over > 0 {
            sink.chunk(&vec![b' '; width - over]);
        }
    });
}

/// Goes over the data.
struct Cursor {
    m: &'static Debugger,
    from: From,
    addr: u64,
    /// Size of the datum before.
    last: u64,
}

impl Cursor {
    fn run(&mut self, args: &[Arg]) -> Result<(), String> {
        let mut count = None;
        for arg in args {
            if self.m.stopped().is_some() {
                return Ok(());
            }
            match arg {
                Arg::Value(value) => count = Some(*value),
                Arg::Text(text) => {
                    self.m.print(text.to_bytes());
                    count = None;
                }
                Arg::Letter(letter) => self.letter(*letter, count.take())?,
            }
        }
        Ok(())
    }

    fn letter(&mut self, letter: u8, count: Option<u64>) -> Result<(), String> {
        let m = self.m;
        let times = count.unwrap_or(1);
        let Some(format) = FORMATS.iter().find(|f| f.letter == letter) else {
            return Err(format!("invalid format character -- '{}'", letter.escape_ascii()));
        };
        match format.show {
            Show::Plus => self.addr = self.addr.wrapping_add(times),
            Show::Minus => self.addr = self.addr.wrapping_sub(times),
            Show::Back => self.addr = self.addr.wrapping_sub(self.last.wrapping_mul(times)),
            Show::Tab => {
                let width = count.unwrap_or(8).clamp(1, 256) as usize;
                m.with_sink(|sink| {
                    let blanks = width - sink.column() % width;
                    sink.chunk(&vec![b' '; blanks]);
                });
            }
            Show::Search => {
                return Err(format!("-- '{}' needs a value to look for", letter as char))
            }
            _ => {
                for _ in 0..times {
                    if m.stopped().is_some() {
                        break;
                    }
                    self.datum(format)?;
                }
            }
        }
        Ok(())
    }

    fn bytes(&self, size: usize) -> Result<[u8; 8], String> {
        let mut bytes = [0; 8];
        let target = self.m.target();
        let result = match self.from {
            From::Immediate => {
                bytes = self.addr.to_le_bytes();
                bytes[size..].fill(0);
                Ok(())
            }
            From::Memory => target.read(self.addr, &mut bytes[..size]),
            From::File => target.read_file(self.addr, &mut bytes[..size]),
        };
        result.map(|()| bytes).map_err(|error| self.failed(error, size))
    }

    fn failed(&self, error: MemError, size: usize) -> String {
        let errno = memory::errno_of(self.m, error, size);
        format!("failed to read data from target: {}", self.m.errno_text(errno))
    }

    fn step(&mut self, size: u64) {
        self.last = size;
        if self.from != From::Immediate {
            self.addr = self.addr.wrapping_add(size);
        }
    }

    fn datum(&mut self, format: &letters::Format) -> Result<(), String> {
        let m = self.m;
        match format.show {
            Show::Address => {
                pad_to(m, &format!("{}:", m.symbolic(self.addr)), 16);
                return Ok(());
            }
            Show::Newline => {
                m.print("\n");
                return Ok(());
            }
            Show::Blank => {
                m.print(" ");
                return Ok(());
            }
            Show::Text(escaped) => return self.text(escaped),
            Show::Instruction => return self.instruction(format.letter == b'I'),
            _ => {}
        }
        let size =
            if format.size == letters::POINTER { m.word_size() } else { format.size as usize };
        let bytes = self.bytes(size)?;
        let value = u64::from_le_bytes(bytes);
        let signed = sign_extend(value, size);
        m.vars.borrow_mut().set("0", value);
        let width = format.width;
        let text: Vec<u8> = match format.show {
            Show::Hex => format!("{value:x}").into_bytes(),
            Show::Swapped => format!("{:x}", value.swap_bytes() >> (64 - 8 * size)).into_bytes(),
            Show::Decimal => value.to_string().into_bytes(),
            Show::Signed => signed.to_string().into_bytes(),
            Show::Octal => integer(value.into(), 8, true, false, "0", 0),
            Show::SignedOctal => integer(signed.into(), 8, true, false, "0", 0),
            Show::Radix => with_radix(value, m.settings.radix.get(), false, false),
            Show::Symbol => m.symbolic(value).into_bytes(),
            Show::Time => {
                let seconds = if size == 4 { signed } else { value as i64 };
                time::local(seconds).unwrap_or_else(|| seconds.to_string()).into_bytes()
            }
            Show::Char => vec![value as u8],
            Show::EscapedChar => (value as u8).escape_ascii().collect(),
            Show::Binary => format!("{value:b}").into_bytes(),
            Show::Bits => return self.bit_arms(value, size),
            Show::Float => exponent(f32::from_bits(value as u32).into(), 7, b'e').into_bytes(),
            Show::Double => exponent(f64::from_bits(value), 16, b'g').into_bytes(),
            _ => Vec::new(),
        };
        // A value that fills its column must not touch the next one.
        let width = if width > 0 && text.len() >= width { text.len() + 1 } else { width };
        let mut text = text;
        text.resize(text.len().max(width), b' ');
        m.print(text);
        self.step(size as u64);
        Ok(())
    }

    fn text(&mut self, escaped: bool) -> Result<(), String> {
        let m = self.m;
        if self.from != From::Memory {
            return Err("strings can only be read from the target's memory".to_string());
        }
        let (text, _) = memory::read_string(m, self.addr, 1 << 20)
            .map_err(|errno| format!("failed to read data from target: {}", m.errno_text(errno)))?;
        let length = text.len() as u64 + 1;
        match escaped {
            true => m.print(text.escape_ascii().collect::<Vec<u8>>()),
            false => m.print(text),
        }
        self.step(length);
        Ok(())
    }

    /// An instruction on a line of its own, perhaps after its address.
    fn instruction(&mut self, labelled: bool) -> Result<(), String> {
        let m = self.m;
        if self.from != From::Memory {
            return Err("instructions can only be read from the target's memory".to_string());
        }
        let (text, length) = disassembly::instruction(m, self.addr)?;
        if labelled {
            pad_to(m, &format!("{}:", m.symbolic(self.addr)), 16);
        }
        out!(m, "{text}\n");
        self.step(length);
        Ok(())
    }

    /// A binary number with a line to each bit that is set.
    fn bit_arms(&mut self, value: u64, size: usize) -> Result<(), String> {
        let m = self.m;
        let digits = format!("{value:b}");
        out!(m, "{digits}\n");
        let set: Vec<u32> = (0..64).filter(|bit| value >> bit & 1 != 0).collect();
        let arms = |upto: usize| -> String {
            let mut line = vec![b' '; digits.len()];
            for bit in set.iter().skip(upto) {
                line[digits.len() - 1 - *bit as usize] = b'|';
            }
            String::from_utf8_lossy(&line).trim_end().to_string()
        };
        if !set.is_empty() {
            out!(m, "{}\n", arms(0));
        }
        for (index, bit) in set.iter().enumerate() {
            let line = arms(index + 1);
            let column = digits.len() - 1 - *bit as usize;
            let dashes = "-".repeat(*bit as usize + 2);
            out!(m, "{line:column$}+{dashes} bit {bit} mask {:#x}\n", 1u64 << bit);
        }
        self.step(size as u64);
        Ok(())
    }
}

/// The value of `size` bytes as a signed number.
fn sign_extend(value: u64, size: usize) -> i64 {
    let shift = 64 - 8 * size.clamp(1, 8);
    ((value << shift) as i64) >> shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs() {
        assert_eq!(sign_extend(0xff, 1), -1);
        assert_eq!(sign_extend(0x7f, 1), 127);
        assert_eq!(sign_extend(0xffff_fffe, 4), -2);
        assert_eq!(sign_extend(u64::MAX, 8), -1);
    }
}
