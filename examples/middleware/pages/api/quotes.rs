//! `/api/quotes`: one handler, wrapped in a layer of tower-http.

use axum::http::{HeaderValue, header};
use serde_json::json;
use tower_api_routes::{ApiRequest, ApiResponse};
use tower_http::set_header::SetResponseHeaderLayer;

pub fn layer() -> SetResponseHeaderLayer<HeaderValue> {
    let value = HeaderValue::from_static("public, max-age=60");
    SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, value)
}

pub async fn handler(_req: ApiRequest, res: ApiResponse) -> ApiResponse {
    let quote = "The Analytical Engine has no pretensions whatever to originate anything.";
    res.json(&json!({ "quotes": vec![quote; 10] }))
}
