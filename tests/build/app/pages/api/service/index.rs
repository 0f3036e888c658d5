//! Any tower service.

use std::convert::Infallible;

use axum::{body::Body, extract::Request, response::Response, routing::any};
use tower_api_routes::MatchedRoute;

pub fn service() -> axum::routing::MethodRouter<(), Infallible> {
    any(async |request: Request| {
        let route = request.extensions().get::<MatchedRoute>();
        Response::new(Body::from(
            route.map_or("", MatchedRoute::pattern).to_owned(),
        ))
    })
}
