//! The `charset` parameter: bytes to text.
//!
//! The names and results are those of the npm package `iconv-lite`, which Next.js uses, wherever
//! a client may sensibly ask for them. Unlike the Encoding standard, `latin1` is Latin-1 and not
//! windows-1252, and `us-ascii` has no characters above 0x7f. Not known here: `base64`, `hex`,
//! `utf-7`, `cesu-8` and the code pages that the Encoding standard leaves out, and without the
//! feature `charsets` all but UTF-8, UTF-16, Latin-1 and ASCII.

use std::borrow::Cow;

#[cfg(feature = "charsets")]
use encoding_rs::{Encoding, ISO_2022_JP, X_USER_DEFINED};

use crate::headers::latin1;

/// How the bytes of a body become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    /// The byte order mark decides, else a guess.
    Utf16,
    Utf16Le,
    Utf16Be,
    Latin1,
    Ascii,
    #[cfg(feature = "charsets")]
    Other(&'static Encoding),
}

impl Charset {
    /// The charset of that name; the empty name is UTF-8.
    pub(crate) fn for_label(label: &str) -> Option<Self> {
        // Names are compared by their letters and digits alone: `utf_8` is `utf-8`.
        let mut plain = [0; 24];
        let mut letters = label.bytes().filter(u8::is_ascii_alphanumeric);
        let mut length = 0;
        for (slot, letter) in plain.iter_mut().zip(letters.by_ref()) {
            *slot = letter.to_ascii_lowercase();
            length += 1;
        }
        if letters.next().is_some() {
            return None;
        }
        match plain.get(..length)? {
            b"" if label.is_empty() => Some(Self::Utf8),
            b"utf8" | b"unicode11utf8" => Some(Self::Utf8),
            b"utf16" => Some(Self::Utf16),
            b"utf16le" | b"ucs2" => Some(Self::Utf16Le),
            b"utf16be" => Some(Self::Utf16Be),
            b"latin1" | b"l1" | b"iso88591" | b"csisolatin1" | b"isoir100" | b"cp819"
            | b"ibm819" | b"28591" | b"binary" => Some(Self::Latin1),
            b"ascii" | b"usascii" | b"us" | b"ansix34" | b"ansix341968" | b"ansix341986"
            | b"csascii" | b"cp367" | b"ibm367" | b"isoir6" | b"iso646us" | b"iso646irv" => {
                Some(Self::Ascii)
            }
            #[cfg(feature = "charsets")]
            plain => Encoding::for_label_no_replacement(label.as_bytes())
                .or_else(|| Encoding::for_label_no_replacement(plain))
                .filter(|encoding| *encoding != ISO_2022_JP && *encoding != X_USER_DEFINED)
                .map(Self::Other),
            #[cfg(not(feature = "charsets"))]
            _ => None,
        }
    }

    /// The text of `bytes`. What is malformed becomes U+FFFD, a byte order mark is removed. Text
    /// that is valid UTF-8 already is borrowed.
    pub(crate) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(without_bom(bytes)),
            Self::Utf16 => decode_utf16(bytes, guess_utf16(bytes)),
            Self::Utf16Le => decode_utf16(bytes, u16::from_le_bytes),
            Self::Utf16Be => decode_utf16(bytes, u16::from_be_bytes),
            Self::Latin1 => latin1(bytes),
            Self::Ascii => match str::from_utf8(bytes) {
                Ok(text) if text.is_ascii() => text.into(),
                _ => bytes
                    .iter()
                    .map(|byte| ascii(*byte))
                    .collect::<String>()
                    .into(),
            },
            #[cfg(feature = "charsets")]
            Self::Other(encoding) => encoding.decode_without_bom_handling(bytes).0,
        }
    }
}

/// `bytes` without the byte order mark of UTF-8.
pub(super) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn ascii(byte: u8) -> char {
    match byte.is_ascii() {
        true => char::from(byte),
        false => char::REPLACEMENT_CHARACTER,
    }
}

/// A last odd byte is no character and is dropped.
fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, str> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = String::with_capacity(bytes.len());
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    text.into()
}

