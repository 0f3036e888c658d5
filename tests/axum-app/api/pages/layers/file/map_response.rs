//! axum's `map_response`: the client is given another answer.

use axum::{http::StatusCode, middleware::map_response, response::Response};
use tower_api_routes::router::RouteLayer;

pub fn layer() -> impl RouteLayer {
    map_response(teapot)
}

async fn teapot(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    response
}

pub async fn get() -> &'static str {
    "inside"
}
