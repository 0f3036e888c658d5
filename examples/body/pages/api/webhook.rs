//! `/api/webhook`: the signature is checked over the bytes as they came, before anything is parsed.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use tower_api_routes::{ApiConfig, ApiError, ApiRequest, ApiResponse, State};

use crate::App;

pub const CONFIG: ApiConfig = ApiConfig::new().body_limit("256kb");

#[derive(Deserialize)]
struct Event {
    action: String,
}

pub async fn post(
    State(app): State<App>,
    req: ApiRequest,
    res: ApiResponse,
) -> Result<ApiResponse, ApiError> {
    let signature = req.header("x-hub-signature-256").unwrap_or_default();
    if !app.secret.has_signed(req.bytes().await?, signature) {
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "wrong signature"));
    }
    let event: Event = req.json().await?;
    Ok(res.status(202).json(&json!({ "accepted": event.action })))
}