/// The byte order of UTF-16 text: what its mark says, or the order that makes more ASCII of its
/// first hundred units, or little-endian.
fn guess_utf16(bytes: &[u8]) -> fn([u8; 2]) -> u16 {
    let (pairs, _) = bytes.as_chunks::<2>();
    match pairs.first() {
        Some([0xff, 0xfe]) => return u16::from_le_bytes,
        Some([0xfe, 0xff]) => return u16::from_be_bytes,
        _ => {}
    }
    let first = pairs.iter().take(100);
    let little = first
        .clone()
        .filter(|pair| pair[0] != 0 && pair[1] == 0)
        .count();
    let big = first.filter(|pair| pair[0] == 0 && pair[1] != 0).count();
    match big > little {
        true => u16::from_be_bytes,
        false => u16::from_le_bytes,
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Names that no client has a reason to send; some are ways to smuggle text past a filter.
    const REFUSED: [&str; 5] = ["utf-7", "cp437", "base64", "hex", "cesu-8"];

    /// Those that the feature `charsets` brings.
    const OPTIONAL: [&str; 15] = [
        "big5",
        "cp1252",
        "euc-jp",
        "euc-kr",
        "gb18030",
        "gb2312",
        "gbk",
        "ibm866",
        "iso-8859-15",
        "koi8-r",
        "macintosh",
        "shift_jis",
        "sjis",
        "windows-1251",
        "windows-1252",
    ];

    /// Of malformed text in these, the Encoding standard replaces other stretches than Node.js.
    const MULTIBYTE: [&str; 6] = ["shift_jis", "euc-jp", "gbk", "gb18030", "big5", "euc-kr"];

    #[test]
    fn charsets_are_decoded_as_next_decodes_them() {
        let file: Value =
            serde_json::from_str(include_str!("../../tests/vectors/charset.json")).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        for vector in vectors {
            let label = vector["charset"].as_str().unwrap();
            let bytes = BASE64
                .decode(vector["base64"].as_str().unwrap().as_bytes())
                .unwrap();
            let text = Charset::for_label(label).map(|charset| charset.decode(&bytes));
            let expected = vector["text"].as_str();
            let is_left_out = !cfg!(feature = "charsets") && OPTIONAL.contains(&label);
            if is_left_out || REFUSED.contains(&label) {
                assert_eq!(text, None, "{vector}");
            } else if MULTIBYTE.contains(&label) && expected.is_some_and(|t| t.contains('\u{fffd}'))
            {
                assert!(
                    text.is_some_and(|text| text.contains('\u{fffd}')),
                    "{vector}"
                );
            } else {
                assert_eq!(text.as_deref(), expected, "{vector}");
            }
        }
        assert_eq!(vectors.len(), 350);
    }

    #[test]
    fn h35_the_order_of_utf_16_is_that_of_the_mark_or_of_more_ascii() {
        for (bytes, text) in [
            (&b"a\0b\0"[..], "ab"),
            (b"\0a\0b", "ab"),
            // The mark counts, whatever follows.
            (b"\xff\xfe\0a", "\u{6100}"),
            (b"\xfe\xffa\0", "\u{6100}"),
            // What is no ASCII in either order decides nothing.
            (b"\0aN-", "a\u{4e2d}"),
            (b"a\0-N", "a\u{4e2d}"),
            (b"a\0\0b", "a\u{6200}"),
        ] {
            assert_eq!(Charset::Utf16.decode(bytes), text, "{bytes:?}");
        }
    }

    #[test]
    fn h35_names_are_compared_by_letters_and_digits() {
        let table = [
            ("", Some(Charset::Utf8)),
            ("UTF-8", Some(Charset::Utf8)),
            ("utf 8", Some(Charset::Utf8)),
            ("utf_16", Some(Charset::Utf16)),
            ("UCS-2", Some(Charset::Utf16Le)),
            ("Latin1", Some(Charset::Latin1)),
            ("ISO_8859-1", Some(Charset::Latin1)),
            ("US-ASCII", Some(Charset::Ascii)),
            #[cfg(not(feature = "charsets"))]
            ("windows-1252", None),
            #[cfg(feature = "charsets")]
            (
                "windows-1252",
                Some(Charset::Other(encoding_rs::WINDOWS_1252)),
            ),
            #[cfg(feature = "charsets")]
            (
                "iso-8859-15",
                Some(Charset::Other(encoding_rs::ISO_8859_15)),
            ),
            ("-", None),
            ("x", None),
            ("foo-1", None),
            ("utf-32", None),
            ("iso-2022-jp", None),
            ("x-user-defined", None),
            ("hz-gb-2312", None),
            ("replacement", None),
            ("utf-8é", Some(Charset::Utf8)),
            ("utf-8-and-a-very-long-tail", None),
        ];
        for (label, expected) in table {
            assert_eq!(Charset::for_label(label), expected, "{label:?}");
        }
    }

    #[test]
    fn text_that_is_utf_8_already_is_borrowed() {
        for charset in [Charset::Utf8, Charset::Ascii, Charset::Latin1] {
            assert!(
                matches!(charset.decode(b"abc"), Cow::Borrowed("abc")),
                "{charset:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded(label in "[a-z0-9-]{0,12}", bytes: Vec<u8>) {
            if let Some(charset) = Charset::for_label(&label) {
                let _ = charset.decode(&bytes);
            }
            for charset in [Charset::Utf16, Charset::Utf16Be, Charset::Latin1, Charset::Ascii] {
                let _ = charset.decode(&bytes);
            }
        }

        #[test]
        fn utf_16_text_survives(text: String) {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            prop_assert_eq!(Charset::Utf16Be.decode(&units), text);
        }
    }
}
