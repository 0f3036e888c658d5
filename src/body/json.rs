//! JSON bodies: to a typed value straight from the bytes, or to an untyped one under a cap.

use std::sync::Arc;

use http::StatusCode;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::{
    charset::{Charset, without_bom},
    complaint,
    content_type::{BodyKind, Media},
    parsed::Fault,
};
use crate::error::ApiError;

/// Parses a body into an untyped value of at most `max_values` values. The empty body is `{}`, as
/// in Next.js.
pub(super) fn untyped(charset: Charset, body: &[u8], max_values: usize) -> Result<Value, Fault> {
    let text = match charset {
        Charset::Utf8 => utf8(body)?.into(),
        _ => charset.decode(body),
    };
    if has_more_values(&text, max_values) {
        return Err(Fault::TooManyValues);
    }
    let value =
        serde_json::from_str(or_empty(&text)).map_err(|error| Fault::Json(Arc::new(error)))?;
    #[cfg(feature = "preserve-order")]
    let value = in_javascript_order(value);
    Ok(value)
}

/// 415 unless the body is JSON in UTF-8.
pub(super) fn expect(media: Media) -> Result<(), ApiError> {
    let unsupported = |message| Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    match (media.kind, media.charset) {
        (BodyKind::Json, Some(Charset::Utf8)) => Ok(()),
        (BodyKind::Json, Some(_)) => unsupported("unsupported charset, expected utf-8"),
        (BodyKind::Json, None) => Err(Fault::Charset.into()),
        _ => unsupported("unsupported content-type, expected application/json"),
    }
}

/// Parses JSON in UTF-8 into a `T`, which may borrow from it.
pub(super) fn typed<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ApiError> {
    let text = or_empty(utf8(body)?);
    serde_json::from_str(text).map_err(|error| explain::<T>(text, error))
}

/// JSON is not repaired: bad bytes make it invalid, also in values that nobody looks at.
fn utf8(body: &[u8]) -> Result<&str, Fault> {
    str::from_utf8(without_bom(body)).map_err(Fault::Utf8)
}

fn or_empty(text: &str) -> &str {
    match text {
        "" => "{}",
        text => text,
    }
}

/// What the client hears: `Invalid JSON`, or which field is wrong. The text is parsed once more for
/// the field's path.
fn explain<'a, T: Deserialize<'a>>(text: &'a str, error: serde_json::Error) -> ApiError {
    if !is_about_data(text, &error) {
        return ApiError::bad_request("Invalid JSON").with_source(error);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let message = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) => complaint::message(error.path(), &error.inner().to_string()),
        Ok(_) => "invalid body".to_owned(),
    };
    ApiError::bad_request(message).with_source(error)
}

fn is_about_data(text: &str, error: &serde_json::Error) -> bool {
    // A number where `T` has an enum counts as a syntax error in serde_json.
    error.is_data()
        || error.to_string().starts_with("expected value")
            && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether JSON text holds more than `max` values: members, elements and the outermost one.
///
/// A value takes a hundred times the memory of the shortest text that makes one, so this is asked
/// before anything is built.
fn has_more_values(text: &str, max: usize) -> bool {
    // Every value takes a byte at least.
    if text.len() <= max {
        return false;
    }
    let mut values = 1_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut opened = false;
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => continue,
            b']' | b'}' => {}
            _ if opened => values += 1,
            _ => {}
        }
        opened = matches!(byte, b'[' | b'{');
        match byte {
            b'"' => in_string = true,
            b',' => values += 1,
            _ => {}
        }
        if values > max {
            return true;
        }
    }
    false
}

/// `value` with the keys of its objects in JavaScript's order. It is no deeper than it was parsed.
#[cfg(feature = "preserve-order")]
fn in_javascript_order(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(in_javascript_order).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members
                .into_iter()
                .map(|(key, value)| (key, in_javascript_order(value)))
                .collect();
            crate::key_order::sort(&mut members, |(key, _)| key);
            Value::Object(members.into_iter().collect())
        }
        scalar => scalar,
    }
}
