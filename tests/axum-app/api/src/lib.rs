//! A library that owns route files: an API for notes behind a login (`pages/api`), and one route for
//! each layer that fits (`pages/layers`).

pub mod login;
pub mod state;

use axum::http::HeaderMap;

pub use state::AppState;

tower_api_routes::include_routes!(AppState);

/// `inside`, as gzip writes it.
const GZIPPED: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\xcc\x2b\xce\x4c\x49\x05\x00\xb4\xf2\xfe\xba\x06\x00\x00\x00";

/// The text of a header, or nothing.
fn text_of(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|it| it.to_str().ok());
    value.unwrap_or_default().to_owned()
}
