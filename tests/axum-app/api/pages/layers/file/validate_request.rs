//! tower-http's `ValidateRequestHeaderLayer`: who does not take JSON is refused.

use tower_api_routes::router::RouteLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;

pub fn layer() -> impl RouteLayer {
    // The type of its refusals is not to be guessed from a function that returns `impl RouteLayer`.
    ValidateRequestHeaderLayer::accept("application/json")
}

pub async fn get() -> &'static str {
    "inside"
}
