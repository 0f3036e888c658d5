//! Knows the user that the directory's middleware has found.

use axum::Extension;

use super::_middleware::User;

pub async fn get(Extension(User(name)): Extension<User>) -> String {
    name
}
