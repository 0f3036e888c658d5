//! This directory leaves out the layers further up: a probe every second need not fill the log.

use axum::http::{HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

pub const INHERIT: bool = false;

pub fn layer() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}
