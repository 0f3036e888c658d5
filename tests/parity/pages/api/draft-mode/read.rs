//! Whether draft mode is on.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    if req.draft_mode() {
        res.json(&json!({ "draftMode": true }))
    } else {
        res.json(&json!({}))
    }
}
