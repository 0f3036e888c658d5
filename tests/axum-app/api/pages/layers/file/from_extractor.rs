//! axum's `from_extractor`: what an extractor refuses does not get to the handler.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    middleware::from_extractor,
};
use tower_api_routes::router::RouteLayer;

pub(crate) struct Authorized;

impl<S: Sync> FromRequestParts<S> for Authorized {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        match parts.headers.contains_key(header::AUTHORIZATION) {
            true => Ok(Self),
            false => Err(StatusCode::UNAUTHORIZED),
        }
    }
}

pub fn layer() -> impl RouteLayer {
    from_extractor::<Authorized>()
}

pub async fn get() -> &'static str {
    "inside"
}
