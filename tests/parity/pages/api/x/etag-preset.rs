//! An entity tag that the handler sets.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let res = res
        .header("etag", "\"custom\"")
        .header("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT")
        .header("cache-control", "max-age=60")
        .header("x-kept", "1");
    match req.query().get("end") {
        Some(end) if !end.is_empty() => res.body("body"),
        _ => res.json(&json!({ "etag": "preset" })),
    }
}
