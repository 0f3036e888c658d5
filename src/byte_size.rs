//! Sizes as people write them: `500kb`, `1mb`.

use std::{fmt, str::FromStr};

/// A number of bytes, remembered as it was written.
///
/// The grammar is that of Next.js's `sizeLimit`: digits, perhaps with a fraction, then one of the
/// units `b`, `kb`, `mb`, `gb`, `tb`, `pb` in any letter case, with or without spaces between. The
/// units are powers of 1024, and fractions of a byte are dropped. Digits alone are bytes. Next.js
/// reads anything else as far as it can (`1 megabyte` is one byte, `lots` is no limit); here it is
/// an error, at compile time in a `const`.
///
/// The answer to a body that is too large quotes the size as it was written.
///
/// ```
/// use tower_api_routes::ByteSize;
///
/// const LIMIT: ByteSize = ByteSize::new("0.5mb");
/// assert_eq!(LIMIT.as_bytes(), 512 * 1024);
/// assert_eq!(LIMIT.to_string(), "0.5mb");
/// assert!("lots".parse::<ByteSize>().is_err());
/// ```
///
/// ```compile_fail
/// # use tower_api_routes::ByteSize;
/// const LIMIT: ByteSize = ByteSize::new("lots");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ByteSize {
    bytes: u64,
    /// What was written, for as long as `text_len`; nothing when the size came as a number.
    text: [u8; MAX_TEXT],
    text_len: usize,
}

/// The longest text of a size. Its digits stay far below what `u128` holds after multiplication.
const MAX_TEXT: usize = 20;

impl ByteSize {
    /// Reads a size.
    ///
    /// # Panics
    ///
    /// If `text` is not a size; in a `const` that is a compile error. For texts known only at run
    /// time use [`parse`](Self::parse).
    #[must_use]
    #[expect(clippy::panic, reason = "a constant that is wrong must not compile")]
    pub const fn new(text: &str) -> Self {
        match Self::parse(text) {
            Ok(size) => size,
            Err(InvalidByteSize(())) => panic!("{}", InvalidByteSize::message()),
        }
    }

    /// This many bytes.
    #[must_use]
    pub const fn bytes(bytes: u64) -> Self {
        Self {
            bytes,
            text: [0; MAX_TEXT],
            text_len: 0,
        }
    }

    /// Reads a size.
    ///
    /// # Errors
    ///
    /// If `text` is not a size, is longer than 20 characters or means more than 2⁶⁴ bytes.
    pub const fn parse(text: &str) -> Result<Self, InvalidByteSize> {
        let Some(bytes) = count(text.as_bytes()) else {
            return Err(InvalidByteSize(()));
        };
        let mut size = Self::bytes(bytes);
        let Some((start, _)) = size.text.split_at_mut_checked(text.len()) else {
            return Err(InvalidByteSize(()));
        };
        start.copy_from_slice(text.as_bytes());
        size.text_len = text.len();
        Ok(size)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn as_bytes(self) -> u64 {
        self.bytes
    }
}

/// The bytes that `text` means.
const fn count(text: &[u8]) -> Option<u64> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let unsigned = match text {
        [b'+', rest @ ..] => rest,
        _ => text,
    };
    let (number, rest) = digits(unsigned, 0);
    if rest.len() == unsigned.len() {
        return None;
    }
    if rest.is_empty() {
        return fit(number);
    }
    let (number, divisor, rest) = match rest {
        [b'.', fraction @ ..] => {
            let (number, rest) = digits(fraction, number);
            if rest.len() == fraction.len() {
                return None;
            }
            let decimals = fraction.len() - rest.len();
            (number, 10_u128.pow(decimals as u32), rest)
        }
        _ => (number, 1, rest),
    };
    match unit(rest) {
        Some(unit) => fit(number * unit / divisor),
        None => None,
    }
}

/// `number` with the leading digits of `text` appended, and what follows them.
const fn digits(mut text: &[u8], mut number: u128) -> (u128, &[u8]) {
    while let [digit @ b'0'..=b'9', rest @ ..] = text {
        number = number * 10 + (*digit - b'0') as u128;
        text = rest;
    }
    (number, text)
}

