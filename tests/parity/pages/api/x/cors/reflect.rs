//! Every origin, with credentials.

use tower_api_routes::{CorsLayer, cors::CorsError};

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> Result<CorsLayer, CorsError> {
    CorsLayer::new()
        .origin_if(|_| true)
        .allow_credentials(true)
        .every_options(true)
        .build()
}
