//! An optional catch-all: without a slug there is no key.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let mut answer = json!({});
    if req.query().contains("slug") {
        answer["slug"] = json!(req.query().get_all("slug"));
    }
    res.status(200).json(&answer)
}
