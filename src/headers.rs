//! The syntax that header fields share (RFC 9110, section 5): tokens, lists and the blanks around them.

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
