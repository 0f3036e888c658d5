//! `/api/hello`: every site may read it, as with micro-cors; browsers leave the cookies out.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse, CorsLayer};

pub fn layer() -> CorsLayer {
    CorsLayer::new().allow_methods([Method::GET, Method::HEAD])
}

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "message": "Hello Everyone!" }))
}
