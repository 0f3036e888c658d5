//! Every difference from Next.js that is kept, and why: the one list.
//!
//! `docs/differences.md` shows it. An entry that differs no longer, or in other parts, fails the
//! test.

use crate::compare::Part::{self, Body, Connection, Headers, Reason, Status};

/// Differences with one reason.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) why: &'static str,
    pub(crate) differences: &'static [Difference],
}

/// Answers that differ in the same way.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The request, or what the handler does.
    pub(crate) what: &'static str,
    pub(crate) next: &'static str,
    pub(crate) here: &'static str,
    /// All that differs.
    pub(crate) parts: &'static [Part],
    pub(crate) cases: &'static [&'static str],
}

/// An answer of another kind.
const ALL: &[Part] = &[Status, Reason, Headers, Body];
/// The same status, with another body.
const CONTENT: &[Part] = &[Headers, Body];

pub(crate) const GROUPS: &[Group] = &[
    Group {
        title: "Bodies are read strictly",
        why: "A body is what its sender meant, or it is refused: nothing is repaired, cut short or \
              rounded in silence. Limits keep a small request from becoming a large value.",
        differences: &[
            Difference {
                what: "JSON with bytes that are not UTF-8",
                next: "replaced by U+FFFD",
                here: "400 `Invalid JSON`",
                parts: ALL,
                cases: &["json-body/invalid-utf8", "json-body/encoded-surrogate-utf8"],
            },
            Difference {
                what: "JSON with half of a surrogate pair (`\"\\ud800\"`)",
                next: "kept",
                here: "400 `Invalid JSON`: no Rust string can hold it",
                parts: ALL,
                cases: &["json-body/lone-surrogate-escape"],
            },
            Difference {
                what: "a JSON number beyond every double (`1e400`)",
                next: "infinity, written as `null`",
                here: "400 `Invalid JSON`",
                parts: ALL,
                cases: &["json-body/overflow"],
            },
            Difference {
                what: "a JSON integer beyond 2⁵³",
                next: "rounded to a double",
                here: "exact, up to 64 bits",
                parts: CONTENT,
                cases: &["json-body/big-int-20"],
            },
            Difference {
                what: "JSON nested more than 128 deep",
                next: "parsed; too deep to be written again from some thousand levels on",
                here: "400 `Invalid JSON`",
                parts: ALL,
                cases: &["json-body/deep-500"],
            },
            Difference {
                what: "JSON nested 100,000 deep, sent back",
                next: "500",
                here: "400 `Invalid JSON`",
                parts: &[Status, Reason, Headers, Body],
                cases: &["json-body/deep-100000-balanced"],
            },
            Difference {
                what: "a query string of more than 1000 pairs",
                next: "the rest is ignored",
                here: "400 `too many query parameters`",
                parts: ALL,
                cases: &["query/params-1001"],
            },
            Difference {
                what: "`Content-Encoding: gzip`",
                next: "ignored: the compressed bytes are parsed",
                here: "415 with `Accept-Encoding: identity`",
                parts: ALL,
                cases: &["content-type/content-encoding-gzip"],
            },
            Difference {
                what: "`charset=utf-7`",
                next: "decoded",
                here: "400 `Invalid body`: a way to hide text from filters",
                parts: ALL,
                cases: &["content-type/json-charset-utf7"],
            },
            Difference {
                what: "`charset=base64`, `charset=hex`",
                next: "decoded",
                here: "400 `Invalid body`: they are no charsets",
                parts: &[Reason, Body],
                cases: &[
                    "content-type/json-charset-base64",
                    "content-type/json-charset-hex",
                ],
            },
        ],
    },
    Group {
        title: "A quotation mark without its partner is data",
        why: "RFC 6265, section 4.1.1: quotation marks surround a cookie's value, or they are part of \
              it. Next.js takes the first and the last character of a value that begins with one.",
        differences: &[Difference {
            what: "the cookies `a=\"abc`, `a=\"`, `a=\"x;y\"`",
            next: "`ab`, nothing, nothing",
            here: "`\"abc`, `\"`, `\"x`: nothing is lost",
            parts: CONTENT,
            cases: &[
                "cookies/quoted-open-only",
                "cookies/quoted-single-char",
                "cookies/quoted-semicolon",
            ],
        }],
    },
    Group {
        title: "Types that end in `+json` are JSON",
        why: "RFC 6839 says so, and handlers that take typed JSON want them. Next.js knows \
              `application/json` and `application/ld+json` alone; `req.text()` gives its string.",
        differences: &[Difference {
            what: "`application/vnd.api+json`, `application/problem+json`, …",
            next: "a string",
            here: "parsed as JSON",
            parts: CONTENT,
            cases: &[
                "content-type/vendor-json",
                "content-type/problem-json",
                "content-type/hal-json",
            ],
        }],
    },
    Group {
        title: "Names mean nothing to the server",
        why: "There are no object prototypes to protect and no internal parameters: every cookie \
              and every query parameter reaches the handler, and no request header is trusted.",
        differences: &[
            Difference {
                what: "cookies named `__proto__`, `toString`, `constructor`",
                next: "vanish",
                here: "cookies like any other",
                parts: CONTENT,
                cases: &["cookies/proto", "cookies/to-string"],
            },
            Difference {
                what: "query parameters named as Next.js names its own",
                next: "vanish",
                here: "parameters like any other",
                parts: CONTENT,
                cases: &[
                    "query/next-default-locale",
                    "query/next-bubble",
                    "query/next-inferred",
                ],
            },
            Difference {
                what: "`X-Forwarded-*` headers",
                next: "added to the request",
                here: "whatever the client or a proxy sent",
                parts: CONTENT,
                cases: &["method/forwarded-headers"],
            },
        ],
    },
    Group {
        title: "One spelling for each path",
        why: "A guard in front of the router and the router itself must see the same path. Dot \
              segments are never resolved and never captured.",
        differences: &[
            Difference {
                what: "`/api/./users`, `/api/%2e/users`, `/api/x/all/a/./b/../c`",
                next: "resolved, differently in 14, 15 and 16",
                here: "404",
                parts: ALL,
                cases: &[
                    "path/dot-segment",
                    "path/encoded-dot-segment",
                    "path/all-dots",
                ],
            },
            Difference {
                what: "a file name that a URL encodes (`spa ce.rs`)",
                next: "unreachable",
                here: "matches its encoded form (`/api/x/spa%20ce`)",
                parts: CONTENT,
                cases: &["path/space-route"],
            },
            Difference {
                what: "the query string in the redirect of a trailing slash",
                next: "parsed and written again",
                here: "kept byte for byte",
                parts: CONTENT,
                cases: &[
                    "path/trailing-slash-encoded-param",
                    "path/trailing-slash-q-key-only",
                    "path/trailing-slash-q-repeat",
                    "path/trailing-slash-q-brackets",
                    "path/trailing-slash-q-plus",
                    "path/trailing-slash-q-amps",
                    "path/trailing-slash-q-question",
                    "path/trailing-slash-q-double",
                ],
            },
        ],
    },
    Group {
        title: "304 is for GET and HEAD that succeeded",
        why: "RFC 9110, section 13.1.2. A POST that was carried out, or an error, is never \
              \"not modified\".",
        differences: &[Difference {
            what: "`If-None-Match` with POST or PUT, or where the answer is 404 or 500",
            next: "304",
            here: "the answer itself",
            parts: &[Status, Reason, Body],
            cases: &[
                "etag/post-inm",
                "etag/put-inm",
                "etag/status-404-inm",
                "etag/status-500-inm",
            ],
        }],
    },
    Group {
        title: "Redirects lead somewhere",
        why: "A redirect has a status of redirects, a target that no browser runs as a script, and \
              a header that is a URL; its body is never taken for HTML.",
        differences: &[
            Difference {
                what: "a redirect with 200 or 304",
                next: "sent",
                here: "500",
                parts: ALL,
                cases: &["redirect/200", "redirect/304"],
            },
            Difference {
                what: "a redirect to `javascript:…`",
                next: "sent",
                here: "500",
                parts: ALL,
                cases: &["redirect/javascript"],
            },
            Difference {
                what: "a redirect to `/café`",
                next: "the byte `E9`",
                here: "`/caf%C3%A9`",
                parts: CONTENT,
                cases: &["redirect/unicode"],
            },
            Difference {
                what: "a redirect to `/a b`; `\"<>{}|^` and backticks alike",
                next: "sent as it is",
                here: "`/a%20b`; escapes that are there stay",
                parts: CONTENT,
                cases: &["redirect/space"],
            },
            Difference {
                what: "a redirect after `Content-Type: text/html` was set",
                next: "the URL as HTML",
                here: "the URL without that type",
                parts: &[Headers],
                cases: &["end/redirect-preset-ct"],
            },
        ],
    },
    Group {
        title: "A connection is never left in doubt",
        why: "A body that is too large is refused as early as possible, and the connection closes \
              behind it. An answer that fails half-way is cut off, so that the client does not take \
              it for the whole.",
        differences: &[
            Difference {
                what: "a second request after 413",
                next: "answered on the same connection, unless much of the body was left",
                here: "the connection closes (`Connection: close`)",
                parts: &[Connection],
                cases: &[
                    "limit/keepalive-after-413",
                    "limit/keepalive-after-413-chunked",
                ],
            },
            Difference {
                what: "a `Content-Length` over the limit, of a body that does not come",
                next: "waits for it",
                here: "413 at once, without `100 Continue`",
                parts: &[Status, Reason, Body, Connection],
                cases: &["limit/declared-too-big-partial"],
            },
            Difference {
                what: "an error after a part of the body was sent",
                next: "`Internal Server Error` is appended to the body",
                here: "the body breaks off",
                parts: &[Body, Connection],
                cases: &[
                    "limit/keepalive-after-throw-midway",
                    "end/write-then-redirect",
                ],
            },
        ],
    },
    Group {
        title: "What the status forbids is not sent",
        why: "205 tells a client to clear its form, and has no content (RFC 9110, section 15.3.6).",
        differences: &[Difference {
            what: "205 with a body",
            next: "sent",
            here: "without the body and what belongs to it, `Content-Length: 0`",
            parts: CONTENT,
            cases: &[
                "json/object-status-205",
                "status/send-205",
                "status/json-205",
                "status/end-205",
            ],
        }],
    },
    Group {
        title: "Defects that are not copied",
        why: "Answers that no client can read, or that nobody can have meant.",
        differences: &[
            Difference {
                what: "`res.status(99).send(text)`, `res.status(1000).send(text)`",
                next: "500 with the entity tag and the length of the text",
                here: "500",
                parts: CONTENT,
                cases: &["status/send-99", "status/send-1000"],
            },
            Difference {
                what: "`res.status(101)`, `(102)`, `(199)`",
                next: "an interim response, and then nothing",
                here: "500",
                parts: &[Status, Reason, Body, Connection],
                cases: &["status/101", "status/102", "status/199"],
            },
            Difference {
                what: "a header value with characters beyond U+00FF (`✓`)",
                next: "500, while `é` is sent as one byte or two",
                here: "UTF-8, as for `é`",
                parts: ALL,
                cases: &["end/unicode-header-value"],
            },
            Difference {
                what: "`Max-Age` of preview cookies with a fraction (1.5 s)",
                next: "500 in 14 and 15, `Max-Age=1` in 16",
                here: "`Max-Age=1`",
                parts: ALL,
                cases: &["preview/x-max-age-float"],
            },
        ],
    },
    Group {
        title: "JavaScript values",
        why: "Values and programs that Rust does not have.",
        differences: &[
            Difference {
                what: "a text with half of a surrogate pair",
                next: "`\\ud800`",
                here: "cannot be written; U+FFFD in the test",
                parts: CONTENT,
                cases: &["send/escapes"],
            },
            Difference {
                what: "`res.send` of a `Uint8Array` or a `Map`",
                next: "an object of its indexes; `{}`",
                here: "bytes are sent as bytes, maps as objects; 500 in the test",
                parts: ALL,
                cases: &["send/uint8array", "send/map"],
            },
            Difference {
                what: "`res.send(function)`, `res.json(bigint)`",
                next: "500 with headers that were set before the failure",
                here: "does not compile; integers are sent as they are; 500 in the test",
                parts: &[Headers],
                cases: &["send/function", "json/bigint"],
            },
            Difference {
                what: "`Set-Cookie` set to a number",
                next: "dropped",
                here: "the number as text",
                parts: &[Headers],
                cases: &["end/cookie-number"],
            },
            Difference {
                what: "a file that exports no handler",
                next: "500 page",
                here: "does not build; without the file another route matches",
                parts: ALL,
                cases: &["end/not-a-function"],
            },
        ],
    },
    Group {
        title: "No pages",
        why: "An API has no HTML. Errors are short texts, or JSON where the application chooses \
              that, with the status that the page of Next.js has.",
        differences: &[
            Difference {
                what: "no route matches",
                next: "404 page",
                here: "404 `Not Found`, or whatever the service behind the layer answers",
                parts: CONTENT,
                cases: &[
                    "method/options-404",
                    "method/post-404",
                    "path/encoded-backslash",
                    "path/encoded-api",
                    "path/case-api",
                    "path/x-index-index",
                    "path/x-missing-three",
                    "path/dotdot-segment",
                    "path/dotdot-escape",
                    "path/dyn3-missing",
                    "path/root-missing",
                    "path/next-data-api",
                    "path/underscore-next",
                    "precedence/no-tree-backtrack-2",
                ],
            },
            Difference {
                what: "the same with HEAD",
                next: "the headers of the page",
                here: "the headers of the text",
                parts: &[Headers],
                cases: &["method/head-404"],
            },
            Difference {
                what: "`OPTIONS *`",
                next: "400 page",
                here: "404",
                parts: ALL,
                cases: &["method/options-star"],
            },
            Difference {
                what: "a path parameter that cannot be decoded",
                next: "400 page",
                here: "400 `Bad Request`",
                parts: CONTENT,
                cases: &[
                    "path/dyn-invalid-percent",
                    "path/dyn-invalid-percent-end",
                    "path/dyn-invalid-utf8",
                    "path/dyn-overlong",
                    "path/all-invalid",
                    "path/invalid-percent-static",
                ],
            },
            Difference {
                what: "pages beside the API",
                next: "rendered by Next.js",
                here: "the application's own",
                parts: CONTENT,
                cases: &["api-support/api-conflict", "api-support/proxy-self"],
            },
        ],
    },
    Group {
        title: "hyper instead of Node.js",
        why: "What the HTTP server decides before any route is looked at. Another server, or a \
              proxy in front, decides differently.",
        differences: &[
            Difference {
                what: "raw `\"`, `<`, `>`, `^`, a bar or a backtick in the request target",
                next: "taken",
                here: "400",
                parts: ALL,
                cases: &["query/quote-chars", "path/dyn-pipe-caret", "path/dyn-lt-gt"],
            },
            Difference {
                what: "raw UTF-8 in the query string",
                next: "400",
                here: "taken",
                parts: ALL,
                cases: &["query/raw-utf8"],
            },
            Difference {
                what: "a `#fragment` in the request target",
                next: "part of `req.url`",
                here: "cut off",
                parts: CONTENT,
                cases: &["path/url-echo-raw"],
            },
            Difference {
                what: "a head of more than 16 KiB",
                next: "431",
                here: "taken; the limit of hyper is set by the application (about 400 KiB)",
                parts: ALL,
                cases: &[
                    "query/url-too-long",
                    "path/path-too-long",
                    "method/header-too-large",
                ],
            },
            Difference {
                what: "a method that Node.js does not know (`Get`)",
                next: "400",
                here: "reaches the handler, which sees `Get`",
                parts: ALL,
                cases: &["method/lower-Get"],
            },
            Difference {
                what: "`CONNECT`",
                next: "the connection closes",
                here: "404",
                parts: &[Status, Reason, Body, Connection],
                cases: &["method/CONNECT"],
            },
            Difference {
                what: "`Content-Length` twice with the same value",
                next: "400",
                here: "taken",
                parts: ALL,
                cases: &["limit/content-length-duplicate"],
            },
            Difference {
                what: "bytes behind the body that are no request",
                next: "400 for all of it",
                here: "the request is answered, then 400",
                parts: ALL,
                cases: &[
                    "limit/content-length-too-short",
                    "limit/no-framing-body-ignored",
                ],
            },
            Difference {
                what: "a chunked body that breaks off",
                next: "400 `Bad Request`, before the handler",
                here: "400 `Invalid body`",
                parts: &[Reason, Body],
                cases: &["limit/chunked-unterminated-halfclose"],
            },
        ],
    },
];
