//! Errors as responses: the one place that writes an [`ApiError`] down for the client.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum_core::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use hyper::ext::ReasonPhrase;

use super::{body::ResponseBody, status};
use crate::{
    error::{ApiError, ErrorFormat},
    json, panics,
    route::{ErrorContext, MatchedRoute, Settings},
};

/// The type of the text that goes with an error or a redirect.
pub(crate) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// Writes an error again, in the form that the application chose, in place of the body that it has in
/// `response`. What was set around the error stays: another status, and headers that are not the body's.
pub(crate) fn rewrite_error(
    response: &mut http::Response<ResponseBody>,
    settings: &Settings,
    error: &ApiError,
    for_hook: Option<&ErrorContext<'_>>,
) {
    let mut written = write_error(settings, error, for_hook);
    let is_own = settings.on_error.is_some();
    if !is_own {
        *written.status_mut() = response.status();
    }
    let mut around = std::mem::take(response.headers_mut());
    for name in [
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::TRANSFER_ENCODING,
        header::X_CONTENT_TYPE_OPTIONS,
    ] {
        around.remove(name);
    }
    let headers = written.headers_mut();
    for name in around.keys() {
        // The headers of the error are among those around it; a hook may have set others in their place.
        if is_own && headers.contains_key(name) {
            continue;
        }
        headers.remove(name);
        for value in around.get_all(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    let mut extensions = std::mem::take(response.extensions_mut());
    extensions.remove::<ReasonPhrase>();
    extensions.extend(std::mem::take(written.extensions_mut()));
    *written.extensions_mut() = extensions;
    *response = written;
}

/// The answer to an error, in the form that the application chose. `for_hook` is there where there is a hook for errors.
pub(crate) fn write_error(
    settings: &Settings,
    error: &ApiError,
    for_hook: Option<&ErrorContext<'_>>,
) -> http::Response<ResponseBody> {
    if let (Some(hook), Some(context)) = (&settings.on_error, for_hook) {
        match panics::catch(|| hook(error, context).map(ResponseBody::from)) {
            Ok(mut response) => {
                // An error that the hook made of this one is the same error: it is logged already.
                if let Some(reported) = response.extensions_mut().remove::<Reported>() {
                    reported.silence();
                }
                return response;
            }
            Err(panic) => {
                let route = context.route.map_or("", MatchedRoute::pattern);
                tracing::error!(route, %panic, "the error hook panicked");
            }
        }
    }
    let (body, content_type) = match settings.error_format {
        ErrorFormat::Text => (text(error), Some(TEXT)),
        ErrorFormat::NextJs => (text(error), None),
        ErrorFormat::Json => {
            let (status, message) = (error.status().as_u16(), quoted(error.message()));
            let text = format!(r#"{{"error":{{"status":{status},"message":{message}}}}}"#);
            (text.into(), Some(json::CONTENT_TYPE))
        }
        ErrorFormat::Problem => (problem(error).into(), Some(PROBLEM)),
    };
    respond(error, body, content_type)
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
fn text(error: &ApiError) -> ResponseBody {
    match error.message_to_send() {
        Cow::Borrowed(text) => text.into(),
        Cow::Owned(text) => text.into(),
    }
}

/// The status, the message as the reason phrase, the headers of the error, and a body that no
/// browser takes for something else, where its type is named.
fn respond(
    error: &ApiError,
    body: ResponseBody,
    content_type: Option<HeaderValue>,
) -> http::Response<ResponseBody> {
    let mut response = http::Response::new(body);
    *response.status_mut() = error.status();
    let headers = response.headers_mut();
    if let Some(content_type) = content_type {
        mark(headers, content_type);
    }
    if !error.headers().is_empty() {
        headers.extend(error.headers().clone());
    }
    if error.status().canonical_reason() != Some(error.message())
        && let Some(reason) = status::phrase_of_message(error.message())
    {
        response.extensions_mut().insert(reason);
    }
    response
}

/// Names the type of a body, for clients that would guess another.
pub(crate) fn mark(headers: &mut HeaderMap, content_type: HeaderValue) {
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
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

    /// Keeps the error out of the log.
    fn silence(&self) {
        self.0.logged.store(true, Ordering::Relaxed);
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

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = respond(&self, text(&self), Some(TEXT)).map(Body::from);
        response.extensions_mut().insert(Reported(Arc::new(Report {
            error: self,
            logged: AtomicBool::new(false),
        })));
        response
    }
}
