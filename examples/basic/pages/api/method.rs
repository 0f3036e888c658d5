//! `/api/method`: one handler that looks at the method itself.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    if req.method() == Method::POST {
        res.status(201)
            .json(&json!({ "message": "processed a POST" }))
    } else {
        res.json(&json!({ "message": format!("handled a {}", req.method()) }))
    }
}
