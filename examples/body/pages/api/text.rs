//! `/api/text`: text, decoded by the `charset` of its `Content-Type`.

use serde_json::json;
use tower_api_routes::{ApiError, ApiRequest, ApiResponse};

pub async fn post(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let text = req.text().await?;
    Ok(res.json(&json!({
        "letters": text.chars().filter(|char| char.is_alphabetic()).count(),
        "words": text.split_whitespace().count(),
    })))
}
