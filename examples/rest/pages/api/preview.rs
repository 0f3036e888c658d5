//! `/api/preview`: preview mode, on with `POST` and seen with `GET`.
//!
//! Here anybody may turn it on, since there is nothing to see. Where drafts are shown, `POST` first asks for
//! a secret or a login, or everybody sees them.

use serde_json::{Value, json};
use tower_api_routes::{ApiRequest, ApiResponse, preview::PreviewOptions};

pub async fn get(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&json!({ "data": req.preview_data::<Value>() }))
}

pub async fn post(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.set_preview_data(&json!({ "draft": 7 }), &PreviewOptions::new())
        .status(204)
        .end()
}
