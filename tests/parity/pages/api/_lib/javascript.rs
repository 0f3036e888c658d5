//! What JavaScript makes of values.

use axum::response::IntoResponse;
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::Value;
use tower_api_routes::{ApiError, ApiResponse, BodyValue, ParsedBody};

/// `typeof`, with names of their own for `null` and arrays.
pub(crate) fn type_of(body: &ParsedBody) -> Result<&'static str, ApiError> {
    Ok(match body.value()? {
        BodyValue::Json(Value::Null) => "null",
        BodyValue::Json(Value::Array(_)) => "array",
        BodyValue::Json(Value::Bool(_)) => "boolean",
        BodyValue::Json(Value::Number(_)) => "number",
        BodyValue::Json(Value::Object(_)) | BodyValue::Form(_) => "object",
        _ => "string",
    })
}

/// Whether a body counts as true.
pub(crate) fn is_truthy(body: &ParsedBody) -> Result<bool, ApiError> {
    Ok(match body.value()? {
        BodyValue::Json(Value::Null) => false,
        BodyValue::Json(Value::Bool(value)) => *value,
        BodyValue::Json(Value::Number(number)) => number.as_f64() != Some(0.0),
        BodyValue::Json(Value::String(text)) => !text.is_empty(),
        BodyValue::Json(_) | BodyValue::Form(_) => true,
        _ => !body.raw().is_empty(),
    })
}

/// `JSON.stringify`.
pub(crate) async fn stringify<T: Serialize>(value: &T) -> Result<String, ApiError> {
    let response = ApiResponse::new().json(value).into_response();
    let text = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(text.into())?)
}

/// `Number(text)` as an integer; 0 where it is none.
pub(crate) fn number(text: &str) -> i64 {
    // The cast drops the fraction and turns NaN into 0.
    text.trim().parse::<f64>().unwrap_or_default() as i64
}

/// `parseInt(text)`: as many digits as there are.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(digits.len());
    let value: i64 = digits.get(..end)?.parse().ok()?;
    Some(if text.starts_with('-') { -value } else { value })
}
