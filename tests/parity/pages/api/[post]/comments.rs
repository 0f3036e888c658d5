//! A static name below a parameter.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(200)
        .json(&json!([{ "message": "Prioritize a non-dynamic api page" }]))
}
