//! `/api/posts/a/b`: a catch-all route; `slug` is a list. One segment is `[id].rs`.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "query": req.query() }))
}
