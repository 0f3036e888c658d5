//! A helper that sets cookies of any value.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tower_api_routes::ApiResponse;

/// What `encodeURIComponent` encodes.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Sets a cookie: objects and lists as `j:` and their JSON, other values as text.
pub(crate) fn set_cookie(res: ApiResponse, name: &'static str, value: &Value) -> ApiResponse {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(_) | Value::Array(_) => format!("j:{value}"),
        value => value.to_string(),
    };
    res.set_cookie((name, utf8_percent_encode(&text, COMPONENT).to_string()))
}
