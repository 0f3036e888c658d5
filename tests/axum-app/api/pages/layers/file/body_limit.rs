//! tower-http's `RequestBodyLimitLayer`: a limit outside of the one that `CONFIG` sets.

use tower_http::limit::RequestBodyLimitLayer;

pub fn layer() -> RequestBodyLimitLayer {
    RequestBodyLimitLayer::new(4)
}

pub async fn post(body: String) -> String {
    body
}
