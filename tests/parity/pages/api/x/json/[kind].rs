//! `res.json` with a value of every kind.

use serde_json::{Value, json};
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::pages_api::{_lib::Failure, x::send::kind::preset};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let res = preset(&req, res)?;
    let kind = req.param("kind").unwrap_or_default();
    Ok(match &*kind {
        // No value: the type of JSON without JSON.
        "undefined" | "function" => res
            .header("content-type", "application/json; charset=utf-8")
            .end(),
        kind => res.json(&value(kind)?),
    })
}

fn value(kind: &str) -> Result<Value, Failure> {
    Ok(match kind {
        "object" => json!({ "ok": true }),
        "empty-object" => json!({}),
        "array" => json!([1, 2]),
        "empty-array" => json!([]),
        "string" => json!("str"),
        "empty-string" => json!(""),
        "number" => json!(3.5),
        "zero" => json!(0),
        "true" => json!(true),
        "false" => json!(false),
        "null" => json!(null),
        "nan" => json!(f64::NAN),
        "date" => json!("1970-01-01T00:00:00.000Z"),
        "buffer" => json!({ "type": "Buffer", "data": b"ab" }),
        "unicode" => json!({ "s": "héllo ✓ 😀 \u{2028}" }),
        // No Rust string holds half of a surrogate pair.
        "lone-surrogate" => json!("a\u{fffd}b"),
        // The first of two arguments counts.
        "two-args" => json!(201),
        _ => return Err(Failure("no such kind")),
    })
}
