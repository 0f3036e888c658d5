//! The defaults of `micro-cors`.

use axum::http::Method;
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

use crate::pages_api::_lib::micro_cors::{DEFAULT, MicroCors};

const CORS: MicroCors = DEFAULT;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let res = CORS.apply(&req, res);
    if req.method() == Method::OPTIONS {
        return res.end();
    }
    res.json(&json!({ "message": "Hello Everyone!" }))
}
