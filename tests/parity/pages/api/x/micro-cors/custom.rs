//! Other settings of `micro-cors`.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

use crate::pages_api::_lib::micro_cors::MicroCors;

const CORS: MicroCors = MicroCors {
    origin: "https://example.com",
    credentials: false,
    methods: "GET,HEAD",
    headers: "X-Token",
    expose: Some("X-Total"),
    max_age: 60,
};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let res = CORS.apply(&req, res);
    if req.method() == Method::OPTIONS {
        return res.end();
    }
    res.json(&json!({ "message": "Hello Everyone!" }))
}
