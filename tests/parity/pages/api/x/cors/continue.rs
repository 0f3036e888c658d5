//! The handler answers preflights.

use tower_api_routes::CorsLayer;

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> CorsLayer {
    CorsLayer::new()
        .preflight_continue(true)
        .every_options(true)
}
