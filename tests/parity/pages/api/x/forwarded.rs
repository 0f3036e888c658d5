//! The headers that proxies add.

use tower_api_routes::{ApiRequest, ApiResponse};

use super::headers::list;

pub async fn handler(req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.json(&list(req.headers(), |name| name.starts_with("x-forwarded")))
}
