//! tower-http's `CatchPanicLayer`: what panics in the layers inside of it. A handler's own panic does not get
//! here: its route has answered it.

use std::any::Any;

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::map_request,
    response::{IntoResponse, Response},
};
use tower::ServiceBuilder;
use tower_api_routes::router::RouteLayer;
use tower_http::catch_panic::CatchPanicLayer;

pub fn layer() -> impl RouteLayer {
    ServiceBuilder::new()
        .layer(CatchPanicLayer::custom(caught))
        .layer(map_request(careless))
}

fn caught(_: Box<dyn Any + Send>) -> Response {
    (StatusCode::BAD_GATEWAY, "caught by the layer").into_response()
}

async fn careless(request: Request) -> Request {
    assert!(!request.headers().contains_key("x-panic"), "as asked");
    request
}

pub async fn get() -> &'static str {
    "inside"
}
