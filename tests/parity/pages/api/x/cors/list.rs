//! An origin, and the hosts of a domain.

use tower_api_routes::CorsLayer;

pub(crate) use crate::pages_api::_lib::hello as handler;

pub fn layer() -> CorsLayer {
    CorsLayer::new()
        .origin_if(|origin| origin == "https://a.example" || origin.ends_with(".b.example"))
        .every_options(true)
}
