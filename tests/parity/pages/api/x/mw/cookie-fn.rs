//! Sets a cookie.

use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};

use crate::pages_api::_lib::cookies::set_cookie;

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    set_cookie(res, "Next.js", &json!("api-middleware!")).body("Hello Next.js middleware!")
}
