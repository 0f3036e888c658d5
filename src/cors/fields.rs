//! The header fields of CORS as text: lists of names that are sent, `Access-Control-Request-Headers`
//! as it is received, and `Vary`.
//!
//! Plain functions over header maps. Adding `Origin` to `Vary: Accept-Encoding` makes
//! `Vary: Accept-Encoding, Origin`; to `Vary: *` it adds nothing.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::error::CorsError;
use crate::headers::{is_token_byte, members};

/// The longest `Access-Control-Request-Headers` that is answered, in bytes.
const MAX_REQUEST_HEADERS_LEN: usize = 4096;

/// `GET,PUT`; nothing for no method.
pub(super) fn methods(methods: impl IntoIterator<Item = Method>) -> Option<HeaderValue> {
    let names: Vec<_> = methods.into_iter().map(|it| it.to_string()).collect();
    joined(&names)
}

/// `X-Token,Content-Type`, spelt as given; nothing for no name.
pub(super) fn header_names(
    names: impl IntoIterator<Item: AsRef<str>>,
) -> Result<Option<HeaderValue>, CorsError> {
    let names: Vec<_> = names.into_iter().map(|it| it.as_ref().to_owned()).collect();
    match names
        .iter()
        .find(|name| HeaderName::try_from(*name).is_err())
    {
        Some(wrong) => Err(CorsError(format!("`{wrong}` is not a header name"))),
        None => Ok(joined(&names)),
    }
}

/// One value of these tokens. Tokens are valid in a value, so only no name at all gives nothing.
fn joined(names: &[String]) -> Option<HeaderValue> {
    if names.is_empty() {
        return None;
    }
    HeaderValue::try_from(names.join(",")).ok()
}

/// Whether `*` is one of the joined names.
pub(super) fn has_wildcard(joined: &HeaderValue) -> bool {
    members(joined).any(|name| name == b"*")
}

