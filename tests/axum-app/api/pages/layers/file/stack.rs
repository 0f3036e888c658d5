//! A stack of a `ServiceBuilder`: the first layer is the outermost.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tower::ServiceBuilder;
use tower_api_routes::router::RouteLayer;
use tower_http::{
    ServiceBuilderExt, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer, timeout::TimeoutLayer, trace::TraceLayer,
};

const NAME: HeaderName = HeaderName::from_static("x-layer");

pub fn layer() -> impl RouteLayer {
    ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(SetResponseHeaderLayer::appending(
            NAME,
            HeaderValue::from_static("outer"),
        ))
        .layer(SetResponseHeaderLayer::appending(
            NAME,
            HeaderValue::from_static("inner"),
        ))
        .layer(CompressionLayer::new())
        .sensitive_headers([header::AUTHORIZATION])
        .layer(RequestBodyLimitLayer::new(4))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            Duration::from_secs(1),
        ))
}

pub async fn post(headers: HeaderMap, body: String) -> String {
    format!(
        "{:?} {}",
        headers.get(header::AUTHORIZATION),
        body.repeat(100)
    )
}
