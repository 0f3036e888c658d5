//! `/api/hello`: greets by name, `/api/hello?name=Ada`, and counts the greetings in a cookie.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let name = req.query().get("name").unwrap_or("world");
    let greetings = req.cookies().get("greetings").unwrap_or_default();
    let greetings = greetings.parse::<u8>().unwrap_or(0).saturating_add(1);
    res.set_cookie(("greetings", greetings.to_string()))
        .json(&json!({ "message": format!("Hello, {name}"), "greetings": greetings }))
}
