//! Any status, with JSON.

use serde_json::json;
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::pages_api::_lib::javascript::number;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let code = number(&req.param("code").unwrap_or_default());
    Ok(res
        .status(u16::try_from(code)?)
        .json(&json!({ "hello": "world" })))
}
