//! Answers where there is a body, and otherwise never.

use serde_json::json;
use tower_api_routes::{ApiConfig, ApiError, ApiRequest, ApiResponse};

use crate::pages_api::_lib::{javascript::is_truthy, never};

pub const CONFIG: ApiConfig = ApiConfig::new().body_parser(true);

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    if !is_truthy(req.body().await?)? {
        return Ok(never().await);
    }
    Ok(res.status(200).json(&json!({ "message": "Parsed body" })))
}
