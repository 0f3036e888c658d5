//! What is returned is what is sent.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "sent": true }))
}
