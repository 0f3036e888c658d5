//! A layer with parts of the state and the whole of it: the database knows the keys.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tower_api_routes::router::RouteLayer;

use crate::{AppState, Db};

async fn auth(
    State((db, state)): State<(Db, AppState)>,
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    match request.headers().get("x-key") {
        Some(key) if key == db.0 && key == state.db.0 => Ok(next.run(request).await),
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

pub fn layer(db: Db, state: AppState) -> impl RouteLayer {
    state.count_layer();
    from_fn_with_state((db, state), auth)
}
