//! [`TestResponse`]: an answer that was read to its end, and what a test says of it.

use std::fmt;

use bytes::Bytes;
use cookie::Cookie;
use http::{HeaderMap, StatusCode, header, response::Parts};
use hyper::ext::ReasonPhrase;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::cookie_store::{decoded, parse};
use crate::{error::BoxError, json};

/// An answer.
///
/// Assertions are chained, and print the request and the whole answer when they fail:
///
/// ```
/// use serde_json::json;
/// use tower_api_routes::{ApiResponse, test_client::TestResponse};
///
/// let response = TestResponse::from(ApiResponse::new().status(201).json(&json!({ "id": 1 })));
/// response
///     .assert_status(201)
///     .assert_header("content-type", "application/json; charset=utf-8")
///     .assert_json(&json!({ "id": 1 }));
/// ```
#[derive(Clone)]
pub struct TestResponse {
    /// The request that was answered, and where the test sent it; empty where none was.
    pub(super) asked: String,
    pub(super) path: String,
    pub(super) head: Parts,
    pub(super) body: Bytes,
}

impl TestResponse {
    /// The status; it can be compared with a number.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The value of a header as text; `None` where there is none or it is not ASCII. Of repeated
    /// headers, the first.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// The path and query that were asked for at last: after redirects, the place where they lead.
    /// Empty where no request was sent.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The cookie that the answer sets, with its value percent-decoded; of several of that name, the
    /// last.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<Cookie<'static>> {
        let lines = self.head.headers.get_all(header::SET_COOKIE).iter().rev();
        let mut cookie = lines.filter_map(parse).find(|it| it.name() == name)?;
        cookie.set_value(decoded(cookie.value()));
        Some(cookie)
    }

    /// The body.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// When it is not UTF-8.
    #[track_caller]
    #[must_use]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.body) {
            Ok(text) => text,
            Err(error) => self.fail(format_args!("the body is no text: {error}")),
        }
    }

    /// The body, which is JSON, as a `T`. The content type is not looked at.
    ///
    /// # Panics
    ///
    /// When it is no `T`.
    #[track_caller]
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => {
                let name = std::any::type_name::<T>();
                self.fail(format_args!("the body is no {name}: {error}"))
            }
        }
    }

    /// Asserts the status.
    ///
    /// # Panics
    ///
    /// When it is another, or `expected` is no status.
    #[track_caller]
    pub fn assert_status<C>(&self, expected: C) -> &Self
    where
        C: TryInto<StatusCode, Error: Into<BoxError>>,
    {
        let expected = match expected.try_into() {
            Ok(status) => status,
            Err(error) => panic!("no status is expected: {}", error.into()),
        };
        if self.status() != expected {
            let status = self.status();
            self.fail(format_args!("expected status {expected}, not {status}"));
        }
        self
    }

    /// Asserts the value of a header; of repeated ones, one of them.
    ///
    /// # Panics
    ///
    /// When it is not there or has another value.
    #[track_caller]
    pub fn assert_header(&self, name: &str, expected: &str) -> &Self {
        let mut values = self.head.headers.get_all(name).iter();
        if !values.any(|value| value == expected) {
            self.fail(format_args!("expected the header {name}: {expected}"));
        }
        self
    }

    /// Asserts that a header is not there.
    ///
    /// # Panics
    ///
    /// When it is.
    #[track_caller]
    pub fn assert_no_header(&self, name: &str) -> &Self {
        if self.head.headers.contains_key(name) {
            self.fail(format_args!("expected no header {name}"));
        }
        self
    }

    /// Asserts the body as a whole.
    ///
    /// # Panics
    ///
    /// When it is another.
    #[track_caller]
    pub fn assert_text(&self, expected: impl AsRef<str>) -> &Self {
        let expected = expected.as_ref();
        if self.body != expected.as_bytes() {
            self.fail(format_args!("expected the body {expected:?}"));
        }
        self
    }

    /// Asserts that the body is this value in JSON. The order of keys plays no part, nor whether a
    /// number is written as `1` or `1.0`: JavaScript knows no difference.
    ///
    /// # Panics
    ///
    /// When it is no JSON or another value, or `expected` does not serialize.
    #[track_caller]
    pub fn assert_json<T: Serialize + ?Sized>(&self, expected: &T) -> &Self {
        let expected = match as_javascript(expected) {
            Ok(expected) => expected,
            Err(error) => panic!("no JSON is expected: {error}"),
        };
        let found = self.json::<Value>();
        if as_javascript(&found).ok().as_ref() != Some(&expected) {
            self.fail(format_args!("expected the JSON {expected:#}"));
        }
        self
    }

    /// Fails the test with the whole answer.
    #[track_caller]
    pub(super) fn fail(&self, what: impl fmt::Display) -> ! {
        panic!("{what}\n\n{self}")
    }
}

/// A value with its numbers as JavaScript writes them.
fn as_javascript<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Value> {
    serde_json::from_slice(&json::to_bytes(value)?)
}

/// The request, then the answer as HTTP/1.1 writes it.
impl fmt::Display for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.asked.is_empty() {
            writeln!(f, "{}", self.asked)?;
        }
        let head = &self.head;
        let standard = head.status.canonical_reason().unwrap_or_default();
        let reason = match head.extensions.get::<ReasonPhrase>() {
            Some(reason) => reason.as_bytes(),
            None => standard.as_bytes(),
        };
        let reason = String::from_utf8_lossy(reason);
        writeln!(f, "{:?} {} {reason}", head.version, head.status.as_u16())?;
        for (name, value) in &head.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        match std::str::from_utf8(&self.body) {
            Ok(text) => write!(f, "\n{text}"),
            Err(_) => write!(f, "\n{}", self.body.escape_ascii()),
        }
    }
}

/// As it is displayed, so that `{response:?}` in a message shows all of it.
impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
