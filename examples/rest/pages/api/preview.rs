//! `/api/preview`: preview mode, on with `POST` and seen with `GET`.
//!
//! Here anybody may turn it on, since there is nothing to see. Where drafts are shown, `POST` first asks for
//! a secret or a login, or everybody sees them. Without keys in the environment there is none to turn on.

use serde_json::{Value, json};
use tower_api_routes::{ApiError, ApiRequest, ApiResponse, State, preview::PreviewOptions};

use crate::state::PreviewMode;

pub async fn get(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "data": req.preview_data::<Value>() }))
}

pub async fn post(
    State(mode): State<PreviewMode>,
    _req: ApiRequest,
    res: ApiResponse,
) -> Result<ApiResponse, ApiError> {
    if mode == PreviewMode::Off {
        return Err(ApiError::not_found("preview mode is off"));
    }
    let draft = json!({ "draft": 7 });
    Ok(res
        .set_preview_data(&draft, &PreviewOptions::new())
        .status(204)
        .end())
}
