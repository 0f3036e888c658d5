//! tower's `option_layer`: a layer that is there, inside of one that is not.

use axum::http::{HeaderName, HeaderValue};
use tower::{ServiceBuilder, util::option_layer};
use tower_api_routes::router::RouteLayer;
use tower_http::set_header::SetResponseHeaderLayer;

pub fn layer() -> impl RouteLayer {
    ServiceBuilder::new()
        .option_layer(mark("x-absent", false))
        .layer(option_layer(mark("x-layer", true)))
}

fn mark(name: &'static str, is_there: bool) -> Option<SetResponseHeaderLayer<HeaderValue>> {
    let name = HeaderName::from_static(name);
    let value = HeaderValue::from_static("option_layer");
    is_there.then(|| SetResponseHeaderLayer::overriding(name, value))
}

pub async fn get() -> &'static str {
    "inside"
}
