//! The letters of formats.

/// Size of a datum as wide as a pointer.
pub const POINTER: u8 = 0xfe;
/// Size that depends on the data.
pub const VARIABLE: u8 = 0xff;

/// How a datum is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Hexadecimal.
    Hex,
    /// Hexadecimal after swapping the bytes.
    Swapped,
    /// Decimal.
    Decimal,
    /// Signed decimal.
    Signed,
    /// Octal with a leading zero.
    Octal,
    /// Signed octal with a leading zero.
    SignedOctal,
    /// In the default radix.
    Radix,
    /// As a symbol.
    Symbol,
    /// Seconds since 1970.
    Time,
    /// One character.
    Char,
    /// One character, escaped if it cannot be printed.
    EscapedChar,
    /// Binary.
    Binary,
    /// Binary, with the bits named.
    Bits,
    /// Single precision.
    Float,
    /// Double precision.
    Double,
    /// A C string; true: escaped.
    Text(bool),
    /// An instruction.
    Instruction,
    /// The address itself.
    Address,
    /// A newline.
    Newline,
    /// A blank.
    Blank,
    /// Blanks to the next tab stop.
    Tab,
    /// Moves on by the count.
    Plus,
    /// Moves back by the count.
    Minus,
    /// Moves back by the size of the datum before.
    Back,
    /// Looks for a value; takes arguments.
    Search,
}

/// A format letter.
#[derive(Debug)]
pub struct Format {
    /// The letter.
    pub letter: u8,
    /// Bytes it goes over.
    pub size: u8,
    /// Columns it fills.
    pub width: usize,
    /// What it prints.
    pub show: Show,
    /// For `::formats`.
    pub description: &'static str,
}

const fn letter(
    letter: u8,
    size: u8,
    width: usize,
    show: Show,
    description: &'static str,
) -> Format {
    Format { letter, size, width, show, description }
}

/// All letters.
pub const FORMATS: &[Format] = &[
    letter(b'+', VARIABLE, 0, Show::Plus, "increment dot by the count"),
    letter(b'-', VARIABLE, 0, Show::Minus, "decrement dot by the count"),
    letter(b'^', VARIABLE, 0, Show::Back, "decrement dot by increment * count"),
    letter(b'B', 1, 8, Show::Hex, "hexadecimal int"),
    letter(b'C', 1, 0, Show::EscapedChar, "character using C character notation"),
    letter(b'D', 4, 16, Show::Signed, "decimal signed int"),
    letter(b'E', 8, 21, Show::Decimal, "decimal unsigned long long"),
    letter(b'F', 8, 24, Show::Double, "double"),
    letter(b'G', 8, 23, Show::Octal, "octal unsigned long long"),
    letter(b'H', 4, 16, Show::Swapped, "swap bytes and shorts"),
    letter(b'I', VARIABLE, 0, Show::Instruction, "address and disassembled instruction"),
    letter(b'J', 8, 16, Show::Hex, "hexadecimal long long"),
    letter(b'K', POINTER, 16, Show::Hex, "hexadecimal uintptr_t"),
    letter(b'L', 4, 0, Show::Search, "search for int value"),
    letter(b'M', 8, 0, Show::Search, "search for long long value"),
    letter(b'N', 0, 0, Show::Newline, "newline"),
    letter(b'O', 4, 16, Show::Octal, "octal unsigned int"),
    letter(b'P', POINTER, 19, Show::Symbol, "symbol"),
    letter(b'Q', 4, 16, Show::SignedOctal, "octal signed int"),
    letter(b'R', 8, 0, Show::Binary, "binary long long"),
    letter(b'S', VARIABLE, 0, Show::Text(true), "string using C string notation"),
    letter(b'T', 0, 0, Show::Tab, "horizontal tab"),
    letter(b'U', 4, 16, Show::Decimal, "decimal unsigned int"),
    letter(b'V', 1, 8, Show::Decimal, "decimal unsigned int"),
    letter(b'W', 4, 16, Show::Radix, "default radix unsigned int (write)"),
    letter(b'X', 4, 16, Show::Hex, "hexadecimal int"),
    letter(b'Y', 4, 24, Show::Time, "decoded time32_t"),
    letter(b'Z', 8, 16, Show::Hex, "hexadecimal long long (write)"),
    letter(b'a', 0, 16, Show::Address, "dot as symbol+offset"),
    letter(b'b', 1, 8, Show::Octal, "octal unsigned int"),
    letter(b'c', 1, 0, Show::Char, "character"),
    letter(b'd', 2, 8, Show::Signed, "decimal signed short"),
    letter(b'e', 8, 21, Show::Signed, "decimal signed long long"),
    letter(b'f', 4, 16, Show::Float, "float"),
    letter(b'g', 8, 24, Show::SignedOctal, "octal signed long long"),
    letter(b'h', 2, 8, Show::Swapped, "swap bytes"),
    letter(b'i', VARIABLE, 0, Show::Instruction, "disassembled instruction"),
    letter(b'j', 8, 0, Show::Bits, "binary long long with the bits named"),
    letter(b'l', 2, 0, Show::Search, "search for short value"),
    letter(b'n', 0, 0, Show::Newline, "newline"),
    letter(b'o', 2, 8, Show::Octal, "octal unsigned short"),
    letter(b'p', POINTER, 19, Show::Symbol, "symbol"),
    letter(b'q', 2, 8, Show::SignedOctal, "octal signed short"),
    letter(b'r', 0, 0, Show::Blank, "whitespace"),
    letter(b's', VARIABLE, 0, Show::Text(false), "raw string"),
    letter(b't', 0, 0, Show::Tab, "horizontal tab"),
    letter(b'u', 2, 8, Show::Decimal, "decimal unsigned short"),
    letter(b'v', 1, 8, Show::Signed, "decimal signed int (write)"),
    letter(b'w', 2, 8, Show::Radix, "default radix unsigned short (write)"),
    letter(b'x', 2, 8, Show::Hex, "hexadecimal short"),
    letter(b'y', 8, 24, Show::Time, "decoded time64_t"),
];
