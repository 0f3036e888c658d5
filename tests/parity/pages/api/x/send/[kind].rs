//! `res.send` with a value of every kind.

use std::convert::Infallible;

use futures_util::stream;
use serde_json::{Value, json};
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::pages_api::_lib::{Failure, javascript::number};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let res = preset(&req, res)?;
    let kind = req.param("kind").unwrap_or_default();
    Ok(match &*kind {
        "string" => res.send("hello"),
        "empty-string" => res.send(""),
        "html" => res.send("<p>hi</p>"),
        "unicode-string" => res.send("héllo ✓ 😀"),
        "json-looking-string" => res.send(r#"{"a":1}"#),
        "large" => res.send("x".repeat(5000)),
        "buffer" => res.send(b"\x00\x01\x02\xff"),
        "empty-buffer" => res.send(Vec::new()),
        "text-buffer" => res.send(b"plain text in a buffer"),
        "null" | "undefined" => res.send(()),
        "stream" => {
            let chunks = ["chunk-1;", "chunk-2"].map(Ok::<_, Infallible>);
            res.stream(stream::iter(chunks))
        }
        kind => res.send(json_value(kind)?),
    })
}

/// Sets the content type and the status that the query names.
pub(crate) fn preset(req: &ApiRequest, mut res: ApiResponse) -> Result<ApiResponse, ApiError> {
    if let Some(content_type) = req.query().get("ct") {
        res = res.header("content-type", content_type);
    }
    if let Some(status) = req.query().get("status") {
        res = res.status(u16::try_from(number(status))?);
    }
    Ok(res)
}

fn json_value(kind: &str) -> Result<Value, Failure> {
    Ok(match kind {
        "object" => json!({ "a": 1, "b": [true, null], "c": { "d": "x" } }),
        "empty-object" => json!({}),
        // A member that is undefined is none.
        "object-undefined" => json!({ "c": 1 }),
        "array" => json!([1, "two", null]),
        "empty-array" => json!([]),
        "int-keys" => json!({ "1": "y", "2": "x", "b": 1 }),
        "number" => json!(42),
        "zero" => json!(0),
        "negative-zero" => json!(-0.0),
        "float" => json!(0.1),
        "big" => json!(1e21),
        "nan" | "infinity" => json!(f64::NAN),
        "true" => json!(true),
        "false" => json!(false),
        "tojson" => json!({ "replaced": true }),
        // No Rust string holds half of a surrogate pair.
        "escapes" => json!({ "s": "\0\u{1f}\"\\/\u{7f}\u{2028}\u{2029}<>&é😀\u{fffd}" }),
        "large-json" => json!({ "data": "x".repeat(5000) }),
        _ => return Err(Failure("no such kind")),
    })
}
