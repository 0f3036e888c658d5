//! An origin that is not allowed is an error.

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use tower::ServiceBuilder;
use tower_api_routes::{ApiError, CorsLayer, router::RouteLayer};

use crate::pages_api::_lib::Failure;
pub(crate) use crate::pages_api::_lib::hello as handler;

const ALLOWED: &str = "https://ok.example";

pub fn layer() -> impl RouteLayer {
    let cors = CorsLayer::new()
        .origin_if(|origin| origin == ALLOWED)
        .every_options(true);
    ServiceBuilder::new().layer(from_fn(refuse)).layer(cors)
}

async fn refuse(request: Request, next: Next) -> Result<Response, ApiError> {
    let origin = request.headers().get("origin");
    if origin.is_none_or(|origin| origin != ALLOWED) {
        return Err(Failure("origin not allowed").into());
    }
    Ok(next.run(request).await)
}
