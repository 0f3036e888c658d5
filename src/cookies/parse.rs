//! `Cookie` headers to names and values.

use std::{borrow::Cow, fmt};

use memchr::memchr;

use crate::{
    headers::{latin1, trim_blanks},
    multi_map::{Builder, MultiMap},
    routing::path::decode_segment,
};

/// How many bytes the values of all `Cookie` headers may have together: 16 KiB.
pub const MAX_BYTES: usize = 16 * 1024;

/// How many cookies a request may have: 512.
pub const MAX_COOKIES: usize = 512;

/// Why cookies are not read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Bytes,
    Pairs,
}

/// Reads the values of all `Cookie` headers.
///
/// # Errors
///
/// More than [`MAX_BYTES`] or more than [`MAX_COOKIES`], counted before room is made for them.
pub(super) fn parse<'a>(headers: impl IntoIterator<Item = &'a [u8]>) -> Result<MultiMap, Refused> {
    let mut builder = Builder::default();
    let (mut bytes, mut count) = (0_usize, 0_usize);
    for header in headers {
        bytes = bytes.saturating_add(header.len());
        if bytes > MAX_BYTES {
            return Err(Refused::Bytes);
        }
        let more = pairs(header).count();
        count = count.saturating_add(more);
        if count > MAX_COOKIES {
            return Err(Refused::Pairs);
        }
        builder.reserve(header.len(), more);
        for (name, value) in pairs(header) {
            builder.push(&latin1(name), &decode(latin1(unquote(value))));
        }
    }
    Ok(builder.build())
}

/// The pairs of one header, as they were sent.
fn pairs(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    header.split(|&byte| byte == b';').filter_map(|pair| {
        let (name, value) = pair.split_at_checked(memchr(b'=', pair)?)?;
        Some((trim_blanks(name), trim_blanks(value.get(1..)?)))
    })
}

/// Without the quotation marks around it (RFC 6265, section 4.1.1). One that has no partner is
/// part of the value, where Next.js takes the last character away.
fn unquote(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] => inner,
        plain => plain,
    }
}

