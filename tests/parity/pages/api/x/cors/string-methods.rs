//! Methods and headers.

use axum::http::Method;
use tower_api_routes::{CorsLayer, cors::CorsError};

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> Result<CorsLayer, CorsError> {
    CorsLayer::new()
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(["X-A", "X-B"])
        .every_options(true)
        .build()
}
