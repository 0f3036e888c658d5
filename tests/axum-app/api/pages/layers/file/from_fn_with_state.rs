//! axum's `from_fn_with_state`: the function looks the caller up in the state.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tower_api_routes::{ApiError, router::RouteLayer};

use crate::{state::Users, text_of};

pub fn layer(users: Users) -> impl RouteLayer {
    from_fn_with_state(users, known)
}

async fn known(
    State(users): State<Users>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let name = text_of(request.headers(), "x-name");
    match users.find(&name).await? {
        Some(_) => Ok(next.run(request).await),
        None => Err(ApiError::from_status(StatusCode::FORBIDDEN)),
    }
}

pub async fn get() -> &'static str {
    "inside"
}
