//! Users of the shop.

use axum::{http::Method, http::StatusCode};
use tower_api_routes::{Json, Params, State, openapi::Operation};

use crate::{
    errors::{Missing, Refused},
    shop::Shop,
    users::{NewUser, User, UserId},
};

/// Shows a user.
pub async fn get(
    State(shop): State<Shop>,
    Params(id): Params<UserId>,
) -> Result<Json<User>, Missing> {
    shop.user(id).map(Json)
}

/// Replaces a user.
pub async fn put(
    State(shop): State<Shop>,
    Params(id): Params<UserId>,
    Json(new): Json<NewUser>,
) -> Result<Json<User>, Refused> {
    shop.replace_user(id, new).map(Json)
}

/// Removes a user who has no orders.
pub async fn delete(
    State(shop): State<Shop>,
    Params(id): Params<UserId>,
) -> Result<StatusCode, Refused> {
    shop.remove_user(id)?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn openapi(operation: Operation) -> Operation {
    match *operation.method() {
        Method::DELETE => operation.status(204).remove_response(422),
        _ => operation,
    }
}
