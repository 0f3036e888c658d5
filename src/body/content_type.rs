//! The `Content-Type` header: which parser a body gets.
//!
//! A header is read twice where readers differ. The typed ways to a body (`Json`, `Form`,
//! `Multipart`) go by RFC 9110, sections 5.6.6 and 8.3.1: a type of two tokens, then parameters
//! after `;`, some of which may be empty: `application/json;` is JSON. The untyped way goes by the
//! npm package `content-type`, which Next.js uses: there no parameter is empty and no tab follows
//! the first `;`, and what does not fit is text. Neither lets anything else follow: to both, a
//! header that is malformed anywhere is unparseable as a whole.

use std::borrow::Cow;

use http::{HeaderMap, header};

use super::charset::Charset;
use crate::headers::{is_token_byte, trim_blanks};

/// What the `Content-Type` of a request says its body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyKind {
    /// `application/json`, `application/ld+json`, or any type that ends in `+json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `text/*`, and a header that is absent, empty or malformed. To Next.js, an empty parameter
    /// (`application/json;`) is malformed.
    Text,
    /// Any other type.
    Bytes,
}

/// What the dispatch needs to know of the header, as RFC 9110 reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Media {
    pub(crate) kind: BodyKind,
    /// `None` if the client named a charset that is not known.
    pub(crate) charset: Option<Charset>,
    /// Whether Next.js can parse the header too.
    is_strict: bool,
}

impl Media {
    /// Reads the first `Content-Type` line, as Node.js does.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get(header::CONTENT_TYPE) {
            Some(value) => Self::parse(value.as_bytes()),
            None => Self::TEXT,
        }
    }

    /// The same as Next.js reads it.
    pub(crate) fn untyped(self) -> Self {
        if self.is_strict { self } else { Self::TEXT }
    }

    const TEXT: Self = Self {
        kind: BodyKind::Text,
        charset: Some(Charset::Utf8),
        is_strict: true,
    };

    fn parse(header: &[u8]) -> Self {
        match ContentType::parse(header) {
            Some(parsed) => Self {
                kind: kind(parsed.essence),
                charset: match parsed.parameter("charset") {
                    Some(label) => Charset::for_label(&label),
                    None => Some(Charset::Utf8),
                },
                is_strict: parsed.is_strict,
            },
            None => Self::TEXT,
        }
    }
}

fn kind(essence: &str) -> BodyKind {
    let is = |name: &str| essence.eq_ignore_ascii_case(name);
    let starts = |prefix: &str| {
        essence
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let ends = |suffix: &str| {
        let start = essence.len().saturating_sub(suffix.len());
        essence
            .get(start..)
            .is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    if is("application/json") || ends("+json") {
        BodyKind::Json
    } else if is("application/x-www-form-urlencoded") {
        BodyKind::Form
    } else if starts("text/") {
        BodyKind::Text
    } else {
        BodyKind::Bytes
    }
}

/// A well-formed header, borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ContentType<'a> {
    /// `type/subtype` as it was written.
    essence: &'a str,
    /// From the first `;` on; checked.
    parameters: &'a [u8],
    /// Whether Next.js can parse it too.
    is_strict: bool,
}

impl<'a> ContentType<'a> {
    pub(crate) fn parse(header: &'a [u8]) -> Option<Self> {
        let end = memchr::memchr(b';', header).unwrap_or(header.len());
        let (essence, parameters) = header.split_at_checked(end)?;
        let essence = str::from_utf8(trim_blanks(essence)).ok()?;
        let (main, sub) = essence.split_once('/')?;
        if !is_token(main.as_bytes()) || !is_token(sub.as_bytes()) {
            return None;
        }
        let mut parsed = Self {
            essence,
            parameters,
            is_strict: !parameters.contains(&b'\t'),
        };
        for parameter in parsed.parameters() {
            parsed.is_strict &= parameter? != Parameter::Empty;
        }
        Some(parsed)
    }

    /// Whether it is this type, named in lower case.
    #[cfg(feature = "multipart")]
    pub(crate) fn is(&self, essence: &str) -> bool {
        self.essence.eq_ignore_ascii_case(essence)
    }

    /// The value of a parameter, named in lower case. If it is repeated, the last one counts.
    pub(crate) fn parameter(&self, name: &str) -> Option<Cow<'a, str>> {
        let values = self.parameters().filter_map(|parameter| match parameter {
            Some(Parameter::Named(found, value)) => {
                found.eq_ignore_ascii_case(name).then_some(value)
            }
            _ => None,
        });
        values.last().map(text)
    }

    /// The parameters; one `None` at the end if they are malformed.
    fn parameters(&self) -> impl Iterator<Item = Option<Parameter<'a>>> + use<'a> {
        let mut rest = self.parameters;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let parameter = parameter(rest);
            rest = parameter.map_or(&[], |(_, after)| after);
            Some(parameter.map(|(parameter, _)| parameter))
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Parameter<'a> {
    /// Nothing but blanks after the `;`.
    Empty,
    /// A name and its value, which is still quoted.
    Named(&'a str, &'a [u8]),
}

/// `; name = value ` at the start of `input`, and what follows it.
fn parameter(input: &[u8]) -> Option<(Parameter<'_>, &[u8])> {
    let input = skip_blanks(input.strip_prefix(b";")?);
    if let [] | [b';', ..] = input {
        return Some((Parameter::Empty, input));
    }
    let (name, rest) = split_while(input, is_token_byte);
    let name = str::from_utf8(name).ok().filter(|name| !name.is_empty())?;
    let rest = skip_blanks(skip_blanks(rest).strip_prefix(b"=")?);
    let (value, rest) = match rest {
        [b'"', ..] => quoted(rest)?,
        _ => split_while(rest, is_token_byte),
    };
    if value.is_empty() {
        return None;
    }
    Some((Parameter::Named(name, value), skip_blanks(rest)))
}

/// The quoted string at the start of `input`, with its quotes, and what follows it.
fn quoted(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut escaped = false;
    for (at, byte) in input.iter().enumerate().skip(1) {
        match byte {
            byte if byte.is_ascii_control() && *byte != b'\t' => return None,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return input.split_at_checked(at + 1),
            _ => {}
        }
    }
    None
}

/// A value without its quotes and escapes. Bytes above 0x7f are Latin-1, as in Node.js.
fn text(value: &[u8]) -> Cow<'_, str> {
    let Some(inner) = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""))
    else {
        return String::from_utf8_lossy(value);
    };
    let mut escaped = false;
    inner
        .iter()
        .filter(|byte| {
            escaped = !escaped && **byte == b'\\';
            !escaped
        })
        .map(|byte| char::from(*byte))
        .collect::<String>()
        .into()
}

