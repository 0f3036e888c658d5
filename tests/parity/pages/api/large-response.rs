//! 4 MiB.

use tower_api_routes::{ApiRequest, ApiResponse};

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.send(".".repeat(4 * 1024 * 1024))
}
