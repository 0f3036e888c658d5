//! What goes wrong with a body, and what the client hears of it.

use std::{borrow::Cow, error::Error as StdError, fmt, str::Utf8Error, sync::Arc};

use http::{HeaderValue, StatusCode, header};
use http_body_util::LengthLimitError;

use crate::{byte_size::ByteSize, error::ApiError};

/// Why the bytes of a body, all of them there, have no value.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// Shared, as the value of a body is parsed once and asked for often.
    Json(Arc<serde_json::Error>),
    Utf8(Utf8Error),
    Charset,
    /// No error of serde_json says so.
    NotJson,
    TooMuchMemory,
    TooManyFields,
}

impl Fault {
    pub(super) fn json(error: serde_json::Error) -> Self {
        Self::Json(Arc::new(error))
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        let too_large = |message| Self::new(StatusCode::PAYLOAD_TOO_LARGE, message);
        match fault {
            Fault::Json(error) => Self::bad_request("Invalid JSON").with_source(error),
            Fault::Utf8(error) => Self::bad_request("Invalid JSON").with_source(error),
            Fault::Charset => Self::bad_request("Invalid body"),
            Fault::NotJson => Self::bad_request("Invalid JSON"),
            Fault::TooMuchMemory => too_large("Body takes too much memory"),
            Fault::TooManyFields => too_large("Body has too many fields"),
        }
    }
}

/// 413, with the limit as it was written.
pub(super) fn too_large(limit: Option<ByteSize>) -> ApiError {
    let message = match limit {
        Some(limit) => format!("Body exceeded {limit} limit").into(),
        None => "Body exceeded the limit".into(),
    };
    closing(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// An error that leaves a part of the body unread.
pub(super) fn closing(status: StatusCode, message: Cow<'static, str>) -> ApiError {
    ApiError::new(status, message)
        .with_header(header::CONNECTION, HeaderValue::from_static("close"))
}

/// The client paused too long within a body, or took too long for all of it.
#[derive(Debug)]
pub(crate) struct BodyTimeout;

impl fmt::Display for BodyTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body did not arrive in time")
    }
}

impl std::error::Error for BodyTimeout {}

/// What the client hears of a body that could not be read.
pub(super) fn read_error<E>(error: E, limit: Option<ByteSize>) -> ApiError
where
    E: StdError + Send + Sync + 'static,
{
    if caused_by::<LengthLimitError>(&error) {
        return too_large(limit);
    }
    if caused_by::<BodyTimeout>(&error) {
        return closing(
            StatusCode::REQUEST_TIMEOUT,
            "body did not arrive in time".into(),
        );
    }
    closing(StatusCode::BAD_REQUEST, "Invalid body".into()).with_source(error)
}

/// Whether an error, or what caused it, is an `E`.
pub(super) fn caused_by<E: StdError + 'static>(error: &(dyn StdError + 'static)) -> bool {
    error.is::<E>() || error.source().is_some_and(caused_by::<E>)
}
