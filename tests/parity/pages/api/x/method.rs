//! POST alone, by hand.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    if req.method() == Method::POST {
        return res.status(200).json(&json!({ "posted": true }));
    }
    res.header("allow", "POST")
        .status(405)
        .body(format!("Method {} Not Allowed", req.method()))
}
