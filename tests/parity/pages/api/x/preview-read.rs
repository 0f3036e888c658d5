//! Everything about preview mode.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

use crate::pages_api::preview_mode::read::preview_data;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let mut answer = json!({});
    if req.preview().is_on() {
        answer["preview"] = json!(true);
    }
    answer["previewData"] = preview_data(&req);
    if req.draft_mode() {
        answer["draftMode"] = json!(true);
    }
    let names: Vec<_> = req.cookies().iter().map(|(name, _)| name).collect();
    answer["cookieNames"] = json!(names);
    res.json(&answer)
}
