//! A layer of a file with a part of the state.

use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tower_api_routes::router::RouteLayer;

use crate::Db;

async fn name_the_database(State(db): State<Db>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .append("x-layers", db.0.parse().unwrap());
    response
}

pub fn layer(db: Db) -> impl RouteLayer {
    from_fn_with_state(db, name_the_database)
}

pub async fn get() -> &'static str {
    "keyed"
}
