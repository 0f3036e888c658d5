//! What extractors of other crates say when they refuse a request, as an [`ApiError`].

use std::{
    any::type_name,
    pin::pin,
    task::{Context, Poll, Waker},
};

use axum_core::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use http_body::Body as _;

use super::error::Reported;
use crate::error::ApiError;

/// The longest text that is taken for a message, in bytes. A sentence is shorter.
const MAX_MESSAGE: usize = 1024;

/// The longest text that is taken for the log, in bytes.
const MAX_LOGGED: u64 = 16_384;

/// The beginnings of the types of rejections that report what serde and the types of the program say,
/// word for word: `invalid type: integer 7, expected struct Post`. Those of axum, such as
/// `axum::extract::rejection::JsonRejection`.
const VERBOSE: [&str; 3] = ["axum::", "axum_core::", "axum_extra::"];

/// What `#[derive(FromRequest)]` of axum makes of those rejections, and the statuses that they have.
/// Others may reject with a plain response, too: with any other status their text is theirs.
const DERIVED: &str = "http::response::Response<";
const DERIVED_STATUSES: [StatusCode; 4] = [
    StatusCode::BAD_REQUEST,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
];

/// What an extractor refused a request with, as the [`ApiError`] that it reports, so that the router
/// writes it in the form that the application chose. A response that reports no error, or does so in a
/// form of its own, such as JSON, stays as it is.
///
/// The text of a rejection below 500 becomes the message, as whoever wrote the extractor wrote it for
/// clients. What axum's own extractors say and what is said of errors of the server goes to the log: it
/// names types.
pub(super) fn reported<R: IntoResponse>(rejection: R) -> Response {
    let response = rejection.into_response();
    if response.extensions().get::<Reported>().is_some() {
        return response;
    }
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || !is_text(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let text = text_of(body);
    let is_for_clients = status.is_client_error() && !names_types(type_name::<R>(), status);
    let mut error = match text {
        Some(text) if is_for_clients && text.len() <= MAX_MESSAGE => ApiError::new(status, text),
        Some(text) => ApiError::from_status(status).with_source(text),
        None => ApiError::from_status(status),
    };
    for name in [
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
    ] {
        parts.headers.remove(name);
    }
    for (name, value) in &parts.headers {
        error = error.with_header(name.clone(), value.clone());
    }
    error.into_response()
}

/// Whether the text of a rejection of this type may name types of the program.
fn names_types(rejection: &str, status: StatusCode) -> bool {
    VERBOSE.iter().any(|it| rejection.starts_with(it))
        || rejection.starts_with(DERIVED) && DERIVED_STATUSES.contains(&status)
}

/// Whether the body is `text/plain`, or nothing is said of it.
fn is_text(response: &Response) -> bool {
    let Some(value) = response.headers().get(header::CONTENT_TYPE) else {
        return true;
    };
    let essence = value.as_bytes().split(|byte| *byte == b';').next();
    essence.is_some_and(|it| it.trim_ascii().eq_ignore_ascii_case(b"text/plain"))
}

/// The text of a body that is there in one piece. Extractors make no others; one that would have to be
/// waited for is none.
fn text_of(body: Body) -> Option<String> {
    let length = body.size_hint().exact()?;
    if length == 0 || length > MAX_LOGGED {
        return None;
    }
    let mut body = pin!(body);
    let frame = match body
        .as_mut()
        .poll_frame(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(Some(Ok(frame))) => frame,
        _ => return None,
    };
    let data = frame.into_data().ok()?;
    let text = str::from_utf8(&data).ok()?;
    (data.len() as u64 == length).then(|| text.to_owned())
}
