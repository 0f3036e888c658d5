//! Form bodies: `application/x-www-form-urlencoded`.

use http::StatusCode;
use serde::Deserialize;

use super::{
    charset::Charset,
    content_type::{BodyKind, Media},
    fault::Fault,
};
use crate::{error::ApiError, multi_map::MultiMap};

/// Parses a form of at most `max_fields` pairs.
pub(super) fn untyped(charset: Charset, body: &[u8], max_fields: usize) -> Result<MultiMap, Fault> {
    MultiMap::parse(charset.decode(body).as_bytes(), max_fields).map_err(|_| Fault::TooManyFields)
}

/// 415 unless the body is a form.
pub(super) fn expect(media: Media) -> Result<(), ApiError> {
    match media.kind {
        BodyKind::Form => Ok(()),
        _ => Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported content-type, expected application/x-www-form-urlencoded",
        )),
    }
}

/// The form as a `T`, or 400 with the field that is wrong.
pub(super) fn typed<T: for<'a> Deserialize<'a>>(fields: &MultiMap) -> Result<T, ApiError> {
    fields
        .deserialize()
        .map_err(|error| ApiError::bad_request(format!("invalid body: {error}")))
}
