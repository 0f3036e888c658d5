//! Around the whole API: a deadline, and the name of the route for the metrics outside.

use std::time::Duration;

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::{Next, from_fn},
    response::Response,
};
use tower::ServiceBuilder;
use tower_api_routes::{MatchedRoute, router::RouteLayer};
use tower_http::timeout::TimeoutLayer;

pub fn layer() -> impl RouteLayer {
    ServiceBuilder::new()
        .layer(from_fn(name_route))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            Duration::from_secs(10),
        ))
}

async fn name_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedRoute>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}
