//! 4 MiB, which the log does not mention.

use tower_api_routes::{ApiConfig, ApiRequest, ApiResponse};

pub const CONFIG: ApiConfig = ApiConfig::new().no_response_limit();

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.send(".".repeat(4 * 1024 * 1024))
}