/// The request's `Access-Control-Request-Headers` if it can be sent back: one line, of a sane
/// length, a list of tokens (Fetch, "CORS-unsafe request-header names"). Read in one pass.
pub(super) fn requested_headers(request: &HeaderMap) -> Option<&HeaderValue> {
    let mut lines = request
        .get_all(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .into_iter();
    match (lines.next(), lines.next()) {
        (Some(line), None) if is_token_list(line) => Some(line),
        _ => None,
    }
}

fn is_token_list(line: &HeaderValue) -> bool {
    line.len() <= MAX_REQUEST_HEADERS_LEN
        && members(line).all(|name| !name.is_empty() && name.iter().copied().all(is_token_byte))
}

/// Adds a name to `Vary`, in the line that is there, unless that has it or is `*`.
pub(super) fn add_vary(headers: &mut HeaderMap, name: &'static str) {
    if !headers.contains_key(header::VARY) {
        headers.insert(header::VARY, HeaderValue::from_static(name));
        return;
    }
    if varies_by(headers, name) {
        return;
    }
    let lines: Vec<&[u8]> = headers
        .get_all(header::VARY)
        .into_iter()
        .map(HeaderValue::as_bytes)
        .filter(|line| !line.is_empty())
        .chain([name.as_bytes()])
        .collect();
    if let Ok(value) = HeaderValue::try_from(lines.join(&b", "[..])) {
        headers.insert(header::VARY, value);
    }
}

fn varies_by(headers: &HeaderMap, name: &str) -> bool {
    headers
        .get_all(header::VARY)
        .into_iter()
        .flat_map(members)
        .any(|listed| listed == b"*" || listed.eq_ignore_ascii_case(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_headers_are_a_list_of_tokens() {
        for (line, valid) in [
            ("x-token", true),
            ("X-Token, Content-Type", true),
            ("x-token,\tcontent-type , x", true),
            ("!#$%&'*+-.^_`|~09az", true),
            ("", false),
            (" ", false),
            (",", false),
            ("x-token,", false),
            ("x-token,,y", false),
            ("x token", false),
            ("x:y", false),
            ("x=y", false),
            ("x\"y", false),
            ("(x)", false),
            ("<script>", false),
        ] {
            assert_eq!(is_token_list(&line.parse().unwrap()), valid, "{line:?}");
        }
        let obs_text = HeaderValue::from_bytes(b"x-\xff").unwrap();
        assert!(!is_token_list(&obs_text));
    }

    #[test]
    fn request_headers_have_a_longest_length() {
        let at = HeaderValue::try_from("x".repeat(MAX_REQUEST_HEADERS_LEN)).unwrap();
        let over = HeaderValue::try_from("x".repeat(MAX_REQUEST_HEADERS_LEN + 1)).unwrap();
        assert!(is_token_list(&at));
        assert!(!is_token_list(&over));
    }

    #[test]
    fn request_headers_are_one_line() {
        for (lines, is_taken) in [
            (&[][..], false),
            (&["x-token"], true),
            (&["x-token, x-other"], true),
            (&["x token"], false),
            (&["x-token", "x-other"], false),
            (&["x-token", "x-token"], false),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                let line = HeaderValue::from_static(line);
                headers.append(header::ACCESS_CONTROL_REQUEST_HEADERS, line);
            }
            let taken = requested_headers(&headers);
            assert_eq!(taken.is_some(), is_taken, "{lines:?}");
            assert!(taken.is_none_or(|line| line == lines[0]));
        }
    }

    #[test]
    fn a_wildcard_is_a_whole_name() {
        for (names, is_wildcard) in [
            ("*", true),
            ("GET,*", true),
            ("*,GET", true),
            ("GET, * ,PUT", true),
            ("GET,PUT", false),
            ("X-*", false),
            ("**", false),
            ("", false),
        ] {
            let names = HeaderValue::from_static(names);
            assert_eq!(has_wildcard(&names), is_wildcard, "{names:?}");
        }
    }

    #[test]
    fn vary_is_appended_once() {
        const BOTH: &str = "Origin, Access-Control-Request-Headers";
        for (before, names, after) in [
            (&[][..], "Origin", &["Origin"][..]),
            (&[], BOTH, &[BOTH]),
            (&["Accept"], "Origin", &["Accept, Origin"]),
            (&["Accept, origin"], "Origin", &["Accept, origin"]),
            (&["Accept", "Cookie"], "Origin", &["Accept, Cookie, Origin"]),
            (&["Accept", "ORIGIN"], "Origin", &["Accept", "ORIGIN"]),
            (
                &["Origin"],
                BOTH,
                &["Origin, Access-Control-Request-Headers"],
            ),
            (&["Origin-Agent"], "Origin", &["Origin-Agent, Origin"]),
            (&["*"], BOTH, &["*"]),
            (&["Accept, *"], "Origin", &["Accept, *"]),
            (&[""], "Origin", &["Origin"]),
        ] {
            let mut headers = HeaderMap::new();
            for line in before {
                headers.append(header::VARY, line.parse().unwrap());
            }
            for name in names.split(", ") {
                add_vary(&mut headers, name);
            }
            let lines: Vec<_> = headers.get_all(header::VARY).into_iter().collect();
            assert_eq!(lines, after, "{before:?} and {names}");
        }
    }

    #[test]
    fn names_are_joined_as_given() {
        assert_eq!(methods([Method::GET, Method::PUT]).unwrap(), "GET,PUT");
        assert_eq!(methods([]), None);
        assert_eq!(
            header_names(["X-Total", "X-Page"]).unwrap().unwrap(),
            "X-Total,X-Page"
        );
        assert_eq!(header_names([header::ACCEPT]).unwrap().unwrap(), "accept");
        assert_eq!(header_names([""; 0]), Ok(None));
        for wrong in ["", "X Token", "X-A,X-B", "x:", "x\r\ny", "é"] {
            assert_eq!(
                header_names([wrong]).unwrap_err().to_string(),
                format!("`{wrong}` is not a header name")
            );
        }
    }
}
