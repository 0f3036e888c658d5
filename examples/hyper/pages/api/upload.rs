//! `/api/upload`: counts the bytes of a body, however large, without keeping them.

use tower_api_routes::{ApiConfig, ApiError, ApiRequest, ApiResponse};

pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("1gb");

pub async fn post(mut req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let mut length = 0;
    while let Some(chunk) = req.chunk().await? {
        length += chunk.len();
    }
    Ok(res.json(&length))
}
