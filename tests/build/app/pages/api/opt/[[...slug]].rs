//! An optional catch-all.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&req.query())
}
