//! `/api/preview`: preview mode, on with `POST` and seen with `GET`.

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
