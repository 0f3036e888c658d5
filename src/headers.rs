//! The syntax that header fields share (RFC 9110, section 5): tokens, lists and the blanks around them.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};

/// Whether there is such a header. Few headers are faster looked at than looked up.
#[inline]
pub(crate) fn has_header(headers: &HeaderMap, wanted: &HeaderName) -> bool {
    headers.keys().any(|name| name == wanted)
}

/// `tchar`: what tokens are made of, such as the names of headers, parameters and cookies (RFC 9110,
/// section 5.6.2).
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The members of a comma-separated list, some of which may be empty (RFC 9110, section 5.6.1).
pub(crate) fn members(line: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    let members = line.as_bytes().split(|byte| *byte == b',');
    members.map(trim_blanks)
}

/// Without the blanks and tabs around it: `OWS` (RFC 9110, section 5.6.3).
pub(crate) fn trim_blanks(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Every byte as the character of that number: Latin-1, as Node.js reads header fields.
pub(crate) fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => text.into(),
        _ => bytes
            .iter()
            .map(|byte| char::from(*byte))
            .collect::<String>()
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use http::header::{ACCEPT, ORIGIN, VARY};

    use super::*;

    #[test]
    fn tokens_are_made_of_these_bytes_alone() {
        let tchar = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for byte in 0..=u8::MAX {
            assert_eq!(
                is_token_byte(byte),
                tchar.as_bytes().contains(&byte),
                "{byte}"
            );
        }
    }

    #[test]
    fn lists_have_members_without_the_blanks_around_them() {
        for (line, expected) in [
            ("a", &["a"][..]),
            ("a,b", &["a", "b"]),
            (" a\t,\t b c ", &["a", "b c"]),
            ("a,, ,b,", &["a", "", "", "b", ""]),
            ("", &[""]),
        ] {
            let line = HeaderValue::from_str(line).unwrap();
            assert!(
                members(&line).eq(expected.iter().map(|it| it.as_bytes())),
                "{line:?}"
            );
        }
    }

    #[test]
    fn every_byte_is_a_latin1_character() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let text = latin1(&bytes);
        assert!(text.chars().map(u32::from).eq(0..=255), "{text}");
        // Valid UTF-8 is no exception, and what is ASCII is not copied.
        assert_eq!(latin1("é".as_bytes()), "Ã©");
        assert!(matches!(latin1(b"abc"), Cow::Borrowed("abc")));
    }

    #[test]
    fn headers_are_found_among_others() {
        let value = HeaderValue::from_static("*");
        let headers = HeaderMap::from_iter([ACCEPT, ORIGIN].map(|name| (name, value.clone())));
        assert!(has_header(&headers, &ACCEPT) && has_header(&headers, &ORIGIN));
        assert!(!has_header(&headers, &VARY) && !has_header(&HeaderMap::new(), &ACCEPT));
    }
}
