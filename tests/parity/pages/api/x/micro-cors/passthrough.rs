//! The handler answers preflights.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

use crate::pages_api::_lib::micro_cors::{DEFAULT, MicroCors};

const CORS: MicroCors = MicroCors {
    methods: "GET,HEAD",
    ..DEFAULT
};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    CORS.apply(&req, res)
        .json(&json!({ "method": req.method().as_str() }))
}
