//! Who is asking.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use serde::Serialize;
use tower_api_routes::ApiError;

/// The user behind a request; in its extensions wherever [`require_user`] let it pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct User {
    pub(crate) name: &'static str,
}

/// Answers requests without a known token with 401; hands the user of the others on.
pub(crate) async fn require_user(mut request: Request, next: Next) -> Result<Response, ApiError> {
    let user = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| user_of(value.as_bytes()))
        .ok_or_else(unauthorized)?;
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}

/// Stands for a look-up of sessions.
fn user_of(authorization: &[u8]) -> Option<User> {
    match authorization.strip_prefix(b"Bearer ")? {
        b"token-of-ada" => Some(User { name: "Ada" }),
        b"token-of-grace" => Some(User { name: "Grace" }),
        _ => None,
    }
}

fn unauthorized() -> ApiError {
    ApiError::from_status(StatusCode::UNAUTHORIZED)
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_token_names_a_user() {
        for (authorization, name) in [
            ("Bearer token-of-ada", Some("Ada")),
            ("Bearer token-of-grace", Some("Grace")),
            ("Bearer token-of-ada ", None),
            ("Bearer ", None),
            ("Basic token-of-ada", None),
            ("token-of-ada", None),
        ] {
            let user = user_of(authorization.as_bytes());
            assert_eq!(user.map(|user| user.name), name, "{authorization}");
        }
    }
}
