//! Nobody gets into this directory without a token. What stands further out comes first.

use axum::middleware::from_fn;
use tower_api_routes::router::RouteLayer;

use crate::auth::require_user;

pub fn layer() -> impl RouteLayer {
    from_fn(require_user)
}
