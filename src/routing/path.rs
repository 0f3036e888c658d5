//! Request paths: segments, escapes, slashes.
//!
//! A path is split on `/` first. Only what a parameter captured is percent-decoded, once, and
//! strictly: a malformed escape or text that is not UTF-8 is an error, never a replacement
//! character. Static segments are compared as they were sent.

use std::{borrow::Cow, fmt};

use memchr::{memchr, memchr_iter};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Every byte that RFC 3986 does not allow raw in a path segment (everything but `pchar`).
const NOT_PCHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// A path holds an escape that is no escape (`%zz`, `%4`) or bytes that are not UTF-8 (`%ff`).
///
/// The router answers it with 400, as Next.js does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MalformedPath;

impl fmt::Display for MalformedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path holds a malformed percent escape")
    }
}

impl std::error::Error for MalformedPath {}

/// The value of one captured segment, percent-decoded once.
///
/// `+` stays `+`, and `%2F` becomes a `/` inside the value, never a separator. Borrows when there
/// is nothing to decode.
///
/// # Errors
///
/// [`MalformedPath`] for a `%` that two hex digits do not follow, and for bytes that are not
/// UTF-8: overlong forms and surrogates included (RFC 3629).
///
/// ```
/// use tower_api_routes::routing::path::decode_segment;
///
/// assert_eq!(decode_segment("a%20b").unwrap(), "a b");
/// assert_eq!(decode_segment("%252e").unwrap(), "%2e");
/// assert!(decode_segment("%zz").is_err());
/// ```
pub fn decode_segment(segment: &str) -> Result<Cow<'_, str>, MalformedPath> {
    // Most segments hold nothing to decode.
    if memchr(b'%', segment.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(segment));
    }
    if !escapes_are_complete(segment) {
        return Err(MalformedPath);
    }
    percent_decode_str(segment)
        .decode_utf8()
        .map_err(|_| MalformedPath)
}

/// Whether [`decode_segment`] accepts every segment of a path.
///
/// Free of allocations unless the path holds escapes of bytes beyond ASCII.
#[must_use]
pub fn is_well_formed(path: &str) -> bool {
    // Only escapes beyond ASCII can decode to something else than text. No character of theirs
    // reaches across a `/`, so that the path may be decoded as a whole.
    escapes_are_complete(path)
        && (!has_escapes_beyond_ascii(path) || percent_decode_str(path).decode_utf8().is_ok())
}

