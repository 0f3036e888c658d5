//! Answers POST with the parsed body, and other methods never.

use axum::http::Method;
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

use crate::pages_api::_lib::never;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    if req.method() != Method::POST {
        return Ok(never().await);
    }
    let body = req.body().await?;
    Ok(res.status(200).json(body))
}
