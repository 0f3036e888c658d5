//! Everything by default.

use tower_api_routes::CorsLayer;

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> CorsLayer {
    CorsLayer::new().every_options(true)
}
