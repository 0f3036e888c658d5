//! Any bytes at all: nothing panics, and what is promised holds.

#[path = "support/checks.rs"]
mod checks;

use proptest::{collection::vec, prelude::*, sample::select};

/// Bytes: pieces that mean something, and others.
fn bytes(pieces: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..4),
        1 => any::<char>().prop_map(|char| char.to_string().into_bytes()),
    ];
    vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

const TARGETS: &[&str] = &[
    "/",
    "/",
    "/",
    "//",
    "\\",
    "api",
    "/api/",
    "caf%C3%A9",
    "users",
    "settings",
    "all",
    "opt",
    "a",
    ".",
    "..",
    "%2e",
    "%2E",
    "%2f",
    "%5c",
    "%",
    "%z",
    "%ff",
    "%c3%a9",
    "%00",
    "%25",
    "?",
    "#",
    "*",
    "http://a",
    ":80",
    "[id]",
    "é",
    "@",
];

const PAIRS: &[&str] = &[
    "a",
    "b",
    "c",
    "d",
    "=",
    "=",
    "&",
    "&",
    "+",
    "%20",
    "%",
    "%zz",
    "%ff",
    "%00",
    "1",
    "2",
    "true",
    "[]",
    "0",
    "10",
    "__proto__",
    ";",
    "é",
];

const COOKIES: &[&str] = &[
    "a",
    "b",
    "c",
    "__Host-",
    "=",
    "=",
    "; ",
    ";",
    ",",
    "\"",
    " ",
    "\t",
    "%20",
    "%",
    "%zz",
    "%ff",
    "|",
    "/",
    "|/x|",
    "example.com",
    "$Version",
    "\u{2000}",
    "\u{85}",
];

const TYPES: &[&str] = &[
    "application/json",
    "application/",
    "json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "+json",
    "multipart/form-data",
    "/",
    ";",
    "; ",
    "charset=",
    "utf-8",
    "utf-16",
    "latin1",
    "\"",
    "\\",
    ",",
    "=",
    " ",
    "\t",
    "boundary=a",
];

const BODIES: &[&str] = &[
    "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\"", "\"c\"", "1", "-1", "1e9", "1e999",
    "300", "true", "null", "\\ud800", "\\", "\u{feff}", " ", "a=1", "&", "%ff", "+", "é",
];

const TEXTS: &[&str] = &[
    "/",
    "//",
    "\\",
    "\r\n",
    "\n",
    "\0",
    "\t",
    " ",
    "javascript:",
    "https://",
    "a",
    ":",
    ";",
    "\"",
    "..",
    "é",
    "\u{85}",
    "\u{2028}",
    "\x7f",
    "Set-Cookie: a=b",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn h01_to_h19_any_target(target in bytes(TARGETS)) {
        checks::target(&target);
        checks::target(&[b"/", &*target].concat());
        checks::target(&[b"/api/all/", &*target].concat());
    }

    #[test]
    fn any_query(query in bytes(PAIRS)) {
        checks::query(&query);
    }

    #[test]
    fn h41_to_h47_any_cookie(field in bytes(COOKIES)) {
        checks::cookies(&field);
    }

    #[test]
    fn h34_h35_any_content_type(field in bytes(TYPES)) {
        checks::content_type(&field);
    }

    #[test]
    fn h28_to_h35_any_body(body in bytes(BODIES)) {
        checks::body(&body);
    }

    #[test]
    fn h14_h64_h65_any_text_in_an_answer(text in bytes(TEXTS)) {
        checks::response(&text);
    }
}
