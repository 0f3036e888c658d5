//! tower-http's `AsyncRequireAuthorizationLayer`: a check that may wait, before the handler.

use axum::{
    body::Body,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tower_api_routes::router::RouteLayer;
use tower_http::auth::AsyncRequireAuthorizationLayer;

use crate::text_of;

pub fn layer() -> impl RouteLayer {
    AsyncRequireAuthorizationLayer::new(check)
}

async fn check(request: Request) -> Result<Request<Body>, Response> {
    match text_of(request.headers(), "authorization").as_str() {
        "Bearer open sesame" => Ok(request),
        _ => Err(StatusCode::UNAUTHORIZED.into_response()),
    }
}

pub async fn get() -> &'static str {
    "inside"
}
