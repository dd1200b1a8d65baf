//! Takes a format apart.

/// A part of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text to print as it is.
    Literal(&'a [u8]),
    /// What stands between `%<` and `>`.
    Attribute(&'a [u8]),
    /// A conversion.
    Conversion(Spec),
}

/// A conversion's flags, width and letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec {
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// Field width.
    pub width: Width,
    /// Argument size.
    pub size: Size,
    /// Conversion letter; anything but a known one stands for itself.
    pub letter: u8,
}

/// Where the field width comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// No width.
    None,
    /// Digits in the format.
    Fixed(usize),
    /// `?`: digits of a pointer.
    Pointer,
    /// `*`: the next argument.
    Argument,
}

/// Size of an integer argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// No letter.
    Int,
    /// `h`
    Short,
    /// `l`
    Long,
    /// `ll`
    LongLong,
}

impl Spec {
    /// Brings text to the field width.
    pub fn pad(&self, mut text: Vec<u8>, width: usize) -> Vec<u8> {
        let missing = width.saturating_sub(text.len());
        if missing == 0 {
            return text;
        }
        if self.left {
            text.resize(width, b' ');
            return text;
        }
        // Zero fill goes before a sign or base prefix, and applies to strings too.
        let mut padded = vec![if self.zero { b'0' } else { b' ' }; missing];
        padded.append(&mut text);
        padded
    }
}

/// The parts of a format, in order.
pub fn pieces(format: &[u8]) -> Pieces<'_> {
    Pieces { rest: format }
}

/// Iterator of [`pieces`].
#[derive(Debug)]
pub struct Pieces<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        match self.rest {
            [] => None,
            [b'%', b'<', after @ ..] => {
                let end = after.iter().position(|&b| b == b'>').unwrap_or(after.len());
                self.rest = after.get(end + 1..).unwrap_or_default();
                Some(Piece::Attribute(&after[..end]))
            }
            [b'%', after @ ..] => {
                let (spec, used) = conversion(after)?;
                self.rest = &after[used..];
                Some(Piece::Conversion(spec))
            }
            _ => {
                let end = self.rest.iter().position(|&b| b == b'%').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                Some(Piece::Literal(text))
            }
        }
    }
}

/// Parses what follows a percent sign; none when the letter is missing.
fn conversion(text: &[u8]) -> Option<(Spec, usize)> {
    let mut spec = Spec {
        alternate: false,
        zero: false,
        left: false,
        plus: false,
        width: Width::None,
        size: Size::Int,
        letter: 0,
    };
    for (index, &byte) in text.iter().enumerate() {
        match byte {
            b'#' => spec.alternate = true,
            b'-' => spec.left = true,
            b'+' => spec.plus = true,
            b'?' => spec.width = Width::Pointer,
            b'*' => spec.width = Width::Argument,
            b'0' if !matches!(spec.width, Width::Fixed(_)) => spec.zero = true,
            b'0'..=b'9' => {
                let before = if let Width::Fixed(width) = spec.width { width } else { 0 };
                let digit = usize::from(byte - b'0');
                spec.width = Width::Fixed(before.saturating_mul(10).saturating_add(digit));
            }
            b'h' => spec.size = Size::Short,
            b'l' if spec.size == Size::Long => spec.size = Size::LongLong,
            b'l' => spec.size = Size::Long,
            _ => {
                spec.letter = byte;
                return Some((spec, index + 1));
            }
        }
    }
    None
}
