//! tower-http's `SetSensitiveHeadersLayer`: what no log is to show.

use axum::http::{HeaderMap, header};
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;

pub fn layer() -> SetSensitiveHeadersLayer {
    SetSensitiveHeadersLayer::new([header::AUTHORIZATION])
}

pub async fn get(headers: HeaderMap) -> String {
    format!("{:?}", headers.get(header::AUTHORIZATION))
}
