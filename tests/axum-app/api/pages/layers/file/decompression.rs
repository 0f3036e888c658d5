//! tower-http's `RequestDecompressionLayer`: the handler is given what the compressed body holds.

use tower_http::decompression::RequestDecompressionLayer;

pub fn layer() -> RequestDecompressionLayer {
    RequestDecompressionLayer::new()
}

pub async fn post(body: String) -> String {
    body
}
