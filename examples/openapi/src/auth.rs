//! Who may use the shop: whoever knows the token.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use tower_api_routes::ApiError;

/// What a client must send as `Authorization: Bearer TOKEN`.
#[derive(Clone)]
pub(crate) struct Token(Arc<str>);

impl Token {
    pub(crate) fn new(token: &str) -> Self {
        Self(token.into())
    }

    fn is_in(&self, authorization: &HeaderValue) -> bool {
        let sent = authorization.as_bytes().strip_prefix(b"Bearer ");
        // Of one length, every byte is looked at: how long it takes tells nothing about them.
        sent.is_some_and(|sent| {
            let own = self.0.as_bytes();
            let pairs = sent.iter().zip(own);
            sent.len() == own.len() && pairs.fold(0, |all, (a, b)| all | (a ^ b)) == 0
        })
    }
}

/// Without the secret.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

/// Answers requests without the token with 401.
pub(crate) async fn require_token(
    State(token): State<Token>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let authorization = request.headers().get(header::AUTHORIZATION);
    if authorization.is_some_and(|it| token.is_in(it)) {
        return Ok(next.run(request).await);
    }
    Err(ApiError::from_status(StatusCode::UNAUTHORIZED)
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_is_the_token() {
        let token = Token::new("let-me-in");
        for (authorization, is_known) in [
            ("Bearer let-me-in", true),
            ("Bearer let-me-im", false),
            ("Bearer let-me-in ", false),
            ("Bearer let-me", false),
            ("Bearer ", false),
            ("Basic let-me-in", false),
            ("let-me-in", false),
        ] {
            let authorization = HeaderValue::from_static(authorization);
            assert_eq!(token.is_in(&authorization), is_known, "{authorization:?}");
        }
    }
}
