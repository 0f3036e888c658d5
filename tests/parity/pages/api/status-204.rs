//! 204 carries no body, whatever is sent.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let res = res.status(204);
    if req.query().contains("invalid") {
        res.json(&json!({ "hello": "world" }))
    } else {
        res.send(())
    }
}
