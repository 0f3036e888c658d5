//! Behind CORS.

use axum::http::Method;
use tower_api_routes::CorsLayer;

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> CorsLayer {
    CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .every_options(true)
}
