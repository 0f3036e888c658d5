//! Draft mode, on.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.set_draft_mode(true).body("Check your cookies...")
}
