//! axum's `from_fn`: a function around the route.

use axum::{
    extract::Request,
    http::HeaderValue,
    middleware::{Next, from_fn},
    response::Response,
};
use tower_api_routes::router::RouteLayer;

pub fn layer() -> impl RouteLayer {
    from_fn(mark)
}

async fn mark(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert("x-layer", HeaderValue::from_static("from_fn"));
    response
}

pub async fn get() -> &'static str {
    "inside"
}
