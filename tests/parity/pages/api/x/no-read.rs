//! Answers without reading the body.

use tower_api_routes::{ApiConfig, ApiRequest, ApiResponse};

pub const CONFIG: ApiConfig = ApiConfig::new().body_parser(false);

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    res.status(200).send("not read")
}