/// `decodeURIComponent`, or the text as it is where that throws.
fn decode(text: Cow<'_, str>) -> Cow<'_, str> {
    match decode_segment(&text) {
        Ok(Cow::Owned(decoded)) => decoded.into(),
        _ => text,
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes => write!(f, "more than {MAX_BYTES} bytes of cookies"),
            Self::Pairs => write!(f, "more than {MAX_COOKIES} cookies"),
        }
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn read(headers: &[&[u8]]) -> MultiMap {
        parse(headers.iter().copied()).unwrap()
    }

    #[test]
    fn a_refusal_names_the_limit() {
        assert_eq!(
            [Refused::Bytes, Refused::Pairs].map(|it| it.to_string()),
            ["more than 16384 bytes of cookies", "more than 512 cookies"]
        );
    }

    #[test]
    fn pairs_as_next_js_reads_them() {
        type Pairs = &'static [(&'static str, &'static str)];
        let cases: &[(&[u8], Pairs)] = &[
            (b"", &[]),
            (b";;", &[]),
            (b"a=1; b=2", &[("a", "1"), ("b", "2")]),
            (b"  a  =  1  ;   b =2  ", &[("a", "1"), ("b", "2")]),
            (b"a=1;\tb=2;", &[("a", "1"), ("b", "2")]),
            (b"a", &[]),
            (b"=", &[("", "")]),
            (b"=v", &[("", "v")]),
            (b"a=b=c", &[("a", "b=c")]),
            (b"a=1, b=2", &[("a", "1, b=2")]),
            (b"a=\"x\\\"y\"", &[("a", "x\\\"y")]),
            (b"a=\"\"", &[("a", "")]),
            (b"a='v'", &[("a", "'v'")]),
            (b"a=1+2%20%E2%9C%93", &[("a", "1+2 ✓")]),
            (b"a=%41%zz; b=%41%", &[("a", "%41%zz"), ("b", "%41%")]),
            (
                b"a=%ff; b=%c0%af; c=%4",
                &[("a", "%ff"), ("b", "%c0%af"), ("c", "%4")],
            ),
            (b"a=\xe9", &[("a", "é")]),
            (b"a=\xc3\xa9", &[("a", "Ã©")]),
            (b"a=\xe9%20\xe9; b=\xe9%", &[("a", "é é"), ("b", "é%")]),
            (
                b"toString=1; __proto__=2",
                &[("toString", "1"), ("__proto__", "2")],
            ),
            (b"A=1; a=2", &[("A", "1"), ("a", "2")]),
        ];
        for (header, expected) in cases {
            let map = read(&[header]);
            let found: Vec<_> = map
                .iter()
                .map(|(name, mut values)| (name, values.next().unwrap()))
                .collect();
            assert_eq!(found, *expected, "{}", header.escape_ascii());
        }
    }

    #[test]
    fn a_quotation_mark_without_its_partner_is_data() {
        for (value, expected) in [
            ("\"abcdef", "\"abcdef"),
            ("abcdef\"", "abcdef\""),
            ("\"", "\""),
            ("\"\"", ""),
            ("\"\"\"", "\""),
            ("\"a\"b", "\"a\"b"),
            ("a\"b\"", "a\"b\""),
            ("\" a ", "\" a"),
            ("\"%22", "\"\""),
            ("%22a%22", "\"a\""),
            // A semicolon ends a pair, quoted or not.
            ("\"x;y\"", "\"x"),
        ] {
            let map = read(&[format!("a={value}; n=2").as_bytes()]);
            assert_eq!(map.get("a"), Some(expected), "{value}");
            assert_eq!(map.get("n"), Some("2"), "{value}");
        }
    }

    #[test]
    fn h41_disguised_prefixes_stay_disguised() {
        for header in [
            "\u{2000}__Host-s=evil".as_bytes(),
            "\u{a0}__Host-s=evil".as_bytes(),
            b"\xa0__Host-s=evil",
            b"\x85__Host-s=evil",
            b"\x0b__Host-s=evil",
        ] {
            let map = read(&[header]);
            assert!(!map.contains("__Host-s"), "{}", header.escape_ascii());
            assert_eq!(map.len(), 1);
        }
    }

    #[test]
    fn h42_names_are_never_decoded() {
        let map = read(&[b"%5F%5FHost-s=evil"]);
        assert!(!map.contains("__Host-s"));
        assert_eq!(map.get("%5F%5FHost-s"), Some("evil"));
    }

    #[test]
    fn h43_the_first_of_a_name_counts_and_none_is_lost() {
        let map = read(&[b"a=1; a=2", b"a="]);
        assert_eq!(map.get("a"), Some("1"));
        assert!(map.get_all("a").eq(["1", "2", ""]));
    }

    #[test]
    fn h44_a_bad_pair_hides_no_good_one() {
        let map = read(&[b"a=\xff; s=ok; =v; novalue; ;;", b"\xff\x00\x01;t=ok"]);
        assert_eq!(map.get("s"), Some("ok"));
        assert_eq!(map.get("t"), Some("ok"));
        assert_eq!(map.get("a"), Some("ÿ"));
        assert_eq!(map.get(""), Some("v"));
        assert_eq!(map.len(), 4);
    }

    #[test]
    fn h45_no_attributes_and_no_quoting() {
        let map = read(&[b"$Version=1; s=\"a; admin=1\""]);
        assert_eq!(map.get("$Version"), Some("1"));
        assert_eq!(map.get("s"), Some("\"a"));
        assert_eq!(map.get("admin"), Some("1\""));
    }

    #[test]
    fn h46_limits() {
        let value = vec![b'x'; MAX_BYTES - 2];
        let full = [b"a=", value.as_slice()].concat();
        assert_eq!(read(&[&full]).get("a").unwrap().len(), MAX_BYTES - 2);
        let over = [full.as_slice(), b";"];
        assert_eq!(parse(over.into_iter()), Err(Refused::Bytes));

        let pairs = "a=;".repeat(MAX_COOKIES);
        assert_eq!(read(&[pairs.as_bytes()]).get_all("a").len(), MAX_COOKIES);
        let over = [pairs.as_bytes(), b"b=1"];
        assert_eq!(parse(over.into_iter()), Err(Refused::Pairs));
    }

    #[derive(Deserialize)]
    struct Vectors {
        vectors: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        header: String,
        cookies: Vec<(String, String)>,
    }

    #[test]
    fn recorded_headers() {
        let text = include_str!("../../tests/vectors/cookie-parse.json");
        let vectors: Vectors = serde_json::from_str(text).unwrap();
        let (mut ours, mut whole) = (Vec::new(), Vec::new());
        for Vector { header, cookies } in vectors.vectors {
            let bytes: Vec<u8> = header
                .chars()
                .map(|char| u8::try_from(char).unwrap())
                .collect();
            let mut found = read_first(&bytes);
            crate::key_order::sort(&mut found, |(name, _)| name);
            // Names that JavaScript objects have from birth get lost there.
            let names = found.len();
            found.retain(|(name, _)| name != "__proto__");
            if found.len() < names {
                ours.push(header.clone());
            }
            // And the last character of a value that begins with a quotation mark.
            for (cookie, (name, recorded)) in found.iter_mut().zip(&cookies) {
                if cookie.1 != *recorded {
                    whole.push((header.clone(), cookie.1.clone()));
                    assert!(cookie.1.starts_with('"') && !cookie.1.ends_with("\"\""));
                    *cookie = (name.clone(), recorded.clone());
                }
            }
            assert_eq!(found, cookies, "{header:?}");
        }
        assert_eq!(ours, ["a=12%zz+;__proto__=a=1", "__proto__=;%20; a=1,"]);
        let whole: Vec<_> = whole
            .iter()
            .map(|(header, value)| (header.as_str(), value.as_str()))
            .collect();
        // Next.js has what stands between the first and the last character.
        assert_eq!(
            whole,
            [
                ("%20%20__proto__2\t\"; '=\"", "\""),
                ("=\"é1c++,a=1", "\"é1c++,a=1"),
                ("=\"q\"'\t\"__proto__", "\"q\"'\t\"__proto__"),
                (",1a=\"q\"__proto__1c", "\"q\"__proto__1c"),
            ]
        );
    }

    fn read_first(header: &[u8]) -> Vec<(String, String)> {
        read(&[header])
            .iter()
            .map(|(name, mut values)| (name.to_owned(), values.next().unwrap().to_owned()))
            .collect()
    }
}
