//! `req.query`, sent.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let query = serde_json::json!(req.query());
    res.status(200).send(query)
}
