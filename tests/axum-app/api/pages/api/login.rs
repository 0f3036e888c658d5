//! `POST` begins a session, `DELETE` ends it.

use axum::http::StatusCode;
use serde::Deserialize;
use tower_api_routes::{ApiError, Json, State};
use tower_sessions::Session;

use crate::state::{User, Users};

#[derive(Deserialize)]
pub(crate) struct Login {
    name: String,
    password: String,
}

pub async fn post(
    State(users): State<Users>,
    session: Session,
    Json(login): Json<Login>,
) -> Result<Json<User>, ApiError> {
    let user = users.check(&login.name, &login.password).await?;
    let user =
        user.ok_or_else(|| ApiError::new(StatusCode::UNAUTHORIZED, "wrong name or password"))?;
    // Nobody goes on with an id that was known before the login.
    session.cycle_id().await?;
    session.insert("user", &user.name).await?;
    Ok(Json(user))
}

pub async fn delete(session: Session) -> Result<(), ApiError> {
    Ok(session.flush().await?)
}
