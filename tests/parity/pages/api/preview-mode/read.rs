//! What the preview cookies say.

use serde_json::{Value, json};
use tower_api_routes::{ApiRequest, ApiResponse, preview::Preview};

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let mut answer = json!({});
    if req.preview().is_on() {
        answer["preview"] = json!(true);
    }
    answer["previewData"] = preview_data(&req);
    res.json(&answer)
}

/// The data, an empty object in draft mode, and `false` without either.
pub(crate) fn preview_data(req: &ApiRequest) -> Value {
    match req.preview() {
        Preview::Data(_) => req.preview_data().unwrap_or(Value::Null),
        Preview::Draft => json!({}),
        _ => json!(false),
    }
}
