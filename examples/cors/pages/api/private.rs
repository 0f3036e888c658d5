//! `/api/private`: no CORS, so only pages of this origin may read it.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "message": "between us" }))
}
