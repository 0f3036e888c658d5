//! An error that the handler answers itself.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(500).json(&json!({ "error": "Server error!" }))
}
