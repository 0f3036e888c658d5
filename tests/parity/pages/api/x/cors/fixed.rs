//! One origin.

use tower_api_routes::{CorsLayer, cors::CorsError};

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> Result<CorsLayer, CorsError> {
    CorsLayer::new()
        .fixed_origin("https://example.com")
        .every_options(true)
        .build()
}
