//! Only who is logged in gets to the notes. Whether the user of a session still exists is looked up
//! for every request.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tower_api_routes::{ApiError, router::RouteLayer};
use tower_sessions::Session;

use crate::state::Users;

pub fn layer(users: Users) -> impl RouteLayer {
    from_fn_with_state(users, guard)
}

async fn guard(
    State(users): State<Users>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let name = session.get::<String>("user").await?;
    let user = match name {
        Some(name) => users.find(&name).await?,
        None => None,
    };
    let user = user.ok_or_else(|| ApiError::new(StatusCode::UNAUTHORIZED, "log in first"))?;
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}
