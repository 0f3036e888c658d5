//! One note of whoever is logged in.

use axum::Extension;
use tower_api_routes::{ApiError, Params, State};

use crate::state::{Notes, User};

pub async fn get(
    State(notes): State<Notes>,
    Extension(user): Extension<User>,
    Params(number): Params<usize>,
) -> Result<String, ApiError> {
    let mut notes = notes.of(&user);
    match number < notes.len() {
        true => Ok(notes.swap_remove(number)),
        false => Err(ApiError::not_found("no such note")),
    }
}
