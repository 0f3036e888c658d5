//! The notes of whoever is logged in.

use axum::Extension;
use axum::http::StatusCode;
use tower_api_routes::{Json, State};

use crate::state::{Notes, User};

pub async fn get(
    State(notes): State<Notes>,
    Extension(user): Extension<User>,
) -> Json<Vec<String>> {
    Json(notes.of(&user))
}

pub async fn post(
    State(notes): State<Notes>,
    Extension(user): Extension<User>,
    text: String,
) -> (StatusCode, Json<usize>) {
    (StatusCode::CREATED, Json(notes.add(&user, text)))
}
