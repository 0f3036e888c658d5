//! Adds to a header that lists the layers from the innermost to the outermost.

use axum::http::{HeaderName, HeaderValue};
use tower_http::set_header::SetResponseHeaderLayer;

pub const INHERIT: bool = false;

pub fn layer() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::appending(
        HeaderName::from_static("x-layers"),
        HeaderValue::from_static("alone"),
    )
}
