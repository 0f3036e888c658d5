//! Answers POST with the title of the query.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    if req.method() != Method::POST {
        return res.status(200).json(&json!([{ "title": "Cool Post!" }]));
    }
    let mut post = json!({});
    if req.query().contains("title") {
        post["title"] = json!(req.query().get_all("title"));
    }
    res.status(200).json(&[post])
}
