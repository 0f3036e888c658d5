//! tower's `LoadShedLayer`: who would have to wait is refused, and `HandleErrorLayer` of axum says how.

use axum::{BoxError, error_handling::HandleErrorLayer, http::StatusCode};
use tokio::task::yield_now;
use tower::ServiceBuilder;
use tower_api_routes::router::RouteLayer;

pub fn layer() -> impl RouteLayer {
    ServiceBuilder::new()
        .layer(HandleErrorLayer::new(async |_: BoxError| {
            StatusCode::SERVICE_UNAVAILABLE
        }))
        .load_shed()
        .concurrency_limit(1)
}

pub async fn get() -> &'static str {
    for _ in 0..10 {
        yield_now().await;
    }
    "inside"
}
