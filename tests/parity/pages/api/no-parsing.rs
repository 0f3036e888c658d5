//! Reads and parses the body itself.

use http_body_util::BodyExt;
use serde_json::Value;
use tower_api_routes::{ApiConfig, ApiError, ApiRequest, ApiResponse};

pub const CONFIG: ApiConfig = ApiConfig::new().body_parser(false);

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let body = req.take_body().unwrap_or_default();
    let text = body.collect().await?.to_bytes();
    let value: Value = serde_json::from_slice(&text)?;
    Ok(res.status(200).json(&value))
}
