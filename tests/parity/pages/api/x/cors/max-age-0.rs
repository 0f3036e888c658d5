//! Preflights are never cached.

use std::time::Duration;

use tower_api_routes::CorsLayer;

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> CorsLayer {
    CorsLayer::new().max_age(Duration::ZERO).every_options(true)
}
