//! Every option.

use std::time::Duration;

use axum::http::Method;
use tower_api_routes::{CorsLayer, cors::CorsError};

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> Result<CorsLayer, CorsError> {
    CorsLayer::new()
        .fixed_origin("https://example.com")
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers(["Content-Type", "X-Token"])
        .expose_headers(["X-Total", "X-Page"])
        .allow_credentials(true)
        .max_age(Duration::from_secs(600))
        .every_options(true)
        .build()
}
