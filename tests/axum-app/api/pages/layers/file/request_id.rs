//! tower-http's request ids: each request has one, and its answer says it.

use axum::http::HeaderMap;
use tower::ServiceBuilder;
use tower_api_routes::router::RouteLayer;
use tower_http::{ServiceBuilderExt, request_id::MakeRequestUuid};

use crate::text_of;

pub fn layer() -> impl RouteLayer {
    ServiceBuilder::new()
        .set_x_request_id(MakeRequestUuid)
        .propagate_x_request_id()
}

pub async fn get(headers: HeaderMap) -> String {
    text_of(&headers, "x-request-id")
}
