//! Entity tags, and the requests that are answered by one.
//!
//! A tag names the exact bytes of an answer. A client that kept the answer sends its tag back in
//! `If-None-Match`; when it is still the right one, a 304 without a body says so.

use http::{HeaderMap, HeaderValue, header};

use crate::headers::members;

/// How the entity tag of an answer is made.
///
/// Only answers whose body is known as a whole get a tag; a stream never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum EtagAlgorithm {
    /// The tag that Next.js makes, byte for byte: a move from Next.js empties no cache. The default.
    ///
    /// It is 52 bits of FNV-1a over UTF-16 code units, and their number. Whoever chooses what an
    /// answer holds can make two answers with the same tag; use `Strong` (feature `strong-etag`)
    /// where that matters.
    #[default]
    Next,
    /// The SHA-256 of the bytes: no two answers with the same tag can be found.
    #[cfg(feature = "strong-etag")]
    Strong,
    /// No tag, so that every request is answered in full.
    Off,
}

impl EtagAlgorithm {
    /// The tag of an answer that is text, JSON included; bytes that are not UTF-8 count as U+FFFD.
    #[must_use]
    #[inline]
    pub(crate) fn of_text(self, text: &[u8]) -> Option<HeaderValue> {
        match self {
            Self::Next => next_tag_of_text(text).finish(),
            #[cfg(feature = "strong-etag")]
            Self::Strong => strong_tag(text),
            Self::Off => None,
        }
    }

    /// The tag of an answer that is bytes, as Next.js sends a `Buffer`.
    #[must_use]
    pub(crate) fn of_bytes(self, bytes: &[u8]) -> Option<HeaderValue> {
        match self {
            Self::Next => next_tag_of_buffer(bytes).finish(),
            #[cfg(feature = "strong-etag")]
            Self::Strong => strong_tag(bytes),
            Self::Off => None,
        }
    }
}

/// Whether the client has the answer with this tag already, so that a 304 will do.
///
/// The comparison is weak, as RFC 9110 §13.1.2 asks for. As in Next.js the answer is sent in full
/// when `Cache-Control: no-cache` or an `If-Modified-Since` came along, and a `*` counts only when it
/// stands alone. A tag with a comma inside never matches; the tags made here have none.
///
/// The rule is for GET and HEAD and for successful answers: the caller checks both.
#[must_use]
pub(crate) fn is_fresh(headers: &HeaderMap, tag: &[u8]) -> bool {
    matches_tag(headers, tag)
        && headers
            .get_all(header::IF_MODIFIED_SINCE)
            .iter()
            .all(HeaderValue::is_empty)
        && !headers
            .get_all(header::CACHE_CONTROL)
            .iter()
            .flat_map(members)
            .any(|directive| directive == b"no-cache")
}

fn matches_tag(headers: &HeaderMap, tag: &[u8]) -> bool {
    let tag = without_weakness(tag);
    headers.get_all(header::IF_NONE_MATCH).iter().any(|line| {
        line.as_bytes().trim_ascii() == b"*"
            || members(line).any(|member| without_weakness(member) == tag)
    })
}

