//! Any bytes at all: nothing panics, and what is promised holds.

#[path = "support/checks/mod.rs"]
#[allow(
    dead_code,
    reason = "whole requests are for tests/corpora.rs and the fuzz targets"
)]
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

const TAGS: &[&str] = &[
    "n",
    "n",
    "\n",
    "\nn",
    "\nc",
    "\nm",
    "*",
    "W/",
    "w/",
    "\"",
    "\"ywwejgvrps4\"",
    "\"x\"",
    ",",
    ",",
    " ",
    "\t",
    "no-cache",
    "max-age=0",
    "é",
];

const CORS: &[&str] = &[
    "OPTIONS",
    "GET",
    "\n",
    "\no",
    "\no",
    "\nm",
    "\nh",
    "https://a.example",
    "https://b.example:8443",
    ".example",
    "null",
    "PUT",
    "X-Token",
    ",",
    " ",
    "*",
    "é",
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

    #[test]
    fn h68_any_if_none_match(lines in bytes(TAGS)) {
        checks::if_none_match(&lines);
    }

    #[test]
    fn h58_to_h63_any_headers_of_cors(lines in bytes(CORS)) {
        checks::cors(&lines);
        checks::cors(&[b"OPTIONS\nohttps://a.example\nmPUT\nh", &*lines].concat());
    }

    #[test]
    fn any_text_into_awkward_types(text in bytes(PAIRS)) {
        checks::deserialize(&text);
    }
}

#[cfg(feature = "multipart")]
mod multipart {
    use super::*;

    const FORM: &[&str] = &[
        "\u{1}",
        "\r\n",
        "\r",
        "\n",
        "--X5kq",
        "\r\n--X5kq",
        "\r\n--X5kq\r\n",
        "--",
        "content-disposition: form-data; name=\"a\"\r\n\r\n",
        "content-disposition: form-data; name=a; filename=\"b\"",
        "content-type: text/plain",
        ":",
        ";",
        "|",
        "\"",
        "é",
        "X",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_upload(body in bytes(FORM)) {
            checks::multipart(&body);
            checks::multipart(&[b"\x05--X5kq\r\n", &*body].concat());
        }
    }
}

#[cfg(feature = "preview")]
mod preview {
    use super::*;

    const TOKENS: &[&str] = &[
        "11111111111111111111111111111111",
        "\n",
        ".",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
        "{",
        "}",
        "\"data\":\"",
        "\"exp\":",
        "\"",
        "00ff",
        "1",
        "\0",
        "é",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn h50_any_preview_cookies(text in bytes(TOKENS)) {
            checks::preview(&text);
        }
    }
}

#[cfg(feature = "build")]
mod build {
    use super::*;

    const TREES: &[&str] = &[
        "\0",
        "\0",
        "/",
        ".rs\0",
        "[id].rs\0",
        "[...a].rs\0",
        "[[...b]].rs\0",
        "index.rs\0",
        "_middleware.rs\0",
        "(g)/",
        "_x/",
        "type",
        "é",
        "pub async fn get() {}",
        "pub async fn handler(a: A) -> B { 1 }",
        "pub fn layer() -> L { L }",
        "pub const CONFIG: ApiConfig = X;",
        "#[cfg(x)]",
        "/// \"\\\"",
        "{",
        "}",
        "\"",
        "r#",
        "'",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn h20_h21_any_tree(files in bytes(TREES)) {
            checks::tree(&files);
        }
    }
}
