//! Whoever has no token gets no further; the document says so at every operation below.

use axum::middleware::from_fn_with_state;
use serde_json::json;
use tower_api_routes::{openapi::Operation, router::RouteLayer};

use crate::auth::{Token, require_token};

pub fn layer(token: Token) -> impl RouteLayer {
    from_fn_with_state(token, require_token)
}

pub fn openapi(operation: Operation) -> Operation {
    operation
        .security_scheme("token", json!({ "type": "http", "scheme": "bearer" }))
        .security("token", [])
        .error(401, "The token is missing or wrong.")
}
