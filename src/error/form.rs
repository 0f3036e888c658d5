//! The forms in which errors are answered.

use std::{borrow::Cow, fmt, sync::Arc};

use axum_core::response::Response;
use http::{HeaderMap, HeaderValue, header, request::Parts};

use super::ApiError;
use crate::{
    panics,
    response::{ResponseBody, reason},
    routing::MatchedRoute,
};

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
            match panics::catch(|| hook(error, context).map(ResponseBody::from)) {
                Ok(response) => return response,
                Err(panic) => {
                    let route = context.route.map_or("", MatchedRoute::pattern);
                    tracing::error!(route, %panic, "the error hook panicked");
                }
            }
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
pub(super) fn text_response(error: &ApiError) -> http::Response<ResponseBody> {
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
    if !error.inner.headers.is_empty() {
        headers.extend(error.inner.headers.clone());
    }
    if error.status().canonical_reason() != Some(error.message())
        && let Some(reason) = reason::of_message(error.message())
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
