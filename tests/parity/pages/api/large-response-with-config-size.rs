//! 6 MiB, where 5 are usual.

use tower_api_routes::{ApiConfig, ApiRequest, ApiResponse};

pub const CONFIG: ApiConfig = ApiConfig::new().response_limit("5mb");

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.send(".".repeat(6 * 1024 * 1024))
}
