//! `req.cookies`, sent.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let cookies = serde_json::json!(req.cookies());
    res.status(200).send(cookies)
}
