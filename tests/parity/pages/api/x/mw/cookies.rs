//! Sets a cookie and shows its header.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

use crate::pages_api::_lib::cookies::set_cookie;

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let res = set_cookie(res, "Next.js", &json!("api-middleware!"));
    let line = res.headers().get("set-cookie").cloned();
    let line = line.as_ref().and_then(|line| line.to_str().ok());
    res.json(&line)
}
