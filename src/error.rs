//! The one place that turns failures into responses.
//!
//! An [`ApiError`] is a status and a message that is safe to show. What went wrong inside (the
//! source) goes to `tracing` and never to the client.

use std::{
    borrow::Cow,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum_core::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use hyper::ext::ReasonPhrase;

use crate::{response::ResponseBody, routing::MatchedRoute};

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

/// Left in the extensions of an error response, so that the router can write the answer again in
/// the form the application asked for, and log the error with its route.
#[derive(Debug, Clone)]
pub(crate) struct Reported(Arc<Report>);

#[derive(Debug)]
struct Report {
    error: ApiError,
    logged: AtomicBool,
}

impl Reported {
    pub(crate) fn error(&self) -> &ApiError {
        &self.0.error
    }

    /// Logs the error, once.
    pub(crate) fn log(&self, route: Option<&str>) {
        self.0.log(route);
    }
}

impl Report {
    fn log(&self, route: Option<&str>) {
        if !self.logged.swap(true, Ordering::Relaxed) {
            self.error.log(route);
        }
    }
}

/// An error that became a response outside of a router is logged all the same.
impl Drop for Report {
    fn drop(&mut self) {
        self.log(None);
    }
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

    fn log(&self, route: Option<&str>) {
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

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = text_response(&self).map(Body::from);
        response.extensions_mut().insert(Reported(Arc::new(Report {
            error: self,
            logged: AtomicBool::new(false),
        })));
        response
    }
}

/// An error and what caused it, in one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
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

/// What a hook for errors can know of the request besides the error.
#[derive(Debug)]
#[non_exhaustive]
pub struct ErrorContext<'a> {
    /// The route, if the error came up after one was found.
    pub route: Option<&'a MatchedRoute>,
    /// Method, URI, headers and extensions of the request.
    pub parts: Option<&'a Parts>,
}

type Hook = dyn Fn(&ApiError, &ErrorContext<'_>) -> Response + Send + Sync;

/// How a router writes its errors.
#[derive(Clone, Default)]
pub(crate) struct ErrorWriter {
    pub(crate) format: ErrorFormat,
    pub(crate) hook: Option<Arc<Hook>>,
}

impl ErrorWriter {
    /// Whether the parts of a request are wanted when something fails.
    pub(crate) fn wants_parts(&self) -> bool {
        self.hook.is_some()
    }

    /// The answer to an error.
    pub(crate) fn write(
        &self,
        error: &ApiError,
        context: &ErrorContext<'_>,
    ) -> http::Response<ResponseBody> {
        if let Some(hook) = &self.hook {
            return hook(error, context).map(ResponseBody::from);
        }
        match self.format {
            ErrorFormat::Text => text_response(error),
            ErrorFormat::NextJs => {
                let mut response = text_response(error);
                for name in [header::CONTENT_TYPE, header::X_CONTENT_TYPE_OPTIONS] {
                    if !error.headers().contains_key(&name) {
                        response.headers_mut().remove(name);
                    }
                }
                response
            }
            ErrorFormat::Json => respond(
                error,
                ResponseBody::from(format!(
                    r#"{{"error":{{"status":{},"message":{}}}}}"#,
                    error.status().as_u16(),
                    quoted(error.message())
                )),
                "application/json; charset=utf-8",
            ),
            ErrorFormat::Problem => respond(
                error,
                ResponseBody::from(problem(error)),
                "application/problem+json",
            ),
        }
    }
}

impl ErrorWriter {
    /// Whether the texts that go with redirects are marked as text.
    pub(crate) fn marks_text(&self) -> bool {
        self.format != ErrorFormat::NextJs
    }

    /// Marks the text that goes with a redirect of the router.
    pub(crate) fn mark_text(&self, headers: &mut HeaderMap) {
        if self.marks_text() {
            mark(headers, "text/plain; charset=utf-8");
        }
    }
}

impl fmt::Debug for ErrorWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorWriter")
            .field("format", &self.format)
            .field("hook", &self.hook.is_some())
            .finish()
    }
}

fn problem(error: &ApiError) -> String {
    let title = error.status().canonical_reason().unwrap_or("unknown");
    let detail = if error.message() == title {
        String::new()
    } else {
        format!(r#","detail":{}"#, quoted(error.message()))
    };
    format!(
        r#"{{"type":"about:blank","title":{},"status":{}{detail}}}"#,
        quoted(title),
        error.status().as_u16()
    )
}

/// A text as a JSON string.
fn quoted(text: &str) -> serde_json::Value {
    serde_json::Value::from(text)
}

/// The message as text.
fn text_response(error: &ApiError) -> http::Response<ResponseBody> {
    let body = match error.inner.message.clone() {
        Cow::Borrowed(text) => ResponseBody::from(text),
        Cow::Owned(text) => ResponseBody::from(text),
    };
    respond(error, body, "text/plain; charset=utf-8")
}

/// The status, the message as the reason phrase, the headers of the error, and a body that no
/// browser takes for something else.
fn respond(
    error: &ApiError,
    body: ResponseBody,
    content_type: &'static str,
) -> http::Response<ResponseBody> {
    let mut response = http::Response::new(body);
    *response.status_mut() = error.inner.status;
    let headers = response.headers_mut();
    mark(headers, content_type);
    headers.extend(error.inner.headers.clone());
    if error.status().canonical_reason() != Some(error.message())
        && let Ok(reason) = ReasonPhrase::try_from(error.message().as_bytes())
    {
        response.extensions_mut().insert(reason);
    }
    response
}

fn mark(headers: &mut HeaderMap, content_type: &'static str) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
}

/// Why a router could not be built: a mistake in the code or the tree, found at start-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildError {
    message: String,
}

impl BuildError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BuildError {}
