//! `/api/users/1`: one function for each method, with extractors.

use serde::{Deserialize, Serialize};
use tower_api_routes::{ApiError, Json, Params};

#[derive(Serialize, Deserialize)]
pub(crate) struct User {
    name: String,
}

pub async fn get(Params(id): Params<u64>) -> Result<Json<User>, ApiError> {
    match id {
        1 => Ok(Json(User {
            name: "John Doe".to_owned(),
        })),
        _ => Err(ApiError::not_found("no such user")),
    }
}

pub async fn put(Params(_id): Params<u64>, Json(user): Json<User>) -> Json<User> {
    Json(user)
}
