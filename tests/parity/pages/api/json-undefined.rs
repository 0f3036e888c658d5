//! No JSON at all, with the type of JSON.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(200)
        .header("content-type", "application/json; charset=utf-8")
        .end()
}
