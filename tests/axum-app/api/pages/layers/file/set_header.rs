//! tower-http's `SetRequestHeaderLayer` and `SetResponseHeaderLayer`.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tower::ServiceBuilder;
use tower_api_routes::router::RouteLayer;
use tower_http::set_header::{SetRequestHeaderLayer, SetResponseHeaderLayer};

use crate::text_of;

const NAME: HeaderName = HeaderName::from_static("x-layer");

pub fn layer() -> impl RouteLayer {
    let request = HeaderValue::from_static("on the request");
    let response = HeaderValue::from_static("on the response");
    ServiceBuilder::new()
        .layer(SetRequestHeaderLayer::overriding(NAME, request))
        .layer(SetResponseHeaderLayer::overriding(NAME, response))
}

pub async fn get(headers: HeaderMap) -> String {
    text_of(&headers, "x-layer")
}
