//! axum's `map_request`: the handler is given another request.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue},
    middleware::map_request,
};
use tower_api_routes::router::RouteLayer;

use crate::text_of;

pub fn layer() -> impl RouteLayer {
    map_request(mark)
}

async fn mark(mut request: Request) -> Request {
    let headers = request.headers_mut();
    headers.insert("x-layer", HeaderValue::from_static("map_request"));
    request
}

pub async fn get(headers: HeaderMap) -> String {
    text_of(&headers, "x-layer")
}