const fn unit(mut text: &[u8]) -> Option<u128> {
    while let [b' ', rest @ ..] = text {
        text = rest;
    }
    let power = match text {
        [b'b' | b'B'] => 0,
        [b'k' | b'K', b'b' | b'B'] => 1,
        [b'm' | b'M', b'b' | b'B'] => 2,
        [b'g' | b'G', b'b' | b'B'] => 3,
        [b't' | b'T', b'b' | b'B'] => 4,
        [b'p' | b'P', b'b' | b'B'] => 5,
        _ => return None,
    };
    Some(1024_u128.pow(power))
}

const fn fit(number: u128) -> Option<u64> {
    if number > u64::MAX as u128 {
        return None;
    }
    Some(number as u64)
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text.get(..self.text_len).map(str::from_utf8) {
            Some(Ok(text)) if !text.is_empty() => f.write_str(text),
            _ => self.bytes.fmt(f),
        }
    }
}

impl fmt::Debug for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ByteSize({self})")
    }
}

impl FromStr for ByteSize {
    type Err = InvalidByteSize;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The text is not a size. See [`ByteSize`] for the grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidByteSize(());

impl InvalidByteSize {
    const fn message() -> &'static str {
        "not a size: expected a number with b, kb, mb, gb, tb or pb, such as 500kb"
    }
}

impl fmt::Display for InvalidByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::message())
    }
}

impl std::error::Error for InvalidByteSize {}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Texts that Next.js reads by their first digits; nobody means what they give there.
    const REFUSED: [&str; 10] = [
        " 1mb", "1eb", "mb", "", "lots", "1k", "1e3", "1e3b", "0x10", "Infinity",
    ];

    #[test]
    fn sizes_are_read_as_next_reads_them() {
        let file: Value =
            serde_json::from_str(include_str!("../tests/vectors/bytes.json")).unwrap();
        let mut seen = 0;
        for vector in file["vectors"].as_array().unwrap() {
            let Some(text) = vector["input"].as_str() else {
                continue;
            };
            let expected = match REFUSED.contains(&text) {
                true => None,
                false => vector["parsed"].as_u64(),
            };
            assert_eq!(
                ByteSize::parse(text).ok().map(ByteSize::as_bytes),
                expected,
                "{text:?}"
            );
            seen += 1;
        }
        assert_eq!(seen, 24);
    }

    #[test]
    fn h26_sizes_never_become_unlimited_by_accident() {
        let table = [
            ("0", Some(0)),
            ("0b", Some(0)),
            ("0.4b", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("16384pb", None),
            ("99999999999999999pb", None),
            ("0.0000000000000001pb", Some(0)),
            ("000000000000000001mb", Some(1024 * 1024)),
            ("0000000000000000001mb", None),
            ("-1", None),
            ("-1mb", None),
            ("NaN", None),
            ("1.mb", None),
            (".5mb", None),
            ("1.5", None),
            ("1 ", None),
            ("1\tmb", None),
            ("1mb ", None),
            ("++1", None),
            ("+", None),
            ("1,5mb", None),
            ("１mb", None),
        ];
        for (text, expected) in table {
            assert_eq!(
                ByteSize::parse(text).ok().map(ByteSize::as_bytes),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_size_is_shown_as_it_was_written() {
        for text in ["1mb", "1MB", "0.5mb", "100 b", "1000", "+1kb"] {
            assert_eq!(ByteSize::new(text).to_string(), text);
        }
        assert_eq!(ByteSize::bytes(1000).to_string(), "1000");
        assert_eq!(format!("{:?}", ByteSize::new("1mb")), "ByteSize(1mb)");
    }

    #[test]
    #[should_panic(expected = "not a size: expected a number with b, kb, mb, gb, tb or pb")]
    fn a_bad_size_in_a_constant_says_what_is_expected() {
        let _ = ByteSize::new("lots");
    }

    #[test]
    fn an_error_says_what_a_size_looks_like() {
        let error = "lots".parse::<ByteSize>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "not a size: expected a number with b, kb, mb, gb, tb or pb, such as 500kb"
        );
    }
}
