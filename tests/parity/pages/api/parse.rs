//! Answers with the parsed body.

use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let body = req.body().await?;
    Ok(res.status(200).json(body))
}
