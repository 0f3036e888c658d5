//! JSON with an entity tag.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(200).json(&json!({ "etag": "me" }))
}
