//! `/api/hello`: moved here from `pages/api/hello.js`.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "name": "John Doe", "from": "Rust" }))
}
