//! tower-http's `CorsLayer`, beside the one of this crate.

use axum::http::HeaderValue;
use tower_http::cors::CorsLayer;

pub fn layer() -> CorsLayer {
    CorsLayer::new().allow_origin(HeaderValue::from_static("https://example.com"))
}

pub async fn get() -> &'static str {
    "inside"
}
