//! A tuple of layers: the first is the outermost.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tower_api_routes::router::RouteLayer;
use tower_http::{compression::CompressionLayer, set_header::SetRequestHeaderLayer};

use crate::text_of;

const NAME: HeaderName = HeaderName::from_static("x-layer");

pub fn layer() -> impl RouteLayer {
    let mark = |text| SetRequestHeaderLayer::overriding(NAME, HeaderValue::from_static(text));
    (mark("outer"), CompressionLayer::new(), mark("inner"))
}

pub async fn get(headers: HeaderMap) -> String {
    text_of(&headers, "x-layer")
}
