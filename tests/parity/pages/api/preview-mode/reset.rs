//! Switches preview mode off.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.clear_preview_data(req.query().get("cookiePath"))
        .status(200)
        .end()
}
