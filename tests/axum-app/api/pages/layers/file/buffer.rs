//! tower's rate limit, which is not `Clone`, behind its buffer, which is: one request in a second.

use std::time::Duration;

use axum::extract::Request;
use tower::ServiceBuilder;
use tower_api_routes::router::RouteLayer;

pub fn layer() -> impl RouteLayer {
    ServiceBuilder::new()
        .buffer::<Request>(16)
        .rate_limit(1, Duration::from_secs(1))
}

pub async fn get() -> &'static str {
    "inside"
}
