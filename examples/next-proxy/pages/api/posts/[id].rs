//! `/api/posts/1`: moved here; `/api/posts`, a file of its own, is still that of Next.js.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "id": req.query().get("id"), "from": "Rust" }))
}
