//! axum-login: `POST` logs in, `GET` says who is logged in.

use axum::http::StatusCode;
use axum_login::{AuthManagerLayerBuilder, AuthSession};
use tower_api_routes::{ApiError, router::RouteLayer};
use tower_sessions::{MemoryStore, SessionManagerLayer};

use crate::login::Names;

pub fn layer() -> impl RouteLayer {
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    AuthManagerLayerBuilder::new(Names, sessions).build()
}

pub async fn get(auth: AuthSession<Names>) -> Result<String, StatusCode> {
    auth.user.map(|it| it.name).ok_or(StatusCode::UNAUTHORIZED)
}

pub async fn post(mut auth: AuthSession<Names>, name: String) -> Result<(), ApiError> {
    let user = auth.authenticate(name).await?;
    let user = user.ok_or_else(|| ApiError::new(StatusCode::FORBIDDEN, "no such name"))?;
    Ok(auth.login(&user).await?)
}