/// Whether two hex digits follow every `%`.
fn escapes_are_complete(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr_iter(b'%', bytes).all(|at| {
        matches!(
            bytes.get(at + 1..at + 3),
            Some([high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit()
        )
    })
}

fn has_escapes_beyond_ascii(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr_iter(b'%', bytes).any(|at| bytes.get(at + 1).is_some_and(|digit| *digit >= b'8'))
}

/// The text that a static segment matches in a URL.
///
/// Bytes that RFC 3986 allows raw in a segment stay (`pchar`: letters, digits, `-._~`,
/// `!$&'()*+,;=`, `:`, `@`); every other byte becomes an escape with upper-case hex digits.
///
/// ```
/// use tower_api_routes::routing::path::encode_static;
///
/// assert_eq!(encode_static("spa ce"), "spa%20ce");
/// assert_eq!(encode_static("é"), "%C3%A9");
/// ```
#[must_use]
pub fn encode_static(segment: &str) -> Cow<'_, str> {
    utf8_percent_encode(segment, NOT_PCHAR).into()
}

/// Whether a segment is `.` or `..`, in any mix of raw and escaped dots (`%2e`, `.%2E`).
///
/// Clients and proxies resolve such segments (RFC 3986, section 5.2.4), so that no route ever
/// captures one.
#[must_use]
pub fn is_dot_segment(segment: &str) -> bool {
    is_dots(segment.as_bytes())
}

pub(super) fn is_dots(segment: &[u8]) -> bool {
    let Some(rest) = strip_dot(segment) else {
        return false;
    };
    rest.is_empty() || strip_dot(rest).is_some_and(<[u8]>::is_empty)
}

fn strip_dot(segment: &[u8]) -> Option<&[u8]> {
    match segment {
        [b'.', rest @ ..] | [b'%', b'2', b'e' | b'E', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// The raw segments of a path without its leading slash: none for `""`.
///
/// ```
/// use tower_api_routes::routing::path::segments;
///
/// assert_eq!(segments("a/b").collect::<Vec<_>>(), ["a", "b"]);
/// assert_eq!(segments("a//").collect::<Vec<_>>(), ["a", "", ""]);
/// assert_eq!(segments("").count(), 0);
/// ```
pub fn segments(path: &str) -> impl Iterator<Item = &str> + Clone {
    let path = (!path.is_empty()).then_some(path);
    path.into_iter().flat_map(|path| path.split('/'))
}

/// How many [`segments`] a path has, counted at the speed of `memchr`.
#[must_use]
pub fn segment_count(path: &str) -> usize {
    if path.is_empty() {
        0
    } else {
        memchr_iter(b'/', path.as_bytes()).count() + 1
    }
}

/// The path to redirect to when slashes repeat or a backslash stands for one.
///
/// `None` when there is nothing to do. Otherwise every `\` is a `/`, every run of slashes is one,
/// there is a leading slash, and all other bytes stay as they were sent.
///
/// The result is safe in a `Location` header: it begins with one `/` that neither `/` nor `\`
/// follows, so that no client reads it as another host.
///
/// ```
/// use tower_api_routes::routing::path::collapse;
///
/// assert_eq!(collapse("//example.com//api").as_deref(), Some("/example.com/api"));
/// assert_eq!(collapse("/api/users"), None);
/// ```
#[must_use]
pub fn collapse(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    // Slashes are so close together that to search for each takes longer.
    let is_doubled = bytes.windows(2).any(|pair| pair == b"//");
    if !is_doubled && memchr(b'\\', bytes).is_none() {
        return None;
    }
    let mut collapsed = String::with_capacity(path.len() + 1);
    for segment in path
        .split(['/', '\\'])
        .filter(|segment| !segment.is_empty())
    {
        collapsed.push('/');
        collapsed.push_str(segment);
    }
    if path.ends_with(['/', '\\']) {
        collapsed.push('/');
    }
    Some(collapsed)
}

/// The path without its trailing slash; `None` when there is none, and for `/` itself.
///
/// [`collapse`] comes first: of several trailing slashes this takes the last one only.
#[must_use]
pub fn trim_trailing_slash(path: &str) -> Option<&str> {
    path.strip_suffix('/').filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_is_wrong() {
        let error = MalformedPath.to_string();
        assert_eq!(error, "the path holds a malformed percent escape");
    }

    #[test]
    fn decodes_once_and_strictly() {
        for (segment, value) in [
            ("", Some("")),
            ("plain", Some("plain")),
            ("a+b", Some("a+b")),
            ("a%20b", Some("a b")),
            ("%E2%9C%93", Some("✓")),
            ("%e2%9c%93", Some("✓")),
            ("é", Some("é")),
            ("%5Bid%5D", Some("[id]")),
            ("%", None),
            ("%2", None),
            ("100%", None),
            ("%zz", None),
            ("%+1", None),
            ("%%41", None),
            ("%2é", None),
        ] {
            assert_eq!(decode_segment(segment).ok().as_deref(), value, "{segment}");
            assert_eq!(is_well_formed(segment), value.is_some(), "{segment}");
        }
    }

    #[test]
    fn borrows_when_there_is_nothing_to_decode() {
        assert!(matches!(decode_segment("plain"), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn h02_an_escaped_slash_is_part_of_the_value() {
        assert_eq!(decode_segment("user%2Fadmin").unwrap(), "user/admin");
        assert_eq!(decode_segment("user%2fadmin").unwrap(), "user/admin");
        assert_eq!(decode_segment("user%5Cadmin").unwrap(), "user\\admin");
    }

    #[test]
    fn h03_values_are_decoded_exactly_once() {
        assert_eq!(decode_segment("%252e%252e").unwrap(), "%2e%2e");
        assert_eq!(decode_segment("a%252Fb").unwrap(), "a%2Fb");
    }

    #[test]
    fn h04_malformed_escapes_are_errors() {
        for path in ["x%", "%zz", "%2", "%u0041", "ok/%", "%/x", "a/%4/b"] {
            assert!(!is_well_formed(path), "{path}");
            assert!(
                segments(path).any(|it| decode_segment(it).is_err()),
                "{path}"
            );
        }
    }

    #[test]
    fn h05_bytes_that_are_not_utf_8_are_errors() {
        for path in [
            "%ff",
            "%c0%ae",
            "%ed%a0%80",
            "%e2%9c",
            "a/%e2/%9c%93",
            "%f4%90%80%80",
        ] {
            assert!(!is_well_formed(path), "{path}");
            assert!(
                segments(path).any(|it| decode_segment(it).is_err()),
                "{path}"
            );
        }
    }

    #[test]
    fn h06_dots_are_known_in_every_spelling() {
        for segment in [".", "..", "%2e", "%2E", ".%2e", "%2E.", "%2e%2E", "%2e%2e"] {
            assert!(is_dot_segment(segment), "{segment}");
        }
        for segment in [
            "",
            "...",
            ".a",
            "a.",
            "%2f",
            "%252e",
            "..%2F",
            "%2e%2e%2e",
            "%2",
        ] {
            assert!(!is_dot_segment(segment), "{segment}");
        }
    }

    #[test]
    fn h14_control_characters_are_data() {
        assert_eq!(decode_segment("a%00b").unwrap(), "a\0b");
        assert_eq!(decode_segment("%0d%0a").unwrap(), "\r\n");
        assert_eq!(decode_segment("%1b%5B31m%7f").unwrap(), "\x1b[31m\x7f");
    }

    #[test]
    fn static_text_is_encoded_as_a_url_holds_it() {
        for (name, url) in [
            ("users", "users"),
            ("a-b_c.d~", "a-b_c.d~"),
            ("!$&'()*+,;=:@", "!$&'()*+,;=:@"),
            ("spa ce", "spa%20ce"),
            ("é", "%C3%A9"),
            ("50%", "50%25"),
            ("a\\b", "a%5Cb"),
            ("\"<>^`{|}", "%22%3C%3E%5E%60%7B%7C%7D"),
            ("?#/", "%3F%23%2F"),
        ] {
            assert_eq!(encode_static(name), url);
            assert_eq!(decode_segment(url).unwrap(), name);
        }
    }

    #[test]
    fn segments_are_counted_as_they_are_split() {
        for path in ["", "a", "a/b", "/", "a/", "/a", "a//b", "a/b/c/"] {
            assert_eq!(segment_count(path), segments(path).count(), "{path:?}");
        }
    }

    #[test]
    fn slashes_collapse() {
        for (path, collapsed) in [
            ("", None),
            ("*", None),
            ("/", None),
            ("/api/users", None),
            ("/api/users/", None),
            ("//", Some("/")),
            ("/api//users", Some("/api/users")),
            ("/api/users//", Some("/api/users/")),
            ("/api\\users", Some("/api/users")),
            ("\\api", Some("/api")),
            ("/api/\\/users\\", Some("/api/users/")),
            ("/a//%zz/é", Some("/a/%zz/é")),
            ("a//b", Some("/a/b")),
        ] {
            assert_eq!(collapse(path).as_deref(), collapsed, "{path}");
        }
    }

    #[test]
    fn h09_a_collapsed_path_names_no_host() {
        for path in [
            "//evil.com/",
            "/\\evil.com/",
            "\\\\evil.com",
            "/\\/evil.com",
            "///evil.com//x",
            "/api//evil.com/..",
        ] {
            let collapsed = collapse(path).unwrap();
            let target = trim_trailing_slash(&collapsed).unwrap_or(&collapsed);
            assert!(target.starts_with('/'), "{target}");
            assert!(!target[1..].starts_with(['/', '\\']), "{target}");
        }
        assert_eq!(collapse("/%2Fevil.com/"), None);
    }

    #[test]
    fn one_trailing_slash_is_trimmed() {
        assert_eq!(trim_trailing_slash("/api/users/"), Some("/api/users"));
        assert_eq!(trim_trailing_slash("/api/users"), None);
        assert_eq!(trim_trailing_slash("/"), None);
        assert_eq!(trim_trailing_slash(""), None);
    }
}
