//! A layer that cannot be made.

use tower_api_routes::{CorsLayer, cors::CorsError};

pub fn layer() -> Result<CorsLayer, CorsError> {
    CorsLayer::new()
        .origin(["*"])
        .allow_credentials(true)
        .build()
}
