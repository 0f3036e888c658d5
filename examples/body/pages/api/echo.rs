//! `/api/echo`: what `req.body` is in Next.js, by the `Content-Type` of the request.

use serde_json::json;
use tower_api_routes::{ApiError, ApiRequest, ApiResponse, BodyValue};

pub async fn post(req: ApiRequest, res: ApiResponse) -> Result<ApiResponse, ApiError> {
    let body = req.body().await?;
    let kind = match body.value()? {
        BodyValue::Json(_) => "json",
        BodyValue::Form(_) => "form",
        BodyValue::Text(_) => "text",
        _ => "bytes",
    };
    Ok(res.json(&json!({ "body": body, "bytes": body.raw().len(), "kind": kind })))
}