/// `"abc"` of `W/"abc"`; the `W` is case-sensitive.
fn without_weakness(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

fn next_tag_of_text(text: &[u8]) -> NextTag {
    // Most texts are valid as a whole, which is found out many bytes at a time.
    if let Ok(text) = str::from_utf8(text) {
        return NextTag::EMPTY.text(text);
    }
    text.utf8_chunks().fold(NextTag::EMPTY, |tag, chunk| {
        let tag = tag.text(chunk.valid());
        match chunk.invalid() {
            [] => tag,
            _ => tag.text("\u{fffd}"),
        }
    })
}

/// Next.js hashes the JSON text of a `Buffer`, a list of decimal numbers: hashed here number by
/// number, without building the text.
fn next_tag_of_buffer(bytes: &[u8]) -> NextTag {
    let mut tag = NextTag::EMPTY.text(r#"{"type":"Buffer","data":["#);
    for (index, &byte) in bytes.iter().enumerate() {
        if index > 0 {
            tag = tag.unit(u16::from(b','));
        }
        for power in [100, 10, 1] {
            if byte >= power || power == 1 {
                tag = tag.unit(u16::from(b'0' + byte / power % 10));
            }
        }
    }
    tag.text("]}")
}

/// The hash of Next.js while it grows: 64-bit FNV-1a over UTF-16 code units, and their number.
///
/// Each step needs the result of the one before, which is what the time goes to: 1.3 ns a unit.
#[derive(Clone, Copy)]
struct NextTag {
    hash: u64,
    units: u64,
}

impl NextTag {
    const EMPTY: Self = Self {
        hash: 0xcbf2_9ce4_8422_2325,
        units: 0,
    };
    const PRIME: u64 = 0x0100_0000_01b3;

    fn unit(self, unit: u16) -> Self {
        Self {
            hash: (self.hash ^ u64::from(unit)).wrapping_mul(Self::PRIME),
            units: self.units + 1,
        }
    }

    fn text(self, text: &str) -> Self {
        if text.is_ascii() {
            text.bytes().map(u16::from).fold(self, Self::unit)
        } else {
            text.encode_utf16().fold(self, Self::unit)
        }
    }

    /// The hash folded to 52 bits, then the number of units, both in base 36.
    fn finish(self) -> Option<HeaderValue> {
        let folded = (self.hash & ((1 << 52) - 1)) ^ (self.hash >> 52);
        // Two quotes, 11 digits of 52 bits and 13 of 64, written from the end.
        let mut tag = [b'"'; 26];
        let mut free = tag.len() - 1;
        for mut number in [self.units, folded] {
            loop {
                free -= 1;
                *tag.get_mut(free)? = BASE36.get((number % 36) as usize).copied()?;
                number /= 36;
                if number == 0 {
                    break;
                }
            }
        }
        HeaderValue::from_bytes(tag.get(free - 1..)?).ok()
    }
}

const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

#[cfg(feature = "strong-etag")]
fn strong_tag(bytes: &[u8]) -> Option<HeaderValue> {
    use data_encoding::BASE64URL_NOPAD;
    use sha2::{Digest, Sha256};

    let hash = BASE64URL_NOPAD.encode(&Sha256::digest(bytes));
    HeaderValue::try_from(format!("\"{hash}\"")).ok()
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;
    use serde_json::Value;

    use super::*;

    fn vectors(file: &str) -> Vec<Value> {
        let file: Value = serde_json::from_str(file).unwrap();
        file["vectors"].as_array().unwrap().clone()
    }

    fn text_of(vector: &Value, field: &str) -> String {
        vector[field].as_str().unwrap().to_owned()
    }

    fn of_text(algorithm: EtagAlgorithm, text: impl AsRef<[u8]>) -> String {
        let tag = algorithm.of_text(text.as_ref()).unwrap();
        tag.to_str().unwrap().to_owned()
    }

    #[test]
    fn texts_have_the_tag_of_next() {
        let tags = [
            ("true", r#""ywwejgvrps4""#),
            ("{}", r#""bwc9mymkdm2""#),
            ("", r#""78p3gz236i0""#),
        ];
        for (text, tag) in tags {
            assert_eq!(of_text(EtagAlgorithm::Next, text), tag);
        }
        let vectors = vectors(include_str!("../tests/vectors/etag.json"));
        assert_eq!(vectors.len(), 273);
        for vector in &vectors {
            let text = text_of(vector, "text");
            let tag = text_of(vector, "etag");
            assert_eq!(of_text(EtagAlgorithm::default(), &text), tag, "{text:?}");
        }
    }

    #[test]
    fn bytes_have_the_tag_of_a_buffer() {
        let vectors = vectors(include_str!("../tests/vectors/etag-buffer.json"));
        assert_eq!(vectors.len(), 31);
        for vector in &vectors {
            let bytes = BASE64.decode(text_of(vector, "base64").as_bytes()).unwrap();
            let tag = EtagAlgorithm::Next.of_bytes(&bytes).unwrap();
            assert_eq!(tag, text_of(vector, "etag").as_str());
        }
    }

    #[test]
    fn every_byte_is_hashed_as_its_decimal_number() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = format!(r#"{{"type":"Buffer","data":{bytes:?}}}"#).replace(' ', "");
        assert_eq!(
            EtagAlgorithm::Next.of_bytes(&bytes).unwrap(),
            of_text(EtagAlgorithm::Next, &text).as_str()
        );
    }

    #[test]
    fn invalid_utf8_is_hashed_as_the_replacement_character() {
        assert_eq!(
            of_text(EtagAlgorithm::Next, b"a\xff\xe2\x82b\xc3"),
            of_text(EtagAlgorithm::Next, "a\u{fffd}\u{fffd}b\u{fffd}")
        );
        assert_eq!(
            of_text(EtagAlgorithm::Next, b"a\xffb"),
            of_text(EtagAlgorithm::Next, "a\u{fffd}b")
        );
    }

    #[test]
    fn off_makes_no_tag() {
        assert_eq!(EtagAlgorithm::Off.of_text(b"{}"), None);
        assert_eq!(EtagAlgorithm::Off.of_bytes(b"{}"), None);
    }

    #[test]
    #[cfg(feature = "strong-etag")]
    fn strong_tags_are_the_sha256_of_the_bytes() {
        let empty = r#""47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU""#;
        assert_eq!(of_text(EtagAlgorithm::Strong, ""), empty);
        assert_eq!(EtagAlgorithm::Strong.of_bytes(b"").unwrap(), empty);
    }

    /// Eight seconds of search found them.
    #[test]
    #[cfg(feature = "strong-etag")]
    fn h69_texts_made_to_collide_have_different_strong_tags() {
        let (one, other) = ("73cdb2cc16811", "ff10f952aa243");
        assert_ne!(one, other);
        assert_eq!(
            of_text(EtagAlgorithm::Next, one),
            of_text(EtagAlgorithm::Next, other)
        );
        assert_ne!(
            of_text(EtagAlgorithm::Strong, one),
            of_text(EtagAlgorithm::Strong, other)
        );
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn h68_if_none_match_is_a_list_compared_weakly() {
        let cases: &[(&[&str], bool)] = &[
            (&[], false),
            (&[""], false),
            (&[r#""abc""#], true),
            (&[r#"W/"abc""#], true),
            (&[r#"w/"abc""#], false),
            (&[r#"W/W/"abc""#], false),
            (&["abc"], false),
            (&[r#""abc"#], false),
            (&[r#""ABC""#], false),
            (&["*"], true),
            (&[" *\t"], true),
            (&["**"], false),
            (&[r#""*""#], false),
            (&[r#""x", *"#], false),
            (&[r#""x","abc""#], true),
            (&["\t\"x\" \t,\t W/\"abc\"\t , \"y\""], true),
            (&[r#",, ,"abc","#], true),
            (&[r#""x" "abc""#], false),
            (&[r#""a","b,"abc",c""#], true),
            (&[r#""x""#, r#""abc""#], true),
            (&[r#""x""#, r#""y""#], false),
        ];
        for (lines, expected) in cases {
            let lines: Vec<_> = lines.iter().map(|line| ("if-none-match", *line)).collect();
            let headers = headers(&lines);
            assert_eq!(is_fresh(&headers, br#""abc""#), *expected, "{lines:?}");
            assert_eq!(is_fresh(&headers, br#"W/"abc""#), *expected, "{lines:?}");
        }
    }

    #[test]
    fn h68_bytes_above_ascii_match_nothing() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(b"\"ab\xff\", \"abc\"").unwrap();
        headers.insert(header::IF_NONE_MATCH, value);
        assert!(is_fresh(&headers, b"\"abc\""));
        assert!(!is_fresh(&headers, b"\"ab\""));
    }

    #[test]
    fn h68_a_list_of_100_kb_is_scanned_once() {
        let list = r#""x", "#.repeat(20_000);
        let long = headers(&[("if-none-match", &list)]);
        assert!(!is_fresh(&long, b"\"abc\""));
        let long = headers(&[("if-none-match", &format!("{list}\"abc\""))]);
        assert!(is_fresh(&long, b"\"abc\""));
    }

    #[test]
    fn the_whole_answer_is_sent_when_the_client_asks_past_its_cache() {
        let tag = ("if-none-match", "\"abc\"");
        let fresh = |name, value| is_fresh(&headers(&[tag, (name, value)]), b"\"abc\"");
        for stale in ["no-cache", "max-age=0,\tno-cache ", "no-cache,x"] {
            assert!(!fresh("cache-control", stale), "{stale}");
        }
        for harmless in ["NO-CACHE", "no-cachey", "no-cache=\"x\"", "max-age=0", ""] {
            assert!(fresh("cache-control", harmless), "{harmless}");
        }
        assert!(!fresh("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"));
        assert!(!fresh("if-modified-since", "garbage"));
        assert!(fresh("if-modified-since", ""));
        assert!(fresh("pragma", "no-cache"));
    }

    #[test]
    fn freshness_is_that_of_next() {
        let vectors = vectors(include_str!("../tests/vectors/fresh.json"));
        let (mut same, mut starred) = (0, 0);
        for vector in &vectors {
            let Some(tag) = vector["etag"].as_str() else {
                continue;
            };
            let names = ["if-none-match", "if-modified-since", "cache-control"];
            let lines: Vec<_> = names
                .into_iter()
                .filter_map(|name| Some((name, vector[name].as_str()?)))
                .collect();
            let fresh = is_fresh(&headers(&lines), tag.as_bytes());
            // No HTTP parser hands over a value with blanks around it: they count for nothing here.
            if vector["if-none-match"] == " *" {
                assert_eq!(vector["fresh"], false);
                starred += 1;
                continue;
            }
            assert_eq!(fresh, vector["fresh"], "{vector}");
            same += 1;
        }
        assert_eq!((same, starred), (2277, 115));
    }
}
