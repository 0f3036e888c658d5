//! tower-http's `DecompressionLayer`: a compressed answer of the handler reaches the client as it was before.

use axum::http::header;
use tower_http::decompression::DecompressionLayer;

use crate::GZIPPED;

pub fn layer() -> DecompressionLayer {
    DecompressionLayer::new()
}

pub async fn get() -> ([(header::HeaderName, &'static str); 1], &'static [u8]) {
    ([(header::CONTENT_ENCODING, "gzip")], GZIPPED)
}
