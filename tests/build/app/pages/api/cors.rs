//! A layer that is built with a result.

use tower_api_routes::{CorsLayer, cors::CorsError};

pub fn layer() -> Result<CorsLayer, CorsError> {
    CorsLayer::new()
        .origin(["https://example.com"])
        .allow_credentials(true)
        .build()
}

pub async fn get() -> &'static str {
    "cors"
}
