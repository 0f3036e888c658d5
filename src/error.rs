//! What went wrong with a request.
//!
//! An [`ApiError`] is a status and a message that is safe to show. What went wrong inside (the
//! source) goes to `tracing` and never to the client.

use std::{borrow::Cow, fmt};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// Any error that can cross threads.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A failed request: a status, and a message for the client.
///
/// The message is the body of the answer, and its reason phrase on HTTP/1.1, as Next.js does it.
/// The source, if there is one, is logged and never sent.
///
/// `?` turns any [`std::error::Error`] into a 500 "Internal Server Error" with the error as its
/// source. For that, `ApiError` itself is not an `Error`.
///
/// ```
/// use http::StatusCode;
/// use tower_api_routes::ApiError;
///
/// fn read() -> Result<u8, ApiError> {
///     Ok("300".parse::<u8>()?)
/// }
///
/// let error = read().unwrap_err();
/// assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
/// assert_eq!(error.message(), "Internal Server Error");
/// assert!(error.source().is_some());
/// ```
pub struct ApiError {
    inner: Box<Inner>,
}

struct Inner {
    status: StatusCode,
    message: Cow<'static, str>,
    headers: HeaderMap,
    source: Option<BoxError>,
}

impl ApiError {
    /// An error with this status and this message.
    ///
    /// The message is sent to the client: keep file names, queries and error texts out of it.
    #[must_use]
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            inner: Box::new(Inner {
                status,
                message: message.into(),
                headers: HeaderMap::new(),
                source: None,
            }),
        }
    }

    /// An error whose message is the standard reason phrase of `status`.
    #[must_use]
    pub fn from_status(status: StatusCode) -> Self {
        Self::new(status, status.canonical_reason().unwrap_or("unknown"))
    }

    /// 400 with this message.
    #[must_use]
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 404 with this message.
    #[must_use]
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 500 "Internal Server Error"; `source` is logged.
    #[must_use]
    pub fn internal(source: impl Into<BoxError>) -> Self {
        Self::from_status(StatusCode::INTERNAL_SERVER_ERROR).with_source(source)
    }

    /// Adds what caused the error. It is logged, never sent.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.inner.headers.append(name, value);
        self
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// The message for the client.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// The message, borrowed where it is a constant.
    pub(crate) fn message_to_send(&self) -> Cow<'static, str> {
        self.inner.message.clone()
    }

    /// The headers that the answer carries besides those of its body.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.inner.headers
    }

    /// What caused the error.
    #[must_use]
    pub fn source(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.inner.source.as_deref()
    }

    /// Logs the error with the pattern of its route: at the level ERROR from 500 on, below it at DEBUG.
    pub(crate) fn log(&self, route: Option<&str>) {
        let route = route.unwrap_or_default();
        let status = self.inner.status.as_u16();
        let error = self.inner.source.as_deref().map_or_else(
            || self.inner.message.to_string(),
            |source| with_causes(source),
        );
        if self.inner.status.is_server_error() {
            tracing::error!(route, status, error, "request failed");
        } else {
            tracing::debug!(route, status, error, "request refused");
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.inner.status)
            .field("message", &self.inner.message)
            .field("source", &self.inner.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.inner.status.as_u16(), self.inner.message)
    }
}

impl<E> From<E> for ApiError
where
    E: std::error::Error + Send + Sync + 'static,
{
    fn from(error: E) -> Self {
        Self::internal(error)
    }
}

/// The body of error responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ErrorFormat {
    /// The message as `text/plain; charset=utf-8` with `X-Content-Type-Options: nosniff`, and as the
    /// reason phrase.
    #[default]
    Text,
    /// As Next.js answers, to the byte: [`Text`](Self::Text) without the two headers. Redirects go
    /// without them, too.
    NextJs,
    /// `{"error":{"status":404,"message":"Not Found"}}`
    Json,
    /// RFC 9457 problem details: `{"type":"about:blank","title":"Not Found","status":404}`, with a
    /// `detail` where the message says more than the status, as `application/problem+json`.
    Problem,
}

impl ErrorFormat {
    /// Whether texts of this crate go out as `text/plain` with `nosniff`.
    pub(crate) fn marks_text(self) -> bool {
        self != Self::NextJs
    }
}

/// An error and what caused it, in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
