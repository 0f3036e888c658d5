//! `/api/hello`: greets by name, `/api/hello?name=Ada`.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let name = req.query().get("name").unwrap_or("world");
    res.json(&json!({ "message": format!("Hello, {name}") }))
}
