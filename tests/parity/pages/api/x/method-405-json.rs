//! GET alone, by hand.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    if req.method() == Method::GET {
        return res.json(&json!({ "ok": true }));
    }
    res.header("allow", "GET")
        .status(405)
        .json(&json!({ "message": "Only GET requests allowed" }))
}
