//! Draft mode, off.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.set_draft_mode(false).body("Check your cookies...")
}
