//! Answers from a timer.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    sleep(Duration::from_millis(30)).await;
    res.json(&json!({ "late": true }))
}
