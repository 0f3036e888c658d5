//! Answers with a parsed body of up to 5 MiB.

use tower_api_routes::{ApiConfig, ApiError, ApiRequest, ApiResponse};

pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("5mb");

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let body = req.body().await?;
    Ok(res.status(200).json(body))
}
