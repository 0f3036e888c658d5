//! tower's `BoxCloneSyncServiceLayer`: which layer it is, is chosen at the start.

use std::convert::Infallible;

use axum::{extract::Request, http::StatusCode, middleware::map_response, response::Response};
use tower::util::BoxCloneSyncServiceLayer;
use tower_api_routes::router::RouteService;

type Boxed = BoxCloneSyncServiceLayer<RouteService, Request, Response, Infallible>;

pub fn layer() -> Boxed {
    match std::env::var("MAINTENANCE") {
        Ok(_) => Boxed::new(map_response(async |_: Response| {
            StatusCode::SERVICE_UNAVAILABLE
        })),
        Err(_) => Boxed::new(map_response(async |response: Response| {
            (StatusCode::ACCEPTED, response)
        })),
    }
}

pub async fn get() -> &'static str {
    "inside"
}
