//! Preflights are answered with 200.

use axum::http::StatusCode;
use tower_api_routes::{CorsLayer, cors::CorsError};

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> Result<CorsLayer, CorsError> {
    CorsLayer::new()
        .preflight_status(StatusCode::OK)
        .every_options(true)
        .build()
}