fn skip_blanks(input: &[u8]) -> &[u8] {
    split_while(input, |byte| matches!(byte, b' ' | b'\t')).1
}

fn split_while(input: &[u8], keep: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = input
        .iter()
        .position(|byte| !keep(*byte))
        .unwrap_or(input.len());
    input.split_at(end)
}

fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| is_token_byte(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// A header as Node.js shows it, back to its bytes.
    fn latin1(text: &str) -> Vec<u8> {
        text.chars().map(|c| u8::try_from(c).unwrap()).collect()
    }

    fn charset_of(header: &str) -> (BodyKind, Option<Charset>) {
        let media = Media::parse(header.as_bytes()).untyped();
        (media.kind, media.charset)
    }

    #[test]
    fn headers_are_read_as_next_reads_them() {
        let file: Value =
            serde_json::from_str(include_str!("../../tests/vectors/content-type.json")).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        for vector in vectors {
            let header = latin1(vector["header"].as_str().unwrap());
            let parsed = ContentType::parse(&header).filter(|parsed| parsed.is_strict);
            let expected = vector["type"].as_str();
            assert_eq!(
                parsed.map(|parsed| parsed.essence.to_ascii_lowercase()),
                expected.map(str::to_owned),
                "{vector}"
            );
            for parameter in vector["parameters"].as_array().into_iter().flatten() {
                assert_eq!(
                    parsed
                        .unwrap()
                        .parameter(parameter[0].as_str().unwrap())
                        .as_deref(),
                    parameter[1].as_str(),
                    "{vector}"
                );
            }
        }
        assert_eq!(vectors.len(), 304);
    }

    #[test]
    fn empty_parameters_are_passed_over() {
        let table = [
            "application/json;",
            "application/json; ",
            "application/json ;",
            "application/json;;",
            "application/json\t;\t",
            "application/json; ; ;",
            "application/json;;charset=utf-8",
            "application/json; charset=utf-8;",
            "application/json; charset=utf-8 ; ",
            "application/json;\tcharset=utf-8",
            "application/json; charset=utf-8\t",
            "application/json; ;charset=utf-8;; a=\"b;;\tc\";",
        ];
        for header in table {
            let parsed = ContentType::parse(header.as_bytes());
            let parsed = parsed.unwrap_or_else(|| panic!("{header:?}"));
            assert_eq!(parsed.essence, "application/json", "{header:?}");
            let charset = parsed.parameter("charset");
            let expected = header.contains("charset").then_some("utf-8");
            assert_eq!(charset.as_deref(), expected, "{header:?}");
            let media = Media::parse(header.as_bytes());
            assert_eq!(media.kind, BodyKind::Json, "{header:?}");
            assert_eq!(media.untyped().kind, BodyKind::Text, "{header:?}");
        }
        for header in [
            ";",
            ";;",
            "application;",
            "application/;",
            "application/json;x",
            "application/json;;x",
            "application/json;=;",
            "application/json; charset=;",
            "application/json; charset=utf-8,;",
            "application/json; charset=utf-8 a=b;",
            "application/json; a=\"b;",
        ] {
            assert!(
                ContentType::parse(header.as_bytes()).is_none(),
                "{header:?}"
            );
        }
    }

    #[test]
    fn h34_only_a_strict_json_type_is_json() {
        let table = [
            ("application/json", BodyKind::Json),
            ("Application/JSON", BodyKind::Json),
            (" application/json ", BodyKind::Json),
            ("application/json\t; charset=utf-8", BodyKind::Json),
            ("application/ld+json", BodyKind::Json),
            ("application/vnd.api+JSON", BodyKind::Json),
            ("image/x+json", BodyKind::Json),
            ("application/json\t;x", BodyKind::Text),
            ("application/json;", BodyKind::Text),
            ("application/json , text/plain", BodyKind::Text),
            ("application/json,application/json", BodyKind::Text),
            ("application/json\u{a0}", BodyKind::Text),
            ("application/jsonx", BodyKind::Bytes),
            ("application/+jso", BodyKind::Bytes),
            ("text/json", BodyKind::Text),
            ("text/plain", BodyKind::Text),
            ("TEXT/HTML", BodyKind::Text),
            ("application/x-www-form-urlencoded", BodyKind::Form),
            ("Application/X-WWW-Form-Urlencoded; a=b", BodyKind::Form),
            ("application/octet-stream", BodyKind::Bytes),
            ("multipart/form-data; boundary=x", BodyKind::Bytes),
            ("textual/plain", BodyKind::Bytes),
            ("", BodyKind::Text),
            ("@@@", BodyKind::Text),
        ];
        for (header, expected) in table {
            assert_eq!(charset_of(header).0, expected, "{header:?}");
        }
    }

    #[test]
    fn the_first_of_several_headers_counts() {
        let mut headers = HeaderMap::new();
        headers.append(header::CONTENT_TYPE, "text/plain".parse().unwrap());
        headers.append(header::CONTENT_TYPE, "application/json".parse().unwrap());
        assert_eq!(Media::of(&headers).kind, BodyKind::Text);
    }

    #[cfg(feature = "multipart")]
    #[test]
    fn a_type_is_asked_for_in_lower_case_and_without_its_parameters() {
        let parsed = ContentType::parse(b"Multipart/Form-Data; boundary=x").unwrap();
        assert!(parsed.is("multipart/form-data"));
        assert!(!parsed.is("multipart/mixed") && !parsed.is("boundary"));
    }

    #[test]
    fn control_characters_in_quotes_are_malformed_but_for_tabs() {
        for (byte, is_read) in [
            (b'\t', true),
            (b' ', true),
            (b'\x01', false),
            (b'\x7f', false),
        ] {
            let header = [&b"text/plain; a=\"b"[..], &[byte], b"c\""].concat();
            assert_eq!(ContentType::parse(&header).is_some(), is_read, "{byte}");
        }
    }

    #[test]
    fn the_charset_is_utf_8_unless_the_last_parameter_names_another() {
        let utf8 = Some(Charset::Utf8);
        let table = [
            ("text/plain", utf8),
            ("text/plain; charset=\"\"", utf8),
            ("text/plain; CHARSET=\"UT\\F-8\"", utf8),
            (
                "text/plain; charset=foo; charset=latin1",
                Some(Charset::Latin1),
            ),
            ("text/plain; charset=latin1; charset=foo", None),
            ("text/plain; charset=\"utf-8", utf8),
            ("text/plain; charset=latin1;", utf8),
        ];
        for (header, expected) in table {
            assert_eq!(charset_of(header).1, expected, "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_dispatched(header: Vec<u8>) {
            let _ = Media::parse(&header);
        }

        #[test]
        fn any_parameters_are_dispatched(tail in "[;=\"\\\\ \ta-z]{0,40}") {
            let header = format!("application/json;{tail}");
            if let Some(parsed) = ContentType::parse(header.as_bytes()) {
                prop_assert_eq!(Media::parse(header.as_bytes()).kind, BodyKind::Json);
                prop_assert_eq!(parsed.essence, "application/json");
            }
        }
    }
}
