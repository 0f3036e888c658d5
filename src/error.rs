//! The one place that turns failures into responses.
//!
//! An [`ApiError`] is a status and a message that is safe to show. What went wrong inside (the
//! source) goes to `tracing` and never to the client.

use std::{borrow::Cow, fmt, sync::Arc};

use axum_core::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use hyper::ext::ReasonPhrase;

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
/// the form the application asked for.
#[derive(Debug, Clone)]
pub(crate) struct Reported(pub(crate) Arc<ApiError>);

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
        let mut response = text_response(&self);
        response.extensions_mut().insert(Reported(Arc::new(self)));
        response
    }
}

/// The message as text, and as the reason phrase.
fn text_response(error: &ApiError) -> Response {
    let message = error.inner.message.clone();
    let reason = match &message {
        Cow::Borrowed(text) => ReasonPhrase::try_from(text.as_bytes()),
        Cow::Owned(text) => ReasonPhrase::try_from(text.as_bytes()),
    };
    let body = match message {
        Cow::Borrowed(text) => Body::from(text),
        Cow::Owned(text) => Body::from(text),
    };
    let mut response = Response::new(body);
    *response.status_mut() = error.inner.status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.extend(error.inner.headers.clone());
    if let Ok(reason) = reason {
        response.extensions_mut().insert(reason);
    }
    response
}
